// A picture opens in the lightbox, whose script comes with the first one that somebody opens.

import { all, closest, first } from "./dom.js";

/** @type {Promise<typeof import("./lightbox.js")> | undefined} */
let lightbox;
const load = () => (lightbox ??= import("./lightbox.js"));

// So does the box "What should be different?".
document.addEventListener("htmx:load", ({ target }) => { if (target.closest(".change") || target.querySelector(".change")) import("./change.js"); });

document.addEventListener("click", async (event) => {
  const link = closest(event, "a[data-lightbox]", HTMLAnchorElement);
  if (!link || event.defaultPrevented || event.button || event.shiftKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  try {
    (await load()).enter(link);
  } catch (error) {
    location.assign(link.href);
    throw error;
  }
});
// Back and forward lead through the lightbox.
window.addEventListener("popstate", async ({ state }) => { if (lightbox || state?.lightbox) (await load()).resume(state); });
// Whoever reloads the lightbox is on the page of the picture: its state opens nothing there.
const { lightbox: shown } = history.state ?? {};
if (shown && !document.querySelector(`a[data-lightbox="${CSS.escape(shown)}"]`)) history.replaceState(null, "");

// Several hearts of one picture, on its tile and in the lightbox, always agree.
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

// A menu closes when somebody has chosen from it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches(".picture-menu-wait, .offers")) closest(event, "[popover]")?.hidePopover();
});
