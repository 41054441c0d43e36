"""Rehearsal or live: with what a person's next generation is paid."""

from dataclasses import dataclass

from accounts.models import ApiKey
from accounts.requests import MemberRequest

_SESSION = "rehearsal"


@dataclass(frozen=True)
class Mode:
    """`key` would pay for a live generation; `chosen` says that the person rehearses although there is one.
    `refused` are keys of their own that EvoLink does not accept any more."""

    key: ApiKey | None
    chosen: bool
    refused: tuple[ApiKey, ...] = ()

    @property
    def rehearsal(self) -> bool:
        return self.key is None or self.chosen


def mode_of(request: MemberRequest) -> Mode:
    """How this person works in this session."""
    keys = list(ApiKey.objects.in_order_for(request.user))
    return Mode(
        key=next((key for key in keys if not key.is_refused), None),
        chosen=bool(request.session.get(_SESSION)),
        refused=tuple(key for key in keys if key.is_refused and key.owner_id == request.user.pk),
    )


def rehearse(request: MemberRequest, on: bool) -> None:
    """Rehearse everything in this session, or stop doing so."""
    if on:
        request.session[_SESSION] = True
    else:
        request.session.pop(_SESSION, None)
