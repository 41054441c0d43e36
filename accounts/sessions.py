"""A person's open sessions: which browsers are signed in, and ending them."""

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User


def _store(session_key: str) -> SessionBase:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)  # type: ignore[no-any-return]


def of(user: User) -> list[UserSession]:
    """Those that still open anything, the newest first."""
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    return [row for row in rows if _store(row.session_key).exists(row.session_key)]


def end(user: User, *, but: str = "", only: int | None = None) -> int:
    """Sign `user` out everywhere, except in the session `but`, or only in one of them. How many were ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    if only is not None:
        rows = rows.filter(pk=only)
    ended = 0
    for row in rows:
        _store(row.session_key).delete()
        row.delete()
        ended += 1
    return ended
