"""Passkeys and codes: our answers to allauth about them, and its forms with our words."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import security_log
from accounts.auth import second_steps
from accounts.auth.allauth_internals import current_request
from accounts.auth.forms import InOurWords
from accounts.encryption import DecryptionFailed, RingError
from accounts.models import User
from accounts.sessions import browser_name

NOT_OPENED = _("Codes cannot be checked: the installation’s key ring does not open them. Ask your administrator.")


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not correct. Codes in an app change every 30 seconds: enter the newest one."),
    }

    def encrypt(self, text: str) -> str:
        return second_steps.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_steps.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name that a browser shows for the site of a passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": gettext("Image Studio")}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """The first name of a passkey is the browser that created it. Its owner can change it."""
        return browser_name(current_request().headers.get("User-Agent", ""))


def _name(**options: Any) -> forms.CharField:
    return forms.CharField(label=_("Name"), max_length=60, help_text=_("So that you recognize it later."), **options)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = _name(required=False)
    passwordless = forms.BooleanField(
        label=_("Use it to sign in without a password"),
        initial=True,
        required=False,
        help_text=_(
            "Turn this off only if your device has no fingerprint, face or PIN. You then use it after the password."
        ),
    )


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    name = _name()


class _KnownHere:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            security_log.sign_in_refused(current_request(), getattr(self, "user", None), "webauthn")
            raise forms.ValidationError(
                _("This studio does not know that passkey. Sign in another way, then add a new one.")
            ) from None


class SignInWithPasskeyForm(_KnownHere, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class SecondStepWithPasskeyForm(_KnownHere, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmWithPasskeyForm(_KnownHere, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class _Openable(InOurWords):
    hints = {"code": _("From your authenticator app. One of your recovery codes works too.")}

    def clean_code(self) -> Any:
        try:
            return super().clean_code()  # type: ignore[misc]
        except (DecryptionFailed, RingError):
            raise forms.ValidationError(NOT_OPENED) from None


class SecondStepForm(_Openable, AuthenticateForm):  # type: ignore[misc]
    pass


class ConfirmForm(_Openable, ReauthenticateForm):  # type: ignore[misc]
    pass


class TurnOnCodesForm(InOurWords, ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code")}
