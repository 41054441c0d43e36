"""The language of a page: the one its reader has chosen, on all their devices, else what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

_YEAR = 365 * 24 * 60 * 60  # seconds


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """After the one that knows the user; Django's own has looked at cookie and browser before."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        response = get_response(request)
        # Chosen on another device: the pages before the sign-in and those of errors know the cookie alone.
        chosen = request.user.language if request.user.is_authenticated else ""
        if chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            remember(response, chosen)
        return response

    return respond


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """The switch in the header: a cookie for this browser and, for people who are signed in, their settings."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return set_language(request)


def remember(response: HttpResponseBase, language: str) -> None:
    """Leave the choice in the browser too, for the pages before the sign-in."""
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
