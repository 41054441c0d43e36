"""A worker that is killed at any moment loses nothing, buys nothing twice, and leaves nothing behind."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import Generation, Status
from playground.sandbox import Sandbox
from tests.engine.dying_worker import POINTS
from tests.factories import make_generation
from tests.invariants import broken

# What was committed when a process dies, and what was not.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

LEASE = 0.6


def test_the_list_of_points_is_complete() -> None:
    from tests.engine.dying_worker import points

    assert tuple(points()) == POINTS


def database_url() -> str:
    """The test's own database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
    return f"postgresql://{user}{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def start_worker(*point: str, seconds: float = 0.0) -> "subprocess.Popen[bytes]":
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(django_settings.DATA_DIR),
        "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
        "SANDBOX_SECONDS": str(seconds),
        "SANDBOX_PLAIN": "1",
        "POLL_SECONDS": "0.02",
        "LEASE_SECONDS": str(LEASE),
    }
    command = [sys.executable, "-m", "tests.engine.dying_worker", *point]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(
    point: str, alice: User, run_worker: Callable[[], None], sandbox: Sandbox, settings: Settings
) -> None:
    settings.LEASE_SECONDS = LEASE
    generation = make_generation(owner=alice, n=2)
    worker = start_worker(point)
    try:
        assert worker.wait(30) == -signal.SIGKILL
    finally:
        worker.kill()
    run_worker()

    assert broken(sandbox, clicks=1) == []
    generation.refresh_from_db()
    lost = point in POINTS[:2]
    assert generation.status == (Status.UNKNOWN if lost else Status.COMPLETED)
    assert len(sandbox.task_log()) == (0 if point == POINTS[0] else 1)


def test_a_worker_stopped_beyond_its_lease_still_says_which_task_was_accepted(
    alice: User, run_worker: Callable[[], None], sandbox: Sandbox, settings: Settings
) -> None:
    settings.LEASE_SECONDS = LEASE
    generation = make_generation(owner=alice, prompt="A lighthouse sandbox:slow=3")
    stopped = start_worker()
    try:
        # The sandbox has accepted it and holds its answer back: the worker is stopped while it waits.
        wait_until(lambda: bool(sandbox.task_log()))
        os.kill(stopped.pid, signal.SIGSTOP)
        run_worker()
        generation.refresh_from_db()
        assert (generation.status, generation.task_id) == (Status.UNKNOWN, "")
        os.kill(stopped.pid, signal.SIGCONT)
        wait_until(lambda: generation.attempts.get().hinted_task_id != "")
    finally:
        stopped.kill()
        stopped.wait()
    # It may have died with the row in its hands: then that is free once the lease is over.
    wait_until(lambda: run_worker() or Generation.objects.completed().exists())
    assert broken(sandbox, clicks=1) == []


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.soak
def test_killed_at_random(
    alice: User, run_worker: Callable[[], None], sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    rounds = int(os.environ.get("SOAK_ROUNDS", "200"))
    seed = int(os.environ.get("SOAK_SEED", str(time.time_ns())))
    print(f"seed {seed}")
    chance = random.Random(seed)
    settings.LEASE_SECONDS = LEASE
    clicks = 0
    for _round in range(rounds):
        for _click in range(chance.randint(1, 4)):
            make_generation(owner=alice, n=chance.randint(1, 3))
            clicks += 1
        workers = [start_worker(seconds=chance.random()) for _ in range(chance.randint(1, 2))]
        time.sleep(chance.uniform(0.8, 3.5))
        for worker in workers:
            worker.kill()
            worker.wait()
        run_worker()
        assert broken(sandbox, clicks=clicks) == []
    assert Generation.objects.filter(status=Status.COMPLETED).count() > clicks / 3
