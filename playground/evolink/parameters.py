"""The parameters that a model takes, as a table for the form, the API reference and other code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playground.evolink.limits import CALLBACK_LENGTH_MAX
from playground.evolink.rules import free_size_problem, parse_pixels
from playground.evolink.types import CONTENT

if TYPE_CHECKING:
    from playground.evolink.catalogue import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of POST /v1/images/generations.

    `minimum` and `maximum` limit the value of an integer, the length of a string in code points, or the number of items
    in an array. `choices` are all allowed values. If `open` is set, other values are allowed, too (free sizes).
    """

    name: str
    type: Literal["string", "integer", "array"]
    required: bool = False
    default: str | int | None = None
    choices: tuple[str, ...] = ()
    open: bool = False
    minimum: int | None = None
    maximum: int | None = None
    priced: bool = False
    """Whether the price depends on it."""

    @property
    def is_setting(self) -> bool:
        return self.name not in CONTENT

    @property
    def is_open_to_choice(self) -> bool:
        """Whether there is more than one value to choose from."""
        return self.open or len(self.choices) > 1 or (self.minimum or 0) < (self.maximum or 0)

    def accepts(self, value: object) -> bool:
        """Whether the model takes `value` for this setting. An integer may be text, because forms send text."""
        text = str(value)
        if self.type == "integer":
            low, high = self.minimum or 0, self.maximum or 0
            return text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high
        if text in self.choices:
            return True
        pixels = parse_pixels(text) if self.open else None
        return pixels is not None and free_size_problem(*pixels) is None


def parameters(model: "Model") -> tuple[Parameter, ...]:
    """The parameters that `model` takes, in the order of the API reference."""
    table = [
        Parameter(name="model", type="string", required=True, default=model.id, choices=(model.id,)),
        Parameter(name="prompt", type="string", required=True, minimum=1, maximum=model.prompt_limit),
        Parameter(
            name="size",
            type="string",
            default=model.default_size,
            choices=model.size_choices,
            open=model.size_rule == "free",
            priced=True,
        ),
        _choice("resolution", model.resolutions, model.default_resolution, priced=True),
        _choice("quality", model.qualities, model.default_quality, priced=True),
        *(_choice(name, choices, choices[0]) for name, choices in model.choices.items()),
        Parameter(name="image_urls", type="array", minimum=1, maximum=model.references_max),
        Parameter(name="mask_url", type="string") if model.takes_mask else None,
        Parameter(name="n", type="integer", default=1, minimum=1, maximum=model.n_max, priced=True),
        Parameter(name="callback_url", type="string", minimum=1, maximum=CALLBACK_LENGTH_MAX),
    ]
    return tuple(parameter for parameter in table if parameter is not None)


def _choice(name: str, choices: tuple[str, ...], default: str | None, *, priced: bool = False) -> Parameter | None:
    return Parameter(name=name, type="string", default=default, choices=choices, priced=priced) if choices else None
