// Passkeys: a button asks the browser, its form sends the answer. What went wrong is said in the words of the page.
(() => {
  const { addForm, authenticateForm, loginForm } = allauth.webauthn.forms;
  const words = document.getElementById("passkey-words").content;
  const known = "PublicKeyCredential" in window;
  const buttons = {
    passkey_login: () => loginForm({ ids: { login: "passkey_login", credential: "mfa_credential" } }),
    passkey_use: () => authenticateForm({ ids: { authenticate: "passkey_use", credential: "id_credential", data: "js_data" } }),
    passkey_add: () => addForm({ ids: { add: "passkey_add", passwordless: "id_passwordless", credential: "id_credential", data: "js_data" } }),
  };
  const name = Object.keys(buttons).find((id) => document.getElementById(id));
  const adding = name === "passkey_add";

  // A browser tells no page whether somebody has a passkey: having none and calling it off look the same.
  const kind = ({ name: error }) => {
    if (!known) return "unsupported";
    if (adding && error === "InvalidStateError") return "there-already";
    if (error === "NotAllowedError" || error === "AbortError") return adding ? "not-made" : "not-used";
    return "failed";
  };
  const say = (event) => {
    event.preventDefault();
    const toasts = document.getElementById("toasts");
    toasts.querySelector("[data-passkey]")?.remove();
    const toast = document.importNode(words.querySelector(`[data-kind="${kind(event.detail.exception)}"] > .message`), true);
    toast.dataset.passkey = "";
    toasts.append(toast);
  };
  document.addEventListener("allauth.error", say);
  buttons[name]();

  const button = document.getElementById(name);
  button.form.addEventListener("submit", (event) => { // Enter in a field
    event.preventDefault();
    button.click();
  });
})();
