// Extras of the pages that explain: one choice of language for all examples, and contents that mark the part one reads.

const LANGUAGE = "code-language";
const choose = (language) => {
  for (const radio of document.querySelectorAll(".code-languages input")) radio.checked = radio.value === language;
};
document.addEventListener("change", (event) => {
  if (!event.target.closest(".code-languages")) return;
  choose(event.target.value);
  localStorage.setItem(LANGUAGE, event.target.value);
});
if (localStorage.getItem(LANGUAGE)) choose(localStorage.getItem(LANGUAGE));

// The contents mark the part one reads.
const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const seen = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
  const first = [...document.querySelectorAll(".guide-text > section")].find((section) => seen.has(section));
  for (const [id, link] of links) {
    if (id === first?.getAttribute("aria-labelledby")) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-20% 0px -60%" });
for (const section of document.querySelectorAll(".guide-text > section")) watcher.observe(section);
