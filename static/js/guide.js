// Extras of the pages that explain: one choice of language for all examples, and contents that mark the part one reads.

import { all, closest } from "./dom.js";

const LANGUAGE = "code-language";
/** @param {string} language */
const choose = (language) => {
  for (const radio of all(".code-languages input", HTMLInputElement)) radio.checked = radio.value === language;
};
document.addEventListener("change", (event) => {
  const radio = closest(event, ".code-languages input", HTMLInputElement);
  if (!radio) return;
  choose(radio.value);
  localStorage.setItem(LANGUAGE, radio.value);
});
const chosen = localStorage.getItem(LANGUAGE);
if (chosen) choose(chosen);

// The contents mark the part one reads.
const links = new Map(all(".contents a", HTMLAnchorElement).map((link) => [link.hash.slice(1), link]));
const sections = all(".guide-text > section");
/** @type {Set<Element>} */
const seen = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
  const current = sections.find((section) => seen.has(section))?.getAttribute("aria-labelledby");
  for (const [id, link] of links) {
    if (id === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-20% 0px -60%" });
for (const section of sections) watcher.observe(section);
