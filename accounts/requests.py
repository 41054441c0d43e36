"""Requests: of somebody who is signed in, for views behind `LoginRequiredMiddleware`, and where one goes back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class MemberRequest(HttpRequest):
    user: User  # narrower than Django's, which also knows the anonymous
    htmx: HtmxDetails


def local(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address`, if it is one of this site: nobody is sent elsewhere by what a form says."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else otherwise
