"""A step that raises what nobody expected: counted, told, taken again ever later, ended as its state allows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine.faults import FAULTS_MAX
from playground.models import Charged, Generation, Status
from playground.sandbox import Sandbox
from tests.factories import make_generation
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "sk-abcdefghijklmnopqrstuvwx"
RunWorker = Callable[[], None]


class BrokenStorage(FileSystemStorage):
    """One with a fault of its own, which says too much about it."""

    def _save(self, name: str, content: object) -> NoReturn:
        raise RuntimeError(f"no luck with {KEY}")


def broken(owner: User, status: str) -> Generation:
    """A generation in this state whose next step raises what nobody expects, because its row is damaged."""
    row = make_generation(owner=owner)
    now = timezone.now()
    if status == Status.QUEUED:
        Generation.objects.filter(pk=row.pk).update(reference_way="pigeon")
    elif status == Status.SUBMITTING:
        # Text that no request can carry, to be sent again.
        row.attempts.update(request=json.dumps({"model": row.model, "prompt": "\ud800"}))
    else:
        row.mark_submitting(now, None)
        if status == Status.UNKNOWN:
            row.mark_unknown(now, now, "The connection broke.")
            row.attempts.update(hinted_task_id="../no task")
        else:
            row.mark_accepted("../no task", now, now)
    return row


def take_steps(row: Generation, run_once: RunWorker, number: int) -> None:
    """So many steps, without waiting for the pauses between them."""
    for _step in range(number):
        Generation.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=timezone.now())
        run_once()
    row.refresh_from_db()


def test_it_waits_longer_each_time_and_the_person_and_the_administrator_are_told(
    alice: User, run_once: RunWorker, as_alice: Client, as_administrator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    row = broken(alice, Status.PENDING)
    pauses = []
    for _step in range(3):
        take_steps(row, run_once, 1)
        assert row.due_at
        pauses.append(row.due_at - timezone.now())
    assert pauses[0] < pauses[1] < pauses[2]
    assert row.lease_until is None
    assert (row.status, row.faults) == (Status.PENDING, 3)
    technical = "ValueError: This is no id of EvoLink"
    for address in ("/", f"/generations/{row.code}/"):
        told = as_alice.get(address).content.decode()
        assert "Something went wrong here. Your administrator can see what." in told
        assert technical not in told
    assert technical in as_administrator.get(f"/generations/{row.code}/").content.decode()
    events = [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]
    assert events.count("step failed") == 1, "with a traceback"
    assert events.count("step failed again") == 2


@pytest.mark.parametrize(
    ("status", "end", "failure", "charged"),
    [
        (Status.QUEUED, Status.FAILED, "step_failed", Charged.NO),
        (Status.PENDING, Status.UNKNOWN, "task_lost", Charged.CHECKING),
    ],
)
def test_after_a_bound_it_ends_as_its_state_allows(
    status: str, end: str, failure: str, charged: str, alice: User, run_once: RunWorker, sandbox: Sandbox
) -> None:
    row = broken(alice, status)
    take_steps(row, run_once, FAULTS_MAX - 1)
    assert row.status == status
    take_steps(row, run_once, 1)
    assert (row.status, row.failure, row.charged) == (end, failure, charged)
    assert "Error" in row.failure_detail
    assert sandbox.task_log() == []
    assert row.ledger.held() == (0 if row.final else row.estimate_high)


def test_what_may_be_out_is_unknown_at_once(alice: User, run_once: RunWorker) -> None:
    row = broken(alice, Status.SUBMITTING)
    take_steps(row, run_once, 1)
    assert (row.status, row.failure, row.charged) == (Status.UNKNOWN, "answer_lost", Charged.CHECKING)
    assert "UnicodeEncodeError" in row.failure_detail


def test_a_lost_one_is_looked_for_as_long_as_any_and_given_up(alice: User, run_once: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        row = broken(alice, Status.UNKNOWN)
        take_steps(row, run_once, FAULTS_MAX + 1)
        assert not row.final
        let_pass(clock, timedelta(hours=24, minutes=1))
        take_steps(row, run_once, 1)
    assert row.final
    assert row.charged == Charged.POSSIBLY
    assert row.ledger.held() == 0


def test_what_was_drawn_is_paid_and_its_link_stays_until_it_dies(
    alice: User, run_once: RunWorker, sandbox: Sandbox, settings: Settings, as_alice: Client
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.BrokenStorage"}}
    with time_machine.travel(NOON) as clock:
        row = make_generation(owner=alice)
        run_once()
        take_steps(row, run_once, FAULTS_MAX)
        assert (row.status, row.images.get().state) == (Status.SAVING, "waiting")
        assert row.fault.startswith("RuntimeError: no luck with sk-")
        assert KEY not in row.fault
        assert row.ledger.held() == 0
        assert row.ledger.spent() == sandbox.billing_log()[0].credits
        assert "Not saved yet; 24 hours left." in as_alice.get("/").content.decode()
        clock.shift(timedelta(hours=24, minutes=1))
        take_steps(row, run_once, 1)
    assert (row.status, row.failure, row.charged) == (Status.FAILED, "links_died", Charged.YES)
    assert [entry.kind for entry in row.ledger.all()] == ["hold", "release", "charge"]


def test_a_fault_that_passes_leaves_nothing(alice: User, run_once: RunWorker, run_worker: RunWorker) -> None:
    row = broken(alice, Status.QUEUED)
    take_steps(row, run_once, 3)
    assert row.trouble == "step_failed"
    Generation.objects.update(reference_way="", due_at=timezone.now())
    run_worker()
    row.refresh_from_db()
    assert (row.status, row.trouble, row.fault, row.faults) == (Status.COMPLETED, "", "", 0)


def test_one_rows_fault_costs_no_other_any_time(alice: User, run_once: RunWorker) -> None:
    broken(alice, Status.PENDING)
    others = [make_generation(owner=alice) for _ in range(3)]
    run_once()
    assert Generation.objects.completed().filter(pk__in=[other.pk for other in others]).count() == 3
