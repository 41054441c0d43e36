"""A clock that is set puts no row to sleep and declares no link dead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine.clocks import ClockWatch
from playground.engine.worker import Worker
from playground.models import Generation, Status
from tests.factories import make_generation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RunWorker = Callable[[], None]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_is_set_is_seen_and_said(jump: timedelta, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    row = make_generation(owner=alice)
    Generation.objects.update(due_at=NOON + timedelta(minutes=90))
    with time_machine.travel(NOON) as clock:
        worker = Worker()
        worker._look_at_the_clock(timezone.now())
        clock.shift(jump)
        worker._look_at_the_clock(timezone.now())
        row.refresh_from_db()
        assert row.due_at
        assert row.due_at <= timezone.now()
    said = [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]
    direction = "ahead" if jump > timedelta() else "back"
    assert said == [f"the clock was set {direction}, so all rows are due now"]


def test_a_clock_that_runs_is_no_jump() -> None:
    watch = ClockWatch()
    for _look in range(3):
        assert watch.jump(timezone.now()) == timedelta(0)


def test_a_row_put_to_sleep_by_a_wrong_clock_is_due_at_the_next_start(alice: User, run_worker: RunWorker) -> None:
    row = make_generation(owner=alice)
    Generation.objects.update(due_at=timezone.now() + timedelta(days=1))
    run_worker()
    row.refresh_from_db()
    assert row.status == Status.COMPLETED


def test_a_clock_set_ahead_declares_no_link_dead_that_lives(
    alice: User, run_once: RunWorker, run_worker: RunWorker, settings: Settings
) -> None:
    storages = settings.STORAGES
    with time_machine.travel(NOON):
        settings.STORAGES = storages | {"default": {"BACKEND": "tests.engine.test_faults.BrokenStorage"}}
        row = make_generation(owner=alice)
        run_once()
        settings.STORAGES = storages
        row.refresh_from_db()
        assert (row.status, row.images.get().state) == (Status.SAVING, "waiting")
        # As after a jump of a day: by our clock the link is dead, at EvoLink it lives.
        row.images.update(expires_at=NOON - timedelta(minutes=1))
        Generation.objects.update(due_at=timezone.now())
        run_worker()
    row.refresh_from_db()
    assert row.status == Status.COMPLETED
