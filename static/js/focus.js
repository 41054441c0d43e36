// The focus stays where it was when a part of the page is replaced.

import { all } from "./dom.js";

/** @param {Element | null | undefined} element */
const shown = (element) => element?.isConnected && element.checkVisibility();
/**
 * @param {HTMLElement} element
 * @param {boolean} [preventScroll] not for what may be out of sight
 */
export const focus = (element, preventScroll = true) => {
  if (!element.matches("a[href], button, input, select, summary, textarea")) element.tabIndex = -1;
  element.focus({ preventScroll });
};

/**
 * What a control is known by after it was replaced: its words, and the nearest name around it.
 * @param {Element} element
 */
export const mark = (element) => [
  element.tagName, element.closest("[id]")?.id, element.getAttribute("name"), element.getAttribute("href"),
  element instanceof HTMLInputElement && element.type === "radio" && element.value,
  element.ariaLabel || (!element.matches("textarea") && element.textContent.trim()),
].join("|");

// The control that had the focus last, and what was around it.
/** @type {{ element: HTMLElement, mark: string, around: HTMLElement[] } | null} */
let last = null;
/** @param {HTMLElement} element */
const note = (element) => {
  last = { element, mark: mark(element), around: [] };
  for (let one = element.parentElement; one; one = one.parentElement) last.around.push(one);
};
const HEADINGS = ":is(h1, h2, h3):not(.visually-hidden)";
const FIELDS = ":is(a[href], input, select, summary, textarea):not([type=radio]:not(:checked))";
/**
 * The first that fits and is shown.
 * @param {HTMLElement} home
 * @param {string} selector
 * @param {(one: HTMLElement) => boolean} [fits]
 */
const find = (home, selector, fits = () => true) => all(selector, HTMLElement, home).find((one) => shown(one) && fits(one));
// The same control gets the focus again. Where it is gone, that is what is chosen in the same group, then in a form the nearest
// field, elsewhere the nearest heading. No button in its stead: whoever presses twice would press another one.
const recover = () => {
  if (!last || shown(last.element) || document.activeElement !== document.body) return;
  const { element, mark: known, around } = last;
  const homes = around.map((one) => (one.isConnected ? one : document.getElementById(one.id))).filter((one) => one !== null).filter(shown);
  const [nearest = document.body] = homes;
  const same = find(nearest, element.tagName, (one) => mark(one) === known);
  if (same) return focus(same);
  const groups = around.filter((one) => one.matches("fieldset, .field"));
  const chosen = groups.map((one) => one.querySelector("[name]")?.getAttribute("name"))
    .map((name) => find(nearest, `[name="${name}"]:is(:checked, :not([type=radio]))`)).find(Boolean);
  const near = homes.map((home) => find(home, home.closest("form") ? FIELDS : HEADINGS)).find(Boolean);
  focus(chosen ?? near ?? document.body, false);
};
document.addEventListener("focusin", ({ target }) => note(/** @type {HTMLElement} */ (target)));
// Whoever clicks beside a control that is still there has left it.
document.addEventListener("focusout", () => setTimeout(() => {
  if (document.activeElement === document.body && shown(last?.element)) last = null;
}));
for (const swapped of /** @type {const} */ (["htmx:afterSettle", "htmx:afterRequest", "htmx:oobAfterSwap"])) {
  document.addEventListener(swapped, recover);
}
document.addEventListener("click", () => setTimeout(recover));
