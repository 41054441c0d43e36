"""What a request costs this person now, and whether their budget is enough."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from playground.evolink import GenerationRequest, RatesVersion, get_model, pricing, successors
from playground.evolink.model import Pixels
from playground.models import Budget, Generation, Standing, current_rates, labels
from playground.models.queries import highest_alternative
from playground.money.budgets import after_sentence, short_sentence, warning_sentence
from playground.money.terms import Term, terms_of
from playground.studio.forms import GenerationForm
from playground.studio.modes import price_group

# The ends of an estimate are worth showing from this ratio on.
_WIDE: Final = Decimal("1.2")


@dataclass(frozen=True)
class Level:
    """One quality of the chosen model: the price of a picture in it, and the usual time of a picture in seconds. The
    time is None if it is not known, or if the times of the qualities contradict the words beside them."""

    quality: str
    low: Decimal
    high: Decimal
    seconds: int | None


@dataclass(frozen=True)
class Remedy:
    """A change of one setting that makes a request fit into the budget: its name, its value, and the change in
    words."""

    setting: str
    value: str
    words: str


@dataclass(frozen=True)
class Quote:
    """An estimate with the rates that it used, the prices in the other qualities, and the budget with the least left.
    `standing` is None in a rehearsal, and if no budget limits this person."""

    estimate: pricing.Estimate
    rates: RatesVersion
    levels: tuple[Level, ...]
    references: int
    rehearsal: bool
    standing: Standing | None
    pixels: Pixels | None
    """Width and height of the picture to come. None if the model decides."""
    remedies: tuple[Remedy, ...]
    """What would fit into the budget, if it is too small."""
    held: Decimal
    """What would be held: the upper end of the estimate, or of the most expensive model that may draw it instead."""

    @property
    def short(self) -> bool:
        """Whether the budget is too small for what would be held."""
        return self.standing is not None and self.standing.left < self.held

    @property
    def wide(self) -> bool:
        """Whether the two ends of the estimate are so far apart that the reader should see both."""
        return self.estimate.high > self.estimate.low * _WIDE

    @property
    def terms(self) -> tuple[Term, ...]:
        return terms_of(self.estimate)

    @property
    def refusal(self) -> str:
        """Why the person cannot generate it. Empty if they can."""
        return short_sentence(self.held, self.standing) if self.standing and self.short else ""

    @property
    def outlook(self) -> str:
        """What the budget has left afterwards. Empty without a budget."""
        if self.standing is None:
            return ""
        return after_sentence(max(self.standing.left - self.held, Decimal(0)), self.standing)

    @property
    def warning(self) -> str:
        """A warning about the budget as it is now. Usually empty."""
        return warning_sentence(self.standing) if self.standing else ""


def quote(
    owner: User,
    request: GenerationRequest,
    *,
    rehearsal: bool,
    references: int,
    now: datetime,
    other_models: bool = False,
    key: str = "",
) -> Quote:
    """`key` is the primary key of the API key that the page has named, if any."""
    standing = None if rehearsal else Budget.objects.tightest(owner, now)
    table, group = current_rates(), "" if rehearsal else price_group(owner, key)
    price = partial(pricing.estimate, references=references, group=group, table=table)

    def held(wanted: GenerationRequest) -> Decimal:
        other = highest_alternative(wanted, references, now.date(), table, group) if other_models else Decimal(0)
        return max(price(wanted).high, other)

    needed = held(request)
    short = standing is not None and standing.left < needed
    return Quote(
        estimate=price(request),
        rates=table.info,
        levels=_levels(request, rehearsal, price),
        references=references,
        rehearsal=rehearsal,
        standing=standing,
        pixels=get_model(request.model).pixels(request.size, request.resolution),
        remedies=tuple(_remedies(request, standing.left, held)) if standing and short else (),
        held=needed,
    )


def _remedies(
    request: GenerationRequest, left: Decimal, held: Callable[[GenerationRequest], Decimal]
) -> Iterator[Remedy]:
    """The fewest changes that fit: fewer pictures, or the finest quality that is cheap enough."""
    fewer = next((n for n in range((request.n or 1) - 1, 0, -1) if held(replace(request, n=n)) <= left), 0)
    if fewer:
        words = ngettext("%(number)s picture fits", "%(number)s pictures fit", fewer) % {"number": fewer}
        yield Remedy("n", str(fewer), words)
    qualities = get_model(request.model).qualities
    below = qualities[: qualities.index(request.quality)] if request.quality in qualities else ()
    for quality in reversed(below):
        if held(replace(request, quality=quality)) <= left:
            yield Remedy("quality", quality, _("%(quality)s fits") % {"quality": labels.quality(quality).name})
            return


def quote_of(form: GenerationForm, owner: User, now: datetime) -> Quote | None:
    """The price of a form, even if it is not complete. None if a setting is wrong."""
    wanted = form.wanted()
    if wanted is None:
        return None
    return quote(
        owner,
        wanted,
        rehearsal=form.rehearsal,
        references=len(form.pictures),
        now=now,
        other_models=bool(form["other_models"].value()),
        key=str(form["key"].value() or ""),
    )


def priced(form: GenerationForm, owner: User, now: datetime) -> dict[str, Any]:
    """The form, its price and whether its model is retired: the context of the form's templates."""
    price = quote_of(form, owner, now)
    form.show_levels({level.quality: level for level in price.levels} if price else {})
    end = {"successor": successors.successor(form.chosen), "retired": form.chosen.retired(now.date())}
    return {"form": form, "quote": price} | end


def _levels(
    request: GenerationRequest, rehearsal: bool, estimate: Callable[[GenerationRequest], pricing.Estimate]
) -> tuple[Level, ...]:
    qualities = get_model(request.model).qualities
    waits = Generation.objects.usual_waits(request.model, rehearsal) if qualities else {}
    known = [waits[level] for level in qualities if level in waits]
    if known != sorted(known):
        waits = {}  # the words say that a finer quality is slower
    prices = (estimate(replace(request, quality=level)) for level in qualities)
    return tuple(
        Level(level, price.per_image_low, price.per_image_high, waits.get(level))
        for level, price in zip(qualities, prices, strict=True)
    )
