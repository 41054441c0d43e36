"""Who may open a page, and where people go after they have signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


class MemberRequest(HttpRequest):
    user: User  # narrower than Django's, which also knows the anonymous
    htmx: HtmxDetails


def local(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address` if it is on this site, or else `otherwise`. So no form can send a person to another site."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else otherwise


def administrators_only(view: V) -> V:
    """Decorates a view. Everybody else gets 404, as for things of other people."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(V, guarded)


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends people who are not signed in to the sign-in page. If htmx asks for a part of a page, the whole page goes
    there, because the sign-in page must not appear inside another one."""

    def handle_no_permission(  # type: ignore[override]  # also a redirect that htmx follows
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseRedirectBase:
        if _by_script(request):
            return sign_in(request)
        if request.method == "POST":
            # The form is lost, and its address is not a page: after the sign-in people see the page with the form.
            return redirect_to_login(_here(request, request.headers.get("Referer", "")))
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Old pages have an old token. If the session has ended meanwhile, people must sign in, which is not an error."""
    if _by_script(request) and not request.user.is_authenticated:
        return sign_in(request)
    return csrf.csrf_failure(request, reason)


def sign_in(request: HttpRequest) -> HttpResponseClientRedirect:
    """Let htmx open the sign-in page, and after the sign-in the page that it asked from."""
    back = _here(request, request.headers.get("HX-Current-URL", ""))
    return HttpResponseClientRedirect(redirect_to_login(back).url)


def _here(request: HttpRequest, page: str) -> str:
    """The path of a page of this site. For other sites it is the path of the studio."""
    parts = urlsplit(local(request, page, reverse("studio")))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
