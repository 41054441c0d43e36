// The gallery's extras: filters that follow at once, a selection that survives pages, and keys. All of it also works without.

import { all, byId, closest, first, singleKeys } from "./dom.js";

const form = byId("selection", HTMLFormElement);
const boxes = () => all(".picture:not([hidden]) [name=picture]", HTMLInputElement);
const links = () => all(".picture:not([hidden]) > .picture-link", HTMLAnchorElement);
/** @param {ParentNode | null} picture */
const boxOf = (picture) => first("[name=picture]", HTMLInputElement, picture ?? document);

// --- Filters: the address follows what is shown, and empty filters stay out of it.
const USUAL = "240"; // see showing/gallery.py
/** @param {string} address */
const goTo = (address) => {
  history.replaceState(history.state, "", address);
  first("[name=next]", HTMLInputElement, form).value = address;
};
document.addEventListener("htmx:configRequest", ({ target, detail: { formData } }) => {
  if (target.id !== "filters") return;
  for (const [name, value] of [...formData.entries()]) if (!value) formData.delete(name);
  if (formData.get("sort") === "newest") formData.delete("sort");
  if (formData.get("density") === USUAL) formData.delete("density");
});
document.addEventListener("htmx:afterSwap", ({ detail: { requestConfig, pathInfo } }) => {
  if (requestConfig?.elt.id !== "filters") return;
  goTo(pathInfo.finalRequestPath || pathInfo.requestPath);
});
document.addEventListener("change", () => byId("filters-more-open").toggleAttribute("data-set",
  all("#filters-more :is(input, select)").some((one) => "value" in one && !["", "newest"].includes(String(one.value)))));

// The size of the pictures needs no answer of the server.
const size = byId("id_density", HTMLInputElement);
size.addEventListener("input", () => { for (const list of all("#pictures")) list.dataset.density = size.value; });
size.addEventListener("change", (event) => {
  event.stopPropagation();
  const address = new URL(location.href);
  if (size.value === USUAL) address.searchParams.delete("density");
  else address.searchParams.set("density", size.value);
  goTo(address.pathname + address.search);
});

// Whoever was on “More pictures” is on the first of them afterwards.
/** @type {Element | null | undefined} */
let before = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const more = detail.target.closest("#more");
  before = more?.contains(document.activeElement) ? more.previousElementSibling : null;
});
document.addEventListener("htmx:afterSwap", () => {
  links().find((link) => before && before.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING && !before.contains(link))?.focus({ preventScroll: true });
  before = null;
});

// --- Selection: this tab keeps it, for the person it belongs to.
const STORE = `selection-${form.dataset.owner}`;
/** @type {Set<string>} */
const selected = new Set(JSON.parse(sessionStorage.getItem(STORE) || "[]"));
/** @type {string | null} */
let last = null;
const show = () => {
  for (const box of boxes()) box.checked = selected.has(box.value);
  const count = byId("selection-count");
  const { one = "", many = "" } = count.dataset;
  count.textContent = selected.size === 1 ? one : many.replace("{number}", String(selected.size));
  byId("selected", HTMLInputElement).value = [...selected].join(" ");
  const held = form.contains(document.activeElement);
  form.classList.toggle("is-shown", selected.size > 0);
  // The bar leaves with the last of the selection, and the focus returns to the pictures.
  if (held && !selected.size) (links().find((link) => boxOf(link.parentElement).value === last) ?? links()[0])?.focus();
  document.body.classList.toggle("has-selection", selected.size > 0);
  sessionStorage.setItem(STORE, JSON.stringify([...selected]));
};
/**
 * @param {HTMLInputElement} box
 * @param {boolean} on
 */
const put = (box, on) => (on ? selected.add(box.value) : selected.delete(box.value));
/**
 * @param {HTMLInputElement} box
 * @param {boolean} on
 * @param {boolean} range everything since the last choice as well
 */
const choose = (box, on, range) => {
  const every = boxes();
  const [from, to] = [every.findIndex((other) => other.value === last), every.indexOf(box)];
  if (range && from >= 0) every.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => put(other, on));
  else put(box, on);
  last = box.value;
  show();
};
const clear = () => {
  selected.clear();
  show();
};
document.addEventListener("click", (event) => {
  const box = closest(event, ".picture [name=picture]", HTMLInputElement);
  if (box) choose(box, box.checked, event.shiftKey);
  if (closest(event, "[data-clear]")) clear();
  // With Shift or Ctrl the picture itself is selected, as in every file manager.
  const link = closest(event, ".picture > .picture-link");
  if (link && (event.shiftKey || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const own = boxOf(link.parentElement);
    choose(own, event.shiftKey || !own.checked, event.shiftKey);
  }
}, true);
document.addEventListener("htmx:load", show);
// Pictures that were replaced are still selected, for the next step.
document.addEventListener("htmx:oobAfterSwap", show);
// What was deleted is not selected any more, whatever the answer looks like: many deletions end in a fresh page.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (elt instanceof HTMLButtonElement && elt.value === "delete" && successful) clear();
});
show();

// --- Keys: arrows go from picture to picture, X selects, Ctrl+A takes all, Escape none.
/**
 * The picture an arrow leads to.
 * @param {HTMLAnchorElement} from
 * @param {string} key
 */
const across = (from, key) => {
  const every = links();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return every[every.indexOf(from) + step];
  const here = from.getBoundingClientRect();
  const beyond = every.filter((link) => {
    const there = link.getBoundingClientRect();
    return key === "ArrowUp" ? there.bottom <= here.top + 1 : there.top >= here.bottom - 1;
  });
  /** @param {HTMLAnchorElement} link */
  const far = (link) => {
    const there = link.getBoundingClientRect();
    return Math.abs(there.top - here.top) * 4 + Math.abs(there.left - here.left);
  };
  return beyond.sort((one, other) => far(one) - far(other))[0];
};
document.addEventListener("keydown", (event) => {
  // Escape closes what lies on top; the selection is the last.
  if (document.querySelector("dialog[open], :popover-open") || event.isComposing || event.altKey) return;
  if (event.key === "Escape" && selected.size && !closest(event, "input[type=search]")) clear();
  if (!closest(event, "#pictures")) return;
  const picture = closest(event, ".picture");
  const link = picture?.querySelector("a");
  const control = event.ctrlKey || event.metaKey;
  if (event.key.startsWith("Arrow") && link && !control) {
    const next = across(link, event.key);
    event.preventDefault();
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (event.shiftKey) {
      put(boxOf(picture), true);
      choose(boxOf(next.parentElement), true, false);
    }
  } else if (event.key.toLowerCase() === "x" && link && !control && singleKeys()) {
    const box = boxOf(picture);
    choose(box, !box.checked, event.shiftKey);
  } else if (event.key.toLowerCase() === "a" && control) {
    event.preventDefault();
    boxes().forEach((box) => put(box, true));
    show();
  }
});
