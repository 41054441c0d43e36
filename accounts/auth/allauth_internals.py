"""The names of allauth that we use although it does not document them. No other module may use such names.

allauth may change them in any version, so pyproject.toml pins it, and tests/accounts/test_allauth_internals.py
has a test for each of them. Whoever raises the version runs those tests first.
"""

from allauth.account.forms import UserTokenForm, default_token_generator
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import EmailVerificationStage
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import INTERNAL_RESET_SESSION_KEY, PasswordResetFromKeyView
from allauth.core import context
from allauth.mfa.recovery_codes.views import (
    download_recovery_codes,
    generate_recovery_codes,
    view_recovery_codes,
)
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User

__all__ = [
    "EMAIL_VERIFICATION",
    "EmailVerificationStage",
    "current_request",
    "download_recovery_codes",
    "forget_sign_in",
    "generate_recovery_codes",
    "path_of_password_link",
    "secret_of_password_link",
    "user_of_password_link",
    "view_recovery_codes",
]

# What `get_login_stages` of the adapter calls the stage that we replace.
EMAIL_VERIFICATION = "allauth.account.stages.EmailVerificationStage"


def current_request() -> HttpRequest:
    """The request that this thread answers. allauth gives its forms and adapters no other way to it."""
    request: HttpRequest = context.request
    return request


def forget_sign_in(request: HttpRequest) -> None:
    """Forget a sign-in that has begun, such as one that waits for the second step. allauth itself does this only when
    one of its own steps refuses somebody, and we do so in a hook."""
    clear_login(request)


def path_of_password_link(person: User) -> str:
    """The path of a link with which a person chooses a new password. allauth only sends such links by mail."""
    secret = default_token_generator.make_token(person)
    return _path(user_pk_to_url_str(person), secret)


def secret_of_password_link(request: HttpRequest, key: str) -> str:
    """The secret of the link that was opened; `key` is that part of the path. allauth moves the secret into the session
    and then shows a path with a fixed word in its place."""
    return request.session.get(INTERNAL_RESET_SESSION_KEY, "") if key == PasswordResetFromKeyView.reset_url_key else key


def user_of_password_link(uidb36: str, secret: str) -> tuple[User | None, str]:
    """Whose password a link changes (None when the link does not work any more), and the path of the link."""
    form = UserTokenForm({"uidb36": uidb36, "key": secret})
    person: User | None = form.reset_user if form.is_valid() else None
    return person, _path(uidb36, secret) if person else ""


def _path(uidb36: str, secret: str) -> str:
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": secret})
