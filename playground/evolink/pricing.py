"""What a request will cost, and what it has cost. Amounts are `Decimal` credits. 68 credits are 1 USD.

How the price is calculated: the number of prompt tokens lies between a lower and an upper bound, which follow from
the UTF-8 bytes. A reference is 1,536 image input tokens. EvoLink bills the inputs again for each of the n images. The
output tokens follow from size and quality. Each price component is summed over the whole request, then rounded up once
to the unit of 0.0001 credits.

Every price is calculated with a `RateTable`; without one it is that of the catalogue. A program that knows newer rates
makes a table of them and hands it in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from playground.evolink.catalogue import get_model
from playground.evolink.model import DEFAULT_GROUP, Model, Rates
from playground.evolink.rate_table import BUILT_IN, RateTable
from playground.evolink.types import GenerationRequest, Usage

CREDITS_PER_USD: Final = Decimal(68)
UNIT: Final = Decimal("0.0001")
REFERENCE_TOKENS: Final = 1536
# Ordinary text has at most eight bytes per token: English has four to five, Japanese about three. Only unnatural text
# (long runs of blanks) has more.
BYTES_PER_TOKEN_AT_MOST: Final = 8
PER_CALL: Final = "per_call"
_THOUSAND: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Line:
    """One price component. If the category is `per_call`, `tokens` counts images and `rate` is credits per image."""

    category: str
    tokens: int
    rate: Decimal
    credits: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """A sum in credits, with its components."""

    credits: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a request, and one image of it, may cost in credits. `lines` add up to `high`, `lines_low` to `low`."""

    low: Decimal
    high: Decimal
    per_image_low: Decimal
    per_image_high: Decimal
    lines: tuple[Line, ...]
    lines_low: tuple[Line, ...]

    @property
    def exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class PublishedRange:
    """The price range for one image that EvoLink advertises, in unrounded credits."""

    low: Decimal
    high: Decimal


def usd(credits: Decimal) -> Decimal:
    """The amount in unrounded US dollars."""
    return credits / CREDITS_PER_USD


