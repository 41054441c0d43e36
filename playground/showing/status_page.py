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
    records: dict[bool, list[Record]] = {False: [], True: []}
    for key in sorted(counts, key=lambda key: (order.get(key[1], len(order)), key[1])):
        rehearsal, model = key
        median, slowest = waits.get(key, (None, None))
        drawn, saved = pictures.get(key, (0, 0))
        asked, finished, refused, failed = counts[key]
        record = Record(_name(model), asked, finished, refused, failed, median, slowest, drawn, saved)
        records[rehearsal].append(record)
    return StatusPage(records[False], records[True], list(_troubles(reader, now)))


def _name(model: str) -> str:
    return MODELS[model].name if model in MODELS else model


# Whether it is a rehearsal, and the model's id.
_Key = tuple[bool, str]


def _counts(since: datetime) -> dict[_Key, tuple[int, int, int, int]]:
    """How many were asked for, finished, refused, and failed for another reason."""
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
        .values_list("rehearsal", "model", "asked", "finished", "refused", "failed")
    )
    return {(rehearsal, model): (asked, done, no, failed) for rehearsal, model, asked, done, no, failed in rows}


def _waits(since: datetime) -> dict[_Key, tuple[timedelta, timedelta]]:
    """The median and the 95th percentile, by nearest rank: each is a wait that somebody had. The database picks them,
    so that no other wait is read."""
    model: dict[str, Any] = {"partition_by": [F("rehearsal"), F("model")]}
    waited = ExpressionWrapper(F("finished_at") - F("created_at"), output_field=DurationField())
    rank = Window(RowNumber(), order_by=[F("waited"), F("pk")], **model)
    placed = (
        Generation.objects.completed()
        .filter(created_at__gte=since)
        .annotate(waited=waited, rank=rank, number=Window(Count("pk"), **model))
        .filter(Q(rank=(F("number") + 1) / 2) | Q(rank=(F("number") * 95 + 99) / 100))
        .order_by("rank")
    )
    found: dict[_Key, list[timedelta]] = {}
    for rehearsal, model_id, wait in placed.values_list("rehearsal", "model", "waited"):
        found.setdefault((rehearsal, model_id), []).append(wait)
    # With few of them, one row is both.
    return {key: (waits[0], waits[-1]) for key, waits in found.items()}


def _pictures(since: datetime) -> dict[_Key, tuple[int, int]]:
    """How many pictures were drawn and are not still being saved, and how many of them were saved. One that somebody
    has deleted since was saved."""
    State = GeneratedImage.State
    came = Q(state__in=(State.SAVED, State.DELETED))
    lost = Q(state=State.MISSING) & ~Q(source_url="")
    rows = (
        GeneratedImage.objects.filter(generation__created_at__gte=since)
        .order_by()
        .values_list("generation__rehearsal", "generation__model")
        .annotate(drawn=Count("pk", filter=came | lost), saved=Count("pk", filter=came))
    )
    return {(rehearsal, model): (drawn, saved) for rehearsal, model, drawn, saved in rows}


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
        yield _("EvoLink has refused every request for %(name)s in the last hour.") % {"name": _name(model)}


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
