"""The rates of every model in one version: those of the catalogue, or newer ones in their place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from playground.evolink.catalogue import RATES_HISTORY, TOKEN_CATEGORIES, RatesVersion
from playground.evolink.model import DEFAULT_GROUP, Model, Rates


@dataclass(frozen=True, slots=True, eq=False)
class RateTable:
    """`replaced` has the rates that differ from the catalogue's, by model id and user group."""

    info: RatesVersion
    replaced: Mapping[str, Mapping[str, Rates]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def version(self) -> str:
        return self.info.version

    def rates_for(self, model: Model, group: str | None) -> Rates:
        """The rates of a user group, or of `default` if no rates are known for the group."""
        newer = self.replaced.get(model.id, {})
        for name in (group or DEFAULT_GROUP, DEFAULT_GROUP):
            if found := newer.get(name) or model.rates.get(name):
                return found
        raise KeyError(model.id)


BUILT_IN: Final = RateTable(RATES_HISTORY[0])


def by_category(rates: Rates) -> dict[str, Decimal]:
    """The rates that are billed, by token category, or by resolution if per call."""
    tokens = {name: rate for name in TOKEN_CATEGORIES if (rate := getattr(rates, name)) is not None}
    return {**tokens, **rates.per_call}


def to_json(rates: Rates) -> dict[str, str]:
    """The rates as text, as `from_json` reads them."""
    return {category: str(rate) for category, rate in by_category(rates).items()}


def from_json(value: Mapping[str, Any]) -> Rates:
    rates = {str(category): Decimal(str(rate)) for category, rate in value.items()}
    tokens = {name: rates.pop(name) for name in TOKEN_CATEGORIES if name in rates}
    return Rates(**tokens, per_call=rates)
