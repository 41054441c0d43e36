// Reference images: chosen, dropped or pasted files are uploaded at once, beside each other, and put in order.
// Without this file the form's own file input sends them along.

const AT_ONCE = 3;
const DRAFT = `references-${document.body.dataset.user}`;
const field = () => document.getElementById("references");
const list = () => document.getElementById("reference-list");
const items = () => [...list().querySelectorAll("[data-reference]")];
const uploading = () => list().querySelectorAll('[data-state="uploading"]');
const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), field().dataset[name]);
const announce = (text) => { document.getElementById("announcer").textContent = text; };

// --- What the list holds -------------------------------------------------------------------------------------------

// The form posts in the order of the list; price and draft follow every change.
const changed = () => {
  localStorage.setItem(DRAFT, JSON.stringify(items().map((item) => item.dataset.reference)));
  field().dispatchEvent(new Event("change", { bubbles: true }));
};

const fromTemplate = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

const refusal = (name, sentence) => {
  const item = fromTemplate("reference-refused");
  item.querySelector(".reference-name").textContent = name;
  item.querySelector(".reference-fault").textContent = sentence;
  return item;
};

// Items come from the server as HTML; one that is in the list already is not added twice.
const itemsIn = (html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("li.reference")];
const settle = (place, fresh) => {
  const known = new Set(items().map((item) => item.dataset.reference));
  place.replaceWith(...fresh.filter((item) => !known.has(item.dataset.reference)));
  htmx.process(list());
  changed();
  const names = fresh.filter((item) => item.dataset.reference).map((item) => item.dataset.name);
  if (names.length) announce(word("ready", { name: names.join(", ") }));
};
const append = (html) => {
  const place = document.createElement("li");
  list().append(place);
  settle(place, itemsIn(html));
};

// --- Uploading -------------------------------------------------------------------------------------------------------

const waiting = [];
let running = 0;

// As the server writes it (Django’s filesizeformat), so that the figure stays what it is after the upload.
const size = (bytes) => {
  const number = (value, options) => value.toLocaleString(document.documentElement.lang, options);
  if (bytes < 1024) return number(bytes, { style: "unit", unit: "byte", unitDisplay: "long" });
  const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return bytes < 1024 ** 2 ? `${number(bytes / 1024, one)}\xa0KB` : `${number(bytes / 1024 ** 2, one)}\xa0MB`;
};

const fault = (file, place) => {
  if (place >= Number(field().dataset.files)) return word("tooMany");
  if (!file.size) return word("empty");
  return file.size > Number(field().dataset.bytes) ? word("tooLarge") : "";
};

const add = (files) => {
  for (const file of files) {
    const sentence = fault(file, items().length + uploading().length);
    list().append(sentence ? refusal(file.name, sentence) : preview(file));
  }
  next();
};

// What can be known before anything is sent: picture, name, size, pixels.
const preview = (file) => {
  const item = fromTemplate("reference-uploading");
  const image = item.querySelector("img");
  item.querySelector(".reference-name").textContent = file.name;
  item.querySelector(".reference-facts").textContent = size(file.size);
  image.addEventListener("load", () => {
    item.querySelector(".reference-facts").textContent = `${image.naturalWidth} × ${image.naturalHeight} · ${size(file.size)}`;
    URL.revokeObjectURL(image.src);
  }, { once: true });
  image.src = URL.createObjectURL(file);
  waiting.push({ file, item });
  return item;
};

const next = () => {
  while (running < AT_ONCE && waiting.length) upload(waiting.shift());
};

const upload = ({ file, item }) => {
  if (!item.isConnected) return;
  running += 1;
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("images", file, file.name);
  item.request = request;
  request.upload.addEventListener("progress", (event) => {
    const bar = item.querySelector("progress");
    // All sent is not yet all done: the server still looks at the picture.
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
  request.open("POST", field().dataset.add);
  request.setRequestHeader("X-CSRFToken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  request.send(body);
};

// Generate waits for what is on its way, and sends nothing when one of them was refused: that would be another picture.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "studio-form" || !uploading().length) return;
  event.preventDefault();
  const button = document.getElementById("generate");
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
  if (event.target.id !== "id_images") return;
  add(event.target.files);
  event.target.value = "";
});

// Anywhere on the page; but a picture of this page that is dragged is not a file from outside.
let ours = false;
let leaving;
document.addEventListener("dragstart", () => { ours = true; });
document.addEventListener("dragend", () => { ours = false; });
document.addEventListener("dragover", (event) => {
  if (ours || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  field().dataset.dropping = "";
  clearTimeout(leaving);
  leaving = setTimeout(() => { delete field().dataset.dropping; }, 200);
});
document.addEventListener("drop", (event) => {
  if (ours || !event.dataTransfer.files.length) return;
  event.preventDefault();
  add(event.dataTransfer.files);
  field().scrollIntoView({ block: "nearest" });
});

const pictures = (files) => [...files].filter((file) => file.type.startsWith("image/"));
document.addEventListener("paste", (event) => {
  const files = pictures(event.clipboardData.files);
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
    if (!["NotAllowedError", "DataError", "NotFoundError"].includes(error.name)) throw error;
  }
  if (files.length) add(files);
  else announce(word("noPicture"));
};
const offerClipboard = () => {
  document.querySelector("[data-clipboard]").hidden = !navigator.clipboard?.read;
};

// --- Order, removal, reuse ---------------------------------------------------------------------------------------------------

const tellPlace = (item) => {
  const all = items();
  announce(word("moved", { name: item.dataset.name, number: all.indexOf(item) + 1, total: all.length }));
};

const move = (item, step) => {
  const all = items();
  const other = all[all.indexOf(item) + step];
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  changed();
  tellPlace(item);
};

const remove = (item) => {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  const { name } = item.dataset;
  item.remove();
  item.request?.abort();
  changed();
  if (name) announce(word("removed", { name }));
  (next?.querySelector("[data-remove], [data-cancel]") ?? document.getElementById("id_images")).focus();
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const item = button.closest("li.reference");
  if (button.matches("[data-move]")) {
    move(item, Number(button.dataset.move));
    button.focus();
    // At either end of the list the button is gone, and the other one takes the focus.
    if (document.activeElement !== button) item.querySelector(`[data-move="${-button.dataset.move}"]`).focus();
  } else if (button.matches("[data-remove], [data-cancel]") && item) remove(item);
  else if (button.matches("[data-clipboard]")) readClipboard();
  else if (button.matches("[data-use]")) take([button.dataset.use]);
});

// By mouse anywhere on an item, by finger on its grip, so that the list can still be scrolled.
document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("#reference-list [data-reference]");
  const handle = event.pointerType === "mouse" ? !event.target.closest(".reference-tools, a") : event.target.closest("[data-grip]");
  if (!item || !handle || event.button !== 0) return;
  event.preventDefault();
  const before = items().indexOf(item);
  // The list holds the pointer: an item that changes its place would lose it.
  const holder = list();
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

const take = async (tokens) => {
  const query = new URLSearchParams(tokens.map((token) => ["reference", token]));
  const response = await fetch(`${field().dataset.chosen}?${query}`);
  if (response.ok) append(await response.text());
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
  if (last) announce(word("ready", { name: last.dataset.name }));
  field().scrollIntoView({ block: "nearest" });
  document.getElementById("id_prompt").focus({ preventScroll: true });
});

// The draft survives a reload; what came with the page is newer than any draft.
document.addEventListener("htmx:load", offerClipboard);
offerClipboard();
const draft = JSON.parse(localStorage.getItem(DRAFT) || "[]");
if (items().length) changed();
else if (draft.length) take(draft);
