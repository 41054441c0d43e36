// The page of a generation asks for itself until everything is there. What somebody opened or writes stays as it is.

import { all, byId } from "./dom.js";
import { mark } from "./focus.js";

/** @type {string[]} */
let open = [];
const details = () => all("#generation details", HTMLDetailsElement);
/** @param {HTMLDetailsElement} one */
const title = (one) => mark(one.querySelector("summary") ?? one);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== byId("generation")) return;
  const written = all("#generation textarea", HTMLTextAreaElement).some((field) => field.value !== field.defaultValue);
  if (written) detail.shouldSwap = false; // it asks again
  open = details().filter((one) => one.open).map(title);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const one of details()) if (open.includes(title(one))) one.open = true;
  open = [];
});
