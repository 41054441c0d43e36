// The settings of a model, in the studio and among the defaults.

import { byId, closest } from "./dom.js";

const models = () => byId("id_model", HTMLSelectElement);

// “Use GPT Image 2” chooses it in the list, and the settings follow.
document.addEventListener("click", (event) => {
  const model = closest(event, "[data-use-model]")?.dataset.useModel;
  if (!model) return;
  models().value = model;
  models().dispatchEvent(new Event("change", { bubbles: true }));
  models().focus();
});

// What somebody chooses while the settings of another model are on their way stays chosen.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const form = () => /** @type {HTMLFormElement} */ (models().form);
/** @param {Pick<Field, "name" | "value">} field */
const control = ({ name, value }) =>
  /** @type {Field[]} */ ([...form().elements]).find((one) => one.name === name && (one.type !== "radio" || one.value === value));

/** @type {Map<string, { name: string, value: string }> | null} */
let meanwhile = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => { if (target.id === "id_model") meanwhile = new Map(); });
document.addEventListener("change", (event) => {
  const field = /** @type {Field | null} */ (closest(event, "#settings :is(input, select, textarea)"));
  if (field) meanwhile?.set(field.name, { name: field.name, value: field.value });
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "settings" || !meanwhile) return;
  for (const chosen of meanwhile.values()) {
    const field = control(chosen);
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = true;
    else if (field) field.value = chosen.value;
  }
  if (meanwhile.size) htmx.trigger(document.body, "settled");
  meanwhile = null;
});
