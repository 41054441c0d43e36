"""A person's open sessions: which browsers are signed in, and ending them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User, address_of

# How closely the last use of a browser is written down.
GRAIN = timedelta(minutes=1)
# Stands for an address that is not known; the column is an address and must not be empty.
NOWHERE = "0.0.0.0"  # noqa: S104  nothing listens there


def begun(request: HttpRequest, user: User) -> None:
    """List a session. allauth lists only those that its own sign-in page has opened."""
    if not request.session.session_key:  # somebody else was signed in here just before
        request.session.save()
    agent = request.META.get("HTTP_USER_AGENT", "")[: UserSession._meta.get_field("user_agent").max_length]
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "ip": address_of(request) or NOWHERE, "user_agent": agent},
    )


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Notes when a browser was last at work: whenever it sends something, because reading a page writes nothing."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "POST" and response.status_code < 400:
            _seen(request, timezone.now())
        return response

    return respond


def _seen(request: HttpRequest, now: datetime) -> None:
    if not (key := request.session.session_key):
        return
    stale = UserSession.objects.filter(session_key=key, last_seen_at__lt=now - GRAIN)
    if stale.exists():  # mostly there is nothing to write, and asking locks nothing
        stale.update(last_seen_at=now)


def of(user: User) -> list[UserSession]:
    """Those that still open anything, the newest first."""
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    return [row for row in rows if _opens(row, user)]


def end(user: User, *, but: str = "", only: int | None = None) -> int:
    """Sign `user` out everywhere, except in the session `but`, or only in one of them. How many were ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    if only is not None:
        rows = rows.filter(pk=only)
    ended = {row.session_key for row in rows if _opens(row, user)}
    if only is None:
        ended.update(key for key in _stored(user) if key != but)
    for key in {row.session_key for row in rows} | ended:
        _store(key).delete()
    rows.delete()
    return len(ended)


def _store(session_key: str) -> SessionBase:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)  # type: ignore[no-any-return]


def _opens(row: UserSession, user: User) -> bool:
    """A session from before the password was changed is still stored, and opens nothing."""
    mark = _store(row.session_key).get(HASH_SESSION_KEY, "")
    return constant_time_compare(mark, user.get_session_auth_hash())


def _stored(user: User) -> Iterator[str]:
    """Every session of theirs in the store itself, listed or not."""
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if row.get_decoded().get(SESSION_KEY) == str(user.pk):
            yield row.session_key
