"""The request of somebody who is signed in, for views behind `LoginRequiredMiddleware`."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class MemberRequest(HttpRequest):
    user: User  # narrower than Django's, which also knows the anonymous
    htmx: HtmxDetails
