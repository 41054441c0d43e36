"""The public catalogue: the models, their availability, and the price list with its ETag. It needs no key."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any, Final

import httpx

from playground.evolink.catalogue import MODELS, RATES_DATE, RATES_HISTORY, RATES_VERSION, TOKEN_CATEGORIES
from playground.evolink.model import Model
from playground.evolink.pricing import CREDITS_PER_USD
from playground.sandbox.oddities import iso
from playground.sandbox.replies import Refusal, answer, dump
from playground.sandbox.state.world import UNITS_PER_CREDIT, Call

FRESH: Final = 300  # seconds for which the list counts as fresh
CREDITS_PER_CNY: Final = 10
SCOPE: Final = "public_default"
SELECTION: Final = "configured_minimum"
EXCHANGE: Final = "pricing-fx/v1:USD-CNY=6.8"
UNLISTED: Final = Refusal(
    404, "pricing_policy_not_found", "This model has no published pricing policy", "not_found_error", "model"
)


def models(call: Call) -> httpx.Response:
    """GET /v1/catalog/models."""
    data = [
        {
            "aliases": [],
            "capabilities": ["image"],
            "display_name": model.name,
            "lifecycle": "active",
            "model_id": model.id,
            "protocols": ["evolink-image-generations"],
        }
        for model in MODELS.values()
    ]
    return _cached(call, {"models": data})


def health(call: Call) -> httpx.Response:
    """GET /v1/catalog/health. It reports an outage of a model, too."""
    out = {scenario.model for scenario in call.script.of("submit") if scenario.model}
    data = [{"model_id": name, "status": "unavailable" if name in out else "available"} for name in MODELS]
    return answer({"models": data})


def rules(call: Call) -> httpx.Response:
    """GET /v1/catalog/pricing-rules."""
    return _cached(call, {"models": [rule_of(model, factor_of(call)) for model in MODELS.values() if is_listed(model)]})


def rule(call: Call, model_id: str) -> httpx.Response:
    """GET of the pricing rule of one model."""
    model = MODELS.get(model_id)
    if model is None or not is_listed(model):
        raise UNLISTED
    return _cached(call, {"model": rule_of(model, factor_of(call))})


def factor_of(call: Call) -> Decimal:
    """Return the prices of the list as a multiple of the built-in prices."""
    return Decimal(str(call.script.get("prices_changed", 1.0)))


def is_listed(model: Model) -> bool:
    return model.id not in RATES_HISTORY[0].unlisted


def rule_of(model: Model, factor: Decimal) -> dict[str, Any]:
    """Return the pricing rule of a model in EvoLink's form."""
    rates = model.rates_for(None)
    per_call = model.billing == "per_call"
    if per_call:
        components = [_per_image(rates.per_call, factor)]
        parameters = [{"default": "1K", "name": "billing_tier", "type": "enum", "values": list(rates.per_call)}]
    else:
        priced = {name: rate for name in TOKEN_CATEGORIES if (rate := getattr(rates, name)) is not None}
        components = [_per_thousand(name, rate * factor) for name, rate in priced.items()]
        parameters = [{"default": "0", "minimum": "0", "name": f"{name}_tokens", "type": "integer"} for name in priced]
    return {
        "components": components,
        "lifecycle": "active",
        "modality": "image",
        "model_id": model.id,
        "operation": "image_generation",
        "parameters": parameters,
        "policy_checksum": hashlib.sha256(dump(components)).hexdigest(),
        "policy_source": "published",
        "policy_version": 1,
        "pricing_status": "available",
        "product_id": model.id,
        "settlement_basis": "request_only" if per_call else "actual_usage",
    }


def money(amount: Decimal) -> dict[str, str]:
    """Return an amount of credits in the four currencies as text."""
    usd = (amount / CREDITS_PER_USD).quantize(Decimal("0.00000001"))
    amounts = {"cny": amount / CREDITS_PER_CNY, "credits": amount, "uc": amount * UNITS_PER_CREDIT, "usd": usd}
    return {name: f"{value.normalize():f}" for name, value in amounts.items()}


def _per_thousand(name: str, rate: Decimal) -> dict[str, Any]:
    variable = {"name": f"{name}_tokens", "op": "variable"}
    return {
        **_component(name, rate, mode="ceil"),
        "billing_rule": "per_1k_tokens",
        "billing_unit_size": 1000,
        "condition": {"args": [variable, {"op": "constant", "value": "0"}], "op": "gt"},
        "display_unit_size": 1_000_000,
        "label_key": f"{name}_tokens",
        "quantity_rule": {"args": [variable, {"op": "constant", "value": "1000"}], "op": "divide"},
        "unit": "1k_tokens",
    }


def _per_image(tiers: Any, factor: Decimal) -> dict[str, Any]:
    first = next(iter(tiers.values()))
    return {
        **_component("output_image", first * factor, mode="half_up"),
        "billing_rule": "per_call",
        "billing_unit_size": 1,
        "display_unit_size": 1,
        "minimum_charge": money(first * factor),
        "quantity_rule": {
            "key": {"name": "billing_tier", "op": "variable"},
            "op": "lookup",
            "values": {tier: f"{(price / first).normalize():f}" for tier, price in tiers.items()},
        },
        "unit": "image",
    }


def _component(name: str, rate: Decimal, *, mode: str) -> dict[str, Any]:
    return {
        "dimension": name,
        "effective_at": f"{RATES_DATE.isoformat()}T00:00:00Z",
        "id": name,
        "minimum_charge": money(Decimal(0)),
        "pricing_status": "available",
        "rate": money(rate),
        "role": name,
        "rounding": {"mode": mode, "point": "per_component_subtotal"},
        "sku_id": name,
        "tiers": [],
    }


def _cached(call: Call, body: dict[str, Any]) -> httpx.Response:
    """Return the body with the list's metadata, or 304 if the caller already has this version."""
    etag = f'"{hashlib.sha256(dump(body)).hexdigest()[:24]}"'
    headers = {"cache-control": f"public, max-age={FRESH}", "etag": etag}
    if etag in (call.header("if-none-match") or ""):
        return httpx.Response(304, headers=headers)
    meta = {
        "catalog_version": f"cat_{RATES_VERSION}",
        "currency": "USD",
        "exchange_rate_version": EXCHANGE,
        "fresh_until": iso(call.now + FRESH),
        "price_scope": SCOPE,
        "price_selection": SELECTION,
        "pricing_version": f"prc_{etag[1:13]}",
        "schema_version": "2",
        "updated_at": f"{RATES_DATE.isoformat()}T00:00:00Z",
    }
    return answer({"meta": meta, **body}, headers=headers)
