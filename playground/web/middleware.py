"""The middleware of the studio's pages. Each one is named after its purpose."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from playground.web import errors, themes

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages and forms use only these.
METHODS = ("GET", "HEAD", "POST")


def ours_middleware(get_response: GetResponse) -> GetResponse:
    """Marks our responses to scripts. A response without the mark is from somebody in between, such as the sign-in page
    of a Wi-Fi network, and must not get into a page."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.headers.get("HX-Request"):
            response["X-Image-Studio"] = "1"
        return response

    return respond


def methods_middleware(get_response: GetResponse) -> GetResponse:
    """Refuses every other method before a view runs. Django's form views would treat a PUT as a POST.

    If a person opens an address that only accepts forms, they get a page with a link, not an empty response.
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
    """Saves the theme that a person chose on another device in this browser's cookie. The pages before the sign-in and
    the error pages only read the cookie."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated and request.COOKIES.get(themes.COOKIE, "") != request.user.theme:
            themes.remember(response, request.user.theme)
        return response

    return respond


def not_found_middleware(get_response: GetResponse) -> GetResponse:
    """Shows our own 404 page in development too, where Django would show its own. People try the studio in
    development."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.not_found(request) if isinstance(exception, Http404) else None

    respond.process_exception = process_exception  # type: ignore[attr-defined]
    return respond
