// Reference images are put in order: by button, mouse or finger.

import { announce, closest, first } from "./dom.js";

let started = false;
/**
 * @typedef {object} OfThePage
 * @property {() => HTMLElement} list
 * @property {() => HTMLElement[]} items
 * @property {() => void} changed is told about every new order
 * @property {(name: string, values: Record<string, string | number>) => string} word gives a sentence
 */
/** @param {OfThePage} page */
export const start = ({ list, items, changed, word }) => {
  if (started) return;
  started = true;
  /** @param {HTMLElement} item */
  const tellPlace = (item) => {
    const every = items();
    announce(word("moved", { name: item.dataset.name ?? "", number: every.indexOf(item) + 1, total: every.length }));
  };

  /**
   * @param {HTMLElement} item
   * @param {number} step
   */
  const move = (item, step) => {
    const every = items();
    const other = every[every.indexOf(item) + step];
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    changed();
    tellPlace(item);
  };

  document.addEventListener("click", (event) => {
    const button = closest(event, "[data-move]");
    const item = button?.closest("li");
    if (!button || !item) return;
    const step = Number(button.dataset.move);
    move(item, step);
    button.focus();
    // At either end of the list the button is gone, and the other one takes the focus.
    if (document.activeElement !== button) first(`[data-move="${-step}"]`, HTMLElement, item).focus();
  });

  // By mouse or finger, anywhere on an item.
  document.addEventListener("pointerdown", (event) => {
    const item = closest(event, "#reference-list [data-reference]");
    if (!item || closest(event, "button") || event.button !== 0) return;
    event.preventDefault();
    item.focus({ preventScroll: true }); // a tap shows the buttons that move it
    const before = items().indexOf(item);
    // The list holds the pointer: an item that changes its place would lose it.
    const holder = list();
    /** @param {PointerEvent} pointer */
    const follow = (pointer) => {
      item.dataset.dragging = "";
      const under = items().find((other) => {
        const box = other.getBoundingClientRect();
        return other !== item && pointer.clientX > box.left && pointer.clientX < box.right && pointer.clientY > box.top && pointer.clientY < box.bottom;
      });
      if (!under) return;
      const box = under.getBoundingClientRect();
      if (pointer.clientX < box.left + box.width / 2) under.before(item);
      else under.after(item);
    };
    const end = () => {
      holder.removeEventListener("pointermove", follow);
      delete item.dataset.dragging;
      if (items().indexOf(item) === before) return;
      changed();
      tellPlace(item);
    };
    holder.setPointerCapture(event.pointerId);
    holder.addEventListener("pointermove", follow);
    holder.addEventListener("lostpointercapture", end, { once: true });
  });
};
