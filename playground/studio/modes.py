"""Rehearsal or live: whether a person's next generation costs money, and which key pays."""

from dataclasses import dataclass

from accounts.access import MemberRequest
from accounts.models import ApiKey

_SESSION = "rehearsal"


@dataclass(frozen=True)
class Mode:
    """`key` would pay for a live generation. `chosen`: the person has chosen to rehearse. `refused`: their own keys
    that EvoLink no longer accepts. `unreadable`: their own keys that the key ring cannot decrypt. `team_key`: the
    team's key that would pay if it worked."""

    key: ApiKey | None
    chosen: bool
    refused: tuple[ApiKey, ...] = ()
    unreadable: tuple[ApiKey, ...] = ()
    team_key: ApiKey | None = None

    @property
    def rehearsal(self) -> bool:
        return self.key is None or self.chosen


def mode_of(request: MemberRequest) -> Mode:
    """The mode of this person in this session."""
    keys = list(ApiKey.objects.in_order_for(request.user).select_related("owner"))
    pays = next((key for key in keys if key.is_usable), None)
    mine = [key for key in keys if key.owner_id == request.user.pk]
    teams = [key for key in keys if key.owner_id != request.user.pk]
    return Mode(
        key=pays,
        chosen=bool(request.session.get(_SESSION)),
        refused=tuple(key for key in mine if key.is_refused),
        unreadable=tuple(key for key in mine if not key.is_refused and not key.is_usable),
        team_key=teams[0] if teams and pays is None else None,
    )


def rehearses(request: MemberRequest) -> bool:
    """Whether the form is for a rehearsal. A submitted form says so itself."""
    wanted = (request.POST or request.GET).get("mode", "live" if request.method == "GET" else "rehearsal")
    return mode_of(request).rehearsal or wanted != "live"


def rehearse(request: MemberRequest, on: bool) -> None:
    """Turns rehearsing on or off for this session."""
    if on:
        request.session[_SESSION] = True
    else:
        request.session.pop(_SESSION, None)
