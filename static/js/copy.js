// Copy buttons: <button data-copy="id of the text or field" data-done="Copied" hidden>. They stay hidden without a clipboard.

import { all, announce, byId, closest, first } from "./dom.js";

const offer = () => {
  if (!navigator.clipboard) return;
  for (const button of all("[data-copy]")) button.hidden = false;
};
document.addEventListener("click", async (event) => {
  const button = closest(event, "[data-copy]");
  if (!button) return;
  const { copy = "", done = "" } = button.dataset;
  const source = byId(copy);
  const field = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement;
  await navigator.clipboard.writeText(field ? source.value : source.textContent);
  const words = first("span", HTMLElement, button);
  const before = button.dataset.words || words.textContent;
  button.dataset.words = before;
  words.textContent = done;
  announce(done);
  setTimeout(() => { words.textContent = before; }, 2000);
});
document.addEventListener("htmx:load", offer);
offer();
