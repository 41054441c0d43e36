"""What a generation costs after EvoLink has finished it."""

from datetime import timedelta
from decimal import Decimal

from playground.evolink import Charge, Task, pricing
from playground.models import NOT_KNOWN_YET, Bill, Charged, CostSource, Generation

_PROVEN = {Charge.CHARGED: Charged.YES, Charge.NOT_CHARGED: Charged.NO, Charge.REFUNDED: Charged.REFUNDED}
# How long the worker asks for a cost that is not known: if EvoLink has not settled it, and if EvoLink says nothing
# about it.
ASKED_FOR = timedelta(days=1)
ASKED_FOR_UNSAID = timedelta(hours=1)


def bill_of(generation: Generation, task: Task) -> Bill:
    """What the answer proves: the amount that EvoLink reports. For a drawn task without a word about its charge, the
    cost follows from the reported tokens. Everything else is not known yet."""
    settlement = task.settlement
    if settlement.credits is not None:
        return Bill(_PROVEN[settlement.charge], settlement.credits, CostSource.REPORTED)
    if settlement.charge is Charge.UNKNOWN and (computed := _from_tokens(generation, task)) is not None:
        return Bill(Charged.YES, computed, CostSource.COMPUTED)
    return NOT_KNOWN_YET


def assumed(generation: Generation, task: Task) -> Bill:
    """The bill after EvoLink was asked long enough: from the reported tokens, else the estimate, for the pictures that
    came if some came."""
    if (computed := _from_tokens(generation, task)) is not None:
        return Bill(Charged.YES, computed, CostSource.COMPUTED)
    came = min(len(task.results), generation.n) or generation.n
    return Bill(
        Charged.POSSIBLY, pricing.round_up(generation.estimate_high * came / generation.n), CostSource.ESTIMATED
    )


def asked_for(task: Task) -> timedelta:
    """How long to ask for the cost of this task."""
    return ASKED_FOR_UNSAID if task.settlement.charge is Charge.UNKNOWN else ASKED_FOR


def _from_tokens(generation: Generation, task: Task) -> Decimal | None:
    """The cost in credits that the reported tokens give. None without tokens, and for a task that was not drawn."""
    if task.status != "completed" or not task.usage:
        return None
    computed = pricing.cost(
        generation.model,
        task.usage,
        n=generation.n,
        group=task.user_group or generation.rates_group,
        resolution=generation.resolution or None,
        table=generation.rate_table,
    )
    return computed.credits if computed else None
