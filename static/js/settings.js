// The settings of a model, in the studio and among the defaults.

import { byId, closest, first } from "./dom.js";

const models = () => byId("id_model");
/** @param {string} model */
const tile = (model) => first(`[value="${CSS.escape(model)}"]`, HTMLInputElement, models());

// “Use GPT Image 2” chooses it among the models, and the settings follow.
document.addEventListener("click", (event) => {
  const model = closest(event, "[data-use-model]")?.dataset.useModel;
  if (!model) return;
  tile(model).checked = true;
  tile(model).dispatchEvent(new Event("change", { bubbles: true }));
});

// “1 picture fits” chooses it. Without scripts the same button calculates the price.
document.addEventListener("click", (event) => {
  const button = closest(event, "[data-choose]", HTMLButtonElement);
  const field = button && control(button);
  if (!field) return;
  event.preventDefault();
  if (field instanceof HTMLInputElement && field.type === "radio") field.checked = true;
  else field.value = button.value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
});

// What somebody chooses while the settings of another model are on their way stays chosen.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const form = () => /** @type {HTMLFormElement} */ (models().closest("form"));
/** @param {Pick<Field, "name" | "value">} field */
const control = ({ name, value }) => /** @type {Field[]} */ ([...form().elements])
  .find((one) => one.name === name && !one.matches("button") && (one.type !== "radio" || one.value === value));

/** @type {Map<string, { name: string, value: string }> | null} */
let meanwhile = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => { if (models().contains(target)) meanwhile = new Map(); });
document.addEventListener("change", (event) => {
  const field = /** @type {Field | null} */ (closest(event, "#settings :is(input, select, textarea)"));
  if (field) meanwhile?.set(field.name, { name: field.name, value: field.value });
});
// So does a chip that somebody opens meanwhile.
/** @type {string | undefined} */
let opened;
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "settings") opened = target.querySelector("details.chip[open]")?.id;
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "settings") return;
  document.getElementById(opened ?? "")?.setAttribute("open", "");
  if (!meanwhile) return;
  for (const chosen of meanwhile.values()) {
    const field = control(chosen);
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = true;
    else if (field) field.value = chosen.value;
  }
  if (meanwhile.size) htmx.trigger(document.body, "settled");
  meanwhile = null;
});
