"""Known devices: browsers that have signed in to an account before, or that have chosen its password by a link. Wrong
guesses in other browsers do not count against them."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

COOKIE = "device"
_SALT = "accounts.device"
_YEAR = 365 * 24 * 60 * 60  # seconds


def known(request: HttpRequest, person: User | None) -> str:
    """The random name of this browser if `person` has used it before, or else an empty text."""
    try:
        mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR)
    except signing.BadSignature:
        return ""
    return str(mark["device"]) if person is not None and person.pk == mark["user"] else ""


def device_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Gives the browser a cookie after a sign-in or a new password. `accounts.security_log` says when that was."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        person = getattr(request, "now_known_to", None)
        if person is not None:
            mark = signing.dumps({"user": person.pk, "device": secrets.token_urlsafe(16)}, salt=_SALT)
            response.set_cookie(
                COOKIE, mark, max_age=_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
            )
        return response

    return respond
