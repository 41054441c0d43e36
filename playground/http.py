"""The request as our views know it, for the types alone."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in; `LoginRequiredMiddleware` lets no other through."""

    user: User
    htmx: HtmxDetails
