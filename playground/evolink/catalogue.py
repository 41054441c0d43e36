"""The models that EvoLink sells, read from `models.toml`: parameters, prices, and the day each is shut down."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from playground.evolink import rules
from playground.evolink.parameters import Parameter, parameters
from playground.evolink.rules import Problem
from playground.evolink.types import GenerationRequest

Pixels = tuple[int, int]
DEFAULT_GROUP: Final = "default"
AUTO: Final = "auto"
# The key in a size's table for its pixels if they do not depend on the resolution.
ANY_RESOLUTION: Final = ""


class UnknownModelError(KeyError):
    """The catalogue has no model of this name."""

    def __str__(self) -> str:
        return f"Unknown model: {self.args[0]}"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class RatesVersion:
    """A version of the rates: when and where they were read."""

    version: str
    date: date
    source: str
    unlisted: tuple[str, ...] = ()
    """Models that this price list no longer has. Their rates are from their product page."""
    before: Mapping[str, Mapping[str, Decimal]] = field(default_factory=lambda: MappingProxyType({}))
    """The rates that this version replaced, in credits, by model and token category (or resolution, if per call)."""


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
        """The parameters that the model takes, with types, ranges and defaults."""
        return parameters(self)

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

    def problems(self, request: GenerationRequest) -> tuple[Problem, ...]:
        """Everything in `request` that EvoLink would refuse. Empty if the request can be sent."""
        return tuple(rules.problems(self, request))


def get_model(model_id: str) -> Model:
    """The model with this id. Raises `UnknownModelError`."""
    try:
        return MODELS[model_id]
    except KeyError:
        raise UnknownModelError(model_id) from None


def known_parameters() -> dict[str, Parameter]:
    """Every parameter that at least one model takes, by name. Its definition is that of the first such model."""
    known: dict[str, Parameter] = {}
    for model in MODELS.values():
        for parameter in model.parameters:
            known.setdefault(parameter.name, parameter)
    return known


def read(text: str) -> tuple[dict[str, Model], tuple[RatesVersion, ...]]:
    """Reads a catalogue in TOML. Returns the models by id, and the versions of the rates, newest first."""
    data = tomllib.loads(text, parse_float=Decimal)
    models = {model_id: _model(model_id, data) for model_id in data["models"]}
    return models, tuple(
        RatesVersion(**{**entry, "unlisted": tuple(entry.get("unlisted", ()))}) for entry in data["rates_versions"]
    )


def _model(model_id: str, data: Mapping[str, Any]) -> Model:
    """Makes a Model from one [models.*] table. Raises `TypeError` for an unknown key, so a typo is noticed."""
    table = _extended(model_id, data["models"])
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["sizes"] = tuple(
        Size(value=value, by_resolution={key: (wide, high) for key, (wide, high) in tiers.items()})
        for value, tiers in data["sizes"][table["sizes"]].items()
    )
    values["choices"] = MappingProxyType({name: tuple(words) for name, words in table.get("choices", {}).items()})
    values["rates"] = MappingProxyType({group: Rates(**rates) for group, rates in table["rates"].items()})
    if "auto_estimate" in table:
        values["auto_estimate"] = tuple(table["auto_estimate"])
    if "token_table" in table:
        values["token_table"] = {
            quality: {rules.parse_pixels(size): tokens for size, tokens in by_size.items()}
            for quality, by_size in data["token_tables"][table["token_table"]].items()
        }
    return Model(id=model_id, **values)


def _extended(model_id: str, tables: Mapping[str, Any]) -> dict[str, Any]:
    """The table of the model, with the missing keys from the table that it extends."""
    own = dict(tables[model_id])
    base = own.pop("extends", None)
    return {**_extended(base, tables), **own} if base else own


CATALOGUE: Final = Path(__file__).parent / "models.toml"
_models, RATES_HISTORY = read(CATALOGUE.read_text(encoding="utf-8"))
MODELS: Final[Mapping[str, Model]] = MappingProxyType(_models)
RATES_VERSION: Final = RATES_HISTORY[0].version
RATES_DATE: Final = RATES_HISTORY[0].date
TOKEN_CATEGORIES: Final = tuple(rate.name for rate in fields(Rates) if rate.name != "per_call")
# The most reference images that any model takes, and the largest file in bytes.
REFERENCES_MAX: Final = max(model.references_max for model in MODELS.values())
REFERENCE_BYTES_MAX: Final = max(model.reference_bytes_max for model in MODELS.values())
