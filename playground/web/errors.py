"""What answers where no view could: the request was not as it should be, or what the studio stands on is away."""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import get_template

from playground.web.context import here

RETRY_SECONDS = 10
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
GetResponse = Callable[[HttpRequest], HttpResponseBase]
_AWAY = (OperationalError, InterfaceError)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, _TOO_MUCH) else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception. A database that is away comes back, our mistakes do not."""
    if not isinstance(sys.exc_info()[1], _AWAY):
        return page(request, 500)
    answer = page(request, 503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For development, where Django would show its own page; people try the studio in it."""
    return page(request, 404)


def in_development(get_response: GetResponse) -> GetResponse:
    """Middleware: what a view does not find is answered as it is elsewhere."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return not_found(request) if isinstance(exception, Http404) else None

    respond.process_exception = process_exception  # type: ignore[attr-defined]
    return respond


def page(request: HttpRequest, status: int) -> HttpResponse:
    """One of our error pages. Nothing but the request is given to it: who is signed in may not be known."""
    context = {"request": request, "csrf_token": get_token(request), "here": here(request)}
    return HttpResponse(get_template(f"{status}.html").render(context), status=status)
