// Small behaviours that every page may use. All of them are extras: no page needs them to work.

// Steppers: <button data-step="-1"> beside a number input.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// Counters: <span data-counts="id-of-textarea" data-limit="2000"> counts characters as a person does, not UTF-16 units.
const count = (counter) => {
  const field = document.getElementById(counter.dataset.counts);
  if (!field) return;
  const limit = Number(counter.dataset.limit);
  const length = [...field.value].length;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  counter.textContent = `${number.format(length)} / ${number.format(limit)}`;
  counter.dataset.tone = length > limit ? "danger" : length > limit * 0.9 ? "attention" : "";
};
const countAll = () => document.querySelectorAll("[data-counts]").forEach(count);
document.addEventListener("input", countAll);
countAll();

// Times are shown in the reader's own time zone.
const localize = () => document.querySelectorAll("time[data-local]").forEach((time) => {
  const style = time.dataset.local ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" };
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(time.dateTime));
  time.removeAttribute("data-local");
});
localize();

// A search waits while an input method composes: half of a word finds nothing. What has come of it is searched at once.
let composing = null;
document.addEventListener("compositionstart", ({ target }) => { if (target.type === "search") composing = target; });
document.addEventListener("input", (event) => { if (event.target === composing) event.stopPropagation(); }, true);
document.addEventListener("htmx:beforeRequest", (event) => { if (composing?.form === event.detail.elt) event.preventDefault(); });
document.addEventListener("compositionend", ({ target }) => {
  if (target !== composing) return;
  composing = null;
  target.dispatchEvent(new Event("input", { bubbles: true }));
});

// Messages: dismissed by hand; toasts leave by themselves unless they offer something or hold the focus.
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".message")?.remove();
});
const leave = (toast) => setTimeout(() => {
  if (toast.matches(":hover, :focus-within")) leave(toast);
  else toast.remove();
}, 8000);

// The list of shortcuts: “?” anywhere but where somebody types, or its entry in the menu. Its switch
// is for every shortcut that is a single character: speech input and slips of the hand press those too (see the other files).
const shortcuts = document.getElementById("shortcuts");
const shortcutKey = document.getElementById("shortcut-key");
shortcutKey.checked = localStorage.getItem("shortcut-key") !== "off";
shortcutKey.addEventListener("change", () => localStorage.setItem("shortcut-key", shortcutKey.checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !shortcutKey.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  shortcuts.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]")) {
    document.querySelector("[popover]:popover-open")?.hidePopover();
    shortcuts.showModal();
  }
  if (event.target === shortcuts) shortcuts.close(); // beside the list
});

// The page for when the studio cannot be reached is kept in the language and the theme of this one (see offline.js).
const { lang, dataset } = document.documentElement;
navigator.serviceWorker?.register(`/offline.js?${lang}-${dataset.theme || "system"}`);

// What is new arrives with a motion: cards are known by the nearest id, pictures by their address.
// Nothing moves on a page load.
const known = new Set();
const key = (element) => element.getAttribute("src") || element.closest("[id]").id;
const arrive = (element) => {
  const show = () => element.classList.add("is-new");
  if (element.complete === false) element.addEventListener("load", show, { once: true });
  else show();
};
const arriving = () => [...document.querySelectorAll(".task-card, .slot img")].filter((element) => !known.has(key(element)));
const remember = (elements) => elements.forEach((element) => known.add(key(element)));
remember(arriving());
document.addEventListener("htmx:load", () => {
  const elements = arriving();
  elements.forEach(arrive);
  remember(elements);
  countAll();
  localize();
});
new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (toast.nodeType !== 1 || toast.dataset.trouble?.startsWith("order")) continue; // that must be read
    if ("leaves" in toast.dataset || !toast.querySelector("a, button:not([data-dismiss])")) leave(toast);
  }
}).observe(document.getElementById("toasts"), { childList: true });
