// A picture opens in the lightbox, whose script comes with the first one that somebody opens.

import { closest } from "./dom.js";

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

// A menu closes when somebody has chosen from it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches(".picture-menu-wait, .offers")) closest(event, "[popover]")?.hidePopover();
});
