// The focus stays where it was when a part of the page is replaced.

/** @param {Element | null | undefined} element */
const shown = (element) => element?.isConnected && element.checkVisibility();
/** @param {HTMLElement} element */
export const focus = (element) => {
  if (!element.matches("a[href], button, input, select, summary, textarea")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
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
// The same control gets the focus again. Where it is gone, the nearest heading gets it.
const recover = () => {
  if (!last || shown(last.element) || document.activeElement !== document.body) return;
  const { element, mark: known, around } = last;
  const homes = around.map((one) => (one.isConnected ? one : document.getElementById(one.id))).filter(shown);
  /**
   * @param {HTMLElement | null | undefined} home
   * @param {string} tags
   * @param {(one: Element) => boolean} fits
   */
  const find = (home, tags, fits) => [...home?.querySelectorAll(tags) ?? []].find((one) => shown(one) && fits(one));
  const next = find(homes[0], element.tagName, (one) => mark(one) === known)
    ?? homes.map((home) => find(home, "h1, h2, h3", () => true)).find(Boolean) ?? document.body;
  focus(/** @type {HTMLElement} */ (next));
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
