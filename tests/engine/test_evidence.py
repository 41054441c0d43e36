"""Nothing is final before the longest a task may take, on two clocks; what comes to light later is believed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from playground.engine.evidence import sums_of
from playground.evolink import Client as EvoLink
from playground.models import Attempt, Charged, Generation, LedgerEntry, Status
from playground.sandbox import Sandbox
from tests.conftest import in_a_thread
from tests.factories import make_generation
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RunWorker = Callable[[], None]


def lost(alice: User, run_once: RunWorker, scenario: str) -> Generation:
    row = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{scenario}")
    run_once()
    row.refresh_from_db()
    assert row.status == Status.UNKNOWN
    return row


def entries(row: Generation) -> list[str]:
    return [entry.kind for entry in row.ledger.all()]


def call_back(row: Generation, task_id: str) -> None:
    address = f"/callbacks/{row.attempts.get().nonce}/"
    assert Client().post(address, {"id": task_id}, content_type="application/json").status_code == 204


def test_a_balance_that_stands_still_proves_nothing_before_a_task_must_have_ended(
    alice: User, run_once: RunWorker
) -> None:
    with time_machine.travel(NOON) as clock:
        row = lost(alice, run_once, "dropped")
        for hours, final in ((5, False), (1, True)):
            let_pass(clock, timedelta(hours=hours, minutes=1))
            run_once()
            row.refresh_from_db()
            assert row.final is final
    assert (row.status, row.failure) == (Status.FAILED, "not_accepted")


def test_a_clock_set_ahead_ends_nothing(alice: User, run_once: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        dropped = lost(alice, run_once, "dropped")
        accepted = lost(alice, run_once, "answer_lost")
        clock.shift(timedelta(days=2))
        run_once()
    for row in (dropped, accepted):
        row.refresh_from_db()
        assert (row.status, row.final) == (Status.UNKNOWN, False)


@pytest.mark.parametrize("missing", [None, ("token", "used"), ("user", "used")])
def test_sums_that_are_incomplete_prove_nothing(missing: tuple[str, str] | None) -> None:
    sums = {kind: {"used_credits": 12.5, "remaining_credits": 80.0} for kind in ("token", "user")}
    if missing:
        del sums[missing[0]][f"{missing[1]}_credits"]
    told = httpx.MockTransport(lambda request: httpx.Response(200, json={"success": True, "data": sums}))
    evolink = EvoLink("sk-none-of-anybody", transport=told)
    answers: list[object] = []

    async def ask() -> None:
        answers.append(await sums_of(evolink))

    in_a_thread(ask)
    assert (answers == [None]) is bool(missing)


def test_a_callback_after_not_accepted_opens_it_again(alice: User, run_once: RunWorker, sandbox: Sandbox) -> None:
    """The balance lied: it came back to what it was."""
    with time_machine.travel(NOON) as clock:
        row = lost(alice, run_once, "answer_lost")
        row.fail("not_accepted", "EvoLink's balance did not move.", timezone.now())
        assert entries(row) == ["hold", "release"]
        clock.shift(timedelta(hours=2))
        call_back(row, sandbox.task_log()[0].id)
        row.refresh_from_db()
        assert (row.status, row.failure, row.charged) == (Status.UNKNOWN, "answer_lost", Charged.CHECKING)
        assert LedgerEntry.objects.held() == row.estimate_high
        run_once()
    row.refresh_from_db()
    assert (row.status, row.charged, row.failure) == (Status.COMPLETED, Charged.YES, "")
    assert entries(row) == ["hold", "release", "hold", "release", "charge"]
    assert (row.ledger.held(), row.ledger.spent()) == (0, sandbox.billing_log()[0].credits)


def test_a_callback_that_names_no_task_is_evidence_too(alice: User, run_once: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        row = lost(alice, run_once, "dropped")
        row.fail("not_accepted", "EvoLink's balance did not move.", timezone.now())
        call_back(row, "")
        let_pass(clock, timedelta(hours=7))
        run_once()
        row.refresh_from_db()
        assert (row.status, row.final) == (Status.UNKNOWN, False)


def test_a_callback_after_giving_up_corrects_the_ledger(alice: User, run_once: RunWorker, sandbox: Sandbox) -> None:
    with time_machine.travel(NOON) as clock:
        row = lost(alice, run_once, "answer_lost")
        row.give_up(timezone.now())
        assert (row.charged, entries(row)) == (Charged.POSSIBLY, ["hold", "release", "charge"])
        given_up_at = row.finished_at
        clock.shift(timedelta(days=20))
        call_back(row, sandbox.task_log()[0].id)
        row.refresh_from_db()
        assert (row.final, row.ledger.held()) == (False, 0)
        run_once()
        clock.shift(timedelta(hours=25))
        run_once()
    row.refresh_from_db()
    assert (row.status, row.failure, row.charged) == (Status.FAILED, "links_died", Charged.YES)
    assert entries(row) == ["hold", "release", "charge", "correction"]
    assert row.ledger.spent() == row.cost == sandbox.billing_log()[0].credits
    assert row.ledger.get(kind="correction").effective_at == given_up_at


def test_what_an_administrator_corrected_stays(
    alice: User, administrator: User, run_once: RunWorker, sandbox: Sandbox
) -> None:
    with time_machine.travel(NOON) as clock:
        row = lost(alice, run_once, "answer_lost")
        row.give_up(timezone.now())
        row.correct(Decimal("0.25"), timezone.now(), administrator)
        clock.shift(timedelta(minutes=1))
        call_back(row, sandbox.task_log()[0].id)
        run_once()
    row.refresh_from_db()
    assert (row.final, row.cost, row.ledger.spent()) == (True, Decimal("0.25"), Decimal("0.25"))


def test_what_passes_while_nobody_looks_counts_only_on_one_clock(alice: User) -> None:
    row = make_generation(owner=alice)
    row.mark_submitting(timezone.now(), None)
    attempt = row.attempts.get()
    assert attempt.watch("first start", 100.0) == timedelta(0)
    assert attempt.watch("first start", 160.0) == timedelta(minutes=1)
    assert attempt.watch("second start", 5000.0) == timedelta(minutes=1)
    assert attempt.watch("second start", 5060.0) == timedelta(minutes=2)
    assert Attempt.objects.get().watched_seconds == 120.0
