// Lays one picture over the other. Without this file they stand side by side.

import { byId, closest, first } from "./dom.js";

// Only two pictures can be laid over each other.
const views = document.getElementById("compare-ways");
if (views) {
  const over = byId("compare-over");
  views.addEventListener("click", (event) => {
    const chosen = closest(event, "button");
    if (!chosen) return;
    for (const button of views.children) button.setAttribute("aria-pressed", String(button === chosen));
    over.hidden = !("over" in chosen.dataset);
    byId("compare-frames").hidden = !over.hidden;
  });
  const range = first("input", HTMLInputElement, over);
  const cut = () => over.style.setProperty("--cut", `${range.value}%`);
  range.addEventListener("input", cut);
  cut(); // a browser may have kept the value from before
}
