"""The ledger: which credits were held, released, charged and corrected. Rows are only added."""

from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from playground.models.months import Month

_UNIT = Decimal("0.0001")


class AppendOnly(Exception):
    """Code tried to change or delete a row of the ledger, which is not allowed."""


def in_credits(total: object) -> Decimal:
    """A sum from the database in credits. SQLite adds decimals as floating point, so round to 0.0001."""
    return Decimal(str(total or 0)).quantize(_UNIT)


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def live(self) -> "LedgerQuerySet":
        """Entries with real money, without rehearsals."""
        return self.filter(rehearsal=False)

    def bills(self) -> "LedgerQuerySet":
        """What was spent: charges and their corrections."""
        return self.filter(kind__in=(LedgerEntry.Kind.CHARGE, LedgerEntry.Kind.CORRECTION))

    def within(self, month: Month) -> "LedgerQuerySet":
        """Entries that count for this month. They may be written later."""
        return self.filter(effective_at__gte=month.start, effective_at__lt=month.end)

    def of(self, owner_id: int | None) -> "LedgerQuerySet":
        """The entries of one person. If `owner_id` is None, of everybody."""
        return self if owner_id is None else self.filter(owner_id=owner_id)

    def unsettled(self) -> "LedgerQuerySet":
        """Entries of generations whose cost is not booked yet, from any month."""
        return self.filter(generation__settled_at=None)

    def total(self) -> Decimal:
        return in_credits(self.aggregate(total=Sum("credits"))["total"])

    def held(self) -> Decimal:
        """Credits that are held and not released yet."""
        Kind = LedgerEntry.Kind
        return self.filter(kind=Kind.HOLD).total() - self.filter(kind=Kind.RELEASE).total()

    def spent(self) -> Decimal:
        return self.bills().total()


class LedgerEntry(models.Model):
    """Credits of one kind for one generation. It has at most one charge, so a repeated step cannot bill twice.

    A correction is the difference to what was booked before. So charges and corrections add up to what was spent. If a
    generation is opened again, its credits are held again. Holds minus releases are what is held now.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("held")
        RELEASE = "release", _("released")
        CHARGE = "charge", _("charged")
        CORRECTION = "correction", _("corrected")

    generation = models.ForeignKey("playground.Generation", on_delete=models.PROTECT, related_name="ledger")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    credits = models.DecimalField(max_digits=16, decimal_places=4)
    rates_version = models.CharField(max_length=32)
    rehearsal = models.BooleanField()
    # Whether the credits are an estimate, because EvoLink reported no cost.
    estimated = models.BooleanField(default=False)
    # The administrator who corrected it, and their note. None if later evidence corrected it.
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    note = models.CharField(max_length=200, blank=True)
    # When it was written, and the time that it counts for. A correction counts for the month of its charge.
    at = models.DateTimeField()
    effective_at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["effective_at"], name="ledger_bills", condition=Q(kind__in=("charge", "correction"))),
        ]
        constraints = [
            models.UniqueConstraint(fields=["generation"], name="ledger_charged_once", condition=Q(kind="charge")),
            models.CheckConstraint(
                name="ledger_only_corrections_are_negative", condition=Q(kind="correction") | Q(credits__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.credits}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        self.effective_at = self.effective_at or self.at
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