def prompt_tokens(prompt: str) -> tuple[int, int]:
    """(lower, upper) bound on the number of tokens in a prompt."""
    length = len(prompt.encode("utf-8", "surrogatepass"))
    return -(-length // BYTES_PER_TOKEN_AT_MOST), length


def usage_of(
    model: Model, *, width: int, height: int, quality: str | None, n: int, text_tokens: int, references: int
) -> Usage:
    """The token counts of a whole request for `n` images. The inputs are billed again for each image."""
    text, image = n * text_tokens, n * references * REFERENCE_TOKENS
    output = n * model.output_tokens(width, height, quality)
    return Usage(
        input_text_tokens=text,
        input_image_tokens=image,
        input_tokens=text + image,
        output_image_tokens=output,
        output_tokens=output,
        total_tokens=text + image + output,
        billing_rule=model.billing,
    )


def estimate(
    request: GenerationRequest,
    *,
    references: int | None = None,
    group: str | None = DEFAULT_GROUP,
    table: RateTable = BUILT_IN,
) -> Estimate:
    """The lowest and the highest price of a valid request. `references` counts references that have no address yet.

    Raises `UnknownModelError`, and `ValueError` for a size or quality that the model does not have.
    """
    model = get_model(request.model)
    count = len(request.image_urls) if references is None else references
    rates = table.rates_for(model, group)
    low, high = _bounds(model, request, request.n, count, rates)
    low_one, high_one = _bounds(model, request, 1, count, rates)
    return Estimate(low.credits, high.credits, low_one.credits, high_one.credits, high.lines, low.lines)


def cost(
    model_id: str,
    usage: Usage,
    *,
    n: int,
    group: str | None = DEFAULT_GROUP,
    resolution: str | None = None,
    table: RateTable = BUILT_IN,
) -> Cost | None:
    """The price of the token counts that EvoLink reported for a whole request. None if the counts are incomplete.

    For a model billed per call, `n` images and `resolution` (None: the default) decide the price.
    Raises `UnknownModelError`.
    """
    model = get_model(model_id)
    rates = table.rates_for(model, group)
    if model.billing == "per_call":
        return _per_call(model, rates, n, resolution)
    counts = _billable(usage)
    return None if counts is None else _sum(_lines(counts, rates))


def published_range(model_id: str, *, group: str | None = DEFAULT_GROUP, table: RateTable = BUILT_IN) -> PublishedRange:
    """The unrounded price range of one image: the smallest output alone, to the largest with all references.

    Only named sizes count. Raises `UnknownModelError`.
    """
    model = get_model(model_id)
    rates = table.rates_for(model, group)
    if model.billing == "per_call":
        prices = [rates.per_call[resolution] for resolution in model.resolutions]
        return PublishedRange(min(prices), max(prices))
    outputs = [
        model.output_tokens(*pixels, quality)
        for size in model.sizes
        for pixels in size.by_resolution.values()
        for quality in model.qualities
    ]
    image_output, image_input = rates.image_output or Decimal(0), rates.image_input or Decimal(0)
    references = model.references_max * REFERENCE_TOKENS
    return PublishedRange(
        min(outputs) * image_output / _THOUSAND,
        (max(outputs) * image_output + references * image_input) / _THOUSAND,
    )


def round_up(credits: Decimal) -> Decimal:
    """The amount rounded up to EvoLink's unit of 0.0001 credits."""
    return credits.quantize(UNIT, ROUND_CEILING)


def _bounds(model: Model, request: GenerationRequest, n: int, references: int, rates: Rates) -> tuple[Cost, Cost]:
    """The lowest and the highest cost that the request may have."""
    if model.billing == "per_call":
        price = _per_call(model, rates, n, request.resolution)
        return price, price
    sizes = model.estimated(request.size, request.resolution)
    costs = []
    for tokens in prompt_tokens(request.prompt):
        for width, height in sizes:
            usage = usage_of(
                model,
                width=width,
                height=height,
                quality=request.quality,
                n=n,
                text_tokens=tokens,
                references=references,
            )
            costs.append(_sum(_lines(_billable(usage) or {}, rates)))
    return min(costs, key=_credits), max(costs, key=_credits)


def _credits(bill: Cost) -> Decimal:
    return bill.credits


def _billable(usage: Usage) -> dict[str, int] | None:
    """Tokens by price category. None if the usage does not settle every category."""
    output_text = usage.output_text_tokens or 0
    output_image = usage.output_image_tokens
    if output_image is None and usage.output_tokens is not None:
        output_image = max(usage.output_tokens - output_text, 0)
    inputs = _inputs(usage)
    if output_image is None or inputs is None:
        return None
    text, image = inputs
    cached_text = min(usage.cached_text_tokens or 0, text)
    cached_image = min(usage.cached_image_tokens or 0, image)
    return {
        "image_output": output_image,
        "image_input": image - cached_image,
        "image_cached_input": cached_image,
        "text_input": text - cached_text,
        "text_cached_input": cached_text,
        "text_output": output_text,
    }


def _inputs(usage: Usage) -> tuple[int, int] | None:
    """(text, image) input tokens. If one of the two is missing, it follows from the sum."""
    text, image, both = usage.input_text_tokens, usage.input_image_tokens, usage.input_tokens
    if text is not None and image is not None:
        return text, image
    if both is None:
        return None
    if text is not None:
        return text, max(both - text, 0)
    if image is not None:
        return max(both - image, 0), image
    return (0, 0) if both == 0 else None


def _lines(counts: dict[str, int], rates: Rates) -> Iterator[Line]:
    """The components that cost something. Cached tokens without a rate of their own cost as much as other tokens."""
    for category, tokens in counts.items():
        rate = getattr(rates, category)
        if rate is None and "_cached_" in category:
            rate = getattr(rates, category.replace("_cached", ""))
        if rate is not None and tokens:
            yield Line(category, tokens, rate, round_up(tokens * rate / _THOUSAND))


def _sum(lines: Iterator[Line]) -> Cost:
    kept = tuple(lines)
    return Cost(sum((line.credits for line in kept), Decimal("0.0000")), kept)


def _per_call(model: Model, rates: Rates, n: int, resolution: str | None) -> Cost:
    tier = model.canonical_resolution(resolution) or ""
    if tier not in rates.per_call:
        raise ValueError(f"{model.id} has no price for resolution {resolution!r}")
    rate = rates.per_call[tier]
    return _sum(iter([Line(PER_CALL, n, rate, round_up(n * rate))]))
