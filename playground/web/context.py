"""The context of every page: the theme, the navigation and the mode."""

from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext_lazy

from accounts.access import MemberRequest, local
from playground.studio.modes import mode_of
from playground.web import themes

# The only list of the navigation: name, URL name, and the beginnings of the addresses of its section.
NAVIGATION = [
    (pgettext_lazy("navigation", "Studio"), "studio", ("/studio/", "/history/", "/references/")),
    (pgettext_lazy("navigation", "Gallery"), "gallery", ("/gallery/", "/generations/", "/compare/", "/links/")),
    (pgettext_lazy("navigation", "Help"), "help", ("/help/", "/docs/", "/pricing/", "/status/")),
]


def shell(request: HttpRequest) -> dict[str, object]:
    """`here`: the page to return to after a switch in the header. `theme`: light, dark, or empty for the device's own.
    `navigation`. `mode`: rehearsal or live, for people who are signed in.

    All values are lazy, because error pages use them too, perhaps without a database.
    """
    return {
        "here": SimpleLazyObject(lambda: here(request)),
        "theme": SimpleLazyObject(lambda: themes.chosen(request)),
        "navigation": SimpleLazyObject(lambda: _entries(request.path)),
        "mode": SimpleLazyObject(lambda: mode_of(cast(MemberRequest, request))),
    }


def here(request: HttpRequest) -> str:
    """The address of this page. In the response to a form it is the page with the form, because the form's own address
    may not accept GET."""
    own = request.get_full_path()
    if request.method in ("GET", "HEAD") or request.resolver_match is None:
        return own
    return local(request, request.headers.get("referer", ""), own)


def _entries(path: str) -> list[dict[str, object]]:
    return [
        {"name": name, "url": reverse(url_name), "current": _current(path, reverse(url_name), section)}
        for name, url_name, section in NAVIGATION
    ]


def _current(path: str, address: str, section: tuple[str, ...]) -> str:
    """The value of `aria-current`: for the page itself, or for another page of its section."""
    if path == address:
        return "page"
    return "true" if path.startswith(section) else ""
