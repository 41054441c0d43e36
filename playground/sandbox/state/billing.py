"""What a task costs in the sandbox: token counts of the request, priced by the catalogue's rates."""

from __future__ import annotations

from typing import Any

from playground.evolink.catalogue import get_model
from playground.evolink.pricing import cost, estimate, usage_of
from playground.evolink.types import GenerationRequest, Usage
from playground.sandbox.state.world import units

BYTES_PER_TOKEN = 4  # of a prompt; between the bounds of the estimate
USER_GROUP = "default"


def reservation(request: GenerationRequest) -> int:
    """Units to set aside: the most the request may cost."""
    return units(estimate(request).high)


def bill(request: GenerationRequest, *, width: int, height: int, pictures: int) -> tuple[Usage, int]:
    """The token counts and the charge in units for so many pictures of the request."""
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
    price = cost(model.id, usage, n=pictures, resolution=request.resolution) if pictures else None
    return usage, units(price.credits) if price else 0


def token_counts(usage: Usage) -> dict[str, Any]:
    """Token counts under OpenAI's names."""
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
