// A slide show without reloading: keys, swipes, full screen. Without this file its links do the same, page by page.

import { byId, closest, singleKeys } from "./dom.js";

/** @param {string} name */
const part = (name) => byId(`slideshow-${name}`);
/** @param {string} name */
const link = (name) => byId(`slideshow-${name}`, HTMLAnchorElement);
const main = byId("main");
const picture = byId("slideshow-picture", HTMLImageElement);
const slides = [...byId("slideshow-slides", HTMLOListElement).querySelectorAll("li")].map((item) => item.dataset);
let place = parseInt(part("place").textContent, 10);

/** @type {Map<number, Promise<void>>} */
const fetched = new Map();
/** @param {number} number */
const fetchSlide = (number) => {
  const slide = slides[number - 1];
  if (!slide || fetched.has(number)) return fetched.get(number);
  const image = new Image();
  image.src = slide.full ?? "";
  // A picture that cannot be had shows as the browser shows it, with its words.
  fetched.set(number, image.decode().catch(() => {}));
  return fetched.get(number);
};
/** @param {Record<string, string | null>} changes of the address; null takes a value out */
const changed = (changes) => {
  const target = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) target.searchParams.delete(name);
    else target.searchParams.set(name, value);
  }
  return String(target);
};
/**
 * @param {HTMLAnchorElement} step
 * @param {number} number of the slide it leads to
 */
const lead = (step, number) => {
  const there = number >= 1 && number <= slides.length;
  if (there) step.removeAttribute("aria-disabled");
  else step.setAttribute("aria-disabled", "true");
  step.href = changed({ at: String(there ? number : place) });
};
const frame = () => {
  part("place").textContent = `${place} / ${slides.length}`;
  lead(link("before"), place - 1);
  lead(link("after"), place + 1);
  fetchSlide(place + 1);
  fetchSlide(place - 1);
};
// One picture turns into the next, where browsers can and people want that. A turn that is overtaken is skipped.
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** @param {() => void} change */
const crossfade = (change) => {
  if (!document.startViewTransition || still.matches) change();
  else document.startViewTransition(change).ready.catch(() => {});
};
/** @param {number} number */
const go = async (number) => {
  const wanted = Math.min(Math.max(number, 1), slides.length);
  if (wanted === place) return;
  place = wanted;
  frame();
  await fetchSlide(wanted);
  if (wanted !== place) return; // somebody was quicker
  const { full = "", width, height, alternative = "", caption = "" } = slides[wanted - 1] ?? {};
  crossfade(() => {
    Object.assign(picture, { src: full, width, height, alt: alternative });
    part("caption").textContent = caption;
  });
  const words = part("said").dataset.words ?? "";
  part("said").textContent = `${words.replace("{number}", String(wanted)).replace("{total}", String(slides.length))}: ${alternative}`;
  history.replaceState(null, "", changed({ at: String(wanted) }));
  frame();
};

const captions = () => {
  const off = main.dataset.captions !== "off";
  main.dataset.captions = off ? "off" : "";
  history.replaceState(null, "", changed({ captions: off ? "0" : null }));
  frame();
};
const full = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
part("full").hidden = !document.fullscreenEnabled;
part("full").addEventListener("click", full);
/**
 * What a link does instead of loading a page.
 * @param {string} name
 * @param {() => void} act
 */
const instead = (name, act) => link(name).addEventListener("click", (event) => {
  event.preventDefault();
  act();
});
instead("before", () => go(place - 1));
instead("after", () => go(place + 1));
instead("captions", captions);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && !singleKeys()) return;
  const onControl = closest(event, "a, button");
  /** @type {Record<string, false | (() => void)>} */
  const keys = {
    ArrowLeft: () => go(place - 1), ArrowUp: () => go(place - 1), PageUp: () => go(place - 1),
    ArrowRight: () => go(place + 1), ArrowDown: () => go(place + 1), PageDown: () => go(place + 1),
    Home: () => go(1), End: () => go(slides.length), c: captions,
    f: document.fullscreenEnabled && full,
    Escape: () => link("leave").click(),
    " ": !onControl && (() => go(place + (event.shiftKey ? -1 : 1))),
    Enter: !onControl && (() => go(place + 1)),
  };
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// A press on the left third of the picture leads back, elsewhere on; a finger may also swipe.
// The document hears it, because the picture hears nothing while it turns into the next.
/** @type {PointerEvent | null} */
let from = null;
document.addEventListener("pointerdown", (event) => { from = closest(event, ".slideshow-controls") ? null : event; });
document.addEventListener("pointerup", (event) => {
  if (!from || event.button) return;
  const moved = event.clientX - from.clientX;
  from = null;
  if (Math.abs(moved) > 40) go(place + (moved < 0 ? 1 : -1));
  else if (Math.abs(moved) < 10) go(place + (event.clientX < innerWidth / 3 ? -1 : 1));
});

// Whoever holds still sees the picture alone.
let timer = 0;
const stir = () => {
  main.classList.remove("is-quiet");
  clearTimeout(timer);
  timer = setTimeout(() => main.classList.add("is-quiet"), 3000);
};
for (const name of /** @type {const} */ (["pointermove", "pointerdown", "keydown", "focusin"])) document.addEventListener(name, stir);
stir();

// The screen stays on, where browsers let us; where they do not, nothing else is lost.
const wake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
document.addEventListener("visibilitychange", wake);
wake();
frame();
