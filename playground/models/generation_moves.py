"""How a generation changes: every change of its row, its bookings and its attempts goes through here."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F

from playground.models.attempts import Attempt
from playground.models.budgets import Budget
from playground.models.generation_columns import GenerationColumns
from playground.models.images import LINK_MISSING, GeneratedImage, GeneratedImageQuerySet
from playground.models.ledger import LedgerEntry, LedgerQuerySet
from playground.models.queries import GenerationQuerySet
from playground.models.status import CostSource, Superseded


class GenerationMoves(GenerationColumns):
    """The changes that the verbs are made of. `move` is a compare-and-set: it checks the state and, for a worker, the
    fence of its claim. It raises `Superseded` if the row has changed."""

    objects = GenerationQuerySet.as_manager()

    class Meta(GenerationColumns.Meta):
        abstract = True

    @property
    def attempt_rows(self) -> models.QuerySet[Attempt]:
        return Attempt.objects.filter(generation_id=self.pk)

    @property
    def image_rows(self) -> GeneratedImageQuerySet:
        return GeneratedImage.objects.filter(generation_id=self.pk)

    @property
    def ledger_rows(self) -> LedgerQuerySet:
        return LedgerEntry.objects.filter(generation_id=self.pk)

    def move(
        self,
        expected: Iterable[str],
        *,
        claimed: bool = True,
        keep_claim: bool = False,
        keep_fault: bool = False,
        visible: bool = True,
        **changes: Any,
    ) -> None:
        if not keep_fault:
            changes = {"fault": "", "faults": 0} | changes
        row = type(self).objects.filter(pk=self.pk, status__in=list(expected))
        if claimed:
            row = row.filter(fence=self.fence)
        if visible:
            changes["version"] = F("version") + 1
        if not keep_claim:
            changes["lease_until"] = None
        if not row.update(**changes):
            raise Superseded(f"{self.code} is no longer {'/'.join(expected)} under fence {self.fence}")
        for name, value in changes.items():
            if hasattr(value, "resolve_expression"):
                # Only the database knows the result. It is read at the next access.
                self.__dict__.pop(name, None)
            else:
                setattr(self, name, value)

    def answered(self, outcome: str, now: datetime) -> None:
        """Record the outcome of the attempt that was sent last."""
        attempt = self.attempt_rows.exclude(sent_at=None).latest("pk")
        attempt.outcome = outcome
        attempt.answered_at = now
        attempt.save(update_fields=["outcome", "answered_at"])

    def settle(self, now: datetime, cost: Decimal) -> None:
        """Release the held credits, and book the difference between `cost` and what is booked. The caller has opened
        the transaction that also writes the state. Writes no entry if nothing is held and the cost is booked."""
        type(self).objects.filter(pk=self.pk).update(settled_at=now)
        self.settled_at = now
        Kind = LedgerEntry.Kind
        if held := self.ledger_rows.held():
            self.enter(Kind.RELEASE, held, now)
        if difference := cost - self.ledger_rows.spent():
            charged_at = self.charged_at()
            kind = Kind.CORRECTION if charged_at else Kind.CHARGE
            estimated = self.cost_source == CostSource.ESTIMATED
            self.enter(kind, difference, now, effective_at=charged_at or now, estimated=estimated)
            if not self.rehearsal:
                Budget.objects.warn(self.owner, now)
        if self.key is not None:
            self.key.wipe_if_free()

    def watch_anew(self) -> None:
        """The time that EvoLink is asked about the end is measured from now on."""
        if attempt := self.attempt_rows.exclude(sent_at=None).first():
            attempt.watch_anew()

    def hold_again(self, now: datetime) -> None:
        """Hold what is neither held nor booked of the estimate, because the generation goes on after its end."""
        missing = self.estimate_high - self.ledger_rows.spent() - self.ledger_rows.held()
        if missing > 0:
            self.enter(LedgerEntry.Kind.HOLD, missing, now)

    def give_up_waiting(self) -> None:
        for image in self.image_rows.waiting():
            image.mark_missing(image.save_error or LINK_MISSING)

    def charged_at(self) -> datetime | None:
        """The time that all bookings of this generation count for. None if nothing is booked."""
        first = self.ledger_rows.bills().first()
        return first.effective_at if first else None

    def enter(self, kind: str, credits: Decimal, now: datetime, **facts: Any) -> None:
        LedgerEntry.objects.create(
            generation_id=self.pk,
            owner_id=self.owner_id,
            kind=kind,
            credits=credits,
            rates_version=self.rates_version,
            rehearsal=self.rehearsal,
            at=now,
            **facts,
        )
