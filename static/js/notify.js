// Browser notifications for people who ask for them. The button appears where the browser can; the choice stays in this browser.

import { byId, first } from "./dom.js";

const on = () => localStorage.getItem("notify") === "on" && Notification.permission === "granted";
const start = () => {
  const button = byId("notify", HTMLButtonElement);
  const show = () => {
    button.setAttribute("aria-pressed", String(on()));
    // studio.js keeps asking in a hidden tab for people who want to be told, but less often.
    document.body.toggleAttribute("data-notify", on());
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (on()) localStorage.removeItem("notify");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem("notify", "on");
    show();
  });
  // A notification says what screen readers are told.
  const announcer = byId("announcer");
  new MutationObserver(() => {
    const text = announcer.textContent.trim();
    if (!document.hidden || !on() || !text) return;
    const told = new Notification(text, { icon: first("link[rel=icon]", HTMLLinkElement).href, tag: "ready" });
    told.addEventListener("click", () => {
      window.focus();
      told.close();
    });
  }).observe(announcer, { childList: true, characterData: true, subtree: true });
  show();
};
if ("Notification" in window && window.isSecureContext && Notification.permission !== "denied") start();
