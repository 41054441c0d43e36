"""Budgets: how many credits a person, and the whole team, may spend in a calendar month.

The ledger is the only account of what was spent and what is held. A budget's row carries the limit, and it is the
lock: whoever wants to hold credits writes it first, so that on any database the submits of one budget go one by one
and each of them counts what the one before it held.
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
    """How a budget stands in one month. Rehearsals are not in it."""

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
        """Spent or held, of the limit."""
        return _percent(self.spent + self.held, self.limit)

    @property
    def bar(self) -> int:
        """The length of its bar, of 100."""
        return min(self.percent, 100)

    @property
    def level(self) -> int:
        """80 or 100 when a warning is due, else 0."""
        return _level(self.percent)

    @property
    def spent_level(self) -> int:
        """The same by what is spent for good, without what may still be released."""
        return _level(_percent(self.spent, self.limit))


def _percent(part: Decimal, whole: Decimal) -> int:
    return round(100 * part / whole) if whole else 100


def _level(percent: int) -> int:
    return next((level for level in WARN_AT if percent >= level), 0)


class BudgetExceeded(Exception):
    """The credits do not fit into a budget; nothing was held and nothing will be sent."""

    def __init__(self, needed: Decimal, standing: Standing) -> None:
        super().__init__(f"{needed} credits needed, {standing.left} left")
        self.needed = needed
        self.standing = standing


class BudgetQuerySet(models.QuerySet["Budget"]):
    def of(self, owner: "User") -> "BudgetQuerySet":
        """The budgets a person's spending counts against; the team's first, always in this order."""
        return self.filter(Q(owner=owner) | Q(owner=None)).order_by(F("owner").asc(nulls_first=True))

    def standings(self, owner: "User", now: datetime) -> list[Standing]:
        return [budget.standing(now) for budget in self.of(owner)]

    def tightest(self, owner: "User", now: datetime) -> Standing | None:
        """The budget with the least left; None where nothing limits this person."""
        return min(self.standings(owner, now), key=lambda standing: standing.left, default=None)

    def make_room(self, owner: "User", credits: Decimal, now: datetime) -> None:
        """Make sure that the credits fit into every budget, and keep others from taking them until the transaction
        ends. Raises `BudgetExceeded`. The caller writes the hold in the same transaction."""
        for budget in self.of(owner):
            self.filter(pk=budget.pk).update(guard=F("guard") + 1)
            budget.refresh_from_db(fields=["monthly"])
            standing = budget.standing(now)
            if standing.left < credits:
                raise BudgetExceeded(credits, standing)

    def warn(self, owner: "User", now: datetime) -> None:
        """Write down which warnings have become due; `notices` sends them."""
        for standing in self.standings(owner, now):
            if standing.spent_level:
                BudgetWarning.objects.get_or_create(
                    budget=standing.budget,
                    month=Month.of(now).first_day,
                    level=standing.spent_level,
                    defaults={"at": now},
                )

    def put(self, owner: "User | None", monthly: Decimal | None) -> None:
        """Set a person's limit, or the team's; None takes it away."""
        if monthly is None:
            self.filter(owner=owner).delete()
        else:
            self.update_or_create(owner=owner, defaults={"monthly": monthly})


class Budget(models.Model):
    """A monthly limit in credits. Without an owner it is the team's; without a row there is no limit."""

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
        return Standing(self, entries.within(Month.of(now)).spent(), entries.unfinished().held())


class BudgetWarning(models.Model):
    """That a budget passed 80 or 100 % of a month; sent by mail once, if mail is configured."""

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
