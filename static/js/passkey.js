// Passkeys: a button asks the browser, and its form sends the answer. The page says what went wrong.

import { first, toast } from "./dom.js";

const { addForm, authenticateForm, loginForm } = allauth.webauthn.forms;
const known = "PublicKeyCredential" in window;
/** @type {Record<string, () => void>} */
const starts = {
  passkey_login: () => loginForm({ ids: { login: "passkey_login", credential: "mfa_credential" } }),
  passkey_use: () => authenticateForm({ ids: { authenticate: "passkey_use", credential: "id_credential", data: "js_data" } }),
  passkey_add: () => addForm({ ids: { add: "passkey_add", passwordless: "id_passwordless", credential: "id_credential", data: "js_data" } }),
};
const button = first("#passkey_login, #passkey_use, #passkey_add", HTMLButtonElement);
const adding = button.id === "passkey_add";

/**
 * The kind of message for an error. A browser tells no page whether somebody has a passkey: no passkey and a canceled
 * dialog look the same.
 * @param {string} error
 */
const kind = (error) => {
  if (!known) return "unsupported";
  if (adding && error === "InvalidStateError") return "there-already";
  if (error === "NotAllowedError" || error === "AbortError") return adding ? "not-made" : "not-used";
  return "failed";
};
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("#toasts [data-passkey]")?.remove();
  toast("passkey-words", kind(event.detail.exception.name)).dataset.passkey = "";
});
starts[button.id]?.();

// Enter in a field presses the button.
button.form?.addEventListener("submit", (event) => {
  event.preventDefault();
  button.click();
});
