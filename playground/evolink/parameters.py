"""The parameters a model takes, as a table: for the form, the API reference, and anybody who asks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playground.evolink.limits import CALLBACK_LENGTH_MAX

if TYPE_CHECKING:
    from playground.evolink.catalogue import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of POST /v1/images/generations.

    `minimum` and `maximum` bound the value of an integer, the length of a string in code points, the items of an
    array. `choices` are all values, or with `open` the named ones among others (free sizes).
    """

    name: str
    type: Literal["string", "integer", "array"]
    required: bool = False
    default: str | int | None = None
    choices: tuple[str, ...] = ()
    open: bool = False
    minimum: int | None = None
    maximum: int | None = None


def parameters(model: "Model") -> tuple[Parameter, ...]:
    """What `model` takes, in the order of the reference; what it does not take is missing."""
    table = [
        Parameter(name="model", type="string", required=True, default=model.id, choices=(model.id,)),
        Parameter(name="prompt", type="string", required=True, minimum=1, maximum=model.prompt_limit),
        Parameter(
            name="size",
            type="string",
            default=model.default_size,
            choices=model.size_choices,
            open=model.size_rule == "free",
        ),
        _choice("resolution", model.resolutions, model.default_resolution),
        _choice("quality", model.qualities, model.default_quality),
        _choice("background", model.backgrounds, next(iter(model.backgrounds), None)),
        _choice("output_format", model.output_formats, next(iter(model.output_formats), None)),
        Parameter(name="image_urls", type="array", minimum=1, maximum=model.references_max),
        Parameter(name="n", type="integer", default=1, minimum=1, maximum=model.n_max),
        Parameter(name="callback_url", type="string", minimum=1, maximum=CALLBACK_LENGTH_MAX),
    ]
    return tuple(parameter for parameter in table if parameter is not None)


def _choice(name: str, choices: tuple[str, ...], default: str | None) -> Parameter | None:
    return Parameter(name=name, type="string", default=default, choices=choices) if choices else None
