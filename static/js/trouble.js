// A request that went wrong says so, in the words of a template of the page. What was typed stays where it is.
(() => {
  const toasts = document.getElementById("toasts");
  const words = document.getElementById("trouble").content;
  const say = (kind) => {
    if (toasts.querySelector(`[data-trouble="${kind}"]`)) return;
    const toast = document.importNode(words.querySelector(`[data-kind="${kind}"] > .message`), true);
    toast.dataset.trouble = kind;
    toasts.append(toast);
  };

  // Only what hands in a generation carries a request id; pressing it twice is safe.
  const about = (element) => {
    if (!element.matches("form")) return "page";
    return element.querySelector('[name="request_id"]') ? "order" : "form";
  };
  const lost = ({ detail: { elt, xhr } }) => {
    if (elt.getAttribute("hx-trigger")?.startsWith("every")) return; // it asks again by itself
    const kind = about(elt);
    say(kind === "order" && xhr.begunOffline ? "order-offline" : `${kind}-lost`);
  };
  const answered = (event) => {
    const refused = event.detail.xhr.status < 500 && about(event.detail.elt) !== "page";
    if (refused) say(`${about(event.detail.elt)}-refused`);
    else lost(event);
  };
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => { xhr.begunOffline = !navigator.onLine; });
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", answered);
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
    if (successful && elt.matches("form")) toasts.querySelectorAll("[data-trouble]").forEach((toast) => toast.remove());
  });
})();
