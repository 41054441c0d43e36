"""If the chosen model is not available, the worker may go on with the next cheapest that can do the same."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from playground.evolink import alternatives, pricing
from playground.models import Attempt, Budget, BudgetExceeded, Generation, Status
from playground.sandbox import Sandbox
from tests.factories import make_generation, make_key
from tests.html import Html

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

RunWorker = Callable[[], None]
OUTAGE = "A lighthouse sandbox:outage_gpt_image_2"


def asked(owner: User, prompt: str = OUTAGE, *, other_models: bool = True, **values: object) -> Generation:
    return make_generation(
        owner=owner,
        prompt=prompt,
        model="gpt-image-2",
        quality="low",
        other_models=other_models,
        **values,  # type: ignore[arg-type]
    )


def test_the_next_cheapest_draws_it_and_the_card_says_why(
    alice: User, as_alice: Client, run_worker: RunWorker, sandbox: Sandbox
) -> None:
    row = asked(alice)
    wanted = alternatives(row.as_request(), today=row.created_at.date(), references=0)[0]
    before = row.estimate_high
    run_worker()
    row.refresh_from_db()
    assert (row.status, row.model, row.asked_model) == (Status.COMPLETED, wanted.model, "gpt-image-2")
    assert row.asked_estimate == before
    assert [task.model for task in sandbox.task_log()] == [wanted.model]
    refused, accepted = row.attempts.order_by("pk")
    assert (refused.outcome, accepted.outcome) == (Attempt.Outcome.REJECTED, Attempt.Outcome.ACCEPTED)
    assert refused.nonce != accepted.nonce, "a new attempt has a key of its own"
    card = Html(as_alice.get("/")).text
    assert "GPT Image 2 was not available, so" in card


def test_the_hold_is_for_the_most_expensive_of_them(alice: User) -> None:
    row = asked(alice)
    others = alternatives(row.as_request(), today=row.created_at.date(), references=0)
    highest = max(pricing.estimate(other, references=0).high for other in others)
    assert row.ledger.held() == max(highest, row.estimate_high)


def test_a_budget_must_have_room_for_it(alice: User) -> None:
    key = make_key(owner=alice)
    plain = asked(alice, other_models=False)
    Budget.objects.put(alice, plain.estimate_high + Decimal("0.01"))
    with pytest.raises(BudgetExceeded):
        asked(alice, rehearsal=False, key=key)
    assert asked(alice, other_models=False, rehearsal=False, key=key).ledger.held() == plain.estimate_high


def test_without_leave_the_same_model_is_asked_again(alice: User, run_once: RunWorker, sandbox: Sandbox) -> None:
    row = asked(alice, other_models=False)
    run_once()
    row.refresh_from_db()
    assert (row.status, row.model, row.asked_model) == (Status.QUEUED, "gpt-image-2", "")
    assert sandbox.task_log() == []


@pytest.mark.parametrize("word", ["answer_lost", "submit_internal_error", "submit_content_filter"])
def test_nothing_is_sent_on_for_any_other_reason(
    word: str, alice: User, run_worker: RunWorker, sandbox: Sandbox
) -> None:
    row = asked(alice, f"A lighthouse sandbox:{word}")
    run_worker()
    row.refresh_from_db()
    assert row.model == "gpt-image-2"
    assert row.attempts.count() == 1
