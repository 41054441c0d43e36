"""What a request would cost this person now, and whether their budget reaches."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from playground.evolink import GenerationRequest, get_model, pricing
from playground.models import Budget, Generation, Standing
from playground.money.budgets import after_sentence, short_sentence, warning_sentence
from playground.money.terms import Term, terms_of
from playground.studio.forms import GenerationForm


@dataclass(frozen=True)
class Level:
    """One quality of the chosen model: what a picture costs in it, and the seconds that usually takes, if known."""

    quality: str
    low: Decimal
    high: Decimal
    seconds: int | None


@dataclass(frozen=True)
class Quote:
    """An estimate, the same for the other qualities, and the budget with the least left; None in a rehearsal, and where
    nothing limits this person."""

    estimate: pricing.Estimate
    levels: tuple[Level, ...]
    references: int
    rehearsal: bool
    standing: Standing | None

    @property
    def short(self) -> bool:
        """The upper end is what would be held, so that is what must fit."""
        return self.standing is not None and self.standing.left < self.estimate.high

    @property
    def terms(self) -> tuple[Term, ...]:
        return terms_of(self.estimate)

    @property
    def refusal(self) -> str:
        """Why it cannot be generated; empty when it can."""
        return short_sentence(self.estimate.high, self.standing) if self.standing and self.short else ""

    @property
    def outlook(self) -> str:
        """What the budget has left after it; empty without a budget."""
        if self.standing is None:
            return ""
        return after_sentence(max(self.standing.left - self.estimate.high, Decimal(0)), self.standing)

    @property
    def warning(self) -> str:
        """What has to be said about the budget as it is now; empty mostly."""
        return warning_sentence(self.standing) if self.standing else ""


def quote(owner: User, request: GenerationRequest, *, rehearsal: bool, references: int, now: datetime) -> Quote:
    standing = None if rehearsal else Budget.objects.tightest(owner, now)
    estimate = pricing.estimate(request, references=references)
    return Quote(estimate, _levels(request, rehearsal, references), references, rehearsal, standing)


def quote_of(form: GenerationForm, owner: User, now: datetime) -> Quote | None:
    """The price of a form as far as it is filled in; None where a setting is wrong."""
    wanted = form.wanted()
    if wanted is None:
        return None
    return quote(owner, wanted, rehearsal=form.rehearsal, references=len(form.pictures), now=now)


def _levels(request: GenerationRequest, rehearsal: bool, references: int) -> tuple[Level, ...]:
    qualities = get_model(request.model).qualities
    waits = Generation.objects.usual_waits(request.model, rehearsal) if qualities else {}
    prices = (pricing.estimate(replace(request, quality=level), references=references) for level in qualities)
    return tuple(
        Level(level, price.per_image_low, price.per_image_high, waits.get(level))
        for level, price in zip(qualities, prices, strict=True)
    )
