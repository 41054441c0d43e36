// A notification says what screen readers are told. notify.js loads this for people who ask for it.

import { byId, first } from "./dom.js";

const announcer = byId("announcer");
new MutationObserver(() => {
  const text = announcer.textContent.trim();
  if (!document.hidden || !("notify" in document.body.dataset) || !text) return;
  const told = new Notification(text, { icon: first("link[rel=icon]", HTMLLinkElement).href, tag: "ready" });
  told.addEventListener("click", () => {
    window.focus();
    told.close();
  });
}).observe(announcer, { childList: true, characterData: true, subtree: true });
