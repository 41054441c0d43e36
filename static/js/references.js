// Reference images: chosen, dropped or pasted files are uploaded at once, beside each other, and put in order.
// Without this file the form's own file input sends them along.

import { all, announce, byId, closest, first } from "./dom.js";
import { say, send as ask, words } from "./errors.js";

/** @typedef {HTMLElement & { request?: XMLHttpRequest }} Item one line of the list; an upload carries its request */

const AT_ONCE = 3;
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

/**
 * @param {string} id of a template of the page
 * @param {string} name of the file
 */
const fromTemplate = (id, name) => {
  const item = /** @type {Item} */ (first("li", HTMLElement, byId(id, HTMLTemplateElement).content).cloneNode(true));
  first(".reference-name", HTMLElement, item).textContent = name;
  return item;
};
/**
 * @param {string} name
 * @param {string} sentence
 * @param {File} [file] that can be sent again
 */
const refusal = (name, sentence, file) => {
  const item = fromTemplate("reference-refused", name);
  first(".reference-fault", HTMLElement, item).textContent = sentence;
  if (file) {
    const button = first("[data-again]", HTMLElement, item);
    button.hidden = false;
    button.addEventListener("click", () => {
      const again = preview(file);
      item.replaceWith(again);
      first("button", HTMLElement, again).focus();
      next();
    });
  }
  return item;
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

/** @type {{ file: File, item: Item }[]} */
const waiting = [];
let running = 0;

/**
 * The size of a file as the server writes it (Django’s filesizeformat), so that the figure is the same after the upload.
 * @param {number} bytes
 */
const size = (bytes) => {
  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} options
   */
  const number = (value, options) => value.toLocaleString(document.documentElement.lang, options);
  if (bytes < 1024) return number(bytes, { style: "unit", unit: "byte", unitDisplay: "long" });
  const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return bytes < 1024 ** 2 ? `${number(bytes / 1024, one)}\xa0KB` : `${number(bytes / 1024 ** 2, one)}\xa0MB`;
};

/**
 * What is wrong with a file, as far as it can be known here.
 * @param {File} file
 * @param {number} place
 */
const fault = (file, place) => {
  if (place >= Number(field().dataset.files)) return word("tooMany");
  if (!file.size) return word("empty");
  return file.size > Number(field().dataset.bytes) ? word("tooLarge") : "";
};

/** @param {Iterable<File>} files */
const add = (files) => {
  for (const file of files) {
    const sentence = fault(file, items().length + uploading().length);
    list().append(sentence ? refusal(file.name, sentence) : preview(file));
  }
  sorting();
  next();
};

/**
 * What can be known before anything is sent: picture, name, size, pixels.
 * @param {File} file
 */
const preview = (file) => {
  const item = fromTemplate("reference-uploading", file.name);
  const image = first("img", HTMLImageElement, item);
  const facts = first(".reference-facts", HTMLElement, item);
  facts.textContent = size(file.size);
  image.addEventListener("load", () => {
    facts.textContent = `${image.naturalWidth} × ${image.naturalHeight} · ${size(file.size)}`;
    URL.revokeObjectURL(image.src);
  }, { once: true });
  image.src = URL.createObjectURL(file);
  waiting.push({ file, item });
  return item;
};

const next = () => {
  while (running < AT_ONCE) {
    const upload = waiting.shift();
    if (!upload) return;
    send(upload);
  }
};

/** @param {{ file: File, item: Item }} upload */
const send = async ({ file, item }) => {
  if (!item.isConnected) return;
  running += 1;
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("images", file, file.name);
  item.request = request;
  request.upload.addEventListener("progress", (event) => {
    const bar = first("progress", HTMLProgressElement, item);
    // When everything is sent, the server still looks at the picture.
    if (event.loaded < event.total) bar.value = event.loaded / event.total;
    else bar.removeAttribute("value");
  });
  const kind = await ask(request, "POST", field().dataset.add ?? "", body);
  running -= 1;
  if (item.isConnected) settle(item, kind ? [refusal(file.name, words(kind), file)] : itemsIn(request.responseText));
  next();
  if (!uploading().length) document.dispatchEvent(new Event("references:idle"));
};

// Generate waits for what is on its way. It sends nothing when one of them was refused: that would be another picture.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "studio-form" || !uploading().length) return;
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
  (button ?? byId("id_images")).focus();
};

document.addEventListener("click", (event) => {
  const button = closest(event, "button", HTMLButtonElement);
  if (!button) return;
  const item = button.closest("li");
  const { use } = button.dataset;
  if (button.matches("[data-remove], [data-cancel]") && item) remove(item);
  else if (button.matches("[data-clipboard]")) import("./clipboard.js").then(({ read }) => read()).then(addCopied);
  else if (use) take([use]);
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
