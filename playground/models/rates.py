"""The rates that prices are calculated with: the catalogue's, or those that an administrator took over from EvoLink's
public price list.

With `PRICES=fixed` only the catalogue counts. With `PRICES=follow` the newest rates count, whether they came with a
release or were taken over. Both wings ask the database, so a takeover counts everywhere at once.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from playground.evolink import BUILT_IN, MODELS, RATES_HISTORY, Difference, PriceList, Rates, RatesVersion, RateTable
from playground.evolink.price_list import differences
from playground.evolink.rate_table import from_json, to_json

if TYPE_CHECKING:
    from accounts.models import User

READ_EVERY = timedelta(days=1)
# After a list that could not be read.
TRIED_EVERY = timedelta(hours=1)


def follows() -> bool:
    return bool(settings.PRICES == "follow")


def current_rates() -> RateTable:
    """The rates for new estimates."""
    newest = TakenRates.objects.order_by("-date", "-pk").first() if follows() else None
    return BUILT_IN if newest is None or newest.date < BUILT_IN.info.date else newest.table


def rates_of(version: str) -> RateTable | None:
    """The rates of a version that an estimate used. None if they came with an earlier release."""
    return tables_of([version]).get(version)


def tables_of(names: Iterable[str]) -> dict[str, RateTable]:
    """The rates by version, without those that came with an earlier release. At most one query."""
    wanted = set(names) - {BUILT_IN.version}
    taken = TakenRates.objects.filter(version__in=wanted) if wanted else ()
    return {BUILT_IN.version: BUILT_IN, **{row.version: row.table for row in taken}}


def versions() -> list[RatesVersion]:
    """Every version of the rates that may count, newest first."""
    taken = [row.info for row in TakenRates.objects.order_by("-pk")] if follows() else []
    return sorted([*taken, *RATES_HISTORY], key=lambda version: version.date, reverse=True)


class ListChanged(Exception):
    """The list that a person wants to take over is not the one that was read last."""


class TakenRates(models.Model):
    """A version of the rates that an administrator took over. Rows are only added."""

    version = models.CharField(max_length=32, unique=True)
    # The day on which the list was read.
    date = models.DateField()
    source = models.CharField(max_length=200)
    # All rates that differ from the catalogue's: {model: {group: {category: "1.836"}}}.
    rates = models.JSONField()
    # The rates of a user group that this version replaced: {model: {category: "1.7"}}.
    before = models.JSONField()
    group = models.CharField(max_length=60)
    # The catalogue's models that the list does not have.
    unlisted = models.JSONField(default=list)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.version

    @property
    def info(self) -> RatesVersion:
        before = {
            model: {category: None if rate is None else Decimal(rate) for category, rate in rates.items()}
            for model, rates in self.before.items()
        }
        return RatesVersion(
            version=self.version,
            date=self.date,
            source=self.source,
            unlisted=tuple(self.unlisted),
            before=before,
            group=self.group,
        )

    @property
    def table(self) -> RateTable:
        return RateTable(
            self.info,
            {
                model: {group: from_json(rates) for group, rates in groups.items()}
                for model, groups in self.rates.items()
            },
        )


class PublishedPricesQuerySet(models.QuerySet["PublishedPrices"]):
    def claim(self, now: datetime) -> "PublishedPrices | None":
        """The row, if the list should be read now. Marks it as asked, so that only one worker reads it."""
        self.get_or_create(pk=PublishedPrices.ONLY)
        unread = Q(asked_at=None) | Q(asked_at__lte=now - READ_EVERY)
        failed = ~Q(trouble="") & Q(asked_at__lte=now - TRIED_EVERY)
        return self.first() if self.filter(unread | failed).update(asked_at=now) else None


class PublishedPrices(models.Model):
    """EvoLink's public price list as it was read last. There is one row."""

    ONLY = 1

    # The last time that EvoLink was asked, and the last time that it answered.
    asked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # Why the list could not be read the last time, for administrators.
    trouble = models.CharField(max_length=200, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    # The user group whose prices these are.
    group = models.CharField(max_length=60, blank=True)
    # {model: {category: "1.836"}}, without models whose price is not understood.
    rates = models.JSONField(default=dict)
    unlisted = models.JSONField(default=list)

    objects = PublishedPricesQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="published_prices_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"read at {self.read_at}"

    def record(self, found: PriceList | None, now: datetime) -> None:
        """EvoLink has answered. None: the list has not changed."""
        self.read_at, self.trouble = now, ""
        if found is not None:
            self.etag = (found.etag or "")[:200]
            self.group = found.group[:60]
            self.rates = {model: to_json(rates) for model, rates in found.rates().items()}
            self.unlisted = list(found.unlisted())
        self.save()

    def record_trouble(self, trouble: str) -> None:
        self.trouble = trouble[:200]
        self.save(update_fields=["trouble"])

    @property
    def digest(self) -> str:
        """Names these prices: a form with it takes over what its page has shown, and nothing else."""
        parts = [self.group, *(f"{model} {rates}" for model, rates in sorted(self.rates.items()))]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def differences(self, table: RateTable) -> tuple[Difference, ...]:
        """The published rates that differ from those of `table`."""
        return differences(self._published(), self.group, MODELS.values(), table)

    def _published(self) -> Mapping[str, Rates]:
        return {model: from_json(rates) for model, rates in self.rates.items()}

    def take_over(self, digest: str, by: "User", now: datetime) -> TakenRates | None:
        """Make the prices with this digest a new version of the rates. None if they are in use already. Raises
        `ListChanged`."""
        with transaction.atomic():
            # The write is the lock: of two administrators who press at once, the second finds no difference left.
            PublishedPrices.objects.filter(pk=self.pk).update(asked_at=F("asked_at"))
            self.refresh_from_db()
            if self.digest != digest or self.read_at is None:
                raise ListChanged
            table = current_rates()
            different = self.differences(table)
            if not different:
                return None
            day = timezone.localdate(self.read_at)
            published = self._published()
            changed = {difference.model_id: published[difference.model_id] for difference in different}
            return TakenRates.objects.create(
                version=_version(max(day, table.info.date).isoformat()),
                date=max(day, table.info.date),
                source=_source(self.group),
                rates=_merged(table, changed, self.group),
                before=_before(different),
                group=self.group,
                unlisted=self.unlisted,
                taken_at=now,
                taken_by=by,
            )


def _version(day: str) -> str:
    """A name that no other version has: the day, and a number if the day has several."""
    used = {version.version for version in RATES_HISTORY} | set(
        TakenRates.objects.filter(version__startswith=day).values_list("version", flat=True)
    )
    names = [day, *(f"{day}.{number}" for number in range(2, len(used) + 3))]
    return next(name for name in names if name not in used)


def _source(group: str) -> str:
    """Where the rates are from, in English as the sources of the catalogue."""
    return f"EvoLink’s price list /v1/catalog/pricing-rules of this date, for the group {group}"


def _merged(table: RateTable, changed: Mapping[str, Rates], group: str) -> dict[str, Any]:
    """The rates that differ from the catalogue's after the change, as the column `rates` has them."""
    groups = {model: dict(rates) for model, rates in table.replaced.items()}
    for model, rates in changed.items():
        groups.setdefault(model, {})[group] = rates
    return {model: {name: to_json(rates) for name, rates in known.items()} for model, known in groups.items()}


def _before(different: Iterable[Difference]) -> dict[str, Any]:
    """The rates that a takeover replaces, as the column `before` has them."""
    before: dict[str, dict[str, str | None]] = {}
    for one in different:
        before.setdefault(one.model_id, {})[one.category] = None if one.ours is None else str(one.ours)
    return before
