// The box "What should be different?" below a picture. pictures.js loads this with the first one.

import { all, closest, first } from "./dom.js";
import { focus } from "./focus.js";

/** @param {ParentNode} within */
const style = (within) => {
  const [box] = all(".change", HTMLElement, within);
  const href = box?.dataset.styles;
  if (!href || document.querySelector(`link[href="${CSS.escape(href)}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
};
style(document);
document.addEventListener("htmx:load", ({ target }) => style(target.parentNode ?? target));

// Enter sends, Shift with Enter begins a line. An input method's Enter (229: Safari) chooses a word and sends nothing.
document.addEventListener("keydown", (event) => {
  const form = closest(event, ".change-form", HTMLFormElement);
  if (!form || !(event.target instanceof HTMLTextAreaElement)) return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!event.repeat) form.requestSubmit(first(".change-send", HTMLButtonElement, form));
});

// In the studio the answer brings the new card too.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.matches(".change-form") && document.getElementById("poller")) detail.parameters.studio = "1";
});

// A box that was opened on a card closes again; the lightbox closes by its own key.
/** @param {Element} box */
const close = (box) => {
  const card = box.closest(".task-card");
  const [link] = all("[hx-get*='/change/box/']", HTMLElement, card ?? document);
  box.remove();
  if (link) focus(link);
};
document.addEventListener("click", (event) => {
  const box = closest(event, ".change-close")?.closest(".change");
  if (box) close(box);
});
document.addEventListener("keydown", (event) => {
  const box = event.key === "Escape" && !event.isComposing && closest(event, ".task-card .change");
  if (box) close(box);
});
