// The first run: a few notes, one after the other, each beside what it speaks of. It takes no focus, and goes away by itself
// when somebody generates.
(() => {
  const tour = document.getElementById("tour");
  const steps = [...tour.querySelectorAll(".tour-step")];
  const next = tour.querySelector('[data-tour="next"]');
  const wide = matchMedia("(width >= 60rem)");
  const words = next.textContent;
  let at = 0;

  const target = () => document.getElementById(steps[at].dataset.for);
  const unmark = () => document.querySelector(".is-toured")?.classList.remove("is-toured");
  const show = (step) => {
    unmark();
    at = step;
    steps.forEach((one, index) => { one.hidden = index !== at; });
    document.getElementById("tour-place").textContent = `${at + 1} / ${steps.length}`;
    next.textContent = at === steps.length - 1 ? next.dataset.last : words;
    target().classList.add("is-toured");
    target().scrollIntoView({ block: wide.matches ? "nearest" : "start" });
  };
  const start = () => {
    tour.showPopover();
    show(0);
  };
  const end = () => {
    if (!tour.matches(":popover-open")) return;
    const held = tour.contains(document.activeElement);
    unmark();
    tour.hidePopover();
    localStorage.setItem("tour", "seen");
    if (held) document.getElementById("id_prompt").focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-tour-start]")) {
      start();
      next.focus();
    }
    const act = event.target.closest("[data-tour]")?.dataset.tour;
    if (act === "end" || (act === "next" && at === steps.length - 1)) end();
    else if (act === "next") show(at + 1);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "studio-form") end(); });
  if (!localStorage.getItem("tour")) start();
})();
