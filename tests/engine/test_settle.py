"""What EvoLink says about the money, now and later: what the person reads, and what is booked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from playground.models import Charged, Generation, LedgerEntry, Status
from playground.sandbox import Sandbox
from tests.factories import make_generation
from tests.html import Html
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

RunWorker = Callable[[], None]
NOT_FINAL = "The cost is not final yet"
SAID = {
    Charged.NO: "You were not charged.",
    Charged.YES: "You were charged.",
    Charged.REFUNDED: "You were not charged: EvoLink gave the credits back.",
    Charged.CHECKING: "We do not know yet whether you were charged; we keep asking.",
    Charged.POSSIBLY: "We do not know whether you were charged; the estimate counts.",
}


@dataclass(frozen=True)
class Row:
    """What is known when the pictures are there (or will never be), and after the time in `later` has passed. `booked`
    is `bill`, `estimate` or nothing."""

    scenario: str
    status: Status
    first: Charged
    last: Charged
    booked: str
    later: timedelta = timedelta(minutes=2)


DONE, FAILED = Status.COMPLETED, Status.FAILED
NO, YES, REFUNDED, CHECKING, POSSIBLY = Charged.NO, Charged.YES, Charged.REFUNDED, Charged.CHECKING, Charged.POSSIBLY
DAY, HOUR = timedelta(days=1, minutes=1), timedelta(hours=1, minutes=1)
ROWS = (
    Row("charge_reserved=60", DONE, CHECKING, YES, "bill"),
    Row("charge_unknown=60", DONE, CHECKING, YES, "bill"),
    Row("charge_unsaid=60", DONE, CHECKING, YES, "bill"),
    Row("charge_never", DONE, CHECKING, POSSIBLY, "estimate", DAY),
    Row("no_usage", DONE, CHECKING, POSSIBLY, "estimate", HOUR),
    Row("token_counts", DONE, YES, YES, "bill"),
    Row("service_error", FAILED, REFUNDED, REFUNDED, ""),
    Row("failed_and_released", FAILED, NO, NO, ""),
    Row("failed_and_charged", FAILED, YES, YES, "bill"),
    Row("failed_and_unsaid", FAILED, CHECKING, POSSIBLY, "estimate", HOUR),
    Row("refund_late=60", FAILED, CHECKING, REFUNDED, ""),
    Row("refund_failed", FAILED, YES, YES, "bill"),
    Row("failed_with_results", DONE, YES, YES, "bill"),
)


def booked(row: Generation) -> Decimal:
    return row.ledger.spent()


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.scenario)
def test_the_money_follows_what_evolink_says(
    case: Row, alice: User, as_alice: Client, run_once: RunWorker, sandbox: Sandbox
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        row = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{case.scenario}")
        run_once()
        row.refresh_from_db()
        assert (row.status, row.charged) == (case.status, case.first)
        told = Html(as_alice.get(f"/generations/{row.code}/")).text
        assert (NOT_FINAL in told) is (case.first == CHECKING and case.status == DONE)
        held = row.estimate_high if case.first == CHECKING else 0
        assert row.ledger.held() == held
        assert (row.settled_at is None) is bool(held)

        let_pass(clock, case.later)
        run_once()
        row.refresh_from_db()
        assert row.charged == case.last
        assert row.ledger.held() == 0
        bills = {entry.task_id: entry.credits for entry in sandbox.billing_log()}
        expected = {"bill": bills.get(row.task_id), "estimate": row.estimate_high, "": Decimal(0)}[case.booked]
        assert booked(row) == expected
        assert (row.cost or 0) == expected


@pytest.mark.parametrize("charged", Charged)
def test_a_failure_says_what_is_proven(charged: Charged, alice: User, as_alice: Client) -> None:
    row = make_generation(owner=alice, rehearsal=False)
    Generation.objects.filter(pk=row.pk).update(
        status=FAILED, failure="service_error", charged=charged, finished_at=row.created_at, due_at=None
    )
    assert SAID[charged] in Html(as_alice.get("/")).text


def test_a_later_refund_corrects_the_month_of_the_charge(
    alice: User, as_alice: Client, run_once: RunWorker, sandbox: Sandbox
) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 23, 59, tzinfo=UTC), tick=True) as clock:
        row = make_generation(owner=alice, prompt="A lighthouse sandbox:refund_afterwards=60")
        run_once()
        charge = row.ledger.get(kind=LedgerEntry.Kind.CHARGE)
        let_pass(clock, timedelta(minutes=2))
        as_alice.post(f"/callbacks/{row.attempts.get().nonce}/", {"id": "task-unified-1-aaaaaaaa"}, "application/json")
        run_once()
        told = Html(as_alice.get(f"/generations/{row.code}/")).text
    assert "The cost is reported by EvoLink." in told
    correction = row.ledger.get(kind=LedgerEntry.Kind.CORRECTION)
    assert (correction.credits, correction.corrected_by) == (-charge.credits, None)
    assert correction.at > charge.at
    assert correction.effective_at == charge.effective_at
