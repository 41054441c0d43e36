// Says when a request failed, in the words of a template of the page. What somebody typed stays where it is.

import { byId, toast } from "./dom.js";

const toasts = byId("toasts");
/** @param {string} kind */
const say = (kind) => {
  if (toasts.querySelector(`[data-error="${kind}"]`)) return;
  toast("error-messages", kind).dataset.error = kind;
};

/**
 * What the request was for. Only what hands in a generation carries a request id, and it is safe to press twice.
 * @param {HTMLElement} element
 */
const about = (element) => {
  if (!element.matches("form")) return "page";
  return element.querySelector('[name="request_id"]') ? "order" : "form";
};
/** @param {HtmxEvent} event */
const lost = ({ detail: { elt, xhr } }) => {
  if (elt.getAttribute("hx-trigger")?.startsWith("every")) return; // it asks again by itself
  const kind = about(elt);
  say(kind === "order" && xhr.begunOffline ? "order-offline" : `${kind}-lost`);
};
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => { xhr.begunOffline = !navigator.onLine; });
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  if (xhr.status < 500 && about(elt) !== "page") say(`${about(elt)}-refused`);
  else lost(event);
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.matches("form")) toasts.querySelectorAll("[data-error]").forEach((message) => message.remove());
});
