"""The figures of the pricing page. They all come from the catalogue and a table of rates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, Difference, GenerationRequest, Model, Rates, RateTable, get_model, pricing
from playground.evolink.catalogue import TOKEN_CATEGORIES
from playground.evolink.rate_table import by_category
from playground.models import PublishedPrices, current_rates, labels
from playground.models.rates import follows

THOUSAND: Final = Decimal(1000)


@dataclass(frozen=True)
class Rate:
    """One row of the rate table: credits per 1,000 tokens, or per picture if `per_picture`."""

    words: labels.Words
    credits: Decimal
    per_picture: bool = False


@dataclass(frozen=True)
class Extreme:
    """How one end of the published price range comes about."""

    size: labels.Words
    quality: labels.Words
    pixels: tuple[int, int]
    output_tokens: int
    reference_tokens: int
    credits: Decimal


@dataclass(frozen=True)
class PriceRow:
    """The price of one picture of a size, without its inputs, for each quality."""

    words: labels.Words
    pixels: tuple[int, int]
    credits: tuple[Decimal, ...]


@dataclass(frozen=True)
class PriceTable:
    """The prices at one resolution. `resolution` is empty if the model has none."""

    resolution: str
    columns: tuple[labels.Words, ...]
    rows: tuple[PriceRow, ...]


@dataclass(frozen=True)
class Bar:
    """One bar of the chart. `percent` is its length compared with the longest bar."""

    label: str
    note: str
    credits: Decimal
    percent: float


@dataclass(frozen=True)
class Example:
    """An example job and its price."""

    words: Promise
    settings: str
    requests: int
    estimate: pricing.Estimate

    @property
    def low(self) -> Decimal:
        return self.requests * self.estimate.low

    @property
    def high(self) -> Decimal:
        return self.requests * self.estimate.high


def rates(model: Model, table: RateTable) -> list[Rate]:
    """The published rates of a model, the most expensive first, as EvoLink lists them."""
    known = table.rates_for(model, None)
    found = [
        Rate(labels.category(name), rate) for name in TOKEN_CATEGORIES if (rate := getattr(known, name)) is not None
    ]
    per_picture = [
        Rate(labels.Words(tier, labels.category(pricing.PER_CALL).use), known.per_call[tier], per_picture=True)
        for tier in model.resolutions
        if tier in known.per_call
    ]
    return found + per_picture


def free_categories(model: Model, table: RateTable) -> list[labels.Words]:
    """The token categories that a model reports but does not charge for. Empty for a price per picture."""
    if model.billing == pricing.PER_CALL:
        return []
    known = table.rates_for(model, None)
    return [labels.category(name) for name in TOKEN_CATEGORIES if getattr(known, name) is None]


def comparison(table: RateTable) -> list[tuple[Model, list[Decimal | None], pricing.PublishedRange]]:
    """Each model, its rates in the order of `TOKEN_CATEGORIES`, and its price range for one picture."""
    return [
        (
            model,
            [getattr(table.rates_for(model, None), name) for name in TOKEN_CATEGORIES],
            pricing.published_range(model.id, table=table),
        )
        for model in MODELS.values()
    ]


def range_ends(model: Model, table: RateTable) -> tuple[Extreme, Extreme] | None:
    """The cheapest and the most expensive picture of the published range. None for a model with a price per picture."""
    if model.billing == pricing.PER_CALL:
        return None
    known = table.rates_for(model, None)
    choices = [
        (model.output_tokens(*pixels, quality), size.value, pixels, quality)
        for size in model.sizes
        for pixels in size.by_resolution.values()
        for quality in model.qualities
    ]
    most = max(choices, key=lambda choice: choice[0])
    least = min(choices, key=lambda choice: choice[0])
    references = model.references_max * pricing.REFERENCE_TOKENS
    return _extreme(model, known, least, 0), _extreme(model, known, most, references)


def _extreme(model: Model, known: Rates, choice: tuple[int, str, tuple[int, int], str], references: int) -> Extreme:
    tokens, size, pixels, quality = choice
    output, image = known.image_output or Decimal(0), known.image_input or Decimal(0)
    return Extreme(
        labels.size(size),
        labels.quality(quality),
        pixels,
        tokens,
        references,
        (tokens * output + references * image) / THOUSAND,
    )


@lru_cache(maxsize=64)
def tables(model_id: str, table: RateTable) -> tuple[PriceTable, ...]:
    """The prices of one picture without inputs, by size and quality. One table for each resolution."""
    model = get_model(model_id)
    columns = tuple(labels.quality(level) for level in model.qualities)
    return tuple(
        PriceTable(resolution, columns or (labels.category(pricing.PER_CALL),), tuple(_rows(model, resolution, table)))
        for resolution in model.resolutions or ("",)
    )


def _rows(model: Model, resolution: str, table: RateTable) -> Iterator[PriceRow]:
    seen = set()
    for size in model.sizes:
        pixels = size.at(resolution or None)
        if pixels not in seen:
            seen.add(pixels)
            levels: tuple[str | None, ...] = model.qualities or (None,)
            yield PriceRow(
                labels.size(size.value),
                pixels,
                tuple(
                    pricing.estimate(
                        GenerationRequest(
                            model=model.id, prompt="", size=size.value, quality=level, resolution=resolution or None
                        ),
                        table=table,
                    ).high
                    for level in levels
                ),
            )


def bars(model: Model, table: RateTable) -> list[Bar]:
    """The chart: a square picture at each resolution and quality. With a single resolution, its first three shapes."""
    found = tables(model.id, table)
    if len(found) > 1:
        wanted = [(table.rows[0], table, table.resolution) for table in found]
    else:
        wanted = [(row, found[0], str(row.words.name)) for row in found[0].rows[:3]]
    pairs = [
        (label, str(column.name), amount)
        for row, table, label in wanted
        for column, amount in zip(table.columns, row.credits, strict=True)
    ]
    longest = max(amount for _label, _note, amount in pairs)
    return [Bar(label, note, amount, float(round(100 * amount / longest, 2))) for label, note, amount in pairs]


# name, pictures, shape (width : height), quality, references, letters in the prompt
_JOBS: Final = (
    (_("A mood board of 8 square drafts"), 8, (1, 1), "low", 0, 300),
    (_("One poster in the best quality"), 1, (2, 3), "high", 0, 500),
    (_("4 slide pictures in standard quality"), 4, (3, 2), "medium", 0, 200),
    (_("A product picture edited from 2 reference images"), 1, (1, 1), "medium", 2, 400),
    (_("10 banner variations based on your logo"), 10, (3, 2), "low", 1, 300),
)


def examples(model: Model, table: RateTable) -> list[Example]:
    """The example jobs. If a model makes fewer pictures per request, several requests are added up."""
    return [_example(model, table, *job) for job in _JOBS]


def _example(
    model: Model,
    table: RateTable,
    name: Promise,
    pictures: int,
    shape: tuple[int, int],
    quality: str,
    references: int,
    letters: int,
) -> Example:
    n = min(pictures, model.n_max)
    size = next(size for size in model.sizes if _alike(size.at(model.default_resolution), shape))
    level = quality if quality in model.qualities else None
    request = GenerationRequest(model=model.id, prompt="x" * letters, size=size.value, quality=level, n=n)
    settings = " · ".join(
        str(part)
        for part in (
            labels.size(size.value).name,
            labels.quality(level).name if level else "",
            _("%(letters)s characters") % {"letters": letters},
        )
        if part
    )
    return Example(name, settings, -(-pictures // n), pricing.estimate(request, references=references, table=table))


def _alike(pixels: tuple[int, int], shape: tuple[int, int]) -> bool:
    """Whether the pixels have about this shape. They differ a little, because EvoLink rounds sides to multiples of
    16."""
    return abs(pixels[0] / pixels[1] - shape[0] / shape[1]) < 0.03


def unlisted(table: RateTable) -> list[str]:
    """The names of the models that EvoLink's price list of this version does not have."""
    return [get_model(name).name for name in table.info.unlisted if name in MODELS]


