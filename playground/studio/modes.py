"""Rehearsal or live: whether a person's next generation costs money, and which key pays."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import ApiKey, User

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


def price_group(person: User, named: str = "") -> str:
    """The user group at EvoLink of the key that pays: the one that the page has named, or else the one that it would
    name. Empty if the group is not known."""
    keys = list(ApiKey.objects.in_order_for(person))
    pays = (key for key in keys if str(key.pk) == named or (not named and key.is_usable))
    return next((key.user_group for key in pays), "")


def rehearses(request: MemberRequest) -> bool:
    """Whether the form is for a rehearsal. A submitted form says so itself."""
    if request.method == "POST":
        return request.POST.get("mode") != "live"
    return mode_of(request).rehearsal or request.GET.get("mode", "live") != "live"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class CannotPay(Exception):
    """A form that says live cannot be live any more. The message is for the person."""


def paying_key(request: MemberRequest, named: str) -> ApiKey:
    """The key that the page named for a live generation. No other key pays. A page of an older version named none; then
    it is the one that pays now. Raises `CannotPay`."""
    mode = mode_of(request)
    if mode.chosen:
        raise CannotPay(_("You are rehearsing now, so nothing was sent. Reload the page to go on."))
    if not named and mode.key is None:
        raise CannotPay(_("There is no API key that could pay, so nothing was sent. Reload the page to rehearse."))
    if not named and mode.key is not None:
        return mode.key
    key = ApiKey.objects.filter(pk=named).first() if _is_uuid(named) else None
    if key is None or key.retired_at:
        raise CannotPay(_("The API key of this form was deleted, so nothing was sent. Reload the page to go on."))
    if not ApiKey.objects.kept().open_to(request.user).filter(pk=key.pk).exists():
        raise CannotPay(
            _("You may not use the API key of this form any more, so nothing was sent. Reload the page to go on.")
        )
    if key.is_refused:
        raise CannotPay(
            _("EvoLink no longer accepts the API key of this form, so nothing was sent. Reload the page to go on.")
        )
    if not key.readable():
        raise CannotPay(_("The API key of this form cannot be read, so nothing was sent. Ask your administrator."))
    return key


def rehearse(request: MemberRequest, on: bool) -> None:
    """Turns rehearsing on or off for this session."""
    if on:
        request.session[_SESSION] = True
    else:
        request.session.pop(_SESSION, None)
