"""What a request would cost this person now, and whether their budget reaches."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from playground.evolink import GenerationRequest, pricing
from playground.models import Budget, Standing


@dataclass(frozen=True)
class Offer:
    """An estimate, and the budget with the least left; None in a rehearsal, and where nothing limits this person."""

    estimate: pricing.Estimate
    references: int
    rehearsal: bool
    standing: Standing | None

    @property
    def short(self) -> bool:
        """The upper end is what would be held, so that is what must fit."""
        return self.standing is not None and self.standing.left < self.estimate.high

    @property
    def left_after(self) -> Decimal | None:
        return None if self.standing is None else max(self.standing.left - self.estimate.high, Decimal(0))


def offer(owner: User, request: GenerationRequest, *, rehearsal: bool, references: int, now: datetime) -> Offer:
    standing = None if rehearsal else Budget.objects.tightest(owner, now)
    return Offer(pricing.estimate(request, references=references), references, rehearsal, standing)
