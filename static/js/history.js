// The history: its days and its short times are those of the reader's own time zone and clock.

import { all, byId, closest } from "./dom.js";

const { lang } = document.documentElement;
const list = byId("history-list");
const { today = "", yesterday = "", now = "", minutes = "", hours = "" } = list.dataset;
const DAY = 864e5; // milliseconds

/** @param {Date} at */
const dayOf = (at) => at.toLocaleDateString("sv"); // 2026-11-29
/** @param {Date} at */
const heading = (at) => {
  const back = [0, 1].find((days) => dayOf(new Date(Date.now() - days * DAY)) === dayOf(at)) ?? 2;
  const item = document.createElement("li"), name = document.createElement(list.matches(".past-list") ? "h2" : "h3");
  item.className = "day";
  item.dataset.day = dayOf(at);
  name.textContent = [today, yesterday][back] ?? new Intl.DateTimeFormat(lang, { dateStyle: "medium" }).format(at);
  item.append(name);
  return item;
};
// Each day has one heading, above its newest card. One that is right stays.
const group = () => {
  let last = "";
  for (const card of all("[data-at]", HTMLElement, list)) {
    const at = new Date(card.dataset.at ?? ""), day = dayOf(at), above = card.previousElementSibling;
    const own = above instanceof HTMLElement && above.matches(".day") ? above : null;
    if (own && (day === last || own.dataset.day !== day)) own.remove();
    if (day !== last && own?.dataset.day !== day) card.before(heading(at));
    last = day;
  }
  for (const one of all(".day", HTMLElement, list)) if (!one.nextElementSibling?.matches("[data-at]")) one.remove();
};
document.addEventListener("htmx:load", group);
group();

setInterval(() => {
  for (const time of all("time[data-ago]", HTMLTimeElement, list)) {
    const at = new Date(time.dateTime);
    const passed = Math.floor((Date.now() - Number(at)) / 6e4);
    const words = passed < 1 ? now : passed < 60 ? minutes : hours;
    time.textContent = passed < 24 * 60 ? words.replace("{number}", String(passed < 60 ? passed : Math.floor(passed / 60)))
      : new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" }).format(at);
  }
}, 3e4);

// A menu closes when somebody has chosen from it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches(".offers")) closest(event, "[popover]")?.hidePopover();
});
