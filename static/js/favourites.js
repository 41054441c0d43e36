// Hearts: two hearts of one picture, one in the grid and one in the lightbox, always agree.

import { all, first } from "./dom.js";

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
