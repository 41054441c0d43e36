"""The page a browser keeps for when the studio cannot be reached, and the service worker that keeps it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.web import themes

# What `_styles.html` asks for.
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
    """At the root, because a service worker reaches no higher than its own address."""
    return render(request, "offline.js", {"looks": LOOKS}, content_type="text/javascript")
