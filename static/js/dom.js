// What the scripts need of a page. Each script is a module; a page names those it needs.

/**
 * The element with this id. A page without it is a mistake.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {Kind<T>} [kind]
 */
export const byId = (id, kind) => first(`#${CSS.escape(id)}`, kind);

/**
 * The first element that fits. A page without one is a mistake.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {Kind<T>} [kind]
 * @param {ParentNode} [within]
 */
export const first = (selector, kind, within) => {
  const [element] = all(selector, kind, within);
  if (element) return element;
  throw new Error(`The page has no ${selector}`);
};

/**
 * All elements that fit.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {Kind<T>} [kind]
 * @param {ParentNode} within
 */
export const all = (selector, kind, within = document) =>
  /** @type {T[]} */ ([...within.querySelectorAll(selector)].filter((one) => one instanceof (kind ?? HTMLElement)));

/**
 * The nearest element that fits, from the target of an event upwards.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {Event} event
 * @param {string} selector
 * @param {Kind<T>} [kind]
 */
export const closest = ({ target }, selector, kind) => {
  const element = target instanceof Element && target.closest(selector);
  return element instanceof (kind ?? HTMLElement) ? /** @type {T} */ (element) : null;
};

/**
 * Tells it to people who listen to the page.
 * @param {string} text
 */
export const announce = (text) => { byId("announcer").textContent = text; };

/**
 * Shows a message that a template of the page holds.
 * @param {string} template
 * @param {string} kind
 */
export const toast = (template, kind) => {
  const { content } = byId(template, HTMLTemplateElement);
  const message = document.importNode(first(`[data-kind="${kind}"] > .message`, HTMLElement, content), true);
  byId("toasts").append(message);
  return message;
};

// Shortcuts that are a single character can be switched off (see shell.js): speech input and slips of the hand press them too.
export const singleKeys = () => localStorage.getItem("shortcut-key") !== "off";
