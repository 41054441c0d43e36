// The studio's extras. A picture can be generated without any of them.

import { all, byId, closest } from "./dom.js";
import { focus } from "./focus.js";

const form = () => byId("studio-form", HTMLFormElement);
const prompt = () => byId("id_prompt", HTMLTextAreaElement);
const user = document.body.dataset.user ?? "";

// Ctrl or Cmd with Enter sends, but not while an input method composes (229: Safari). Enter alone in a field orders nothing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !closest(event, "#studio-form")) return;
  if (event.ctrlKey || event.metaKey) form().requestSubmit(byId("generate"));
  else if (!closest(event, "input:not([type=file]), select")) return;
  event.preventDefault();
});

// Whoever was far down in the history sees that the new card is there.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id !== "history-list" || detail.requestConfig?.elt !== form()) return;
  target.firstElementChild?.scrollIntoView({ block: "nearest" });
});

// A form that came back: the first thing to correct gets the focus.
document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (target.id !== "studio-form" || detail.xhr?.status !== 422) return;
  /** @type {HTMLElement | null} */
  const wrong = target.querySelector('[aria-invalid="true"], .error');
  /** @type {HTMLElement | null | undefined} */
  const field = wrong?.querySelector("input:checked") ?? wrong?.querySelector("input") ?? wrong;
  if (field) focus(field);
  form().classList.add("is-open");
});

// Generate is disabled while the form is on its way, and a disabled button loses the focus.
document.addEventListener("htmx:afterRequest", ({ target }) => {
  if (target.id === "studio-form" && document.activeElement === document.body) focus(byId("generate"));
});

/** @param {string} text */
const write = (text) => {
  prompt().value = text;
  prompt().dispatchEvent(new Event("input", { bubbles: true }));
};
// Examples fill the form and never send.
document.addEventListener("click", (event) => {
  const example = closest(event, "[data-prompt]")?.dataset.prompt;
  if (example === undefined) return;
  write(example);
  prompt().focus();
});

// The draft of the prompt survives a reload. Text that came with the page is newer than any draft.
const DRAFT = `draft-${user}`;
const draft = localStorage.getItem(DRAFT);
if (draft && !prompt().value) write(draft);
document.addEventListener("input", (event) => {
  if (event.target === prompt()) localStorage.setItem(DRAFT, prompt().value);
});

// So do the settings: the server draws the form with them (see studio/drafts.py).
const NOT_KEPT = ["csrfmiddlewaretoken", "request_id", "prompt", "images", "reference", "mode", "short", "corrected"];
document.addEventListener("change", ({ target }) => {
  if (!(target instanceof Element && "form" in target && target.form === form())) return;
  const settings = new URLSearchParams({ user });
  for (const [name, value] of new FormData(form())) if (!NOT_KEPT.includes(name)) settings.append(name, String(value));
  document.cookie = `draft=${encodeURIComponent(String(settings))}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});

// A hidden tab asks nothing, unless somebody wants to be told (notify.js), and then slowly. A shown one asks at once.
const SLOWLY = 8000; // milliseconds
const poller = () => byId("poller");
let asked = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt !== poller()) return;
  const wanted = "notify" in document.body.dataset && Date.now() - asked > SLOWLY;
  if (document.hidden && !wanted) event.preventDefault();
  else asked = Date.now();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && poller().hasAttribute("hx-get")) htmx.trigger(poller(), "look");
});

// The tab's title counts what runs.
const { title } = document;
const refresh = () => {
  const running = Number(document.getElementById("counts")?.dataset.running);
  document.title = running ? `(${running}) ${title}` : title;
};
document.addEventListener("htmx:afterSettle", refresh);
refresh();

// A chip that is open closes by Escape and when somebody goes elsewhere.
const chips = () => all(".chip[open]", HTMLDetailsElement);
document.addEventListener("keydown", (event) => {
  const [chip] = chips();
  if (event.key !== "Escape" || !chip || event.isComposing) return;
  event.preventDefault();
  if (chip.contains(document.activeElement)) chip.querySelector("summary")?.focus();
  chip.open = false;
});
/** @param {Event} event */
const leave = ({ target }) => chips().forEach((chip) => { chip.open = chip.contains(/** @type {Node} */ (target)); });
document.addEventListener("pointerdown", leave);
document.addEventListener("focusin", leave);

// On a phone the composer is one line until somebody writes in it or opens a chip.
document.addEventListener("focusin", (event) => { if (closest(event, "#studio-form") && !closest(event, "#generate")) form().classList.add("is-open"); });
document.addEventListener("pointerdown", (event) => { if (!closest(event, "#studio-form, dialog, [popover]")) form().classList.remove("is-open"); });
