"""How addresses may be asked: by GET, HEAD and POST, which is all that pages and forms know."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from playground.web import errors

KNOWN = ("GET", "HEAD", "POST")


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuses every other method before anything is looked at: Django's form views would take a PUT for a POST.

    Whoever opens an address that is only there for forms finds a page that leads on, not an empty one.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.method not in KNOWN:
            return HttpResponseNotAllowed(KNOWN)
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET":
            page = errors.page(request, 405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return respond
