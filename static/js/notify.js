// Browser notifications, only for those who ask: the button appears where the browser can, and the choice stays here.
(() => {
  const button = document.getElementById("notify");
  if (!button || !("Notification" in window) || !window.isSecureContext || Notification.permission === "denied") return;
  const on = () => localStorage.getItem("notify") === "on" && Notification.permission === "granted";
  const show = () => {
    button.setAttribute("aria-pressed", String(on()));
    // studio.js keeps asking in a hidden tab for those who want to be told, a little more slowly.
    document.body.toggleAttribute("data-notify", on());
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (on()) localStorage.removeItem("notify");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem("notify", "on");
    show();
  });
  // What is announced to screen readers is what there is to tell.
  const announcer = document.getElementById("announcer");
  new MutationObserver(() => {
    const text = announcer.textContent.trim();
    if (!document.hidden || !on() || !text) return;
    const told = new Notification(text, { icon: document.querySelector("link[rel=icon]").href, tag: "ready" });
    told.addEventListener("click", () => { window.focus(); told.close(); });
  }).observe(announcer, { childList: true, characterData: true, subtree: true });
  show();
})();
