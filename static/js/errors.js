// Says what a request came to that failed, in the words of a template of the page. What somebody typed stays where it is.

import { byId, first, toast } from "./dom.js";

const toasts = byId("toasts");
/** @param {string} kind of fault */
export const words = (kind) => byId("error-messages").dataset[kind] ?? "";
/** @param {XMLHttpRequest} xhr */
const ours = (xhr) => xhr.getResponseHeader("X-Image-Studio");

/**
 * What is wrong with an answer; empty if it is of use. Without our header it is not ours: perhaps a Wi-Fi's page to sign in.
 * @param {HtmxDetail["xhr"]} xhr
 */
const fault = (xhr) => {
  const { status } = xhr;
  if (!status) return xhr.begunOffline ? "offline" : "lost";
  if (status < 400) return ours(xhr) ? "" : "stranger";
  if (status >= 500) return status > 500 ? "away" : "broken";
  return status === 413 ? "large" : status === 403 ? "forbidden" : "refused";
};

/**
 * Sends what htmx does not. Gives what is wrong with the answer.
 * @param {HtmxDetail["xhr"]} xhr
 * @param {string} method
 * @param {string} address
 * @param {FormData} [body]
 * @returns {Promise<string>}
 */
export const send = (xhr, method, address, body) => new Promise((resolve) => {
  xhr.addEventListener("loadend", () => {
    const signIn = xhr.getResponseHeader("HX-Redirect");
    if (signIn) location.assign(signIn);
    else resolve(fault(xhr));
  });
  xhr.open(method, address);
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "") };
  for (const name in headers) xhr.setRequestHeader(name, headers[name]);
  xhr.begunOffline = !navigator.onLine;
  xhr.send(body);
});

/**
 * @param {string} about what the request was for: an "order", another "form", or a "page"
 * @param {string} kind of fault
 */
export const say = (about, kind) => {
  const name = `${about}-${kind}`;
  const before = /** @type {HTMLElement | null} */ (toasts.querySelector(`[data-error^="${about}"]`));
  if (before?.dataset.error === name) return;
  before?.remove();
  const unsent = about === "order" && ["offline", "large", "forbidden", "refused"].includes(kind);
  const message = toast("error-messages", unsent ? "unsent" : about);
  message.dataset.error = name;
  first("p", HTMLElement, message).prepend(`${words(kind)} `);
};

/** @param {HtmxEvent} event */
const failed = ({ detail: { elt, xhr } }) => {
  if (elt.getAttribute("hx-trigger")?.startsWith("every")) return; // it asks again by itself
  // Only what hands in a generation carries a request id, and it is safe to press twice.
  say(!elt.matches("form") ? "page" : elt.querySelector('[name="request_id"]') ? "order" : "form", fault(xhr));
};
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => { xhr.begunOffline = !navigator.onLine; });
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (ours(detail.xhr)) return;
  detail.shouldSwap = false;
  detail.isError = true;
});
for (const name of /** @type {const} */ (["sendError", "timeout", "responseError"])) document.addEventListener(`htmx:${name}`, failed);
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.matches("form")) toasts.querySelectorAll("[data-error]").forEach((message) => message.remove());
});
