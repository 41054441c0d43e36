// Signing in with a passkey: the button asks the browser, the hidden form sends its answer.
document.addEventListener("DOMContentLoaded", () => {
  allauth.webauthn.forms.loginForm({ ids: { login: "passkey_login", credential: "mfa_credential" } });
});
