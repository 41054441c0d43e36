"""Estimate and cost: the source of the cost, why it differs, and what failures say about money."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from playground.engine.billing import assumed, bill_of
from playground.evolink import Task
from playground.models import Bill, Charged, CostSource, Generation
from playground.money.bill_words import difference_sentence
from tests.factories import charged, make_generation

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
