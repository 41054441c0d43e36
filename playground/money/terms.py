"""The terms of an estimate in words: what is counted, the largest count, and its price."""

from dataclasses import dataclass
from decimal import Decimal

from playground.evolink import pricing
from playground.models import labels


@dataclass(frozen=True)
class Term:
    """One term of the upper end: `count` tokens at `rate` credits per 1,000. If `per_picture`, `count` pictures at
    `rate` credits each."""

    words: labels.Words
    count: int
    rate: Decimal
    credits: Decimal
    per_picture: bool


def terms_of(estimate: pricing.Estimate) -> tuple[Term, ...]:
    return tuple(
        Term(labels.category(line.category), line.tokens, line.rate, line.credits, line.category == pricing.PER_CALL)
        for line in estimate.lines
    )
