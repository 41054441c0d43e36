"""The page that a browser shows if it cannot reach the studio, and the service worker that stores it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.web import themes

# The files that `_styles.html` needs.
LOOKS = (
    "img/favicon.svg",
    "css/tokens.css",
    "css/base.css",
    "css/controls.css",
    "css/components.css",
    "css/shell.css",
)


@login_not_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html", {"chosen_theme": themes.chosen(request)})


@login_not_required
@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Its address is at the root, because a service worker controls only the addresses below its own."""
    return render(request, "offline.js", {"looks": LOOKS}, content_type="text/javascript")
