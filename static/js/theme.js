// Switches the theme at once. Without this file the same form posts, and the page comes back in the chosen theme.

import { all, closest } from "./dom.js";

document.addEventListener("submit", (event) => {
  const form = closest(event, "[data-theme-form]", HTMLFormElement);
  const { submitter } = event;
  if (!form || !(submitter instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const { value } = submitter;
  const root = document.documentElement;
  if (value === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = value;
  for (const button of all("[name=theme]", HTMLButtonElement, form)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  fetch(form.action, { method: "POST", body: new FormData(form, submitter), redirect: "manual" });
});
