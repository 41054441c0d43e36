// What a person was doing goes on when a part of the page comes anew: the focus stays where it was, opened details stay
// open, and a text that is being written is not overwritten.
(() => {
  const shown = (element) => element?.isConnected && element.checkVisibility();
  const focus = (element) => {
    if (!element.matches("a[href], button, input, select, summary, textarea")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
  };

  // The same control is known by its words and by the nearest name around it; where it is gone, the heading is next.
  const mark = (element) => [
    element.tagName, element.closest("[id]")?.id, element.name, element.getAttribute("href"),
    element.type === "radio" && element.value, element.ariaLabel || (!element.matches("textarea") && element.textContent.trim()),
  ].join("|");
  let last = null;
  const note = (element) => {
    last = { element, mark: mark(element), around: [] };
    for (let one = element.parentElement; one; one = one.parentElement) last.around.push(one);
  };
  const recover = () => {
    if (!last || shown(last.element) || document.activeElement !== document.body) return;
    const homes = last.around.map((one) => (one.isConnected ? one : one.id && document.getElementById(one.id))).filter(shown);
    const find = (home, tags, fits) => [...home.querySelectorAll(tags)].find((one) => shown(one) && fits(one));
    const headings = homes.map((home) => find(home, "h1, h2, h3", Boolean));
    focus(find(homes[0], last.element.tagName, (one) => mark(one) === last.mark) ?? headings.find(Boolean) ?? document.body);
  };
  document.addEventListener("focusin", ({ target }) => note(target));
  // Who leaves a control that is still there, by a click beside it, has left it.
  document.addEventListener("focusout", () => setTimeout(() => {
    if (document.activeElement === document.body && shown(last?.element)) last = null;
  }));
  for (const swapped of ["htmx:afterSettle", "htmx:afterRequest", "htmx:oobAfterSwap"]) document.addEventListener(swapped, recover);
  document.addEventListener("click", () => setTimeout(recover));

  // A form that came back: the first thing to correct.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "studio-form" || event.detail.xhr?.status !== 422) return;
    const wrong = event.target.querySelector('[aria-invalid="true"], .error');
    if (wrong) focus(wrong.querySelector("input:checked") ?? wrong.querySelector("input") ?? wrong);
  });

  // Generate is disabled while the form is on its way, and a disabled button loses the focus.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id !== "studio-form" || document.activeElement !== document.body) return;
    focus(document.getElementById("generate"));
  });

  // The page of a generation asks for itself until everything is there.
  let open = [];
  const summaries = (part) => [...part.querySelectorAll("details > summary")];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "generation") return;
    const written = [...detail.target.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
    if (written) detail.shouldSwap = false; // it asks again
    open = summaries(detail.target).filter((one) => one.parentElement.open).map(mark);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const part = document.getElementById("generation");
    if (part) for (const one of summaries(part)) if (open.includes(mark(one))) one.parentElement.open = true;
    open = [];
  });
})();
