"""The models that EvoLink sells, read from `models.toml`: parameters, prices, and the day each is shut down."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from playground.evolink import rules
from playground.evolink.model import DEFAULT_GROUP, Model, Rates, Size
from playground.evolink.parameters import Parameter


class UnknownModelError(KeyError):
    """The catalogue has no model of this name."""

    def __str__(self) -> str:
        return f"Unknown model: {self.args[0]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RatesVersion:
    """A version of the rates: when and where they were read."""

    version: str
    date: date
    source: str
    unlisted: tuple[str, ...] = ()
    """Models that this price list no longer has. Their rates are from their product page."""
    before: Mapping[str, Mapping[str, Decimal | None]] = field(default_factory=lambda: MappingProxyType({}))
    """The rates that this version replaced, in credits, by model and token category (or resolution, if per call). None:
    it was not billed."""
    group: str = DEFAULT_GROUP
    """The user group whose rates `before` has."""


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
