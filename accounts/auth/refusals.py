"""Sign-ins that are turned away before a password is looked at: they belong into the security log too."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts.models import EventKind, SecurityEvent, User

# A line for each name or browser and so long a time: a flood of attempts is no flood of lines.
_NOTED = {"refused": "1/5m/key"}


def note(request: HttpRequest, person: User | None, detail: str, *, source: str = "") -> None:
    """`detail` is a word of the log; `source` tells one flood from another, by default by where it comes from. Only
    known people are named: what was typed as a name may have been a password."""
    source = source or str(ratelimit.get_ip(request))
    if ratelimit.consume(request, app="accounts", action="refused", config=_NOTED, key=f"{detail}:{source}"):
        SecurityEvent.objects.record(
            EventKind.SIGN_IN_FAILED, request=request, person=person, actor=person, detail=detail
        )
