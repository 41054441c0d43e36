"""Which other models can do the same request when the chosen model is unavailable. Pure functions."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from playground.evolink.catalogue import MODELS, get_model
from playground.evolink.model import AUTO, Model
from playground.evolink.pricing import estimate
from playground.evolink.rate_table import BUILT_IN, RateTable
from playground.evolink.types import GenerationRequest
from playground.evolink.validation import problems

# What every picture is unless the request says otherwise. A model without such a setting draws like this, too.
_USUAL: Final = {"background": "opaque", "output_format": "png"}


def alternatives(
    request: GenerationRequest,
    *,
    today: date,
    references: int | None = None,
    group: str | None = None,
    models: Iterable[Model] | None = None,
    table: RateTable = BUILT_IN,
) -> tuple[GenerationRequest, ...]:
    """The same request for every other available model that can do it. The one with the lowest highest price is first.

    These stay the same: the pixels of the picture (or that the model chooses them), the number of pictures, the
    references and the mask, transparency and file format. A quality that the model does not have becomes its highest.
    `references` counts the references that have no address yet. Raises `UnknownModelError` and `ValueError`, as
    `estimate` does.
    """
    count = len(request.image_urls) if references is None else references
    candidates = (
        adapted
        for model in models or MODELS.values()
        if model.id != request.model and not model.retired(today) and count <= model.references_max
        for adapted in _put_to(model, request)
    )
    return tuple(sorted(candidates, key=lambda found: estimate(found, references=count, group=group, table=table).high))


def _put_to(model: Model, request: GenerationRequest) -> Iterator[GenerationRequest]:
    """The request with the values that `model` uses. Yields nothing if `model` cannot do it."""
    chosen = get_model(request.model)
    shape = _shape(model, chosen, request)
    if shape is None:
        return
    size, resolution = shape
    values = request.values()
    unneeded = {name: None for name, value in _USUAL.items() if name not in model.choices and value == values.get(name)}
    drawn = {"size": size, "resolution": resolution}
    level = _quality(model, request.quality or chosen.default_quality)
    adapted = GenerationRequest.from_values(values | unneeded | drawn | {"model": model.id, "quality": level})
    if not problems(model, adapted):
        yield adapted


def _quality(model: Model, wanted: str | None) -> str | None:
    if wanted in model.qualities:
        return wanted
    return model.qualities[-1] if model.qualities and wanted else None


def _shape(model: Model, chosen: Model, request: GenerationRequest) -> tuple[str, str | None] | None:
    """(size, resolution) with which `model` draws the same pixels as `chosen`. None if it cannot."""
    pixels = chosen.pixels(request.size, request.resolution)
    if pixels is None:
        return (AUTO, None) if model.takes_auto else None
    for size in model.sizes:
        for resolution in model.resolutions or (None,):
            if size.at(resolution) == pixels:
                return size.value, resolution
    written = f"{pixels[0]}x{pixels[1]}"
    return (written, None) if model.draws_freely(*pixels) else None
