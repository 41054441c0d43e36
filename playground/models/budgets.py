"""Budgets: how many credits a person or the whole team may spend in a calendar month.

Only the ledger says what was spent and what is held. A budget's row has the limit. It is also the lock: a transaction
that wants to hold credits writes the row first. So on any database the submits of one budget run one after the other,
and each counts what the earlier ones hold.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from playground.models.ledger import LedgerEntry
from playground.models.months import Month

if TYPE_CHECKING:
    from accounts.models import User

WARN_AT = (100, 80)  # percent, the highest first


@dataclass(frozen=True)
class Standing:
    """A budget, and the credits spent and held in one month. Rehearsals do not count."""

    budget: "Budget"
    spent: Decimal
    held: Decimal

    @property
    def limit(self) -> Decimal:
        return self.budget.monthly

    @property
    def left(self) -> Decimal:
        return max(self.limit - self.spent - self.held, Decimal(0))

    @property
    def percent(self) -> int:
        """How much of the limit is spent or held."""
        return _percent(self.spent + self.held, self.limit)

    @property
    def bar(self) -> int:
        """The length of the bar, at most 100."""
        return min(self.percent, 100)

    @property
    def level(self) -> int:
        """80 or 100 if that much of the limit is spent or held, else 0."""
        return _level(self.percent)

    @property
    def spent_level(self) -> int:
        """The same for spent credits only, because held credits may be released."""
        return _level(_percent(self.spent, self.limit))


def _percent(part: Decimal, whole: Decimal) -> int:
    return round(100 * part / whole) if whole else 100


def _level(percent: int) -> int:
    return next((level for level in WARN_AT if percent >= level), 0)


class BudgetExceeded(Exception):
    """The credits do not fit into a budget. Nothing is held and nothing will be sent."""

    def __init__(self, needed: Decimal, standing: Standing) -> None:
        super().__init__(f"{needed} credits needed, {standing.left} left")
        self.needed = needed
        self.standing = standing


class BudgetQuerySet(models.QuerySet["Budget"]):
    def of(self, owner: "User") -> "BudgetQuerySet":
        """The budgets that limit a person: the team's and their own, always in this order."""
        return self.filter(Q(owner=owner) | Q(owner=None)).order_by(F("owner").asc(nulls_first=True))

    def standings(self, owner: "User", now: datetime) -> list[Standing]:
        return [budget.standing(now) for budget in self.of(owner)]

    def tightest(self, owner: "User", now: datetime) -> Standing | None:
        """The budget with the least left. None if no budget limits this person."""
        return min(self.standings(owner, now), key=lambda standing: standing.left, default=None)

    def make_room(self, owner: "User", credits: Decimal, now: datetime) -> None:
        """Check that the credits fit into every budget, and lock the budgets until the transaction ends, so that no
        other submit takes the credits. The caller writes the hold in the same transaction. Raises `BudgetExceeded`."""
        for budget in self.of(owner):
            self.filter(pk=budget.pk).update(guard=F("guard") + 1)
            budget.refresh_from_db(fields=["monthly"])
            standing = budget.standing(now)
            if standing.left < credits:
                raise BudgetExceeded(credits, standing)

    def warn(self, owner: "User", now: datetime) -> None:
        """Write the warnings that have become due. `engine.notifications` sends them."""
        for standing in self.standings(owner, now):
            if standing.spent_level:
                BudgetWarning.objects.get_or_create(
                    budget=standing.budget,
                    month=Month.of(now).first_day,
                    level=standing.spent_level,
                    defaults={"at": now},
                )

    def put(self, owner: "User | None", monthly: Decimal | None) -> None:
        """Set the monthly limit of a person, or of the team if `owner` is None. `monthly` None removes the limit."""
        if monthly is None:
            self.filter(owner=owner).delete()
        else:
            self.update_or_create(owner=owner, defaults={"monthly": monthly})


class Budget(models.Model):
    """A monthly limit in credits. Without an owner it is the team's. Without a row there is no limit."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="budget"
    )
    monthly = models.DecimalField(max_digits=14, decimal_places=4)
    guard = models.PositiveBigIntegerField(default=0, editable=False)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("owner", 0), name="budget_one_for_each"),
            models.CheckConstraint(name="budget_not_negative", condition=Q(monthly__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id or 'team'}: {self.monthly}"

    @property
    def is_team(self) -> bool:
        return self.owner_id is None

    def standing(self, now: datetime) -> Standing:
        entries = LedgerEntry.objects.live().of(self.owner_id)
        return Standing(self, entries.within(Month.of(now)).spent(), entries.unsettled().held())


class BudgetWarning(models.Model):
    """A budget has reached 80 or 100 % (`level`) in a month. It is sent by mail once, if mail is configured."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="warnings")
    month = models.DateField()
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "month", "level"], name="budget_warning_once"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.month:%Y-%m} {self.level} %"
