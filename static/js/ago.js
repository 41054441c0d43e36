// Short times on a page that stays open: how long ago. days.js loads this after half a minute.

import { all } from "./dom.js";

const { lang } = document.documentElement;
export const tell = () => {
  for (const time of all("[data-today] time[data-ago]", HTMLTimeElement)) {
    const { now = "", minutes = "", hours = "" } = /** @type {HTMLElement} */ (time.closest("[data-today]")).dataset;
    const at = new Date(time.dateTime);
    const passed = Math.floor((Date.now() - Number(at)) / 6e4);
    const words = passed < 1 ? now : passed < 60 ? minutes : hours;
    time.textContent = passed < 24 * 60 ? words.replace("{number}", String(passed < 60 ? passed : Math.floor(passed / 60)))
      : new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" }).format(at);
  }
};
