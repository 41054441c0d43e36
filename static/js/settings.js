// “Use GPT Image 2” chooses it in the list; the rest follows from there.
document.addEventListener("click", (event) => {
  const model = event.target.closest("[data-use-model]")?.dataset.useModel;
  if (!model) return;
  const list = document.getElementById("id_model");
  list.value = model;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  list.focus();
});

// What is chosen while the settings of another model are on their way stays chosen, and the focus stays with it.
(() => {
  const model = () => document.getElementById("id_model");
  const control = ({ name, value }) =>
    [...model().form.elements].find((one) => one.name === name && (one.type !== "radio" || one.value === value));
  let meanwhile = null;
  let focused = null;
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "id_model") meanwhile = new Map(); });
  document.addEventListener("change", ({ target }) => {
    if (target.closest("#settings")) meanwhile?.set(target.name, { name: target.name, value: target.value });
  });
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.id === "settings") focused = target.contains(document.activeElement) ? document.activeElement : null;
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "settings" || !meanwhile) return;
    for (const chosen of meanwhile.values()) {
      const field = control(chosen);
      if (field?.type === "radio") field.checked = true;
      else if (field) field.value = chosen.value;
    }
    // A choice that this model does not offer: what is chosen in its stead.
    const chosen = () => model().form.querySelector(`[name="${focused.name}"]:checked`);
    if (focused && document.activeElement === document.body) (control(focused) ?? chosen() ?? model()).focus({ preventScroll: true });
    if (meanwhile.size) htmx.trigger(document.body, "settled");
    meanwhile = null;
  });
})();
