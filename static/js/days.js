// Lists under their days: days and short times are those of the reader's own time zone and clock.

import { all } from "./dom.js";

const { lang } = document.documentElement;
const DAY = 864e5; // milliseconds
const lists = () => all("[data-today]");
/** @type {WeakMap<HTMLElement, string>} */
const known = new WeakMap();

/** @param {Date} at */
const dayOf = (at) => at.toLocaleDateString("sv"); // 2026-11-29
/** @param {HTMLElement} entry */
const dayOfEntry = (entry) => {
  const day = known.get(entry) ?? dayOf(new Date(entry.dataset.at ?? ""));
  known.set(entry, day);
  return day;
};
/**
 * @param {HTMLElement} list
 * @param {HTMLElement} entry the first one of its day
 */
const heading = (list, entry) => {
  const { today = "", yesterday = "", level = "3" } = list.dataset, at = new Date(entry.dataset.at ?? "");
  const back = [0, 1].find((days) => dayOf(new Date(Date.now() - days * DAY)) === dayOf(at)) ?? 2;
  const item = document.createElement("li"), name = document.createElement(`h${level}`);
  item.className = "day";
  item.dataset.day = dayOf(at);
  name.textContent = [today, yesterday][back] ?? new Intl.DateTimeFormat(lang, { dateStyle: "medium" }).format(at);
  item.append(name);
  return item;
};
// Each day has one heading, above its first entry. One that is right stays.
/** @param {HTMLElement} list */
const group = (list) => {
  const right = new Set();
  let last = "";
  for (const entry of all("[data-at]:not([hidden])", HTMLElement, list)) {
    const day = dayOfEntry(entry), above = entry.previousElementSibling;
    if (day === last) continue;
    last = day;
    const own = above instanceof HTMLElement && above.matches(`.day[data-day="${day}"]`) ? above : heading(list, entry);
    if (!own.isConnected) entry.before(own);
    right.add(own);
  }
  for (const one of all(".day", HTMLElement, list)) if (!right.has(one)) one.remove();
};
// Once for everything that came with one answer.
let asked = false;
const groupAll = () => {
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    lists().forEach(group);
  });
};
for (const news of /** @type {const} */ (["htmx:load", "htmx:oobAfterSwap"])) document.addEventListener(news, groupAll);
groupAll();

// Until then every time is right as it came.
setInterval(async () => (await import("./ago.js")).tell(), 3e4);
