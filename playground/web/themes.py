"""The light or dark theme of a person. A cookie keeps it, so the server renders it and the page does not flash."""

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
    """`light`, `dark`, or empty to follow the device. A person's choice applies on all their devices."""
    # If an error happens before the authentication middleware, its page has no user.
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else ""


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Saves the theme and redirects to the page of the form. Any other value means the device's own theme."""
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
