"""Which other models can do the same request, for when the chosen one is out of reach. Pure functions."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from playground.evolink.catalogue import AUTO, MODELS, Model, get_model
from playground.evolink.pricing import estimate
from playground.evolink.types import GenerationRequest

# What every picture is unless another is asked for: a model that has no such setting draws like that anyway.
_USUAL: Final = {"background": "opaque", "output_format": "png"}


def alternatives(
    request: GenerationRequest,
    *,
    today: date,
    references: int | None = None,
    group: str | None = None,
    models: Iterable[Model] | None = None,
) -> tuple[GenerationRequest, ...]:
    """The same request for every other living model that can do it, the cheapest first (by what it may cost at most).

    The same are: the pixels of the picture (or their choice left to the model), the number of pictures, the references
    and the mask, transparency and file format. A quality the model has no name for becomes its highest. `references`
    counts those that have no address yet. Raises `UnknownModelError` and `ValueError` as `estimate` does.
    """
    count = len(request.image_urls) if references is None else references
    candidates = (
        adapted
        for model in models or MODELS.values()
        if model.id != request.model and not model.retired(today) and count <= model.references_max
        for adapted in _put_to(model, request)
    )
    return tuple(sorted(candidates, key=lambda found: estimate(found, references=count, group=group).high))


def _put_to(model: Model, request: GenerationRequest) -> Iterator[GenerationRequest]:
    """The request in the words of `model`, if it has words for it."""
    chosen = get_model(request.model)
    shape = _shape(model, chosen, request)
    if shape is None:
        return
    values = request.values()
    unneeded = {name: None for name, value in _USUAL.items() if name not in model.choices and value == values.get(name)}
    finely = {"quality": _quality(model, request.quality or chosen.default_quality)}
    adapted = GenerationRequest.from_values({**values, **unneeded, **shape, **finely, "model": model.id})
    if not model.problems(adapted):
        yield adapted


def _quality(model: Model, wanted: str | None) -> str | None:
    if wanted in model.qualities:
        return wanted
    return model.qualities[-1] if model.qualities and wanted else None


def _shape(model: Model, chosen: Model, request: GenerationRequest) -> dict[str, str | None] | None:
    """The size and resolution by which `model` draws what was asked of `chosen`; None where it cannot."""
    pixels = chosen.pixels(request.size, request.resolution)
    if pixels is None:
        return _sized(AUTO) if model.takes_auto else None
    for size in model.sizes:
        for resolution in model.resolutions or (None,):
            if size.at(resolution) == pixels:
                return _sized(size.value, resolution)
    return _sized(f"{pixels[0]}x{pixels[1]}") if model.draws_freely(*pixels) else None


def _sized(size: str, resolution: str | None = None) -> dict[str, str | None]:
    return {"size": size, "resolution": resolution}
