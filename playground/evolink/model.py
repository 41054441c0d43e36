"""One model: its parameters, sizes, rates and limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from playground.evolink import rules
from playground.evolink.limits import CALLBACK_LENGTH_MAX
from playground.evolink.parameters import Parameter

Pixels = tuple[int, int]
DEFAULT_GROUP: Final = "default"
AUTO: Final = "auto"
# The key in a size's table for its pixels if they do not depend on the resolution.
ANY_RESOLUTION: Final = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """A named size: its name in requests, and its (width, height) in pixels at each resolution."""

    value: str
    by_resolution: Mapping[str, Pixels]

    def at(self, resolution: str | None) -> Pixels:
        """(width, height) in pixels. `resolution` only matters if the size has several."""
        if ANY_RESOLUTION in self.by_resolution:
            return self.by_resolution[ANY_RESOLUTION]
        if resolution is None or resolution not in self.by_resolution:
            raise ValueError(f"No resolution {resolution!r} for size {self.value}")
        return self.by_resolution[resolution]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """Credits per 1,000 tokens by category. None: not billed. `per_call`: credits per image by resolution."""

    image_output: Decimal | None = None
    image_input: Decimal | None = None
    image_cached_input: Decimal | None = None
    text_input: Decimal | None = None
    text_cached_input: Decimal | None = None
    text_output: Decimal | None = None
    per_call: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model, with everything that the form, the price and the validation need to know about it."""

    id: str
    name: str
    prompt_limit: int
    """In Unicode code points."""
    sizes: tuple[Size, ...]
    size_rule: Literal["fixed", "free"]
    """`free`: the model also takes any WIDTHxHEIGHT that keeps the four rules of `rules.free_size_problem`."""
    default_size: str
    """What the API uses if a request names no size."""
    n_max: int
    references_max: int
    reference_bytes_max: int
    billing: Literal["per_token", "per_call"]
    rates: Mapping[str, Rates]
    """The rates of each EvoLink user group."""
    source: str
    summary: str
    """One sentence: what the model is good for, and how its price compares with the others."""
    takes_auto: bool = False
    """Whether the model can choose the size itself."""
    auto_estimate: Pixels | None = None
    """For `auto`, EvoLink reserves at least the price of this (width, height)."""
    takes_mask: bool = False
    prompt_bytes_limit: int | None = None
    """In UTF-8 bytes."""
    qualities: tuple[str, ...] = ()
    default_quality: str | None = None
    resolutions: tuple[str, ...] = ()
    default_resolution: str | None = None
    reference_pixels_max: int | None = None
    reference_side_max: int | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Further settings with a fixed list of values: name → values, the default first."""
    token_table: Mapping[str, Mapping[Pixels, int]] | None = None
    """Output tokens by quality and (width, height), for models before gpt-image-2."""
    token_grid: Mapping[str, int] | None = None
    """Patches along the long side by quality, for the token formula of gpt-image-2 and later models."""
    shutdown_on: date | None = None
    """The first day on which EvoLink no longer offers the model."""
    replacement: str | None = None

    @cached_property
    def _size_by_value(self) -> Mapping[str, Size]:
        return {size.value: size for size in self.sizes}

    @property
    def size_choices(self) -> tuple[str, ...]:
        """The names of the sizes, with `auto` first if the model takes it."""
        named = tuple(size.value for size in self.sizes)
        return (AUTO, *named) if self.takes_auto else named

    def named_size(self, value: str) -> Size | None:
        return self._size_by_value.get(value)

    def pixels(self, size: str | None, resolution: str | None = None) -> Pixels | None:
        """(width, height) of what the model will draw. None if the model chooses it (`auto`).

        An argument of None means the model's default. Raises `ValueError` for a size that the model does not take.
        """
        value = size or self.default_size
        if value == AUTO and self.takes_auto:
            return None
        named = self._size_by_value.get(value)
        if named is not None:
            return named.at(self.canonical_resolution(resolution))
        free = rules.parse_pixels(value)
        if free is None or not self.draws_freely(*free):
            raise ValueError(f"{self.id} has no size {value!r}")
        return free

    def draws_freely(self, width: int, height: int) -> bool:
        """Whether the model takes these pixels as WIDTHxHEIGHT, in addition to its named sizes."""
        return self.size_rule == "free" and rules.free_size_problem(width, height) is None

    def canonical_resolution(self, resolution: str | None) -> str | None:
        """The resolution in capitals, as the catalogue writes it. EvoLink ignores the case of resolutions."""
        return resolution.upper() if resolution else self.default_resolution

    def drawable(self, size: str | None, resolution: str | None = None) -> tuple[Pixels, ...]:
        """Every (width, height) that a request may give: one, or for `auto` each ratio at the default resolution."""
        exact = self.pixels(size, resolution)
        if exact is not None:
            return (exact,)
        return tuple(size.at(self.default_resolution) for size in self.sizes)

    def estimated(self, size: str | None, resolution: str | None = None) -> tuple[Pixels, ...]:
        """Every (width, height) that an estimate must cover: what may be drawn, and what EvoLink reserves `auto` as."""
        reserved = (self.auto_estimate,) if self.auto_estimate and self.pixels(size, resolution) is None else ()
        return (*self.drawable(size, resolution), *reserved)

    def output_tokens(self, width: int, height: int, quality: str | None = None) -> int:
        """The image tokens of one output image. 0 for a model billed per call. None means the default quality.

        Raises `ValueError` for a quality or (with a token table) a size that the model does not have.
        """
        if self.billing == "per_call":
            return 0
        chosen = quality or self.default_quality or ""
        try:
            if self.token_table is not None:
                return self.token_table[chosen][width, height]
            return rules.formula_tokens(width, height, (self.token_grid or {})[chosen])
        except KeyError:
            raise ValueError(f"{self.id} has no token count for {width}x{height} {chosen!r}") from None

    def rates_for(self, group: str | None) -> Rates:
        """The rates of a user group, or of `default` if no rates are published for the group."""
        return self.rates.get(group or DEFAULT_GROUP) or self.rates[DEFAULT_GROUP]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that the model takes, in the order of the API reference."""
        return tuple(_parameters(self))

    @cached_property
    def settings(self) -> tuple[Parameter, ...]:
        """The parameters that are settings."""
        return tuple(parameter for parameter in self.parameters if parameter.is_setting)

    @property
    def defaults(self) -> dict[str, str | int | None]:
        """Every setting of the model with its default value."""
        return {parameter.name: parameter.default for parameter in self.settings}

    def retired(self, today: date) -> bool:
        return self.shutdown_on is not None and today >= self.shutdown_on


def _parameters(model: Model) -> Iterator[Parameter]:
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
    yield from (parameter for parameter in table if parameter is not None)


def _choice(name: str, choices: tuple[str, ...], default: str | None, *, priced: bool = False) -> Parameter | None:
    return Parameter(name=name, type="string", default=default, choices=choices, priced=priced) if choices else None
