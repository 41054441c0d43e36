"""Sessions: the store that Django uses, and the list of browsers in which a person is signed in."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import Session, SessionStore, User, address_of

__all__ = [
    "SessionStore",
    "browser_name",
    "end",
    "last_seen_middleware",
    "of",
    "start",
]

# How exactly the last use of a browser is written down.
GRAIN = timedelta(minutes=1)
# A browser's name, by a part of what it says about itself. Edge also says "Chrome", and Chrome also says "Safari", so
# the names that others borrow come last.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def start(request: HttpRequest, user: User) -> None:
    """Write down which browser has signed in. Sessions that have expired are deleted then, as nothing else does it."""
    if not request.session.session_key:  # until now somebody else was signed in here
        request.session.save()
    now = timezone.now()
    Session.objects.filter(pk=request.session.session_key).update(
        user=user,
        ip=address_of(request),
        user_agent=request.headers.get("User-Agent", "")[: Session._meta.get_field("user_agent").max_length],
        created_at=now,
        last_seen_at=now,
    )
    SessionStore.clear_expired()


def last_seen_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Writes down when a browser was last used. Only what it sends counts: reading a page must not write."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "POST" and response.status_code < 400:
            _seen(request, timezone.now())
        return response

    return respond


def _seen(request: HttpRequest, now: datetime) -> None:
    if not (key := request.session.session_key):
        return
    stale = Session.objects.filter(pk=key, last_seen_at__lt=now - GRAIN).exclude(user=None)
    if stale.exists():  # mostly there is nothing to write, and a question locks nothing
        stale.update(last_seen_at=now)


def of(user: User) -> list[Session]:
    """The sessions in which this person is signed in, the last used first."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-last_seen_at")
    return [row for row in rows if _is_signed_in(row, user)]


def end(user: User, *, but: str = "", only: str = "") -> int:
    """Sign a person out everywhere except in the session with the key `but`, or only in the one with the code `only`.
    Returns in how many they were signed in."""
    rows = [row for row in Session.objects.filter(user=user).exclude(pk=but) if only in ("", row.code)]
    Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
    now = timezone.now()
    return sum(row.expire_date > now and _is_signed_in(row, user) for row in rows)


def _is_signed_in(row: Session, user: User) -> bool:
    """A session from before the password was changed still exists, but nobody is signed in in it."""
    return constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def browser_name(user_agent: str) -> str:
    """Such as "Firefox on Windows", from the header `User-Agent`: enough to recognize one's own devices."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if not system:
        return browser or _("An unknown browser")
    return _("%(browser)s on %(system)s") % {"browser": browser or _("A browser"), "system": system}


def _first(names: Mapping[str, str], user_agent: str) -> str:
    return next((name for part, name in names.items() if part in user_agent), "")
