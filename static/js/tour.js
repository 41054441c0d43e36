// The first run: a few notes, one after the other, each beside what it speaks of. It takes no focus, and it ends when
// somebody generates.

import { all, byId, closest, first } from "./dom.js";

const tour = byId("tour");
const steps = all(".tour-step", HTMLElement, tour);
const next = first('[data-tour="next"]', HTMLButtonElement, tour);
const wide = matchMedia("(width >= 60rem)");
const words = next.textContent;
let at = 0;

const unmark = () => document.querySelector(".is-toured")?.classList.remove("is-toured");
/** @param {number} step */
const show = (step) => {
  unmark();
  at = step;
  steps.forEach((one, index) => { one.hidden = index !== at; });
  byId("tour-place").textContent = `${at + 1} / ${steps.length}`;
  next.textContent = at === steps.length - 1 ? next.dataset.last ?? "" : words;
  const target = byId(steps[at]?.dataset.for ?? "");
  target.classList.add("is-toured");
  // The note is at its new place at once, so the page does not glide under it either.
  target.scrollIntoView({ block: wide.matches ? "nearest" : "start", behavior: "instant" });
};
const start = () => {
  tour.showPopover();
  show(0);
};
const end = () => {
  if (!tour.matches(":popover-open")) return;
  const held = tour.contains(document.activeElement);
  unmark();
  tour.hidePopover();
  localStorage.setItem("tour", "seen");
  if (held) byId("id_prompt").focus();
};
document.addEventListener("click", (event) => {
  if (closest(event, "[data-tour-start]")) {
    start();
    next.focus();
  }
  const act = closest(event, "[data-tour]")?.dataset.tour;
  if (act === "end" || (act === "next" && at === steps.length - 1)) end();
  else if (act === "next") show(at + 1);
});
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") end(); });
// It would lie over what a chip shows.
document.addEventListener("toggle", ({ target }) => { if (target instanceof Element && target.matches(".chip[open]")) end(); }, true);
document.addEventListener("htmx:beforeRequest", ({ target }) => { if (target.id === "studio-form") end(); });
if (!localStorage.getItem("tour")) start();
