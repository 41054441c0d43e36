"""The error pages: for wrong requests, for our own errors, and for a service that does not answer."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template

from playground.web.context import here

RETRY_SECONDS = 10
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_AWAY = (OperationalError, InterfaceError)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, _TOO_MUCH) else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this in the exception handler. A missing database is temporary (503), our own errors are not
    (500)."""
    if not isinstance(sys.exc_info()[1], _AWAY):
        return page(request, 500)
    answer = page(request, 503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For development, where Django would show its own page."""
    return page(request, 404)


def page(request: HttpRequest, status: int) -> HttpResponse:
    """One of our error pages. Its context has only the request, because we may not know who is signed in."""
    context = {"request": request, "csrf_token": get_token(request), "here": here(request)}
    return HttpResponse(get_template(f"{status}.html").render(context), status=status)
