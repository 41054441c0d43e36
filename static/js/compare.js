// Two pictures one over the other; without scripts they stand side by side.
(() => {
  const ways = document.getElementById("compare-ways");
  const over = document.getElementById("compare-over");
  if (!ways) return;
  ways.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    for (const button of ways.children) button.setAttribute("aria-pressed", button === chosen);
    over.hidden = !("over" in chosen.dataset);
    document.getElementById("compare-frames").hidden = !over.hidden;
  });
  const range = over.querySelector("input");
  const cut = () => over.style.setProperty("--cut", `${range.value}%`);
  range.addEventListener("input", cut);
  cut(); // a browser may have kept the value from before
})();
