"""The meaning of EvoLink's HTTP statuses, in words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

STATUSES: Final = {
    307: _("The address has moved; the request was not accepted."),
    400: _("A parameter is wrong, or the content was refused at once."),
    401: _("The key is missing, wrong, expired or switched off."),
    402: _("The account, or the key’s own limit, has no credits left."),
    403: _("This key may not do that."),
    404: _("There is no such model or task."),
    405: _("The address takes no such requests; nothing was accepted."),
    408: _("A server in front of EvoLink waited too long."),
    409: _("A conflict, mostly because this Idempotency-Key was already used with a different request."),
    413: _("The request is too large."),
    422: _("The request was understood and refused."),
    429: _("Too many requests. Wait as long as Retry-After says, or a little longer each time."),
    500: _("Something went wrong inside EvoLink."),
    502: _("The provider behind EvoLink failed."),
    503: _("The model or the service cannot be reached at the moment."),
    504: _("The provider behind EvoLink did not answer in time."),
}
