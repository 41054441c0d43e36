// A press is never lost. A page moves and replaces things by itself; a press that began on a control counts all the same.

import { closest } from "./dom.js";

const CONTROLS = "a[href], button, label, summary";
const SLIP = 8; // pixels: whoever moves the pointer further away calls the press off

// While a press lasts, or a menu is open, nothing that can be asked for again replaces a control under it.
let late = false;
/** @param {HtmxEvent} event */
const hold = ({ detail }) => {
  const estimate = detail.target.matches("#estimate, #generate");
  if (!estimate && !detail.requestConfig?.elt.matches('[hx-trigger^="every"]')) return;
  if (!document.querySelector(`:is(${CONTROLS}, input, select):active, .menu:popover-open`)) return;
  detail.shouldSwap = false;
  late ||= estimate; // what asks every few seconds comes again by itself
};
const release = () => setTimeout(() => {
  if (!late) return;
  late = false;
  htmx.trigger(document.body, "settled");
});
document.addEventListener("htmx:beforeSwap", hold);
document.addEventListener("htmx:oobBeforeSwap", hold);
for (const end of /** @type {const} */ (["pointerup", "pointercancel", "keyup"])) document.addEventListener(end, release);

// A browser clicks nothing when the control moved away between press and release: it glides in, or the page scrolls.
/** @type {{ control: HTMLElement, x: number, y: number } | null} */
let press = null;
document.addEventListener("pointerdown", (event) => {
  const control = closest(event, CONTROLS);
  press = control && event.button === 0 ? { control, x: event.clientX, y: event.clientY } : null;
}, true);
document.addEventListener("pointerup", (event) => {
  if (!press || press.control.contains(/** @type {Node} */ (event.target))) return;
  const { control, x, y } = press;
  if (Math.hypot(event.clientX - x, event.clientY - y) > SLIP || control.matches(":disabled")) return;
  control.dispatchEvent(new MouseEvent("click", event));
}, true);
document.addEventListener("pointercancel", () => { press = null; }, true);
