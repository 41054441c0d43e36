"""The ledger: what was held, charged and released. Rows are only ever added."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def live(self) -> "LedgerQuerySet":
        """Real money: rehearsals never count."""
        return self.filter(rehearsal=False)

    def held(self) -> Decimal:
        """Credits reserved for generations that are not settled yet."""
        Kind = LedgerEntry.Kind
        return self._sum(Kind.HOLD) - self._sum(Kind.RELEASE)

    def spent(self) -> Decimal:
        Kind = LedgerEntry.Kind
        return self._sum(Kind.CHARGE, Kind.CORRECTION)

    def _sum(self, *kinds: str) -> Decimal:
        # Quantized in Python: SQLite sums decimals as floating point.
        total = self.filter(kind__in=kinds).aggregate(total=Sum("credits"))["total"] or Decimal(0)
        return Decimal(total).quantize(Decimal("0.0001"))


class LedgerEntry(models.Model):
    """Credits of one kind for one generation; each kind at most once, so a repeated step cannot bill twice."""

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
    # An estimate standing in for a bill nobody reported.
    estimated = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "kind"], name="ledger_each_kind_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.credits}"
