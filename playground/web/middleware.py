"""The middleware of the studio's pages. Each is named after what it is about."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from playground.web import errors, themes

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages and forms know no more.
METHODS = ("GET", "HEAD", "POST")


def methods_middleware(get_response: GetResponse) -> GetResponse:
    """Refuse every other method before any view runs: Django's form views would take a PUT for a POST.

    A person who opens an address that only takes forms gets a page with a way on, not an empty answer.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET":
            page = errors.page(request, 405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return respond


def theme_middleware(get_response: GetResponse) -> GetResponse:
    """Write the theme that a person chose on another device into this browser's cookie: the pages before the sign-in
    and the error pages know the cookie alone."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated and request.COOKIES.get(themes.COOKIE, "") != request.user.theme:
            themes.remember(response, request.user.theme)
        return response

    return respond


def not_found_middleware(get_response: GetResponse) -> GetResponse:
    """Answer a 404 with our own page in development too, where Django would show its own: people try the studio
    there."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.not_found(request) if isinstance(exception, Http404) else None

    respond.process_exception = process_exception  # type: ignore[attr-defined]
    return respond
