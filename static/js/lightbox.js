// The lightbox shows every a[data-lightbox] of the page, in the order of the page. Its address is the page of the picture, so it
// can be reloaded and sent on, and Back closes it.

import { all, byId, closest, first, singleKeys } from "./dom.js";
import { send } from "./errors.js";
import { zoomable } from "./zoom.js";

const dialog = byId("lightbox", HTMLDialogElement);
const picture = byId("lightbox-picture", HTMLImageElement);
// Each picture once: one that stands on the page may stand among those made from another one too.
const links = () => {
  const seen = new Set();
  const news = (/** @type {HTMLAnchorElement} */ { dataset }) => !seen.has(dataset.lightbox) && seen.add(dataset.lightbox);
  return all("a[data-lightbox]", HTMLAnchorElement).filter((link) => !link.closest("[hidden]") && news(link));
};
// A picture without a page of its own has a place on this one.
/** @param {HTMLAnchorElement} link */
const address = (link) => link.dataset.place || link.href;
/** @type {string | undefined} */
let current;

const zoom = zoomable(byId("lightbox-frame"), picture, (step) => go(step));
const place = () => links().findIndex((link) => link.dataset.lightbox === current);
const closer = () => first("[data-close]", HTMLButtonElement, dialog);
/** @param {1 | -1} step */
const stepper = (step) => first(`[data-step-to="${step}"]`, HTMLButtonElement, dialog);

/** @param {HTMLAnchorElement | undefined} link */
const load = (link) => {
  const image = new Image();
  if (link) image.src = link.dataset.full ?? "";
  return image;
};
const count = () => {
  const [index, length] = [place(), links().length];
  if (index < 0) return; // one of those made from another, whose own links are on their way
  byId("lightbox-place").textContent = `${index + 1} / ${length}`;
  stepper(-1).disabled = index === 0;
  stepper(1).disabled = index === length - 1;
};
/** @param {HTMLAnchorElement} link */
const show = (link) => {
  current = link.dataset.lightbox;
  const every = links();
  const index = place();
  zoom.reset();
  // The thumbnail is there at once; the original replaces it when it has come.
  const small = first("img", HTMLImageElement, link);
  picture.width = Number(link.dataset.width);
  picture.height = Number(link.dataset.height);
  picture.alt = link.dataset.alt ?? small.alt;
  picture.src = small.currentSrc || small.src;
  const full = load(link);
  full.onload = () => { if (current === link.dataset.lightbox) picture.src = full.src; };
  byId("lightbox-caption").textContent = link.dataset.caption ?? "";
  count();
  const said = byId("lightbox-said");
  const words = said.dataset.words ?? "";
  said.textContent = `${words.replace("{number}", String(index + 1)).replace("{total}", String(every.length))}: ${picture.alt}`;
  // The gallery's next page is asked for before its last picture is reached.
  const ahead = document.querySelector(".pictures-ahead");
  if (ahead && index > every.length - 4) htmx.trigger(ahead, "wanted");
  tools(link);
  load(every[index + 1]);
  load(every[index - 1]);
};
// The tools belong to one picture: the old ones do nothing until the new ones are there. The focus stays. Only the latest answer
// counts: an earlier one for the same picture would undo what was done since.
let latest = 0;
/** @param {HTMLAnchorElement} link */
const tools = async (link) => {
  if (!link.dataset.tools) return;
  byId("lightbox-tools").dataset.stale = "";
  const turn = latest += 1;
  const request = new XMLHttpRequest();
  const kind = await send(request, "GET", link.dataset.tools);
  const offered = kind ? '<div class="lightbox-tools" id="lightbox-tools"></div>' : request.responseText;
  if (turn !== latest) return;
  const controls = () => all("#lightbox-tools :is(a, button)");
  const focused = controls().findIndex((one) => one === document.activeElement);
  byId("lightbox-tools").outerHTML = offered;
  htmx.process(byId("lightbox-tools"));
  if (focused >= 0) (controls()[focused] ?? closer()).focus();
};
/** @param {HTMLAnchorElement} link */
const open = (link) => {
  show(link);
  if (dialog.open) return;
  // Nobody sees or hears what is outside of an open dialog.
  dialog.append(byId("toasts"));
  dialog.showModal();
};
/** @param {1 | -1} step */
const go = (step) => {
  const link = links()[place() + step];
  if (!link) return;
  // A button that is about to be disabled must not take the focus with it.
  const next = links()[place() + 2 * step];
  show(link);
  if (!next) closer().focus();
  history.replaceState({ lightbox: current }, "", address(link));
};
const close = () => {
  if (history.state?.lightbox) history.back();
  else dialog.close();
};

document.addEventListener("htmx:afterSettle", () => { if (dialog.open) count(); });
/** @param {HTMLAnchorElement} link */
export const enter = (link) => {
  history[dialog.open ? "replaceState" : "pushState"]({ lightbox: link.dataset.lightbox }, "", address(link));
  open(link);
};
/** @param {{ lightbox?: string } | null} state of the history */
export const resume = (state) => {
  const link = links().find((one) => one.dataset.lightbox === state?.lightbox);
  if (link) open(link);
  else if (dialog.open) dialog.close();
};
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
dialog.addEventListener("close", () => {
  if (history.state?.lightbox) history.back();
  document.body.append(byId("toasts"));
  picture.removeAttribute("src");
  const link = links()[place()];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
});
dialog.addEventListener("click", (event) => {
  const button = closest(event, "button");
  if (!button) return;
  const { zoom: way, stepTo } = button.dataset;
  if ("close" in button.dataset) close();
  if (way === "in" || way === "out") zoom[way]();
  if (stepTo) go(stepTo === "1" ? 1 : -1);
});
/** @param {string} selector */
const press = (selector) => all(`#lightbox-tools:not([data-stale]) ${selector}`)[0]?.click();
document.addEventListener("keydown", (event) => {
  if (!dialog.open || event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key.length === 1 && !singleKeys()) return;
  /** @type {Record<string, [number, number]>} */
  const pans = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
  /** @type {Record<string, () => void>} */
  const keys = {
    "+": zoom.in, "=": zoom.in, "-": zoom.out, 0: zoom.reset, 1: zoom.truly,
    f: () => press(".favourite button"), d: () => press("a[download]"),
    ArrowLeft: () => go(-1), ArrowRight: () => go(1),
  };
  const pan = pans[event.key];
  const act = zoom.zoomed() && pan ? () => zoom.pan(...pan) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
