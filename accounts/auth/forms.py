"""allauth's forms of accounts in our words (`ACCOUNT_FORMS`, `SOCIALACCOUNT_FORMS`); those of passkeys and codes are in
`accounts.auth.mfa`."""

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from allauth.socialaccount import forms as social
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import emails


class InOurWords:
    """Before a form of allauth's: our labels and hints by field name. Its placeholders only repeat the label."""

    labels: Mapping[str, Any] = {}
    hints: Mapping[str, Any] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(InOurWords, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    labels = {"login": _("Username or email"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.widget.attrs |= {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        password.help_text = _forgotten() if emails.configured() else ""
        if not settings.DEBUG:  # there the first button is the one of the demo
            (password if self.is_bound else login).widget.attrs["autofocus"] = True

    def add_error(self, field: str | None, error: Any) -> None:
        """Which of the two is wrong is not told. It stands beside the password, which has to be typed again."""
        super().add_error(field or "password", error)


def _forgotten() -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("account_reset_password"), _("Forgot your password?"))


class SignUpForm(InOurWords, account.SignupForm):  # type: ignore[misc]
    pass


class EmailForm(InOurWords, account.AddEmailForm):  # type: ignore[misc]
    labels = {"email": _("New address")}
    hints = {"email": _("We send a link there. The address changes when you open it.")}


class _NewPassword(InOurWords):
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(_NewPassword, account.SetPasswordForm):  # type: ignore[misc]
    pass


class NewPasswordForm(_NewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ForgottenForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("Email")}


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}


class SocialSignUpForm(InOurWords, social.SignupForm):  # type: ignore[misc]
    pass
