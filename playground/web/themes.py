"""Light or dark as chosen by a person, in a cookie, so that the server renders it and nothing flashes at load."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import local

COOKIE = "theme"
THEMES = ("light", "dark")
_YEAR = 365 * 24 * 60 * 60  # seconds


def chosen(request: HttpRequest) -> str:
    """`light`, `dark`, or empty: follow the device. What a person has chosen holds on all their devices."""
    # An error before the sign-in was read has a page, but nobody on it.
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else ""


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the choice and goes back to the page it was made on; anything but a theme means the device's own."""
    response = redirect(local(request, request.POST.get("next", ""), "/"))
    theme = request.POST.get("theme", "")
    theme = theme if theme in THEMES else ""
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    remember(response, theme)
    return response


def remember(response: HttpResponseBase, theme: str) -> None:
    if theme:
        response.set_cookie(
            COOKIE, theme, max_age=_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE)
