"""The money of a task as its answers tell it: states that change after it has ended, refunds, and other prices."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from playground.evolink import MODELS, Charge, GenerationRequest, Settlement, Task, pricing
from playground.sandbox import SCENARIOS
from tests.sandbox.conftest import Reached

CHARGED, NOT_CHARGED, REFUNDED, OPEN, UNKNOWN = Charge


def settlement(evolink: Reached, task_id: str) -> Settlement:
    return Task.from_json(evolink.task(task_id).json()).settlement


def billed(evolink: Reached) -> list[Decimal]:
    return [entry.credits for entry in evolink.sandbox.billing_log()]


def used(evolink: Reached) -> Decimal:
    return Decimal(str(evolink.credits()["user"]["used_credits"]))


# scenario: (what is said at the end, after the wait), (what is billed by then)
MOVES: dict[str, tuple[Charge, Charge]] = {
    "charge_reserved=30": (OPEN, CHARGED),
    "charge_unknown=30": (OPEN, CHARGED),
    "charge_unsaid=30": (OPEN, CHARGED),
    "charge_never": (OPEN, OPEN),
    "refund_afterwards=30": (CHARGED, REFUNDED),
    "refund_late=30": (OPEN, REFUNDED),
    "refund_failed": (CHARGED, CHARGED),
    "failed_and_charged": (CHARGED, CHARGED),
    "failed_and_unsaid": (UNKNOWN, UNKNOWN),
    "failed_and_released": (NOT_CHARGED, NOT_CHARGED),
    "failed_with_results": (CHARGED, CHARGED),
    "service_error": (REFUNDED, REFUNDED),
    "no_usage": (UNKNOWN, UNKNOWN),
    "token_counts": (CHARGED, CHARGED),
}


def test_every_scenario_about_money_is_tried_here() -> None:
    assert {row.name for row in SCENARIOS.values() if row.place == "money"} <= {word.split("=")[0] for word in MOVES}


@pytest.mark.parametrize("word", MOVES)
def test_what_is_said_about_the_money_and_when(alone: Reached, word: str) -> None:
    at_once, later = MOVES[word]
    task_id = alone.made(prompt=f"a fox sandbox:{word}")["id"]
    assert settlement(alone, task_id).charge is OPEN
    alone.clock.advance(10)
    first = settlement(alone, task_id)
    assert first.charge is at_once
    alone.clock.advance(30)
    last = settlement(alone, task_id)
    assert last.charge is later
    if last.proven:
        assert last.credits == sum(billed(alone)) == used(alone), "what it says is what it took"


def test_a_charge_that_comes_later_is_held_until_then(alone: Reached) -> None:
    before = alone.credits()["user"]["remaining_credits"]
    alone.made(prompt="sandbox:charge_reserved=30")
    alone.clock.advance(10)
    held = alone.credits()["user"]
    assert (held["used_credits"], billed(alone)) == (0, [])
    assert held["remaining_credits"] < before
    alone.clock.advance(30)
    paid = alone.credits()["user"]
    assert paid["remaining_credits"] == held["remaining_credits"]
    assert billed(alone) == [used(alone)]
    assert used(alone) > 0


def test_a_late_refund_gives_back_all_that_was_reserved(alone: Reached) -> None:
    made = alone.made(prompt="sandbox:refund_late=30")
    reserved = Decimal(str(made["usage"]["credits_reserved"]))
    alone.clock.advance(10)
    body = alone.task(made["id"]).json()
    assert (body["billing"]["charge_status"], body["billing"]["refund_status"]) == ("charged", "pending")
    assert used(alone) == reserved
    alone.clock.advance(30)
    found = settlement(alone, made["id"])
    assert (found.refunded, found.reserved) == (reserved, reserved)
    assert found.refunded_at == datetime.fromtimestamp(1_800_000_000 + 6 + 30, UTC)
    assert billed(alone) == [reserved, -reserved]
    assert alone.credits()["user"] == {"remaining_credits": 100_000, "used_credits": 0}


def test_a_failed_task_may_have_some_of_its_pictures(alone: Reached) -> None:
    body = alone.finished(prompt="sandbox:failed_with_results", n=3)
    task = Task.from_json(body)
    assert (task.status, len(task.results), task.error is not None) == ("failed", 1, True)
    assert alone.anonymous.get(task.results[0]).status_code == 200
    assert task.settlement.credits == sum(billed(alone)) > 0


def test_what_is_never_settled_stays_reserved(alone: Reached) -> None:
    alone.made(prompt="sandbox:charge_never")
    alone.clock.advance(1_000_000)
    alone.sandbox.settle()
    assert billed(alone) == []
    assert alone.credits()["user"]["remaining_credits"] < 100_000
    assert used(alone) == 0


def test_without_reporting_nothing_is_said_of_the_money(reach: Callable[..., Reached]) -> None:
    body = reach(reports_usage=False).finished(prompt="sandbox:refund_late")
    assert not {"usage", "billing"} & set(body)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_another_group_pays_a_tenth_less(alone: Reached, model: str) -> None:
    costs = {}
    for key in ("sk-sandbox-vip-0123456789", "sk-alice-0001"):
        made = alone.made(key=key, model=model, quality=..., size="1:1")
        alone.clock.advance(600)
        task = Task.from_json(alone.task(made["id"], key=key).json())
        assert task.usage is not None
        assert task.user_group == ("vip" if "vip" in key else "default")
        costs[task.user_group] = (task.settlement.credits, task.usage.credits_reserved)
    for vip, default in zip(costs["vip"], costs["default"], strict=True):
        assert vip is not None
        assert default is not None
        assert abs(vip - default * Decimal("0.9")) <= Decimal("0.0001")
    quota = alone.client.get("/api/v1/files/quota", headers={"authorization": "Bearer sk-sandbox-vip"})
    assert quota.json()["data"]["user_group"] == "vip"


def test_prices_may_rise_everywhere_at_once(reach: Callable[..., Reached]) -> None:
    evolink = reach(scenarios=["prices_changed=2"])
    made = evolink.made(quality="low")
    request = GenerationRequest(model="gpt-image-1", prompt="a red fox in the snow", quality="low")
    assert Decimal(str(made["usage"]["credits_reserved"])) == 2 * pricing.estimate(request).high


def test_auto_is_reserved_as_a_square_of_2048(alone: Reached) -> None:
    order: dict[str, Any] = {"model": "gpt-image-2", "size": "auto", "quality": "medium"}
    reserved = Decimal(str(alone.made(**order)["usage"]["credits_reserved"]))
    assert reserved >= 3568 * Decimal("1.836") / 1000
    alone.clock.advance(600)
    alone.sandbox.settle()
    assert 0 < sum(billed(alone)) <= reserved
    beta = alone.made(model="gpt-image-2-beta", size="auto", quality=...)
    assert beta["usage"]["credits_reserved"] == 1.02


def test_a_key_may_be_refused_once_by_mistake(evolink: Reached) -> None:
    key = "sk-sandbox-unauthorized_briefly-1"
    headers = {"authorization": f"Bearer {key}"}
    assert evolink.client.get("/v1/credits", headers=headers).status_code == 401
    assert evolink.submit(key=key).status_code == 401
    evolink.clock.advance(30)
    assert evolink.client.get("/v1/credits", headers=headers).status_code == 200
    assert evolink.submit(key=key).status_code == 200
    evolink.clock.advance(1000)
    assert evolink.submit(key=key).status_code == 200
