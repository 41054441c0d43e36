// A press on Generate is never lost: while it lasts, no new estimate moves or replaces the button. It is asked for again
// afterwards.
(() => {
  let late = false;
  const hold = (event) => {
    if (!event.detail.target.matches("#estimate, #generate") || !document.querySelector("#generate:active")) return;
    event.detail.shouldSwap = false;
    late = true;
  };
  const release = () => setTimeout(() => {
    if (!late) return;
    late = false;
    htmx.trigger(document.body, "settled");
  });
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:oobBeforeSwap", hold);
  for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, release);
})();
