"""Spending by day, person, model and key, and how well the estimates matched. Rehearsals do not count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils.formats import date_format

from accounts.models import ApiKey, User
from playground.evolink import pricing
from playground.evolink.types import SETTINGS
from playground.models import Charged, CostSource, Generation, LedgerEntry, labels
from playground.models.ledger import LedgerQuerySet, in_credits
from playground.models.months import Month
from playground.money import spreadsheets
from playground.money.prices import Bar

MATCH_DAYS = 30
MONTHS_SHOWN = 12
CHART_HEIGHT = 100
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A day in the chart, in units of the drawing: each day is ten wide, and the day with the highest spending has the
    height `CHART_HEIGHT`."""

    day: date
    credits: Decimal
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Share:
    """A part of the month's spending. `credits` is its sum; `percent` compares it with the largest part."""

    name: str
    generations: int
    credits: Decimal
    percent: float


@dataclass(frozen=True)
class KeyShare:
    """The spending of a key in a month. The key has the balance that EvoLink last reported."""

    key: ApiKey
    generations: int
    credits: Decimal


@dataclass(frozen=True)
class Match:
    """How many of EvoLink's bills in the last `days` were within or above their estimates. `of_upper_end` is the
    average bill in percent of the upper end."""

    bills: int
    within: int
    above: int
    of_upper_end: int
    days: int = MATCH_DAYS

    @property
    def percent(self) -> int:
        return round(100 * self.within / self.bills) if self.bills else 0


@dataclass(frozen=True)
class Report:
    month: Month
    spent: Decimal
    held: Decimal
    possible: Decimal
    generations: int
    columns: list[Column]
    models: list[Share]
    people: list[Share]
    keys: list[KeyShare]
    months: list[Bar]
    match: Match
    is_first: bool

    @property
    def dearest_day(self) -> Decimal:
        return max((column.credits for column in self.columns), default=Decimal(0))


def report(owner_id: int | None, month: Month, now: datetime) -> Report:
    """The month of one person, or of everybody if `owner_id` is None."""
    live = LedgerEntry.objects.live().of(owner_id)
    entries = live.bills().within(month)
    facts = entries.aggregate(
        spent=Sum("credits"),
        possible=Sum("credits", filter=Q(generation__charged=Charged.POSSIBLY)),
        generations=Count("generation", distinct=True),
    )
    return Report(
        month=month,
        spent=in_credits(facts["spent"]),
        held=live.unsettled().held(),
        possible=in_credits(facts["possible"]),
        generations=facts["generations"],
        columns=_columns(entries, month),
        models=[replace(share, name=labels.model_name(share.name)) for share in _shares(entries, "generation__model")],
        people=[] if owner_id else _named(_shares(entries, "owner")),
        keys=_keys(entries, owner_id),
        months=_months(live, Month.of(now)),
        match=match(owner_id, now),
        is_first=not live.bills().filter(effective_at__lt=month.start).exists(),
    )


def _columns(entries: LedgerQuerySet, month: Month) -> list[Column]:
    by_day = entries.order_by().annotate(day=TruncDate("effective_at")).values("day").annotate(total=Sum("credits"))
    spent = {row["day"]: in_credits(row["total"]) for row in by_day}
    length = (month.next.first_day - month.first_day).days
    days = [month.first_day + timedelta(days=number) for number in range(length)]
    highest = max(spent.values(), default=Decimal(0))
    columns = []
    for number, day in enumerate(days):
        credits = spent.get(day, Decimal(0))
        height = float(round(CHART_HEIGHT * credits / highest, 2)) if highest > 0 and credits > 0 else 0.0
        columns.append(Column(day, credits, 10 * number, round(CHART_HEIGHT - height, 2), height))
    return columns


def _shares(entries: LedgerQuerySet, field: str) -> list[Share]:
    rows = (
        entries.order_by().values_list(field).annotate(total=Sum("credits"), count=Count("generation", distinct=True))
    )
    parts = sorted(
        ((str(name or NOTHING), count, in_credits(total)) for name, total, count in rows), key=lambda part: -part[2]
    )
    highest = max((credits for _name, _count, credits in parts), default=Decimal(0))
    return [
        Share(name, count, credits, float(round(100 * max(credits, Decimal(0)) / highest, 2)) if highest > 0 else 0.0)
        for name, count, credits in parts
    ]


def _named(shares: list[Share]) -> list[Share]:
    """The same shares with people's names in place of their primary keys."""
    people = {str(user.pk): user for user in User.objects.filter(pk__in=[share.name for share in shares])}
    return [replace(share, name=people[share.name].name) for share in shares]


