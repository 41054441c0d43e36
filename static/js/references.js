// Reference images: chosen, dropped or pasted files are uploaded at once, beside each other, and put in order.
// Without this file the form's own file input sends them along.

import { all, announce, byId, closest, first } from "./dom.js";

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

// --- What the list holds -------------------------------------------------------------------------------------------

// The form posts in the order of the list; price and draft follow every change.
const changed = () => {
  localStorage.setItem(DRAFT, JSON.stringify(items().map((item) => item.dataset.reference)));
  field().dispatchEvent(new Event("change", { bubbles: true }));
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
 */
const refusal = (name, sentence) => {
  const item = fromTemplate("reference-refused", name);
  first(".reference-fault", HTMLElement, item).textContent = sentence;
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

// --- Uploading -------------------------------------------------------------------------------------------------------

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
const send = ({ file, item }) => {
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
  request.addEventListener("loadend", () => {
    running -= 1;
    if (item.isConnected) {
      const fresh = request.status === 200 ? itemsIn(request.responseText) : [];
      settle(item, fresh.length ? fresh : [refusal(file.name, word("failed"))]);
    }
    next();
    if (!uploading().length) document.dispatchEvent(new Event("references:idle"));
  });
  request.open("POST", field().dataset.add ?? "");
  request.setRequestHeader("X-CSRFToken", JSON.parse(document.body.getAttribute("hx-headers") ?? "")["X-CSRFToken"]);
  request.send(body);
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

// --- Where files come from -----------------------------------------------------------------------------------------------

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

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData?.files ?? []].filter((file) => file.type.startsWith("image/"));
  if (!files.length) return;
  event.preventDefault();
  add(files);
});

const readClipboard = async () => {
  const files = [];
  try {
    for (const entry of await navigator.clipboard.read()) {
      const type = entry.types.find((name) => name.startsWith("image/"));
      if (type) files.push(new File([await entry.getType(type)], `clipboard.${type.slice(6)}`, { type }));
    }
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    if (!["NotAllowedError", "DataError", "NotFoundError"].includes(name)) throw error;
  }
  if (files.length) add(files);
  else announce(word("noPicture"));
};
const offerClipboard = () => {
  first("[data-clipboard]").hidden = !navigator.clipboard?.read;
};

// --- Order, removal, reuse ---------------------------------------------------------------------------------------------------

/** @param {HTMLElement} item */
const tellPlace = (item) => {
  const every = items();
  announce(word("moved", { name: item.dataset.name ?? "", number: every.indexOf(item) + 1, total: every.length }));
};

/**
 * @param {HTMLElement} item
 * @param {number} step
 */
const move = (item, step) => {
  const every = items();
  const other = every[every.indexOf(item) + step];
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  changed();
  tellPlace(item);
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
  const { move: step, use } = button.dataset;
  if (step && item) {
    move(item, Number(step));
    button.focus();
    // At either end of the list the button is gone, and the other one takes the focus.
    if (document.activeElement !== button) first(`[data-move="${-Number(step)}"]`, HTMLElement, item).focus();
  } else if (button.matches("[data-remove], [data-cancel]") && item) remove(item);
  else if (button.matches("[data-clipboard]")) readClipboard();
  else if (use) take([use]);
});

// By mouse anywhere on an item, by finger on its grip, so that the list can still be scrolled.
document.addEventListener("pointerdown", (event) => {
  const item = closest(event, "#reference-list [data-reference]");
  const handle = event.pointerType === "mouse" ? !closest(event, ".reference-tools, a") : closest(event, "[data-grip]");
  if (!item || !handle || event.button !== 0) return;
  event.preventDefault();
  const before = items().indexOf(item);
  // The list holds the pointer: an item that changes its place would lose it.
  const holder = list();
  /** @param {PointerEvent} pointer */
  const follow = (pointer) => {
    item.dataset.dragging = "";
    const under = items().find((other) => {
      const box = other.getBoundingClientRect();
      return other !== item && pointer.clientY > box.top && pointer.clientY < box.bottom;
    });
    if (!under) return;
    const box = under.getBoundingClientRect();
    if (pointer.clientY < box.top + box.height / 2) under.before(item);
    else under.after(item);
  };
  const end = () => {
    holder.removeEventListener("pointermove", follow);
    delete item.dataset.dragging;
    if (items().indexOf(item) === before) return;
    changed();
    tellPlace(item);
  };
  holder.setPointerCapture(event.pointerId);
  holder.addEventListener("pointermove", follow);
  holder.addEventListener("lostpointercapture", end, { once: true });
});

// References that the studio has already come into the list by their names.
/** @param {string[]} references */
const take = async (references) => {
  const query = new URLSearchParams(references.map((reference) => ["reference", reference]));
  const response = await fetch(`${field().dataset.chosen}?${query}`);
  if (!response.ok) return;
  const place = document.createElement("li");
  list().append(place);
  settle(place, itemsIn(await response.text()));
};

// “Edit this” puts its item into the list by itself.
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
