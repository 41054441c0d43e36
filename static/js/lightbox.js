// The lightbox shows every a[data-lightbox] of the page, in the order of the page. Its address is the page of the picture, so it
// can be reloaded and sent on, and Back closes it. pictures.js loads this with the first one, and this its styles.

import("./copy.js"); // by itself: the studio begins without it
import { all, byId, closest, first, singleKeys } from "./dom.js";
import { send } from "./errors.js";
import { zoomable } from "./zoom.js";

const dialog = byId("lightbox", HTMLDialogElement);
/** @param {string} address of a style sheet */
const style = (address) => new Promise((resolve, reject) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: resolve, onerror: reject });
  document.head.append(link);
});
await Promise.all((dialog.dataset.styles ?? "").split(" ").map(style));

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
// Whether it stands in the panel alone, among those that were made from another one: the page may not have it.
let apart = false;

const zoom = zoomable(byId("lightbox-frame"), picture, (step) => go(step));
const place = () => links().findIndex((link) => link.dataset.lightbox === current);
const closer = () => first("[data-close]", HTMLButtonElement, dialog);
/** @param {1 | -1} step */
const stepper = (step) => first(`[data-step-to="${step}"]`, HTMLButtonElement, dialog);

// The pictures around this one, small. One of them can be reached with Tab; the arrow keys lead on anyway.
const STRIP = 24; // on either side
const strip = () => {
  const every = links(), index = place(), from = Math.max(0, index - STRIP), list = byId("lightbox-strip");
  const focused = list.contains(document.activeElement);
  const { words = "" } = byId("lightbox-said").dataset;
  list.hidden = every.length < 2;
  list.replaceChildren(...every.slice(from, index + STRIP + 1).map((link, position) => {
    const item = document.createElement("li"), button = document.createElement("button"), image = new Image();
    const small = first("img", HTMLImageElement, link), here = from + position === index;
    image.src = small.srcset.split(" ")[0] || small.src;
    image.alt = "";
    image.draggable = false;
    button.type = "button";
    button.dataset.show = link.dataset.lightbox;
    button.tabIndex = here ? 0 : -1;
    button.ariaCurrent = String(here);
    button.ariaLabel = words.replace("{number}", String(from + position + 1)).replace("{total}", String(every.length));
    button.append(image);
    item.append(button);
    return item;
  }));
  const current = all("[aria-current=true]", HTMLButtonElement, list)[0];
  if (current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  if (focused) current?.focus({ preventScroll: true });
};

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
  strip();
  stepper(-1).disabled = index === 0;
  stepper(1).disabled = index === length - 1;
};
/** @param {HTMLAnchorElement} link */
const show = (link) => {
  current = link.dataset.lightbox;
  apart = dialog.contains(link);
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
  panel(link);
  load(every[index + 1]);
  load(every[index - 1]);
};
// Tools and panel belong to one picture: the old ones do nothing until the new ones are there. The focus stays. Only the latest
// answer counts: an earlier one for the same picture would undo what was done since.
const PARTS = ["lightbox-tools", "lightbox-panel"];
const about = byId("lightbox-about", HTMLButtonElement);
let latest = 0;
/** @param {HTMLAnchorElement} link */
const panel = async (link) => {
  const address = link.dataset.panel;
  about.hidden = !address;
  if (!address) return;
  for (const id of PARTS) byId(id).dataset.stale = "";
  const turn = latest += 1;
  const request = new XMLHttpRequest();
  const kind = await send(request, "GET", address);
  if (turn !== latest) return;
  const { content } = Object.assign(document.createElement("template"), { innerHTML: kind ? "" : request.responseText });
  for (const id of PARTS) {
    const old = byId(id), controls = () => all("a, button, summary", HTMLElement, byId(id));
    const focused = controls().findIndex((one) => one === document.activeElement);
    const fresh = content.querySelector(`#${id}`);
    if (!fresh) old.replaceChildren();
    else old.replaceWith(fresh);
    htmx.process(byId(id));
    htmx.trigger(byId(id), "htmx:load");
    if (focused >= 0) (controls()[focused] ?? closer()).focus();
  }
  tell();
};
// Beside the picture where there is room, over it where somebody asks for it.
let told = matchMedia("(width >= 60rem)").matches;
const tell = () => {
  about.ariaPressed = String(told);
  byId("lightbox-panel").hidden = !told || about.hidden;
};
about.addEventListener("click", () => {
  told = !told;
  tell();
});
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
  if (link) turn(link, step);
};
/**
 * @param {HTMLAnchorElement} link
 * @param {1 | -1} step where the next one after it lies
 */
const turn = (link, step) => {
  // A button that is about to be disabled must not take the focus with it.
  const next = links()[links().indexOf(link) + step];
  const stepping = stepper(step) === document.activeElement;
  show(link);
  if (!next && stepping) closer().focus();
  history.replaceState({ lightbox: current }, "", address(link));
};
const close = () => {
  if (history.state?.lightbox) history.back();
  else dialog.close();
};

// Two hearts of one picture, on its tile and here, always agree.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const heart = detail.elt.closest("form");
  const picture = heart?.dataset.favourite;
  if (!heart || !picture) return;
  const on = first("[name=on]", HTMLInputElement, heart).value;
  const pressed = String(first("button", HTMLButtonElement, heart).ariaPressed);
  for (const other of all(`form[data-favourite="${CSS.escape(picture)}"]`)) {
    first("[name=on]", HTMLInputElement, other).value = on;
    first("button", HTMLButtonElement, other).ariaPressed = pressed;
  }
});
// A picture that was deleted makes room for the one after it.
let last = 0;
const follow = () => {
  if (!dialog.open || (apart && place() < 0)) return;
  const every = links();
  if (place() >= 0) last = place();
  else {
    const next = every[Math.min(last, every.length - 1)];
    if (!next) return close();
    turn(next, 1);
    closer().focus();
  }
  count();
};
for (const news of /** @type {const} */ (["htmx:afterSettle", "htmx:oobAfterSwap"])) document.addEventListener(news, follow);
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
  if (closest(event, ".act-change")) { // its box is in the panel
    told = true;
    tell();
  }
  const button = closest(event, "button");
  if (!button) return;
  const { zoom: way, stepTo, show: key } = button.dataset;
  if ("close" in button.dataset) close();
  if (way === "in" || way === "out") zoom[way]();
  if (stepTo) go(stepTo === "1" ? 1 : -1);
  const link = key && links().find((one) => one.dataset.lightbox === key);
  if (link) turn(link, 1);
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
    f: () => press(".favourite button"), d: () => press("a[download]"), i: () => { if (!about.hidden) about.click(); },
    ArrowLeft: () => go(-1), ArrowRight: () => go(1),
  };
  const pan = pans[event.key];
  const act = zoom.zoomed() && pan ? () => zoom.pan(...pan) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
