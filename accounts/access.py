"""Who may open a page, and where a request goes back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User

V = TypeVar("V", bound=Callable[..., HttpResponse])


class MemberRequest(HttpRequest):
    user: User  # narrower than Django's, which also knows the anonymous
    htmx: HtmxDetails


def local(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address`, if it is one of this site: nobody is sent elsewhere by what a form says."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else otherwise


def administrators_only(view: V) -> V:
    """For everybody else the page is not there: 404, as for whatever belongs to somebody else."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(V, guarded)


class SignInMiddleware(LoginRequiredMiddleware):
    """Whoever is not signed in is sent to the sign-in page. A part of a page that asks takes the whole page there:
    the sign-in page must not appear inside it."""

    def handle_no_permission(  # type: ignore[override]  # also a redirect that htmx follows
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseRedirectBase:
        if _by_script(request):
            return sign_in(request)
        if request.method == "POST":
            # What was sent is gone, and its address is no page: back to the one with the form on it.
            return redirect_to_login(_here(request, request.headers.get("Referer", "")))
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A page from before the session ended has an old token: there it is the sign-in that is missing."""
    if _by_script(request) and not request.user.is_authenticated:
        return sign_in(request)
    return csrf.csrf_failure(request, reason)


def sign_in(request: HttpRequest) -> HttpResponseClientRedirect:
    """To the sign-in page, and from there back to the page that asked."""
    back = _here(request, request.headers.get("HX-Current-URL", ""))
    return HttpResponseClientRedirect(redirect_to_login(back).url)


def _here(request: HttpRequest, page: str) -> str:
    """The path of a page of this site; the studio's in place of any other."""
    parts = urlsplit(local(request, page, reverse("studio")))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
