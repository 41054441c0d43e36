"""Estimate and cost: the source of the cost, why it differs, and what failures say about money."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from playground.engine.billing import asked_for, assumed, bill_of
from playground.evolink import Rates, Task, catalogue, get_model
from playground.models import NOT_KNOWN_YET, Bill, Charged, CostSource, Generation
from playground.money.bill_words import difference_sentence
from tests.factories import charged, make_generation

# The rates of a version may be in the database.
pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINK = "https://files.example.com/1.png"


def finished(owner: User, *, came: int = 2, **answer: Any) -> Generation:
    """A generation of two pictures, which EvoLink finishes with this answer."""
    row = make_generation(owner=owner, n=2, now=NOW)
    row.mark_submitting(NOW, None)
    row.mark_accepted(f"task-unified-{row.pk}-abcdefgh", NOW, NOW)
    task = Task.from_json({"id": row.task_id, "status": "completed", "results": [LINK] * came, **answer})
    row.record_answer(task)
    row.mark_generated(task, bill_of(row, task), NOW)
    return row


def reported(credits: str) -> dict[str, Any]:
    return {"billing": {"charge_status": "charged", "charged_credits": float(credits)}}


TOKENS = {
    "input_tokens": 10,
    "input_tokens_details": {"text_tokens": 10, "image_tokens": 0, "cached_tokens_details": {"text_tokens": 4}},
    "output_tokens": 544,
    "output_tokens_details": {"image_tokens": 544},
    "total_tokens": 554,
}


def test_the_cost_is_what_evolink_reports(alice: User) -> None:
    row = finished(alice, usage=TOKENS, **reported("1.34"))
    assert (row.cost, row.cost_source) == (Decimal("1.34"), CostSource.REPORTED)


def row_of(model: str = "gpt-image-1", *, n: int = 3, resolution: str = "") -> Generation:
    """A generation that is in no database."""
    return Generation(model=model, n=n, resolution=resolution, estimate_high=Decimal("1.0001"))


def told(status: str = "completed", *, came: int = 0, **answer: Any) -> Task:
    return Task.from_json({"id": "task-unified-1-abcdefgh", "status": status, "results": [LINK] * came, **answer})


COMPUTED = Bill(Charged.YES, Decimal("1.3341"), CostSource.COMPUTED)
BILLS: list[tuple[str, dict[str, Any], Bill]] = [
    ("completed", {**reported("1.5"), "usage": TOKENS}, Bill(Charged.YES, Decimal("1.5"), CostSource.REPORTED)),
    ("failed", reported("1.5"), Bill(Charged.YES, Decimal("1.5"), CostSource.REPORTED)),
    ("failed", reported("0"), Bill(Charged.NO, Decimal(0), CostSource.REPORTED)),
    ("completed", {"billing": {"charge_status": "released"}, "usage": TOKENS},
     Bill(Charged.NO, Decimal(0), CostSource.REPORTED)),
    ("failed", {"billing": {"charge_status": "released", "refund_status": "completed", "refunded_credits": 2}},
     Bill(Charged.REFUNDED, Decimal(0), CostSource.REPORTED)),
    ("completed", {"usage": TOKENS}, COMPUTED),
    ("completed", {}, NOT_KNOWN_YET),
    ("completed", {"usage": {"credits_reserved": 2}}, NOT_KNOWN_YET),
    ("completed", {"usage": TOKENS, "billing": {"charge_status": "reserved"}}, NOT_KNOWN_YET),
    ("failed", {"usage": TOKENS}, NOT_KNOWN_YET),
    ("cancelled", {"usage": TOKENS}, NOT_KNOWN_YET),
]  # fmt: skip


@pytest.mark.parametrize(("status", "answer", "bill"), BILLS, ids=range(len(BILLS)))
def test_a_bill_says_what_an_answer_proves(status: str, answer: dict[str, Any], bill: Bill) -> None:
    assert bill_of(row_of(), told(status, **answer)) == bill


@pytest.mark.parametrize(
    ("status", "came", "credits"),
    [("completed", 0, "1.0001"), ("completed", 1, "0.3334"), ("completed", 2, "0.6668"), ("failed", 2, "0.6668"),
     ("completed", 3, "1.0001"), ("completed", 4, "1.0001"), ("failed", 0, "1.0001")],
)  # fmt: skip
def test_what_is_never_known_is_the_estimate_of_the_pictures_that_came(status: str, came: int, credits: str) -> None:
    assert assumed(row_of(), told(status, came=came)) == Bill(Charged.POSSIBLY, Decimal(credits), CostSource.ESTIMATED)
    open_bill = {"charge_status": "reserved", "reserved_credits": 9}
    assert assumed(row_of(), told("completed", usage=TOKENS, billing=open_bill)) == COMPUTED


@pytest.mark.parametrize(
    ("n", "resolution", "credits"), [(1, "", "1.02"), (2, "", "2.04"), (2, "1K", "2.04"), (2, "2K", "3.468")]
)
def test_a_price_per_picture_follows_from_number_and_resolution(n: int, resolution: str, credits: str) -> None:
    bill = bill_of(row_of("gpt-image-2-beta", n=n, resolution=resolution), told(usage={"credits_reserved": 9}))
    assert bill == Bill(Charged.YES, Decimal(credits), CostSource.COMPUTED)


def test_tokens_cost_what_the_group_of_the_account_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    model = get_model("gpt-image-1")
    rates = {**model.rates, "vip": Rates(image_output=Decimal(1), text_input=Decimal(1))}
    monkeypatch.setattr(catalogue, "MODELS", {model.id: replace(model, rates=rates)})
    bill = bill_of(row_of(), told(usage={**TOKENS, "user_group": "vip"}))
    assert bill == Bill(Charged.YES, Decimal("0.554"), CostSource.COMPUTED)


def test_a_cost_is_asked_for_longer_where_evolink_says_that_it_is_open() -> None:
    assert asked_for(told()) == timedelta(hours=1)
    assert asked_for(told("failed")) == timedelta(hours=1)
    assert asked_for(told(billing={"charge_status": "reserved"})) == timedelta(days=1)


def test_else_it_follows_from_the_reported_tokens(alice: User) -> None:
    row = finished(alice, usage=TOKENS)
    assert row.cost_source == CostSource.COMPUTED
    assert row.cost == Decimal("1.3318") + Decimal("0.0019") + Decimal("0.0004")  # output, text, cached text


def test_else_it_is_not_known_yet_and_at_last_the_estimate_counts(alice: User) -> None:
    row = finished(alice)
    assert (row.cost, row.cost_source, row.charged) == (None, "", Charged.CHECKING)
    task = Task.from_json({"id": row.task_id, "status": "completed", "results": [LINK] * 2})
    assert assumed(row, task) == Bill(Charged.POSSIBLY, row.estimate_high, CostSource.ESTIMATED)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "It cost what was estimated."),
        ({"cost": "1.3400"}, "The cost is within the estimate."),
        ({"cost": "9"}, "EvoLink charged more than was estimated."),
        ({"cost": "0.7", "came": 1}, "1 of 2 pictures arrived."),
        ({"cost": "0.7"}, "EvoLink charged less than was estimated."),
        ({"cost": "0.7", "usage": TOKENS}, "EvoLink had read a part of it before, which costs less."),
    ],
)
def test_the_difference_is_explained_on_the_card(
    alice: User, as_alice: Client, answer: dict[str, Any], words: str
) -> None:
    high = str(make_generation(owner=alice, n=2).estimate_high)
    told = {"usage": answer["usage"]} if "usage" in answer else {}
    row = finished(alice, came=answer.get("came", 2), **reported(answer.get("cost", high)), **told)
    row.images.update(state="missing")
    row.complete(NOW)
    card = re.sub(r"\s+", " ", as_alice.get("/").content.decode())
    assert words in card
    assert "The cost is reported by EvoLink." in card
    assert "Estimate 1.33 – 1.34 credits" in card


def test_a_correction_says_so(alice: User) -> None:
    row = finished(alice)
    row.images.update(state="missing")
    row.complete(NOW)
    row.record_bill(assumed(row, row.last_task()), NOW, None)
    row.correct(Decimal(1), NOW, alice)
    assert difference_sentence(row) == "An administrator looked up what EvoLink charged."


def test_nothing_charged_is_said_where_the_bill_is_zero(alice: User) -> None:
    row = finished(alice, came=0, **reported("0"))
    row.complete(NOW)
    assert row.charged == Charged.NO
    assert not row.ledger.filter(kind="charge").exists()


def test_failures_say_what_became_of_the_money(alice: User, as_alice: Client) -> None:
    refused, costly, lost, given_up = (make_generation(owner=alice, rehearsal=False, now=NOW) for _ in range(4))
    for row in (refused, costly, lost, given_up):
        row.mark_submitting(NOW, None)
    refused.fail("content_policy_violation", "", NOW)
    costly.mark_accepted(f"task-unified-{costly.pk}-abcdefgh", NOW, NOW)
    costly.mark_failed("generation_timeout", "", charged("0.5"), NOW, None)
    lost.mark_unknown(NOW, NOW, "")
    given_up.mark_unknown(NOW, NOW, "")
    given_up.give_up(NOW)
    cards = as_alice.get("/").content.decode()
    for sentence in (
        "You were not charged.",
        "You were charged.",
        "We do not know yet whether you were charged; we keep asking.",
    ):
        assert sentence in cards
    assert "We do not know whether you were charged; the estimate counts." in cards
    assert "It may have been charged. We are checking" not in cards, "the money is said once"
    assert lost.ledger.get().kind == "hold"
    assert {entry.kind: entry.estimated for entry in given_up.ledger.all()} == {
        "hold": False,
        "release": False,
        "charge": True,
    }


def test_a_rehearsal_never_speaks_of_real_money(alice: User, as_alice: Client) -> None:
    refused, costly, lost, given_up, cancelled = (make_generation(owner=alice, now=NOW) for _ in range(5))
    for row in (refused, costly, lost, given_up):
        row.mark_submitting(NOW, None)
    refused.fail("content_policy_violation", "", NOW)
    costly.mark_accepted(f"task-unified-{costly.pk}-abcdefgh", NOW, NOW)
    costly.mark_failed("generation_timeout", "", charged("0.5"), NOW, None)
    lost.mark_unknown(NOW, NOW, "")
    given_up.mark_unknown(NOW, NOW, "")
    given_up.give_up(NOW)
    cancelled.cancel(NOW)
    cards = as_alice.get("/").content.decode()
    assert cards.count("A rehearsal costs nothing.") == 5
    assert not [sentence for sentence in Charged.labels if str(sentence) in cards]
