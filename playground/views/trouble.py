"""What answers where no view could: the request was not as it should be, or what the studio stands on is away."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

RETRY_SECONDS = 10
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
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


def page(request: HttpRequest, status: int) -> HttpResponse:
    """One of our error pages. Nothing but the request is given to it: who is signed in may not be known."""
    return HttpResponse(get_template(f"{status}.html").render({"request": request}), status=status)
