// The studio's extras: nothing here is needed to generate a picture.

const form = () => document.getElementById("studio-form");
const prompt = () => document.getElementById("id_prompt");
const poller = () => document.getElementById("poller");

// Ctrl or Cmd with Enter sends, but never while an input method is composing (229: the Enter that ends it in Safari).
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
  if (!event.target.closest("#studio-form")) return;
  event.preventDefault();
  form().requestSubmit(document.getElementById("generate"));
});

// Whoever was far down in the history sees that the new card is there.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id === "history-list" && detail.requestConfig?.elt === form()) target.firstElementChild.scrollIntoView({ block: "nearest" });
});

// Examples fill the form and never send.
document.addEventListener("click", (event) => {
  const example = event.target.closest("[data-prompt]");
  if (!example) return;
  prompt().value = example.dataset.prompt;
  prompt().dispatchEvent(new Event("input", { bubbles: true }));
  prompt().focus();
});

// The draft of the prompt survives a reload; text that came with the page is newer than any draft.
const DRAFT = `draft-${document.body.dataset.user}`;
if (prompt() && !prompt().value) {
  prompt().value = localStorage.getItem(DRAFT) || "";
  prompt().dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("input", (event) => {
  if (event.target.id === "id_prompt") localStorage.setItem(DRAFT, event.target.value);
});

// So do the settings: the server draws the form with them, so that nothing moves (see studio/drafts.py).
const NOT_KEPT = ["csrfmiddlewaretoken", "request_id", "prompt", "images", "reference", "mode", "short", "corrected"];
document.addEventListener("change", (event) => {
  if (event.target.form?.id !== "studio-form") return;
  const values = [...new FormData(form())].filter(([name]) => !NOT_KEPT.includes(name));
  const draft = new URLSearchParams([["user", document.body.dataset.user], ...values]);
  document.cookie = `draft=${encodeURIComponent(draft)}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});

// A hidden tab asks nothing, unless somebody wants to be told (notify.js), and then slowly; a shown one asks at once.
const SLOWLY = 8000;
let asked = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt !== poller()) return;
  const wanted = "notify" in document.body.dataset && Date.now() - asked > SLOWLY;
  if (document.hidden && !wanted) event.preventDefault();
  else asked = Date.now();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && poller()?.hasAttribute("hx-get")) htmx.trigger(poller(), "look");
});

// The tab's title counts what runs.
const title = document.title;
const refresh = () => {
  const running = Number(document.getElementById("counts")?.dataset.running || 0);
  document.title = running ? `(${running}) ${title}` : title;
};
document.addEventListener("htmx:afterSettle", refresh);
refresh();

// The terms of the estimate stay as they were put while the figures behind them change, however fast answers come.
let termsOpen = false;
document.addEventListener("toggle", ({ target }) => { if (target.matches("#estimate .terms")) termsOpen = target.open; }, true);
document.addEventListener("htmx:afterSwap", () => {
  const terms = document.querySelector("#estimate .terms");
  if (terms) terms.open = termsOpen;
});
