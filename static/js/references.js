// Reference images: chosen, dropped or pasted files are uploaded at once, beside each other, and put in order.
// Without this file the form's own file input sends them along.

import { all, announce, byId, closest, first } from "./dom.js";
import { say, send as ask } from "./errors.js";

/** @typedef {HTMLElement & { request?: XMLHttpRequest }} Item one line of the list; an upload carries its request */

const DRAFT = `references-${document.body.dataset.user}`;
const field = () => byId("references");
const list = () => byId("reference-list");
const items = () => all("#reference-list [data-reference]");
const uploading = () => all('#reference-list [data-state="uploading"]');
/**
 * A sentence of the page, with its values.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), field().dataset[name] ?? "");

// The form posts in the order of the list; price and draft follow every change.
const changed = () => {
  sorting();
  localStorage.setItem(DRAFT, JSON.stringify(items().map((item) => item.dataset.reference)));
  field().dispatchEvent(new Event("change", { bubbles: true }));
};

// Without a picture there is nothing to put in order.
const sorting = () => {
  if (list().firstElementChild) import("./sorting.js").then(({ start }) => start({ list, items, word, changed }));
};

// Items come from the server as HTML.
/** @param {string} html */
const itemsIn = (html) => all("li.reference", HTMLElement, new DOMParser().parseFromString(html, "text/html"));
/**
 * New items take a place of the list. One that is in the list already is not added twice.
 * @param {HTMLElement} place
 * @param {HTMLElement[]} fresh
 */
const settle = (place, fresh) => {
  const known = new Set(items().map((item) => item.dataset.reference));
  place.replaceWith(...fresh.filter((item) => !known.has(item.dataset.reference)));
  htmx.process(list());
  changed();
  const names = fresh.filter((item) => item.dataset.reference).map((item) => item.dataset.name);
  if (names.length) announce(word("ready", { name: names.join(", ") }));
};

// The script of the uploads comes with the first files. Generate waits for it, too.
let coming = 0;
/** @param {Iterable<File>} files */
const add = async (files) => {
  const chosen = [...files];
  coming += 1;
  try {
    (await import("./uploads.js")).add({ field, list, items, uploading, word, itemsIn, settle, idle }, chosen);
    sorting();
  } catch (error) {
    say("page", "lost");
    throw error;
  } finally {
    coming -= 1;
    idle();
  }
};
const idle = () => {
  if (!coming && !uploading().length) document.dispatchEvent(new Event("references:idle"));
};

// Generate waits for what is on its way. It sends nothing when one of them was refused: that would be another picture.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "studio-form" || !coming && !uploading().length) return;
  event.preventDefault();
  const button = byId("generate");
  button.setAttribute("aria-busy", "true");
  announce(word("waiting"));
  document.addEventListener("references:idle", () => {
    button.removeAttribute("aria-busy");
    if (list().querySelector('[data-state="refused"]')) announce(word("stopped"));
    else event.detail.issueRequest();
  }, { once: true });
});

document.addEventListener("change", (event) => {
  const input = closest(event, "#id_images", HTMLInputElement);
  if (!input) return;
  add(input.files ?? []);
  input.value = "";
});

// Anywhere on the page; but a picture of this page that is dragged is not a file from outside.
let ours = false;
let leaving = 0;
document.addEventListener("dragstart", () => { ours = true; });
document.addEventListener("dragend", () => { ours = false; });
document.addEventListener("dragover", (event) => {
  if (ours || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  field().dataset.dropping = "";
  clearTimeout(leaving);
  leaving = setTimeout(() => { delete field().dataset.dropping; }, 200);
});
document.addEventListener("drop", (event) => {
  if (ours || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  add(event.dataTransfer.files);
  field().scrollIntoView({ block: "nearest" });
});

// Excel and Word copy a picture of a text beside it. Where somebody can type, the text is wanted.
document.addEventListener("paste", (event) => {
  const { clipboardData } = event;
  const files = [...clipboardData?.files ?? []].filter((file) => file.type.startsWith("image/"));
  if (!files.length || closest(event, ":read-write") && clipboardData?.getData("text").trim()) return;
  event.preventDefault();
  add(files);
});

/** @param {File[]} files */
const addCopied = (files) => {
  if (files.length) add(files);
  else announce(word("noPicture"));
};
const offerClipboard = () => {
  first("[data-clipboard]").hidden = !navigator.clipboard?.read;
};

/** @param {Item} item */
const remove = (item) => {
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  const { name } = item.dataset;
  item.remove();
  item.request?.abort();
  changed();
  if (name) announce(word("removed", { name }));
  /** @type {HTMLElement | null | undefined} */
  const button = beside?.querySelector("[data-remove], [data-cancel]");
  (button ?? first("#add > summary")).focus();
};

document.addEventListener("click", (event) => {
  const button = closest(event, "button", HTMLButtonElement);
  if (!button) return;
  const item = button.closest("li");
  const { use } = button.dataset;
  if (button.matches("[data-remove], [data-cancel]") && item) remove(item);
  else if (button.matches("[data-clipboard]")) import("./clipboard.js").then(({ read }) => read()).then(addCopied);
  else if (use) take(use.split(" "));
});

// References that the studio has already come into the list by their names.
/** @param {string[]} references */
const take = async (references) => {
  const query = new URLSearchParams(references.map((reference) => ["reference", reference]));
  const request = new XMLHttpRequest();
  const kind = await ask(request, "GET", `${field().dataset.chosen}?${query}`);
  if (kind) {
    say("page", kind);
    return;
  }
  const place = document.createElement("li");
  list().append(place);
  settle(place, itemsIn(request.responseText));
};

// What was sent is put away: the list came back empty.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "reference-list") changed();
});

// “Use as reference” puts its item into the list by itself.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "reference-list") return;
  const seen = new Set();
  for (const item of items()) {
    if (seen.has(item.dataset.reference)) item.remove();
    seen.add(item.dataset.reference);
  }
  changed();
  const last = items().at(-1);
  if (last) announce(word("ready", { name: last.dataset.name ?? "" }));
  field().scrollIntoView({ block: "nearest" });
  byId("id_prompt").focus({ preventScroll: true });
});

document.addEventListener("htmx:load", offerClipboard);
offerClipboard();
// The draft survives a reload. What came with the page is newer than any draft.
/** @type {string[]} */
const draft = JSON.parse(localStorage.getItem(DRAFT) || "[]");
if (items().length) changed();
else if (draft.length) take(draft);
