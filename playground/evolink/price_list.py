"""The price list, which EvoLink publishes without a key: GET /v1/catalog/pricing-rules. The rates have the same form as
those of the catalogue.

EvoLink writes an amount as text in four currencies. Only the credits are read. Parts of a price that this module does
not understand are listed in `not_understood`, never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self

from playground.evolink import reading as read
from playground.evolink.catalogue import MODELS, TOKEN_CATEGORIES
from playground.evolink.model import DEFAULT_GROUP, Model, Rates
from playground.evolink.pricing import UNIT
from playground.evolink.rate_table import BUILT_IN, RateTable, by_category

MODELS_MAX: Final = 2000
COMPONENTS_MAX: Final = 200
TOKENS: Final = 1000
PER_IMAGE_ROLE: Final = "output_image"
# How the list chose its prices, if it does not name a group.
_SELECTIONS: Final = ("", "configured_minimum", "route_priority")


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceRule:
    """What one image model costs, according to the list."""

    model_id: str
    rates: Rates
    available: bool = True
    lifecycle: str | None = None
    """active, preview or deprecated."""
    settlement_basis: str | None = None
    """actual_usage (per token), request_only (per call) or request_then_actual."""
    policy_version: int | None = None
    effective_at: datetime | None = None
    """When the newest of its rates took effect."""
    not_understood: tuple[str, ...] = ()
    """Components of the price that `rates` does not contain. If there are any, `rates` is not the whole price."""

    @classmethod
    def from_json(cls, value: object) -> Self | None:
        """The rule. None if `value` is not a rule of an image model."""
        rule = read.fields(value)
        model_id = read.own_identifier(rule.get("model_id"))
        if model_id is None or read.word(rule.get("modality")) != "image":
            return None
        components = [read.fields(part) for part in read.items(rule.get("components"), longest=COMPONENTS_MAX)]
        tokens: dict[str, Decimal] = {}
        per_call: dict[str, Decimal] = {}
        strange: list[str] = []
        for component in components:
            role = read.word(component.get("role")) or ""
            price, tiers = _per_thousand(component), _per_image(component)
            if role in TOKEN_CATEGORIES and price is not None:
                tokens[role] = price
            elif role == PER_IMAGE_ROLE and tiers:
                per_call.update(tiers)
            else:
                strange.append(role or "?")
        since = [at for component in components if (at := read.moment(component.get("effective_at")))]
        return cls(
            model_id=model_id,
            rates=Rates(**tokens, per_call=per_call),
            available=read.word(rule.get("pricing_status")) != "unavailable",
            lifecycle=read.word(rule.get("lifecycle")),
            settlement_basis=read.word(rule.get("settlement_basis")),
            policy_version=read.count(rule.get("policy_version")),
            effective_at=max(since, default=None),
            not_understood=tuple(strange),
        )

    def prices(self, model: Model) -> bool:
        """Whether `rates` is the whole price of this model, so that an estimate can be calculated with it."""
        if self.not_understood or not self.available:
            return False
        if model.billing == "per_call":
            return set(model.resolutions) <= set(self.rates.per_call)
        return bool(self.rates.image_output) and not self.rates.per_call


@dataclass(frozen=True, slots=True)
class Difference:
    """A rate that differs between the list and the table that it was compared with. `category` is a token category, or
    a resolution if per call."""

    model_id: str
    category: str
    ours: Decimal | None
    published: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceList:
    """The image models of the published list."""

    rules: Mapping[str, PriceRule]
    catalog_version: str | None = None
    pricing_version: str | None = None
    price_scope: str | None = None
    """Whose prices these are. `public_default`: those of the default group."""
    price_selection: str | None = None
    """How the list chose its prices: configured_minimum, route_priority, or the name of a group."""
    updated_at: datetime | None = None
    fresh_until: datetime | None = None
    etag: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Raises `APIResponseValidationError` if `value` has no list of models."""
        body = read.mapping(value, "the answer")
        meta = read.fields(body.get("meta"))
        listed = read.listing(body.get("models"), "models")[:MODELS_MAX]
        rules = (rule for model in listed if (rule := PriceRule.from_json(model)) is not None)
        return cls(
            rules={rule.model_id: rule for rule in rules},
            catalog_version=read.text(meta.get("catalog_version")),
            pricing_version=read.text(meta.get("pricing_version")),
            price_scope=read.text(meta.get("price_scope")),
            price_selection=read.text(meta.get("price_selection")),
            updated_at=read.moment(meta.get("updated_at")),
            fresh_until=read.moment(meta.get("fresh_until")),
        )

    @property
    def group(self) -> str:
        """The user group whose prices these are."""
        named = self.price_selection or ""
        return DEFAULT_GROUP if self.price_scope == "public_default" or named in _SELECTIONS else named

    def rates(self, models: Iterable[Model] | None = None) -> dict[str, Rates]:
        """The rates by model id. Leaves out models that the list does not have, or whose price is not understood."""
        known = MODELS.values() if models is None else models
        rules = ((model, self.rules.get(model.id)) for model in known)
        return {model.id: rule.rates for model, rule in rules if rule is not None and rule.prices(model)}

    def differences(
        self, models: Iterable[Model] | None = None, *, table: RateTable = BUILT_IN
    ) -> tuple[Difference, ...]:
        """The rates of `rates` that differ from those of the same user group in `table`."""
        known = tuple(MODELS.values() if models is None else models)
        return differences(self.rates(known), self.group, known, table)

    def unlisted(self, models: Iterable[Model] | None = None) -> tuple[str, ...]:
        """The ids of the catalogue's models that the list does not have."""
        return tuple(model.id for model in models or MODELS.values() if model.id not in self.rules)


def differences(
    published: Mapping[str, Rates], group: str, models: Iterable[Model], table: RateTable
) -> tuple[Difference, ...]:
    """The published rates (by model id) that differ from those of a user group in `table`."""
    return tuple(
        Difference(model.id, category, ours.get(category), theirs.get(category))
        for model in models
        if model.id in published
        for ours, theirs in [(by_category(table.rates_for(model, group)), by_category(published[model.id]))]
        for category in ours | theirs
        if ours.get(category) != theirs.get(category)
    )


def _per_thousand(component: Mapping[str, Any]) -> Decimal | None:
    """Credits per 1,000 tokens. None for any other kind of price, or a price in tiers."""
    rate = read.credits(read.fields(component.get("rate")).get("credits"))
    size = read.count(component.get("billing_unit_size"))
    if rate is None or not size or component.get("tiers") or read.word(component.get("unit")) != "1k_tokens":
        return None
    return rate * TOKENS / size


def _per_image(component: Mapping[str, Any]) -> dict[str, Decimal]:
    """Credits per image by resolution: the rate times a factor from a table. Empty for any other kind of price."""
    rate = read.credits(read.fields(component.get("rate")).get("credits"))
    rule = read.fields(component.get("quantity_rule"))
    if rate is None or component.get("tiers") or read.word(rule.get("op")) != "lookup":
        return {}
    factors = {str(tier): read.number(factor) for tier, factor in read.fields(rule.get("values")).items()}
    return {
        tier: (rate * factor).quantize(UNIT, ROUND_HALF_UP) for tier, factor in factors.items() if factor is not None
    }
