"""The language of a page: the one that a person has chosen for all their devices, or else what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

_YEAR = 365 * 24 * 60 * 60  # seconds


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Shows pages in the language of the person's settings. It comes after the middleware that knows the user. Django's
    own middleware has looked at the cookie and the browser before that."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        response = get_response(request)
        # Pages before the sign-in and error pages know the cookie only, so a choice on another device goes there too.
        chosen = request.user.language if request.user.is_authenticated else ""
        if chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            remember(response, chosen)
        return response

    return respond


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """The language switch in the header. It sets a cookie and, for people who are signed in, their settings."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return set_language(request)


def remember(response: HttpResponseBase, language: str) -> None:
    """Put the choice into a cookie, for the pages before the sign-in. Empty: remove the cookie."""
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
