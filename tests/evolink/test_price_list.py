"""The price list that EvoLink publishes, read as rates, and compared with the catalogue."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings

from playground.evolink import (
    BUILT_IN,
    MODELS,
    Client,
    GenerationRequest,
    PriceList,
    Rates,
    RateTable,
    Usage,
    errors,
    pricing,
    rate_table,
)
from playground.evolink.catalogue import TOKEN_CATEGORIES
from playground.evolink.price_list import Difference

from .test_types import json_values

KEY = "sk-evo-CANARYcanaryCANARYcanary1234"
META = {
    "schema_version": "2",
    "catalog_version": "cat_1",
    "pricing_version": "prc_1",
    "price_scope": "public_default",
    "price_selection": "route_priority",
    "currency": "USD",
    "exchange_rate_version": "pricing-fx/v1:USD-CNY=6.8",
    "updated_at": "2026-10-10T06:52:34.303000193Z",
    "fresh_until": "2026-10-10T06:57:00Z",
}


def money(credits: str) -> dict[str, str]:
    amount = Decimal(credits)
    texts = {"uc": amount * 10_000, "credits": amount, "cny": amount / 10, "usd": amount / 68}
    return {name: f"{text.normalize():f}" for name, text in texts.items()}


def tokens(role: str, credits: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": role,
        "role": role,
        "unit": "1k_tokens",
        "billing_unit_size": 1000,
        "display_unit_size": 1_000_000,
        "rate": money(credits),
        "minimum_charge": money("0"),
        "billing_rule": "per_1k_tokens",
        "effective_at": "2026-08-25T22:31:41.055Z",
        "rounding": {"point": "per_component_subtotal", "mode": "ceil"},
        "tiers": [],
        **changes,
    }


def rule(model_id: str, *components: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "model_id": model_id,
        "modality": "image",
        "lifecycle": "active",
        "pricing_status": "available",
        "settlement_basis": "actual_usage",
        "policy_version": 1,
        "components": list(components),
        **changes,
    }


def published(*models: dict[str, Any]) -> dict[str, Any]:
    return {"meta": META, "models": list(models)}


def by_tokens(model_id: str) -> dict[str, Any]:
    rates = MODELS[model_id].rates_for(None)
    return rule(model_id, *(tokens(name, str(rate)) for name in TOKEN_CATEGORIES if (rate := getattr(rates, name))))


BETA = rule(
    "gpt-image-2-beta",
    {
        "role": "output_image",
        "unit": "image",
        "billing_unit_size": 1,
        "rate": money("1.02"),
        "effective_at": "2026-06-07T06:49:41.627Z",
        "quantity_rule": {
            "op": "lookup",
            "key": {"op": "variable", "name": "billing_tier"},
            "values": {"1K": "1", "2K": "1.7", "4K": "2.6"},
        },
        "rounding": {"point": "per_component_subtotal", "mode": "half_up"},
        "tiers": [],
    },
    settlement_basis="request_only",
)
TEXT = rule("gpt-6-luna", tokens("input", "0.612"), modality="text")


def test_the_list_as_it_is_published() -> None:
    found = PriceList.from_json(published(TEXT, by_tokens("gpt-image-1.5"), by_tokens("gpt-image-2"), BETA))
    assert list(found.rules) == ["gpt-image-1.5", "gpt-image-2", "gpt-image-2-beta"]
    assert found.rules["gpt-image-1.5"].rates == MODELS["gpt-image-1.5"].rates_for(None)
    assert found.rules["gpt-image-2-beta"].rates.per_call == {
        "1K": Decimal("1.02"), "2K": Decimal("1.734"), "4K": Decimal("2.652"),
    }  # fmt: skip
    rule = found.rules["gpt-image-2"]
    assert (rule.settlement_basis, rule.lifecycle, rule.policy_version) == ("actual_usage", "active", 1)
    assert rule.effective_at == datetime(2026, 8, 25, 22, 31, 41, 55_000, tzinfo=UTC)
    assert rule.not_understood == ()
    assert (found.catalog_version, found.pricing_version) == ("cat_1", "prc_1")
    assert (found.price_scope, found.price_selection) == ("public_default", "route_priority")
    assert found.fresh_until == datetime(2026, 10, 10, 6, 57, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 10, 10, 6, 52, 34, 303_000, tzinfo=UTC)


def test_the_built_in_catalogue_is_the_list_of_its_date() -> None:
    listed = [model_id for model_id, model in MODELS.items() if model.billing == "per_token"]
    found = PriceList.from_json(published(*map(by_tokens, listed), BETA))
    assert found.differences() == ()
    assert found.unlisted() == ()


def test_a_difference_has_both_figures() -> None:
    dearer = by_tokens("gpt-image-2")
    dearer["components"][0] = tokens("image_output", "2.04")
    del dearer["components"][-1]
    cheap = {**BETA, "components": [{**BETA["components"][0], "rate": money("1")}]}
    found = PriceList.from_json(published(dearer, cheap))
    assert found.differences() == (
        Difference("gpt-image-2", "image_output", Decimal("1.836"), Decimal("2.04")),
        Difference("gpt-image-2", "text_cached_input", Decimal("0.0765"), None),
        Difference("gpt-image-2-beta", "1K", Decimal("1.02"), Decimal(1)),
        Difference("gpt-image-2-beta", "2K", Decimal("1.734"), Decimal("1.7")),
        Difference("gpt-image-2-beta", "4K", Decimal("2.652"), Decimal("2.6")),
    )
    assert "gpt-image-1" in found.unlisted()


def test_a_price_per_another_number_of_tokens_is_brought_to_a_thousand() -> None:
    million = tokens("image_output", "1836", billing_unit_size=1_000_000)
    found = PriceList.from_json(published(rule("gpt-image-2", million)))
    assert found.rules["gpt-image-2"].rates.image_output == Decimal("1.836")


@pytest.mark.parametrize(
    "component",
    [
        tokens("web_search", "1"),
        tokens("image_output", "1", tiers=[{"multiplier": "2"}]),
        tokens("image_output", "1", unit="image"),
        tokens("image_output", "1", billing_unit_size=0),
        tokens("image_output", "1", rate={"credits": "much"}),
        {"role": "output_image", "rate": money("1"), "quantity_rule": {"op": "constant", "value": "1"}},
        {**BETA["components"][0], "tiers": [{}]},
        {},
        None,
    ],
    ids=range(9),
)
def test_what_is_not_understood_is_named_and_differs_from_nothing(component: Any) -> None:
    found = PriceList.from_json(published(rule("gpt-image-2", tokens("text_input", "9"), component)))
    assert len(found.rules["gpt-image-2"].not_understood) == 1
    assert found.differences() == ()


def test_a_model_that_is_not_for_sale_differs_from_nothing() -> None:
    found = PriceList.from_json(published(rule("gpt-image-2", pricing_status="unavailable")))
    assert not found.rules["gpt-image-2"].available
    assert found.differences() == ()


def test_odd_lines_cost_no_others() -> None:
    odd = [None, 7, {}, {"model_id": "../x", "modality": "image"}, rule("gpt-image-3", None)]
    found = PriceList.from_json({"models": [*odd, by_tokens("gpt-image-2")], "meta": 5})
    assert set(found.rules) == {"gpt-image-3", "gpt-image-2"}
    assert found.rules["gpt-image-3"].rates == Rates(per_call={})
    assert found.pricing_version is None


@pytest.mark.parametrize("value", [None, [], {}, {"models": None}, {"models": {}}])
def test_what_is_no_list_is_the_named_error(value: object) -> None:
    with pytest.raises(errors.APIResponseValidationError):
        PriceList.from_json(value)


@given(json_values, json_values)
@settings(max_examples=200, deadline=None)
def test_any_json_is_a_list_or_the_named_error(models: object, component: object) -> None:
    for value in (models, {"models": models}, {"meta": models, "models": [models, rule("gpt-image-2", component)]}):  # type: ignore[arg-type]
        try:
            PriceList.from_json(value).differences()
        except errors.APIResponseValidationError:
            continue


def test_it_is_read_without_a_key_and_again_only_when_it_changed() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304, headers={"etag": '"v1"'})
        return httpx.Response(200, json=published(BETA), headers={"etag": '"v1"'})

    async def main() -> None:
        async with Client(KEY, transport=httpx.MockTransport(answer)) as client:
            first = await client.price_list()
            assert first is not None
            assert (first.etag, list(first.rules)) == ('"v1"', ["gpt-image-2-beta"])
            assert await client.price_list(etag=first.etag) is None
            assert await client.price_list(etag='"v0"') == first

    asyncio.run(main())
    assert {request.url.path for request in seen} == {"/v1/catalog/pricing-rules"}
    assert not any("authorization" in request.headers for request in seen)


@pytest.mark.parametrize(
    ("scope", "selection", "group"),
    [
        ("public_default", "route_priority", "default"),
        (None, "configured_minimum", "default"),
        (None, None, "default"),
        ("account", "vip", "vip"),
    ],
)
def test_a_list_says_whose_prices_it_has(scope: str | None, selection: str | None, group: str) -> None:
    meta = META | {"price_scope": scope, "price_selection": selection}
    assert PriceList.from_json({"meta": meta, "models": []}).group == group


def test_a_price_that_is_not_whole_is_neither_compared_nor_taken() -> None:
    no_output = rule("gpt-image-2", tokens("text_input", "9"))
    other_tier = {**BETA["components"][0], "quantity_rule": {"op": "lookup", "values": {"8K": "1"}}}
    no_tier = {**BETA, "components": [other_tier]}
    found = PriceList.from_json(published(no_output, no_tier, by_tokens("gpt-image-1.5")))
    assert list(found.rates()) == ["gpt-image-1.5"]
    assert found.differences() == ()


def test_published_rates_are_a_table_that_prices_are_calculated_with() -> None:
    dearer = by_tokens("gpt-image-2")
    dearer["components"][0] = tokens("image_output", "3.672")
    found = PriceList.from_json(published(dearer, BETA))
    table = RateTable(BUILT_IN.info, {model: {"default": rates} for model, rates in found.rates().items()})
    assert found.differences(table=table) == ()
    request = GenerationRequest(model="gpt-image-2", prompt="", size="1:1")
    assert pricing.estimate(request).high == Decimal("3.2241")
    assert pricing.estimate(request, table=table).high == Decimal("6.4481")
    other = GenerationRequest(model="gpt-image-1", prompt="", size="1:1")
    assert pricing.estimate(other, table=table) == pricing.estimate(other), "models that are not in it stay as they are"
    usage = Usage(input_text_tokens=0, input_image_tokens=0, output_image_tokens=1000)
    bill = pricing.cost("gpt-image-2", usage, n=1, table=table)
    assert bill is not None
    assert bill.credits == Decimal("3.672")
    for rates in found.rates().values():
        assert rate_table.from_json(rate_table.to_json(rates)) == rates
