"""POST /v1/agent-estimates: what a request will cost this account, with the counts that the caller expects."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import httpx

from playground.evolink.catalogue import MODELS, RATES_VERSION, TOKEN_CATEGORIES
from playground.evolink.model import Model
from playground.evolink.pricing import round_up
from playground.sandbox.api import parsing, prices
from playground.sandbox.oddities import iso
from playground.sandbox.replies import Refusal, answer
from playground.sandbox.state import billing
from playground.sandbox.state.world import Call

LIFE: Final = 300  # seconds for which an estimate is valid
OPERATION: Final = "image_generation"
THOUSAND: Final = Decimal(1000)
COUNT_MAX: Final = 10**9


def quote(call: Call) -> httpx.Response:
    call.authenticate()
    body = parsing.read_object(call.request.content)
    model = MODELS.get(str(body.get("model_id")))
    if body.get("operation") != OPERATION:
        raise Refusal(400, "estimate_unsupported", "Estimates are not available for this operation", param="operation")
    if model is None or not prices.is_listed(model):
        raise prices.UNLISTED
    rule = prices.rule_of(model, prices.factor_of(call))
    parameters = body.get("parameters")
    if not isinstance(parameters, dict):
        raise parsing.wrong("parameters must be an object", "parameters")
    components = list(_components(model, parameters, billing.factor(call.group, call.script)))
    total = sum((part.pop("credits") for part in components), Decimal(0))
    amounts = prices.money(total)
    same = ("model_id", "product_id", "operation", "settlement_basis", "policy_version", "policy_checksum")
    return answer(
        {
            **{name: rule[name] for name in same},
            "amount": amounts["usd"],
            "amounts": amounts,
            "assumptions": [],
            "catalog_version": f"cat_{RATES_VERSION}",
            "components": components,
            "currency": "USD",
            "estimate_id": f"est_{secrets.token_hex(8)}",
            "exchange_rate_version": prices.EXCHANGE,
            "expires_at": iso(call.now + LIFE),
            "price_scope": "account",
            "pricing_version": f"prc_{RATES_VERSION}",
        }
    )


def _components(model: Model, parameters: Mapping[str, Any], times: Decimal) -> Iterator[dict[str, Any]]:
    rates = model.rates_for(None)
    if model.billing == "per_call":
        tier = str(parameters.get("billing_tier", model.default_resolution)).upper()
        if tier not in rates.per_call:
            raise parsing.wrong(f"billing_tier must be one of: {', '.join(rates.per_call)}", "billing_tier")
        yield _component("output_image", "image", Decimal(1), rates.per_call[tier] * times)
        return
    for name in TOKEN_CATEGORIES:
        rate, count = getattr(rates, name), _count(parameters, f"{name}_tokens")
        if rate is not None and count:
            yield _component(name, "1k_tokens", count / THOUSAND, rate * times)


def _component(role: str, unit: str, quantity: Decimal, rate: Decimal) -> dict[str, Any]:
    subtotal, written = round_up(quantity * rate), f"{quantity.normalize():f}"
    return {
        "applied_rules": [],
        "billed_quantity": written,
        "billing_rule": "per_call" if unit == "image" else "per_1k_tokens",
        "credits": subtotal,
        "dimension": role,
        "id": role,
        "minimum_charge_amounts": prices.money(Decimal(0)),
        "minimum_charge_applied": False,
        "quantity": written,
        "role": role,
        "sku_id": role,
        "subtotal": prices.money(subtotal)["usd"],
        "subtotal_amounts": prices.money(subtotal),
        "tier_multiplier": "1",
        "unit": unit,
        "unit_price": prices.money(rate)["usd"],
        "unit_price_amounts": prices.money(rate),
    }


def _count(parameters: Mapping[str, Any], name: str) -> Decimal:
    written = str(parameters.get(name, 0))
    if not written.isascii() or not written.isdecimal() or int(written[:12]) > COUNT_MAX:
        raise parsing.wrong(f"{name} must be a whole number", name)
    return Decimal(written)
