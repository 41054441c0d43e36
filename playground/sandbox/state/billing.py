"""What a task costs in the sandbox: the token counts of the request at the rates of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from playground.evolink.catalogue import get_model
from playground.evolink.model import DEFAULT_GROUP
from playground.evolink.pricing import cost, estimate, round_up, usage_of
from playground.evolink.rate_table import RateTable
from playground.evolink.types import GenerationRequest, Usage
from playground.sandbox.script import Script
from playground.sandbox.state.world import VIP, units

BYTES_PER_TOKEN = 4  # in a prompt; between the bounds of the estimate
# What a group of users pays, as a part of the public price.
GROUPS: Final[Mapping[str, Decimal]] = {DEFAULT_GROUP: Decimal(1), VIP: Decimal("0.9")}


def factor(group: str, script: Script) -> Decimal:
    """Return the price as a multiple of the public price."""
    return GROUPS[group] * Decimal(str(script.get("prices_changed", 1.0)))


def reservation(request: GenerationRequest, rates: RateTable, times: Decimal = Decimal(1)) -> int:
    """Return the units to reserve: the most that the request may cost."""
    return units(round_up(estimate(request, table=rates).high * times))


def bill(
    request: GenerationRequest,
    rates: RateTable,
    *,
    width: int,
    height: int,
    pictures: int,
    times: Decimal = Decimal(1),
) -> tuple[Usage, int]:
    """Return the token counts and the charge in units for this number of pictures."""
    model = get_model(request.model)
    usage = usage_of(
        model,
        width=width,
        height=height,
        quality=request.quality,
        n=pictures,
        text_tokens=-(-len(request.prompt.encode()) // BYTES_PER_TOKEN),
        references=len(request.image_urls),
    )
    price = cost(model.id, usage, n=pictures, resolution=request.resolution, table=rates) if pictures else None
    return usage, units(round_up(price.credits * times)) if price else 0


def token_counts(usage: Usage) -> dict[str, Any]:
    """Return the token counts under OpenAI's names."""
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "image_tokens": usage.input_image_tokens,
            "text_tokens": usage.input_text_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"image_tokens": usage.output_image_tokens},
        "total_tokens": usage.total_tokens,
    }
