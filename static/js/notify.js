// Browser notifications for people who ask for them. The button appears where the browser can; the choice stays in this browser.

import { byId } from "./dom.js";

const on = () => localStorage.getItem("notify") === "on" && Notification.permission === "granted";
const start = () => {
  const button = byId("notify", HTMLButtonElement);
  const show = () => {
    button.setAttribute("aria-pressed", String(on()));
    // studio.js keeps asking in a hidden tab for people who want to be told, but less often.
    if (document.body.toggleAttribute("data-notify", on())) import("./telling.js");
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (on()) localStorage.removeItem("notify");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem("notify", "on");
    show();
  });
  show();
};
if ("Notification" in window && window.isSecureContext && Notification.permission !== "denied") start();
