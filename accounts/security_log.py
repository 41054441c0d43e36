"""Writes the security log: receives the signals of allauth and Django, and notes sign-ins that are refused."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import email_changed, email_confirmed, password_changed, password_reset, user_signed_up
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts import limits, sessions
from accounts.models import EventKind, Invitation, SecurityEvent, User


def _record(kind: str, request: HttpRequest | None, person: User | None, detail: str = "") -> None:
    SecurityEvent.objects.record(kind, request=request, person=person, actor=person, detail=detail)


def sign_in_refused(request: HttpRequest, person: User | None, detail: str, *, source: str = "") -> None:
    """A sign-in that is refused before anybody looks at a password. `detail` is a word of the log. One `source` (by
    default the address) gets few lines, so that a flood of attempts does not flood the log. Unknown people are None,
    because what they typed as their name may be a password."""
    if limits.take("sign-in-log", f"{detail}:{source or limits.address(request)}"):
        _record(EventKind.SIGN_IN_FAILED, request, person, detail)


@receiver(user_logged_in)
def signed_in(request: Any, user: User, **kwargs: Any) -> None:
    if request is not None:
        request.now_known_to = user
        sessions.start(request, user)
        user.seen_language = get_language() or ""
        user.save(update_fields=["seen_language"])
    _record(EventKind.SIGNED_IN, request, user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(EventKind.SIGNED_OUT, request, user)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Only known names are written down, because what people typed as their name may be a password."""
    login = str(credentials.get("email") or credentials.get("username") or "")
    SecurityEvent.objects.record(EventKind.SIGN_IN_FAILED, request=request, person=User.objects.named(login))


@receiver(authentication_failed)
def second_step_failed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(EventKind.SIGN_IN_FAILED, request, user)


@receiver(user_signed_up)
def signed_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(EventKind.JOINED, request, user)


@receiver(email_confirmed)
def proved_address(email_address: Any, **kwargs: Any) -> None:
    """Only new people get the role of an invitation. If a member changes their address, their role stays."""
    if email_address.user.last_login is None:
        Invitation.objects.take_up(email_address.user, email_address.email, timezone.now())


@receiver([password_changed, password_reset])
def changed_password(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(EventKind.PASSWORD_CHANGED, request, user)


@receiver(password_reset)
def chose_password_by_link(request: Any, user: User, **kwargs: Any) -> None:
    """If strangers have used up the attempts for an account, its owner comes in again this way."""
    get_adapter(request).forget_failures(request, user)
    request.now_known_to = user


@receiver(email_changed)
def changed_address(request: HttpRequest, user: User, to_email_address: Any, **kwargs: Any) -> None:
    """New people confirm their first address. That is not a change."""
    if user.last_login is not None:
        _record(EventKind.EMAIL_CHANGED, request, user, to_email_address.email)


@receiver([authenticator_added, authenticator_reset])
def added_second_step(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    _record(EventKind.SECOND_STEP_ADDED, request, user, authenticator.type)


@receiver(authenticator_removed)
def removed_second_step(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    _record(EventKind.SECOND_STEP_REMOVED, request, user, authenticator.type)
