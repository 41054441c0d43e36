"""The status page: how each model did here in the last 30 days, and what is wrong right now.

The figures count everybody's generations, so they show no prompt, picture or name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ApiKey, KeyState, User
from playground.evolink import MODELS
from playground.models import GeneratedImage, Generation, Heartbeat, Status, failures

PERIOD: Final = timedelta(days=30)
# An outage is what happened this recently. A single refusal or lost answer may be an accident.
RECENT: Final = timedelta(hours=1)
REFUSED_OFTEN: Final = 2
LOST_OFTEN: Final = 3
# Notes on cards that are no trouble.
_HARMLESS: Final = ("", "checking", "no_evidence_yet")


@dataclass(frozen=True)
class Record:
    """How one model did. `median` and `slowest` are the longest waits, from Generate to the last saved picture, of half
    and of 95 % of those that were finished; None without any. `saved` of `drawn` pictures came home."""

    name: str
    asked: int
    finished: int
    refused: int
    failed: int
    median: timedelta | None
    slowest: timedelta | None
    drawn: int
    saved: int

    @property
    def home(self) -> int | None:
        """The share of pictures that came home in whole percent, rounded down: 100 means all. None without pictures."""
        return 100 * self.saved // self.drawn if self.drawn else None


@dataclass(frozen=True)
class StatusPage:
    live: list[Record]
    rehearsals: list[Record]
    troubles: list[str]


def status_page(reader: User, now: datetime) -> StatusPage:
    since = now - PERIOD
    counts, waits, pictures = _counts(since), _waits(since), _pictures(since)
    order = {model: place for place, model in enumerate(MODELS)}
    known = sorted(counts, key=lambda key: (order.get(key[1], len(order)), key[1]))

    def records(rehearsal: bool) -> list[Record]:
        return [
            Record(
                name=MODELS[key[1]].name if key[1] in MODELS else key[1],
                **counts[key],
                **waits.get(key, {"median": None, "slowest": None}),
                **pictures.get(key, {"drawn": 0, "saved": 0}),
            )
            for key in known
            if key[0] is rehearsal
        ]

    return StatusPage(records(False), records(True), list(_troubles(reader, now)))


# Whether they are rehearsals, and the model's id.
_Key = tuple[bool, str]


def _counts(since: datetime) -> dict[_Key, dict[str, int]]:
    refused = Q(status=Status.FAILED, failure__in=failures.REFUSALS)
    rows = (
        Generation.objects.filter(created_at__gte=since)
        .order_by()
        .values("rehearsal", "model")
        .annotate(
            asked=Count("pk"),
            finished=Count("pk", filter=Q(status=Status.COMPLETED)),
            refused=Count("pk", filter=refused),
            failed=Count("pk", filter=Q(status=Status.FAILED) & ~refused),
        )
    )
    return {(row.pop("rehearsal"), row.pop("model")): row for row in map(dict, rows)}


def _waits(since: datetime) -> dict[_Key, dict[str, timedelta]]:
    """The percentiles by nearest rank: each is a wait that somebody had. The database picks them, so that no other
    wait is read."""
    model: dict[str, Any] = {"partition_by": [F("rehearsal"), F("model")]}
    wait = ExpressionWrapper(F("finished_at") - F("created_at"), output_field=DurationField())
    placed = (
        Generation.objects.completed()
        .filter(created_at__gte=since)
        .annotate(
            wait=wait,
            place=Window(RowNumber(), order_by=[F("wait"), F("pk")], **model),
            number=Window(Count("pk"), **model),
        )
        .order_by()
    )
    half, most = (F("number") + 1) / 2, (F("number") * 95 + 99) / 100
    found: dict[_Key, dict[str, timedelta]] = {}
    for rank, name in ((half, "median"), (most, "slowest")):
        for rehearsal, model_id, value in placed.filter(place=rank).values_list("rehearsal", "model", "wait"):
            found.setdefault((rehearsal, model_id), {})[name] = value
    return found


def _pictures(since: datetime) -> dict[_Key, dict[str, int]]:
    """The pictures of which it is decided whether they came. A picture that somebody has deleted since had come."""
    State = GeneratedImage.State
    came = Q(state__in=(State.SAVED, State.DELETED))
    lost = Q(state=State.MISSING) & ~Q(source_url="")
    rows = (
        GeneratedImage.objects.filter(generation__created_at__gte=since)
        .order_by()
        .values_list("generation__rehearsal", "generation__model")
        .annotate(drawn=Count("pk", filter=came | lost), saved=Count("pk", filter=came))
    )
    return {(rehearsal, model): {"drawn": drawn, "saved": saved} for rehearsal, model, drawn, saved in rows}


def _troubles(reader: User, now: datetime) -> Iterator[str]:
    """What is wrong right now, in sentences for this reader."""
    if not Heartbeat.alive(now):
        yield _("The worker of this studio is not running, so nothing is sent or saved. Tell your administrator.")
    yield from _key_troubles(reader)
    live = Generation.objects.filter(rehearsal=False).order_by()
    lost = live.filter(status=Status.UNKNOWN, finished_at=None).count()
    if lost >= LOST_OFTEN:
        yield _("We do not know what became of %(number)s generations. We keep asking EvoLink.") % {"number": lost}
    waiting = live.running().exclude(trouble__in=_HARMLESS).values_list("trouble").annotate(number=Count("pk"))
    for trouble, number in sorted(waiting):
        told = ngettext("%(number)s generation is waiting.", "%(number)s generations are waiting.", number)
        yield f"{failures.trouble(trouble)} {told % {'number': number}}"
    away = Count("pk", filter=Q(failure__in=failures.OUTAGES))
    done = Count("pk", filter=Q(status=Status.COMPLETED))
    models = live.filter(finished_at__gte=now - RECENT).values_list("model").annotate(away=away, done=done)
    for model, _away, _done in sorted(models.filter(away__gte=REFUSED_OFTEN, done=0)):
        name = MODELS[model].name if model in MODELS else model
        yield _("EvoLink has refused every request for %(name)s in the last hour.") % {"name": name}


def _key_troubles(reader: User) -> Iterator[str]:
    """The keys that would pay for the reader; for an administrator, all keys that are for the team."""
    concern = Q(pk__in=ApiKey.objects.open_to(reader).values("pk"))
    if reader.is_administrator:
        concern |= Q(for_members=True) | Q(for_administrators=True)
    told = {
        KeyState.SUSPECT: _("EvoLink has just refused the API key “%(label)s”. We are checking it."),
        KeyState.REFUSED: _("EvoLink does not accept the API key “%(label)s”."),
        KeyState.EMPTY: _("The API key “%(label)s” has no credits left."),
    }
    keys = ApiKey.objects.kept().filter(concern, state__in=told)
    for label, state in keys.values_list("label", "state"):
        yield told[KeyState(state)] % {"label": label}
