"""The parameters of a model in words, for the API reference. Limits, values and defaults come from the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from playground.evolink import Model, Parameter, examples
from playground.evolink.model import AUTO
from playground.evolink.rules import AREA_MAX, AREA_MIN, RATIO_MAX, SIDE_MAX, SIDE_MIN, SIDE_MULTIPLE
from playground.models import labels
from playground.money import amounts

# If a parameter has more values, they are not listed one by one. The table of sizes has them.
LISTED_MAX: Final = 6


@dataclass(frozen=True)
class Value:
    """One value of a parameter and its meaning."""

    value: str
    words: str


@dataclass(frozen=True)
class Described:
    """A parameter and its description."""

    parameter: Parameter
    purpose: Promise | str
    values: tuple[Value, ...]
    notes: tuple[str, ...]
    example: str


def parameters(model: Model) -> list[Described]:
    return [
        Described(
            parameter=parameter,
            purpose=labels.parameter(parameter.name).use,
            values=tuple(_values(model, parameter)),
            notes=tuple(_NOTES.get(parameter.name, _no_notes)(model)),
            example=_EXAMPLES.get(parameter.name, str(parameter.default or "")),
        )
        for parameter in model.parameters
    ]


def _values(model: Model, parameter: Parameter) -> Iterator[Value]:
    if len(parameter.choices) > LISTED_MAX:
        return
    for choice in parameter.choices:
        words = labels.setting(parameter.name, choice)
        if parameter.name == "size":
            yield Value(choice, labels.listed((words.name, _pixels(model, choice))))
        elif parameter.name == "quality":
            yield Value(choice, labels.listed((words.name, words.use)))
        else:
            yield Value(choice, str(words.use or words.name))


def _pixels(model: Model, size: str) -> str:
    exact = model.pixels(size)
    return f"{exact[0]} × {exact[1]}" if exact else ""


_EXAMPLES: Final = {
    "prompt": examples.PROMPT,
    "image_urls": '["https://example.com/image1.png"]',
    "mask_url": "https://example.com/mask.png",
    "callback_url": "https://your-domain.com/webhooks/image-task-completed",
}


def _whole(number: int) -> str:
    return amounts.exact(Decimal(number))


def _no_notes(model: Model) -> Iterator[str]:
    yield from ()


def _prompt_notes(model: Model) -> Iterator[str]:
    yield _("At most %(limit)s characters.") % {"limit": _whole(model.prompt_limit)}
    if model.prompt_bytes_limit:
        yield _("And at most %(limit)s bytes of UTF-8.") % {"limit": _whole(model.prompt_bytes_limit)}


def _size_notes(model: Model) -> Iterator[str]:
    if len(model.size_choices) > LISTED_MAX:
        named = [size.value for size in model.sizes]
        yield _("Ratios: %(ratios)s. Their pixels are in the table of sizes.") % {"ratios": labels.listed(named)}
    if model.takes_auto:
        yield _("With “%(auto)s” the model chooses for itself.") % {"auto": AUTO}
    if model.size_rule == "free":
        yield _(
            "Or any WIDTHxHEIGHT: both multiples of %(multiple)s, each from %(least)s to %(most)s, in total from "
            "%(area_least)s to %(area_most)s pixels, the long side at most %(ratio)s times the short one."
        ) % {
            "multiple": SIDE_MULTIPLE,
            "least": SIDE_MIN,
            "most": SIDE_MAX,
            "area_least": _whole(AREA_MIN),
            "area_most": _whole(AREA_MAX),
            "ratio": RATIO_MAX,
        }
    if model.billing == "per_token":
        yield _("Larger pictures have more output tokens and cost more.")


def _resolution_notes(model: Model) -> Iterator[str]:
    yield _("Upper and lower case make no difference.")
    if model.size_rule == "free":
        yield _("Used only with a ratio; with pixels or “%(auto)s” it is ignored.") % {"auto": AUTO}


def _background_notes(model: Model) -> Iterator[str]:
    yield _("A transparent background needs PNG or WebP.")


def _image_notes(model: Model) -> Iterator[str]:
    yield _("1 to %(limit)s addresses per request.") % {"limit": model.references_max}
    yield _("At most %(megabytes)s MB each; .jpeg, .jpg, .png or .webp.") % {
        "megabytes": model.reference_bytes_max // 2**20
    }
    if model.reference_pixels_max and model.reference_side_max:
        yield _("At most %(pixels)s pixels each, and no side longer than %(side)s.") % {
            "pixels": _whole(model.reference_pixels_max),
            "side": _whole(model.reference_side_max),
        }
    yield _("EvoLink’s servers must be able to open each address without signing in.")


def _mask_notes(model: Model) -> Iterator[str]:
    yield _("A PNG with an alpha channel, as large as the first reference image. Without one it is ignored.")


def _n_notes(model: Model) -> Iterator[str]:
    if model.n_max == 1:
        yield _("This model draws one picture per request.")
        return
    yield _("Each picture is billed separately.")
    if model.size_rule == "free":
        yield _("Asking for more than one is unreliable with this model: count the results, there may be fewer.")


def _callback_notes(model: Model) -> Iterator[str]:
    yield _("HTTPS only, no internal addresses. See Callbacks.")


_NOTES: Final = {
    "prompt": _prompt_notes,
    "size": _size_notes,
    "resolution": _resolution_notes,
    "background": _background_notes,
    "image_urls": _image_notes,
    "mask_url": _mask_notes,
    "n": _n_notes,
    "callback_url": _callback_notes,
}
