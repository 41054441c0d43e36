// The gallery's extras: filters that follow at once, a selection that survives pages, arrow keys. All of it also works without.

const form = document.getElementById("selection");
const boxes = () => [...document.querySelectorAll(".picture:not([hidden]) [name=picture]")];

// --- Filters: empty ones stay out of the address, and the address follows what is shown.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "filters") return;
  const { formData } = event.detail;
  for (const [name, value] of [...formData.entries()]) if (!value) formData.delete(name);
  if (formData.get("sort") === "newest") formData.delete("sort");
  if (formData.get("density") === "medium") formData.delete("density");
});
document.addEventListener("htmx:afterSwap", (event) => {
  const { requestConfig, pathInfo } = event.detail;
  if (requestConfig?.elt.id !== "filters") return;
  const address = pathInfo.finalRequestPath || pathInfo.requestPath;
  history.replaceState(history.state, "", address);
  form.elements.next.value = address;
});

// Whoever was on "More pictures" is on the first of them afterwards.
let before = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const more = event.detail.target.closest("#more");
  before = more?.contains(document.activeElement) ? more.previousElementSibling : null;
});
document.addEventListener("htmx:afterSwap", () => {
  before?.nextElementSibling?.querySelector("a")?.focus({ preventScroll: true });
  before = null;
});

// --- Selection: kept for this tab, by the person it belongs to.
const STORE = `selection-${form?.dataset.owner}`;
const selected = new Set(form ? JSON.parse(sessionStorage.getItem(STORE) || "[]") : []);
let last = null;
const show = () => {
  if (!form) return;
  for (const box of boxes()) box.checked = selected.has(box.value);
  const count = document.getElementById("selection-count");
  count.textContent = selected.size === 1 ? count.dataset.one : count.dataset.many.replace("{number}", selected.size);
  document.getElementById("selected").value = [...selected].join(" ");
  const held = form.contains(document.activeElement);
  form.classList.toggle("is-shown", selected.size > 0);
  // The bar goes with the last of the selection, and the focus returns to the pictures.
  if (held && !selected.size) {
    const links = [...document.querySelectorAll(".picture:not([hidden]) > .picture-link")];
    (links.find((link) => link.parentElement.contains(document.querySelector(`[name=picture][value="${last}"]`))) ?? links[0])?.focus();
  }
  document.body.classList.toggle("has-selection", selected.size > 0);
  sessionStorage.setItem(STORE, JSON.stringify([...selected]));
};
const put = (box, on) => (on ? selected.add(box.value) : selected.delete(box.value));
const choose = (box, on, range) => {
  const all = boxes();
  const [from, to] = [all.findIndex((other) => other.value === last), all.indexOf(box)];
  if (range && from >= 0) all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => put(other, on));
  else put(box, on);
  last = box.value;
  show();
};
if (form) {
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".picture [name=picture]");
    if (box) choose(box, box.checked, event.shiftKey);
    if (event.target.closest("[data-clear]")) {
      selected.clear();
      show();
    }
    // With Shift or Ctrl the picture itself selects, as in every file manager.
    const link = event.target.closest(".picture > .picture-link");
    if (link && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const own = link.parentElement.querySelector("[name=picture]");
      choose(own, event.shiftKey || !own.checked, event.shiftKey);
    }
  }, true);
  document.addEventListener("htmx:load", show);
  // Pictures that were drawn anew are still selected, for the next step.
  document.addEventListener("htmx:oobAfterSwap", show);
  document.addEventListener("htmx:beforeRequest", (event) => event.target.closest("[popover]")?.hidePopover());
  // Whatever the answer looks like (many deletions end in a fresh page), what was deleted is not selected any more.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.value !== "delete" || !event.detail.successful) return;
    selected.clear();
    show();
  });
  show();
}

// --- Keys: arrows go from picture to picture, X selects, Ctrl+A takes all, Escape none.
const across = (links, from, key) => {
  const here = links[from].getBoundingClientRect();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return links[from + step];
  const beyond = links.filter((link) => {
    const there = link.getBoundingClientRect();
    return key === "ArrowUp" ? there.bottom <= here.top + 1 : there.top >= here.bottom - 1;
  });
  const far = (link) => {
    const there = link.getBoundingClientRect();
    return Math.abs(there.top - here.top) * 4 + Math.abs(there.left - here.left);
  };
  return beyond.sort((one, other) => far(one) - far(other))[0];
};
document.addEventListener("keydown", (event) => {
  const grid = document.getElementById("pictures");
  if (!grid || document.querySelector("dialog[open]") || event.isComposing || event.altKey) return;
  const inside = event.target.closest("#pictures");
  if (event.key === "Escape" && selected.size && !event.target.closest("input[type=search], [popover]")) {
    selected.clear();
    show();
  }
  if (!inside) return;
  const links = [...grid.querySelectorAll(".picture:not([hidden]) > .picture-link")];
  const picture = event.target.closest(".picture");
  const link = picture?.querySelector(".picture-link");
  if (event.key.startsWith("Arrow") && link && !event.ctrlKey && !event.metaKey) {
    const next = across(links, links.indexOf(link), event.key);
    event.preventDefault();
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (event.shiftKey) {
      const [from, to] = [picture, next.parentElement].map((item) => item.querySelector("[name=picture]"));
      put(from, true);
      choose(to, true, false);
    }
  } else if (event.key.toLowerCase() === "x" && link && !event.ctrlKey && !event.metaKey) {
    if (localStorage.getItem("shortcut-key") === "off") return;
    const box = picture.querySelector("[name=picture]");
    choose(box, !box.checked, event.shiftKey);
  } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    boxes().forEach((box) => put(box, true));
    show();
  }
});

// --- Hearts: two hearts of one picture (grid and lightbox) always agree.
document.addEventListener("htmx:afterSettle", (event) => {
  const heart = event.detail.elt.closest?.("form[data-favourite]");
  if (!heart) return;
  for (const other of document.querySelectorAll(`form[data-favourite="${CSS.escape(heart.dataset.favourite)}"]`)) {
    if (other === heart) continue;
    other.elements.on.value = heart.elements.on.value;
    const pressed = heart.querySelector("button").getAttribute("aria-pressed");
    other.querySelector("button").setAttribute("aria-pressed", pressed);
  }
});
