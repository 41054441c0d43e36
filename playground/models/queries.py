"""How generations are found, submitted and claimed."""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import Now

from playground.evolink import BUILT_IN, GenerationRequest, RateTable, alternatives, get_model, pricing
from playground.evolink.types import SETTINGS
from playground.models.attempts import Attempt
from playground.models.budgets import Budget
from playground.models.generation_columns import GenerationColumns
from playground.models.images import GeneratedImage, GeneratedImageQuerySet
from playground.models.ledger import LedgerEntry
from playground.models.lineage import Descent
from playground.models.rates import current_rates, tables_of
from playground.models.references import Reference, ReferenceUse
from playground.models.status import RUNNING, Status
from playground.models.visibility import kept_by, seen_by

if TYPE_CHECKING:
    from accounts.models import ApiKey, User

# The rows are of `Generation`, which has this query set as its manager.
Row = TypeVar("Row", bound=GenerationColumns, covariant=True)

HISTORY_LENGTH = 20
SEARCH_WORDS = 12


def folded(text: str) -> str:
    """The text in the form that the search compares. Width, case and composition of characters make no difference, on
    any database."""
    return unicodedata.normalize("NFKC", text).casefold()


def search_words(text: str) -> list[str]:
    """The words that a search looks for, in the form that it compares."""
    return folded(text).split()[:SEARCH_WORDS]


def request_columns(request: GenerationRequest, references: int, table: RateTable, group: str) -> dict[str, Any]:
    """The settings of a request, the pixels of its pictures and its estimate with the rates of a user group, as columns
    of a generation."""
    estimate = pricing.estimate(request, references=references, group=group, table=table)
    pixels = get_model(request.model).pixels(request.size, request.resolution)
    return {
        **{name: getattr(request, name) or "" for name in SETTINGS},
        "extra": dict(request.extra),
        "width": pixels[0] if pixels else None,
        "height": pixels[1] if pixels else None,
        "estimate_low": estimate.low,
        "estimate_high": estimate.high,
        "rates_version": table.version,
        "rates_group": group,
    }


def highest_alternative(
    request: GenerationRequest, references: int, today: date, table: RateTable, group: str
) -> Decimal:
    """The most that another model would cost for the same request, in credits. 0 if no other model can do it."""
    others = alternatives(request, today=today, references=references, group=group, table=table)
    prices = (pricing.estimate(other, references=references, group=group, table=table) for other in others)
    return max((price.high for price in prices), default=Decimal(0))


def _images_for(reader: "User") -> "models.Prefetch[str, GeneratedImageQuerySet, str]":
    return models.Prefetch("images", GeneratedImage.objects.with_favourites(reader))


class RequestIdReused(Exception):
    """The same form was submitted again with other content. Nothing was sent and nothing was spent."""


class GenerationQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: "User") -> Self:
        """Those that `user` may see."""
        return self.filter(seen_by(user))

    def kept_by(self, user: "User") -> Self:
        """Those that `user` may share, describe and delete."""
        return self.filter(kept_by(user))

    def running(self) -> Self:
        return self.filter(status__in=RUNNING)

    def completed(self) -> Self:
        return self.filter(status=Status.COMPLETED)

    def containing(self, text: str) -> Self:
        """Those with every word of `text` in the prompt."""
        return self.filter(*(Q(prompt_folded__contains=word) for word in search_words(text)))

    def family_of(self, row: GenerationColumns) -> Self:
        """The generations that come from the same one as `row`, with that one and `row`, the oldest first."""
        root = row.root_id or row.pk
        return self.filter(Q(pk=root) | Q(root=root)).order_by("pk")

    def recent(self, reader: "User") -> Self:
        """The history: the newest first, at most `HISTORY_LENGTH`, with their images for a reader."""
        return self.for_cards().order_by("-pk").prefetch_related(_images_for(reader))[:HISTORY_LENGTH]

    def for_cards(self) -> Self:
        """With the owner of the key, whom a card may name, with the parent, and with `has_children`: whether something
        came from it."""
        children = type(self)(self.model).filter(parent=models.OuterRef("pk"))
        return self.select_related("key__owner", "parent").annotate(has_children=models.Exists(children))

    def with_images(self, rows: Sequence[Row], reader: "User") -> None:
        """Fetch the images of these rows in one query. Each has `favourite`, the reader's own mark."""
        models.prefetch_related_objects(rows, _images_for(reader))

    def in_hand(self) -> Self:
        """Those that a worker holds. Leases are written and read by the database's clock, so that workers with
        different clocks agree."""
        return self.filter(lease_until__gt=Now())

    def due(self, now: datetime) -> Self:
        free = Q(lease_until=None) | Q(lease_until__lte=Now())
        return self.filter(free, due_at__lte=now).order_by("due_at")

    def claim(self, worker: str, now: datetime, *, lease: timedelta, limit: int) -> list[Row]:
        """Take up to `limit` due rows for `worker`, earliest first. This takes three statements for any number of rows.

        The second statement is a compare-and-set: it takes only rows that are still due. So on any database two workers
        never hold the same row. The fence distinguishes old claims from new ones."""
        with transaction.atomic():
            due = list(self.due(now).values_list("pk", flat=True)[:limit])
            if not due:
                return []
            wanted = self.due(now).order_by().filter(pk__in=due)
            wanted.update(fence=F("fence") + 1, lease_until=Now() + lease, claimed_by=worker)
            mine = self.in_hand().filter(pk__in=due, claimed_by=worker, due_at__isnull=False)
            rows = list(mine.select_related("key", "owner").order_by("due_at"))
            # The steps run where no query is possible.
            tables = tables_of(row.rates_version for row in rows)
            for row in rows:
                row.rate_table = tables.get(row.rates_version, BUILT_IN)
            return rows

    def counts(self) -> dict[str, int]:
        """The numbers above the history: how many rows there are, how many run, and how many are completed."""
        return self.aggregate(
            total=Count("pk"),
            running=Count(Case(When(status__in=RUNNING, then=1))),
            completed=Count(Case(When(status=Status.COMPLETED, then=1))),
        )

    def submit(
        self,
        owner: "User",
        request: GenerationRequest,
        *,
        request_id: str,
        rehearsal: bool,
        key: "ApiKey | None" = None,
        now: datetime,
        references: Sequence[Reference] = (),
        reference_way: str = "",
        other_models: bool = False,
        descent: Descent | None = None,
    ) -> tuple[Row, bool]:
        """Write what the worker will send: the row, its references, its first attempt and the hold, in one transaction.
        Nothing is sent here. `key` pays for a live request. `other_models`: if the model is not available, the worker
        may go on with another one; the hold then covers the most expensive of them. `descent`: what it comes from.

        Returns the row, and whether it is new. The same `request_id` again gives the row that exists, even if many
        submits arrive at once.

        Raises `RequestIdReused` if the same `request_id` comes with other content, `BudgetExceeded` if a live request
        does not fit into a budget, `KeyGone` if the key was deleted, and `ReferenceGone` if a reference was deleted.
        """
        pictures = [reference.sha256 for reference in references]
        content = {"rehearsal": rehearsal, "references": pictures, **request.to_json()}
        if other_models:
            content["other_models"] = True
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        try:
            with transaction.atomic():
                row = self._write(
                    owner,
                    request,
                    request_id,
                    digest,
                    None if rehearsal else key,
                    rehearsal,
                    now,
                    references,
                    reference_way=reference_way,
                    other_models=other_models,
                    **(descent.columns() if descent else {}),
                )
                return row, True
        except IntegrityError:
            row = self.get(owner=owner, request_id=request_id)
        if row.digest != digest:
            raise RequestIdReused(request_id)
        return row, False

    def _write(
        self,
        owner: "User",
        request: GenerationRequest,
        request_id: str,
        digest: str,
        key: "ApiKey | None",
        rehearsal: bool,
        now: datetime,
        references: Sequence[Reference],
        **columns: Any,
    ) -> Row:
        if key is not None:
            key.take(now)
        table, group = current_rates(), key.user_group if key else ""
        columns |= request_columns(request, len(references), table, group)
        held: Decimal = columns["estimate_high"]
        if columns["other_models"]:
            held = max(held, highest_alternative(request, len(references), now.date(), table, group))
        row = self.create(
            owner=owner,
            request_id=request_id,
            digest=digest,
            rehearsal=rehearsal,
            key=key,
            shared=owner.shares_by_default,
            prompt=request.prompt,
            prompt_folded=folded(request.prompt),
            usual_seconds=self.usual_seconds(request, rehearsal),
            created_at=now,
            due_at=now,
            **columns,
        )
        ReferenceUse.record(row.pk, references)
        Attempt.objects.create(generation_id=row.pk, created_at=now)
        if not rehearsal:
            Budget.objects.make_room(owner, held, now)
        LedgerEntry.objects.create(
            generation_id=row.pk,
            owner=owner,
            kind=LedgerEntry.Kind.HOLD,
            credits=held,
            rates_version=row.rates_version,
            rehearsal=rehearsal,
            at=now,
        )
        return row

    def renew(self, worker: str, busy: Collection[int], *, lease: timedelta) -> int:
        """Extend the leases of the rows (primary keys) that `worker` is still busy with."""
        # A lease that has ended still belongs to this worker, as long as no other worker has taken the row.
        mine = self.filter(pk__in=busy, claimed_by=worker, lease_until__isnull=False)
        return mine.update(lease_until=Now() + lease)

    def shorten_leases(self, lease: timedelta) -> int:
        """Shorten leases that end later than `lease` from now. They exist if the clock was wrong when
        they were written. Returns how many were shortened."""
        return self.filter(lease_until__gt=Now() + lease).update(lease_until=Now() + lease)

    def look_through(self, now: datetime, *, beyond: timedelta = timedelta(0)) -> int:
        """Make rows due now that are due later than `beyond` from now. Returns how many."""
        return self.filter(due_at__gt=now + beyond).update(due_at=now)

    def bound_to(self, task_id: str, rehearsal: bool) -> Self:
        """The generation that EvoLink's task belongs to. At most one."""
        return self.filter(rehearsal=rehearsal, task_id=task_id)

    def bound_to_any(self, task_ids: Collection[str], rehearsal: bool) -> set[str]:
        """Those of EvoLink's tasks (ids) that belong to a generation."""
        return set(self.filter(rehearsal=rehearsal, task_id__in=task_ids).values_list("task_id", flat=True))

    def beside(self, row: GenerationColumns) -> Self:
        """Other generations on the same account that were not settled at any time since `row` was sent. They may have
        changed the account's sums."""
        account = {"rehearsal": True, "owner": row.owner_id} if row.rehearsal else {"key": row.key_id}
        out = Q(settled_at=None) | Q(settled_at__gte=row.sent_at)
        return self.filter(out, sent_at__isnull=False, **account).exclude(pk=row.pk)

    def usual_seconds(self, request: GenerationRequest, rehearsal: bool) -> int | None:
        """The median seconds from sending to drawing of the newest generations like this one. None if there are
        none."""
        alike = self.filter(
            model=request.model,
            quality=request.quality or "",
            n=request.n,
            rehearsal=rehearsal,
            drawn_at__isnull=False,
        )
        times = alike.exclude(sent_at=None).order_by("-pk").values_list("sent_at", "drawn_at")[:20]
        return _median([drawn - sent for sent, drawn in times if sent and drawn])

    def usual_waits(self, model: str, rehearsal: bool) -> dict[str, int]:
        """The usual seconds per picture for each quality of a model. Qualities without recent generations are
        missing."""
        drawn = self.filter(model=model, rehearsal=rehearsal, drawn_at__isnull=False).exclude(sent_at=None)
        waits: dict[str, list[timedelta]] = {}
        for quality, n, sent_at, drawn_at in drawn.order_by("-pk").values_list("quality", "n", "sent_at", "drawn_at")[
            :100
        ]:
            if sent_at and drawn_at:
                waits.setdefault(quality, []).append((drawn_at - sent_at) / n)
        return {quality: median for quality, times in waits.items() if (median := _median(times[:20]))}


def _median(times: list[timedelta]) -> int | None:
    """The median in whole seconds, at least 1. None without times."""
    seconds = sorted(time.total_seconds() for time in times)
    return max(1, round(seconds[len(seconds) // 2])) if seconds else None
