// Copy buttons: <button data-copy="id of the text or field" data-done="Copied" hidden>. Where there is no clipboard they stay away.
const offer = () => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const words = button.querySelector("span");
  const before = button.dataset.words || words.textContent;
  button.dataset.words = before;
  words.textContent = button.dataset.done;
  document.getElementById("announcer").textContent = button.dataset.done;
  setTimeout(() => { words.textContent = before; }, 2000);
});
document.addEventListener("htmx:load", offer);
offer();