@dataclass(frozen=True)
class Change:
    """A rate that is or was another one: credits per 1,000 tokens, or per picture for a model that is billed so. None:
    not billed."""

    model: str
    words: labels.Words
    before: Decimal | None
    after: Decimal | None


def changes(table: RateTable) -> list[Change]:
    """The differences between the rates of a table and those that they replaced."""
    return [
        Change(model.name, labels.category(category), before, by_category(rates).get(category))
        for model_id, replaced in table.info.before.items()
        if (model := MODELS.get(model_id)) is not None
        for rates in [table.rates_for(model, table.info.group)]
        for category, before in replaced.items()
    ]


def published(differences: Iterable[Difference]) -> list[Change]:
    """The differences between the rates in use and those that EvoLink publishes."""
    return [
        Change(get_model(one.model_id).name, labels.category(one.category), one.ours, one.published)
        for one in differences
    ]


@dataclass(frozen=True)
class Followed:
    """What administrators read about EvoLink's public price list. `read_at` is None if it was never read. `trouble`:
    why it could not be read the last time. `digest` names the prices. `changes`: from the rates in use to those."""

    read_at: datetime | None
    trouble: str
    group: str
    digest: str
    changes: list[Change]


def followed() -> Followed | None:
    """None if this studio does not follow the list."""
    if not follows():
        return None
    found = PublishedPrices.objects.first() or PublishedPrices()
    different = found.differences(current_rates())
    return Followed(found.read_at, found.trouble, found.group, found.digest, published(different))
