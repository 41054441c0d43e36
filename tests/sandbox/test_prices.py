"""The public catalogue and the estimates: what the client makes of them, and how they are cached."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground.evolink import MODELS, RATES_HISTORY, Client, pricing
from playground.sandbox import Sandbox
from tests.sandbox.conftest import ALICE, Clock, Reached

LISTED = [name for name in MODELS if name not in RATES_HISTORY[0].unlisted]
PUBLIC = ("/v1/catalog/models", "/v1/catalog/health", "/v1/catalog/pricing-rules")


def test_the_price_list_is_the_catalogue(tmp_path: Path, clock: Clock) -> None:
    async def main() -> None:
        sandbox = Sandbox(tmp_path, clock=clock)
        async with Client(ALICE, transport=sandbox.transport()) as client:
            found = await client.price_list()
            assert found is not None
            assert list(found.rules) == LISTED
            assert found.differences() == ()
            assert found.unlisted() == RATES_HISTORY[0].unlisted
            assert found.price_scope == "public_default"
            assert found.fresh_until is not None
            assert found.fresh_until.timestamp() == clock.now + 300
            assert await client.price_list(etag=found.etag) is None
        dearer = Sandbox(tmp_path / "dearer", clock=clock, scenarios=["prices_changed=1.5"])
        async with Client(ALICE, transport=dearer.transport()) as client:
            changed = await client.price_list(etag=found.etag)
            assert changed is not None
            for difference in changed.differences():
                assert difference.ours is not None
                assert difference.published == difference.ours * Decimal("1.5")
            assert {difference.model_id for difference in changed.differences()} == set(LISTED)
        for one in (sandbox, dearer):
            one.close()

    asyncio.run(main())


@pytest.mark.parametrize("path", PUBLIC)
def test_the_catalogue_needs_no_key(evolink: Reached, path: str) -> None:
    response = evolink.anonymous.get(path)
    assert response.status_code == 200
    assert {line["model_id"] for line in response.json()["models"]} <= set(MODELS)


def test_a_list_that_is_known_is_not_sent_again(evolink: Reached) -> None:
    first = evolink.anonymous.get("/v1/catalog/pricing-rules")
    assert first.headers["cache-control"] == "public, max-age=300"
    evolink.clock.advance(1000)
    again = evolink.anonymous.get("/v1/catalog/pricing-rules", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = evolink.anonymous.get("/v1/catalog/pricing-rules", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/v1/catalog/pricing-rules/{}", "/v1/catalog/models/{}/pricing-rules"])
def test_the_rule_of_one_model(evolink: Reached, path: str) -> None:
    rule = evolink.anonymous.get(path.format("gpt-image-2")).json()["model"]
    assert rule in evolink.anonymous.get("/v1/catalog/pricing-rules").json()["models"]
    output = next(part for part in rule["components"] if part["role"] == "image_output")
    assert output["rate"] == {"cny": "0.1836", "credits": "1.836", "uc": "18360", "usd": "0.027"}
    for unlisted in ("gpt-image-1", "gpt-image-99"):
        response = evolink.anonymous.get(path.format(unlisted))
        assert (response.status_code, response.json()["error"]["code"]) == (404, "pricing_policy_not_found")


def test_an_outage_shows_in_the_health_of_the_catalogue(reach: Callable[..., Reached]) -> None:
    evolink = reach(scenarios=["outage_gpt_image_2"])
    states = {line["model_id"]: line["status"] for line in evolink.anonymous.get("/v1/catalog/health").json()["models"]}
    assert states == {name: "unavailable" if name == "gpt-image-2" else "available" for name in MODELS}


def estimate(evolink: Reached, *, key: str = ALICE, **body: Any) -> Any:
    order = {"operation": "image_generation", "expected_usage": {}, "parameters": {}, **body}
    return evolink.client.post("/v1/agent-estimates", json=order, headers={"authorization": f"Bearer {key}"})


def test_an_estimate_is_priced_as_the_request_would_be(evolink: Reached) -> None:
    usage = pricing.usage_of(
        MODELS["gpt-image-2"], width=1024, height=1024, quality="medium", n=1, text_tokens=12, references=1
    )
    parameters = {
        "image_output_tokens": usage.output_image_tokens,
        "image_input_tokens": str(usage.input_image_tokens),
        "text_input_tokens": usage.input_text_tokens,
    }
    quote = estimate(evolink, model_id="gpt-image-2", parameters=parameters).json()
    cost = pricing.cost("gpt-image-2", usage, n=1)
    assert cost is not None
    assert Decimal(quote["amounts"]["credits"]) == cost.credits
    assert sum(Decimal(part["subtotal_amounts"]["uc"]) for part in quote["components"]) == cost.credits * 10_000
    assert (quote["price_scope"], quote["settlement_basis"]) == ("account", "actual_usage")
    rule = evolink.anonymous.get("/v1/catalog/pricing-rules/gpt-image-2").json()["model"]
    assert quote["policy_checksum"] == rule["policy_checksum"]


def test_an_estimate_by_the_call_and_by_the_group(evolink: Reached) -> None:
    beta = estimate(evolink, model_id="gpt-image-2-beta", parameters={"billing_tier": "2k"}).json()
    assert beta["amounts"]["credits"] == "1.734"
    vip = estimate(evolink, key="sk-sandbox-vip", model_id="gpt-image-2-beta").json()
    assert vip["amounts"]["credits"] == "0.918"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"model_id": "gpt-image-1"}, 404, "pricing_policy_not_found"),
        ({"model_id": 7}, 404, "pricing_policy_not_found"),
        ({"model_id": "gpt-image-2", "operation": "image_edit"}, 400, "estimate_unsupported"),
        ({"model_id": "gpt-image-2", "parameters": []}, 400, "invalid_request"),
        ({"model_id": "gpt-image-2", "parameters": {"image_output_tokens": "-5"}}, 400, "invalid_request"),
        ({"model_id": "gpt-image-2", "parameters": {"image_output_tokens": "9" * 40}}, 400, "invalid_request"),
        ({"model_id": "gpt-image-2-beta", "parameters": {"billing_tier": "8K"}}, 400, "invalid_request"),
    ],
)
def test_estimates_that_cannot_be_given(evolink: Reached, body: dict[str, Any], status: int, code: str) -> None:
    response = estimate(evolink, **body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert evolink.anonymous.post("/v1/agent-estimates", json={}).status_code == 401
