// Files on their way to the studio: each has a line of the list, with its progress and what is wrong with it. references.js loads
// this with the first ones, and gives it what both use: an import from there would lead back here.

import { byId, first } from "./dom.js";
import { send as ask, words } from "./errors.js";

/** @typedef {HTMLElement & { request?: XMLHttpRequest }} Item one line of the list; an upload carries its request */

/**
 * @typedef {object} OfThePage
 * @property {() => HTMLElement} field
 * @property {() => HTMLElement} list
 * @property {() => HTMLElement[]} items
 * @property {() => HTMLElement[]} uploading
 * @property {(name: string) => string} word gives a sentence
 * @property {(html: string) => HTMLElement[]} itemsIn
 * @property {(place: HTMLElement, fresh: HTMLElement[]) => void} settle
 * @property {() => void} idle is told whenever an upload has ended
 */
/** @type {OfThePage} */
let page;

const AT_ONCE = 3;
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

/** @type {{ file: File, item: Item }[]} */
const waiting = [];
let running = 0;

/**
 * What is wrong with a file, as far as it can be known here.
 * @param {File} file
 * @param {number} place
 */
const fault = (file, place) => {
  if (place >= Number(page.field().dataset.files)) return page.word("tooMany");
  if (!file.size) return page.word("empty");
  return file.size > Number(page.field().dataset.bytes) ? page.word("tooLarge") : "";
};

/**
 * @param {OfThePage} given
 * @param {File[]} files
 */
export const add = (given, files) => {
  page = given;
  for (const file of files) {
    const sentence = fault(file, page.items().length + page.uploading().length);
    page.list().append(sentence ? refusal(file.name, sentence) : preview(file));
  }
  next();
};

/**
 * What can be shown before anything is sent.
 * @param {File} file
 */
const preview = (file) => {
  const item = fromTemplate("reference-uploading", file.name);
  const image = first("img", HTMLImageElement, item);
  image.title = file.name;
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
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
  const kind = await ask(request, "POST", page.field().dataset.add ?? "", body);
  running -= 1;
  if (item.isConnected) page.settle(item, kind ? [refusal(file.name, words(kind), file)] : page.itemsIn(request.responseText));
  next();
  page.idle();
};
