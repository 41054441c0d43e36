"""Kills a worker at every moment: nothing is lost, nothing is bought twice, and nothing is left behind."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from playground.models import Generation, Status
from playground.sandbox import Sandbox
from tests.engine.dying_worker import POINTS, points, start_worker
from tests.factories import make_generation
from tests.invariants import broken
from tests.waits import seconds

# Needs the database: what was committed before the process died.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_the_list_of_points_is_complete() -> None:
    assert tuple(points()) == POINTS


def let_leases_end() -> None:
    """Ends all leases, as if the time had passed. So the rows of a dead worker are free."""
    Generation.objects.filter(lease_until__gt=timezone.now()).update(lease_until=timezone.now())


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point: str, alice: User, run_worker: Callable[[], None], sandbox: Sandbox) -> None:
    generation = make_generation(owner=alice, n=2)
    worker = start_worker(point)
    worker.join(seconds(60))
    assert worker.exitcode == -signal.SIGKILL
    let_leases_end()
    run_worker()

    assert broken(sandbox, clicks=1) == []
    generation.refresh_from_db()
    lost = point in POINTS[:2]
    assert generation.status == (Status.UNKNOWN if lost else Status.COMPLETED)
    assert len(sandbox.task_log()) == (0 if point == POINTS[0] else 1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux says that a process is stopped")
def test_a_worker_stopped_beyond_its_lease_still_says_which_task_was_accepted(
    alice: User, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    generation = make_generation(owner=alice, prompt="A lighthouse sandbox:slow=3")
    stopped = start_worker()
    try:
        # The sandbox has accepted the request and delays its response. The worker is stopped while it waits.
        wait_until(lambda: bool(sandbox.task_log()))
        stop_between_transactions(stopped.pid)
        let_leases_end()
        run_worker()
        generation.refresh_from_db()
        assert (generation.status, generation.task_id) == (Status.UNKNOWN, "")
        os.kill(stopped.pid, signal.SIGCONT)
        wait_until(lambda: generation.attempts.get().hinted_task_id != "")
    finally:
        stopped.kill()
        stopped.join()
    # The worker may have died while it held the row.
    let_leases_end()
    run_worker()
    assert Generation.objects.completed().exists()
    assert broken(sandbox, clicks=1) == []


def stop_between_transactions(pid: int | None) -> None:
    """Stops the process at a moment when it does not hold SQLite's lock, because it would hold it while it is
    stopped."""
    assert pid
    while True:
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: is_stopped(pid))
        if connection.vendor != "sqlite" or is_free(connection.settings_dict["NAME"]):
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)


def is_stopped(pid: int | None) -> bool:
    """Whether the process sleeps after a SIGSTOP."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def is_free(database: str) -> bool:
    """Whether nobody is writing to this SQLite file."""
    with closing(sqlite3.connect(database, timeout=0.1, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds(60)
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.soak
def test_killed_at_random(alice: User, run_worker: Callable[[], None], sandbox: Sandbox) -> None:
    rounds = int(os.environ.get("SOAK_ROUNDS", "200"))
    seed = int(os.environ.get("SOAK_SEED", str(time.time_ns())))
    print(f"seed {seed}")
    chance = random.Random(seed)
    clicks = 0
    for _round in range(rounds):
        for _click in range(chance.randint(1, 4)):
            make_generation(owner=alice, n=chance.randint(1, 3))
            clicks += 1
        workers = [start_worker(seconds=chance.random()) for _ in range(chance.randint(1, 2))]
        time.sleep(chance.uniform(0.1, 2.8))
        for worker in workers:
            worker.kill()
            worker.join()
        let_leases_end()
        run_worker()
        assert broken(sandbox, clicks=clicks) == []
    assert Generation.objects.filter(status=Status.COMPLETED).count() > clicks / 3
