// The focus stays with what a person was doing when a part of the page comes anew.
(() => {
  const focus = (element) => {
    if (!element.matches("input, select, textarea, button, a")) element.tabIndex = -1;
    element.focus();
  };

  // A form that came back: the first thing to correct.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "studio-form" || event.detail.xhr?.status !== 422) return;
    const wrong = event.target.querySelector('[aria-invalid="true"], .error');
    if (wrong) focus(wrong.querySelector("input:checked") ?? wrong.querySelector("input") ?? wrong);
  });

  // Generate is disabled while the form is on its way, and a disabled button loses the focus.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id !== "studio-form" || document.activeElement !== document.body) return;
    document.getElementById("generate").focus({ preventScroll: true });
  });

  // A card: the same button or link, or its heading where that is gone.
  let held = null;
  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
    if (target.matches(".history-list > li") && target.contains(document.activeElement)) {
      held = { card: target.id, id: document.activeElement.id };
    }
  });
  document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
    if (!held || held.card !== target.id) return;
    const { card, id } = held;
    held = null;
    const same = id && document.getElementById(id);
    const heading = document.querySelector(`#${CSS.escape(card)} .task-prompt`);
    if (same || heading) focus(same || heading);
  });
})();
