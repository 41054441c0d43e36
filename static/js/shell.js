// Small behaviours that every page may use. No page needs them to work.

import { all, byId, closest, singleKeys } from "./dom.js";

const { lang, dataset } = document.documentElement;

// Steppers: <button data-step="-1"> beside a number input.
document.addEventListener("click", (event) => {
  const button = closest(event, "[data-step]");
  const input = button?.parentElement?.querySelector("input");
  if (!button || !input) return;
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// Counters: <span data-counts="id of a textarea" data-limits="id of an element with data-characters and perhaps data-bytes">
// counts characters as a person does, not UTF-16 units.
/**
 * How many characters of the text fit into so many bytes, or would fit if it went on like this.
 * @param {string} text
 * @param {number} bytes
 */
const fitting = (text, bytes) => {
  const code = new TextEncoder().encode(text);
  if (code.length <= bytes) return Math.floor([...text].length * bytes / code.length);
  return [...new TextDecoder().decode(code.subarray(0, bytes), { stream: true })].length;
};
const countAll = () => {
  const number = new Intl.NumberFormat(lang);
  for (const counter of all("[data-counts]")) {
    const { counts = "", limits = "", over = "" } = counter.dataset;
    const { characters, bytes } = byId(limits).dataset;
    const { value } = byId(counts, HTMLTextAreaElement);
    const { length } = [...value];
    const limit = Math.min(Number(characters), value && bytes ? fitting(value, Number(bytes)) : Infinity);
    const more = length - limit;
    counter.textContent = more > 0 ? over.replace("{number}", number.format(more)) : `${number.format(length)} / ${number.format(limit)}`;
    counter.dataset.tone = more > 0 ? "danger" : length > limit * 0.9 ? "attention" : "";
  }
};
document.addEventListener("input", countAll);
countAll();

// Times are shown in the reader's own time zone.
const localize = () => {
  for (const time of all("time[data-local]", HTMLTimeElement)) {
    /** @type {Intl.DateTimeFormatOptions} */
    const style = time.dataset.local ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(lang, style).format(new Date(time.dateTime));
    time.removeAttribute("data-local");
  }
};
localize();

// A search waits while an input method composes. The finished word is searched at once.
/** @type {HTMLInputElement | null} */
let composing = null;
document.addEventListener("compositionstart", (event) => { composing = closest(event, "[type=search]", HTMLInputElement); });
document.addEventListener("input", (event) => { if (event.target === composing) event.stopPropagation(); }, true);
document.addEventListener("htmx:beforeRequest", (event) => { if (composing?.form === event.detail.elt) event.preventDefault(); });
document.addEventListener("compositionend", ({ target }) => {
  if (!composing || target !== composing) return;
  composing = null;
  target.dispatchEvent(new Event("input", { bubbles: true }));
});

// The list of shortcuts: “?” opens it anywhere but where somebody types. Its switch is for all shortcuts of a single character.
const shortcuts = byId("shortcuts", HTMLDialogElement);
const shortcutKey = byId("shortcut-key", HTMLInputElement);
shortcutKey.checked = singleKeys();
shortcutKey.addEventListener("change", () => localStorage.setItem("shortcut-key", shortcutKey.checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !singleKeys() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (closest(event, "textarea, select, input:not([type=radio], [type=checkbox])") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  shortcuts.showModal();
});
document.addEventListener("click", (event) => {
  if (closest(event, "[data-shortcuts]")) {
    all("[popover]:popover-open")[0]?.hidePopover();
    shortcuts.showModal();
  }
  if (event.target === shortcuts) shortcuts.close(); // beside the list
});

// The offline page is kept in the language and the theme of this one.
navigator.serviceWorker?.register(`/offline.js?${lang}-${dataset.theme || "system"}`);

// What is new arrives with a motion; nothing moves on a page load. A card is known by the nearest id, a picture by its address.
const known = new Set();
/** @param {HTMLElement} element */
const key = (element) => element.getAttribute("src") || element.closest("[id]")?.id;
const arriving = () => all(".task-card, .slot img").filter((element) => !known.has(key(element)));
/** @param {HTMLElement} element */
const arrive = (element) => {
  const show = () => element.classList.add("is-new");
  if (element instanceof HTMLImageElement && !element.complete) element.addEventListener("load", show, { once: true });
  else show();
};
/** @param {HTMLElement[]} elements */
const remember = (elements) => elements.forEach((element) => known.add(key(element)));
remember(arriving());
document.addEventListener("htmx:load", () => {
  const elements = arriving();
  elements.forEach(arrive);
  remember(elements);
  countAll();
  localize();
});

// People dismiss messages by hand. A toast also leaves by itself, unless it offers something, has the focus or must be read.
document.addEventListener("click", (event) => closest(event, "[data-dismiss]")?.closest(".message")?.remove());
/** @param {HTMLElement} toast */
const leave = (toast) => setTimeout(() => {
  if (toast.matches(":hover, :focus-within")) leave(toast);
  else toast.remove();
}, 8000);
new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (!(toast instanceof HTMLElement) || toast.dataset.error?.startsWith("order")) continue;
    if ("leaves" in toast.dataset || !toast.querySelector("a, button:not([data-dismiss])")) leave(toast);
  }
}).observe(byId("toasts"), { childList: true });
