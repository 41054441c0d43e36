"""What a generation costs after EvoLink has finished it."""

from decimal import Decimal

from playground.evolink import Task, pricing
from playground.models import CostSource, Generation


def cost_of(generation: Generation, task: Task) -> tuple[Decimal, str]:
    """The cost in credits, and its `CostSource`. It is the amount that EvoLink reports. Without one it is computed from
    the reported tokens. Without tokens it is the estimate for the pictures that came."""
    if task.settlement.credits is not None:
        return task.settlement.credits, CostSource.REPORTED
    resolution = generation.resolution or None
    if task.usage and (
        computed := pricing.cost(
            generation.model, task.usage, n=generation.n, group=task.user_group, resolution=resolution
        )
    ):
        return computed.credits, CostSource.COMPUTED
    came = min(len(task.results), generation.n)
    if not came:
        return Decimal(0), CostSource.ESTIMATED
    return pricing.round_up(generation.estimate_high * came / generation.n), CostSource.ESTIMATED
