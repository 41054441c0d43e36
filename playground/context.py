"""What every page's frame needs to know: the theme and the navigation."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext_lazy

from playground import themes

# The one list of the navigation: name, URL name, icon (a heroicons name).
NAVIGATION = [
    (pgettext_lazy("navigation", "Studio"), "studio", "sparkles"),
    (pgettext_lazy("navigation", "Prices"), "pricing", "calculator"),
]


def shell(request: HttpRequest) -> dict[str, object]:
    """`theme`: light, dark, or empty for the device's own. `navigation`: the entries, resolved only if shown."""
    return {
        "theme": themes.chosen(request),
        "navigation": SimpleLazyObject(lambda: _entries(request.path)),
    }


def _entries(path: str) -> list[dict[str, object]]:
    return [
        {"name": name, "url": reverse(url_name), "icon": icon, "current": reverse(url_name) == path}
        for name, url_name, icon in NAVIGATION
    ]