def _keys(entries: LedgerQuerySet, owner_id: int | None) -> list[KeyShare]:
    """The keys that paid in the month and all keys that exist now, the highest spending first."""
    paid = {share.name: share for share in _shares(entries, "generation__key")}
    at_hand = ApiKey.objects.kept() if owner_id is None else ApiKey.objects.kept().filter(owner_id=owner_id)
    keys = {str(key.pk): key for key in at_hand.select_related("owner")}
    keys |= {str(key.pk): key for key in ApiKey.objects.filter(pk__in=[pk for pk in paid if pk != NOTHING])}
    nothing = Share("", 0, Decimal(0), 0)
    shares = [(key, paid.get(pk, nothing)) for pk, key in keys.items()]
    shares.sort(key=lambda pair: -pair[1].credits)
    return [KeyShare(key, share.generations, share.credits) for key, share in shares]


def _months(live: LedgerQuerySet, newest: Month) -> list[Bar]:
    """The last twelve months, oldest first. Empty months before the first spending are left out."""
    months = [newest]
    while len(months) < MONTHS_SHOWN:
        months.insert(0, months[0].previous)
    rows = live.bills().filter(effective_at__gte=months[0].start).order_by().annotate(month=TruncMonth("effective_at"))
    totals = rows.values_list("month").annotate(total=Sum("credits"))
    spent = {Month.of(moment): in_credits(total) for moment, total in totals}
    while len(months) > 1 and months[0] not in spent:
        months.pop(0)
    highest = max(spent.values(), default=Decimal(0))
    return [_month_bar(month, spent.get(month, Decimal(0)), highest) for month in months]


def _month_bar(month: Month, credits: Decimal, highest: Decimal) -> Bar:
    percent = float(round(100 * credits / highest, 2)) if highest > 0 and credits > 0 else 0.0
    return Bar(date_format(month.first_day, "YEAR_MONTH_FORMAT"), "", credits, percent)


def match(owner_id: int | None, now: datetime) -> Match:
    """Compares bills with their estimates. Only bills that EvoLink reported or whose tokens it reported count."""
    rows = Generation.objects.filter(
        rehearsal=False,
        finished_at__gte=now - timedelta(days=MATCH_DAYS),
        cost_source__in=(CostSource.REPORTED, CostSource.COMPUTED),
    )
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    facts = rows.aggregate(
        bills=Count("pk"),
        within=Count("pk", filter=Q(cost__gte=F("estimate_low"), cost__lte=F("estimate_high"))),
        above=Count("pk", filter=Q(cost__gt=F("estimate_high"))),
        share=Avg(F("cost") / F("estimate_high")),
    )
    return Match(facts["bills"], facts["within"], facts["above"], round(100 * Decimal(str(facts["share"] or 0))))


@dataclass(frozen=True)
class Unconfirmed:
    """A charge that is only estimated."""

    code: str
    prompt: str
    person: str
    model: str
    finished_at: datetime | None
    credits: Decimal | None


def unconfirmed(limit: int = 50) -> list[Unconfirmed]:
    """The newest first, for administrators, who can look up the real charge."""
    rows = Generation.objects.filter(rehearsal=False, cost_source=CostSource.ESTIMATED, settled_at__isnull=False)
    return [
        Unconfirmed(row.code, row.prompt, row.owner.name, labels.model_name(row.model), row.finished_at, row.cost)
        for row in rows.select_related("owner").order_by("-finished_at")[:limit]
    ]


_CHOSEN = tuple(name for name in SETTINGS if name != "n")


def csv_head() -> tuple[str, ...]:
    return (
        *(spreadsheets.time_heading("time"), "person", "generation", *_CHOSEN, "pictures", "kind"),
        *("credits", "usd", "estimate_low", "estimate_high", "source", "charged", "rates_version", "note"),
    )


def csv_rows(entries: LedgerQuerySet) -> Iterator[Sequence[object]]:
    """The bills of a month as rows of a spreadsheet, oldest first."""
    for entry in entries.select_related("generation", "owner").order_by("at", "pk").iterator(chunk_size=500):
        row = entry.generation
        yield (
            *(entry.at, entry.owner.name, row.code, *(getattr(row, name) for name in _CHOSEN), row.n),
            *(entry.kind, entry.credits, round(pricing.usd(entry.credits), 6), row.estimate_low, row.estimate_high),
            *(row.cost_source, row.charged, entry.rates_version, entry.note),
        )
