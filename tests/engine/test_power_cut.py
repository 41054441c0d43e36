"""The power fails at every moment: what was synced is all that is left. Nothing is sent twice, and no row says that a
picture is saved whose file is not whole. SQLite and files on the disk; elsewhere the server syncs."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.evolink import Client
from playground.models import Generation, Status
from playground.sandbox import Sandbox
from tests.engine.dying_worker import POINTS, given_settings, start_process
from tests.engine.power_cut import MISSING, Disk, database_on, forget_keys, obey, say_whether_locked
from tests.engine.test_kill import let_leases_end
from tests.factories import make_generation
from tests.invariants import broken, torn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the test can only take away what SQLite has synced"),
]
LOST = POINTS[:2]


class Studio:
    """The database and the files of the test, on a disk that can lose its power."""

    def __init__(self, disk: Disk, database: Path) -> None:
        self.disk = disk
        self.database = database

    def cut_power(self, do: str, **how: Any) -> None:
        """A process does this and dies at once. Then the disk has only what was synced. All that was there before
        counts as synced."""
        connection.close()
        self.disk.sync_all()
        process = start_process(partial(obey, **how), self.disk, given_settings(), str(self.database), do)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        self.disk.cut_power()


@pytest.fixture
def studio(db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(Client, "generate", Client.generate)  # put back afterwards
    forget_keys()
    disk = Disk(tmp_path / "data", tmp_path / "shadow")
    settings.MEDIA_ROOT = disk.data / "media"
    with database_on(disk) as database:
        yield Studio(disk, database)


@pytest.fixture
def order(studio: Studio) -> Generation:
    """What alice has handed in."""
    return make_generation(owner=User.objects.create_user(username="alice"), n=2)


@pytest.mark.parametrize("point", POINTS)
def test_cut_at(
    point: str, studio: Studio, order: Generation, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    studio.cut_power(point)
    assert [*torn()] == []
    let_leases_end()
    run_worker()
    assert broken(sandbox, clicks=1) == []
    order.refresh_from_db()
    assert order.status == (Status.UNKNOWN if point in LOST else Status.COMPLETED)
    assert len(sandbox.task_log()) == (0 if point == POINTS[0] else 1)


def test_an_order_that_was_taken_is_still_there(studio: Studio, sandbox: Sandbox) -> None:
    User.objects.create_user(username="alice")
    studio.cut_power("hand in")
    assert Generation.objects.get().status == Status.QUEUED


def test_noting_a_sync_takes_no_lock_from_the_database(studio: Studio) -> None:
    """Otherwise the next process that closes the database removes a log that others still use."""
    process = start_process(say_whether_locked, studio.disk, studio.database)
    process.join()
    assert process.exitcode == 0


def test_without_the_syncs_of_the_database_a_request_goes_out_twice(
    studio: Studio, order: Generation, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    """This is what `synchronous=NORMAL` does, and it shows that the test above would see it."""
    studio.cut_power("after the commit of the POST", synchronous="NORMAL")
    let_leases_end()
    run_worker()
    assert len(sandbox.task_log()) == 2
    assert "I1: 2 tasks at EvoLink for 1 clicks" in broken(sandbox, clicks=1)


def test_without_the_syncs_of_the_files_a_saved_picture_is_gone(studio: Studio, order: Generation) -> None:
    studio.cut_power("after the end", plain_files=True)
    order.refresh_from_db()
    assert order.status == Status.COMPLETED
    assert len([*torn()]) == 6


@pytest.mark.soak
def test_cut_at_random(studio: Studio, run_worker: Callable[[], None], sandbox: Sandbox) -> None:
    seed = int(os.environ.get("SOAK_SEED", str(time.time_ns())))
    print(f"seed {seed}")
    chance = random.Random(seed)
    alice = User.objects.create_user(username="alice")
    for clicks in range(1, int(os.environ.get("SOAK_ROUNDS", "200")) + 1):
        make_generation(owner=alice, n=chance.randint(1, 3))
        studio.cut_power(chance.choice(POINTS))
        assert [*torn()] == []
        let_leases_end()
        run_worker()
        assert broken(sandbox, clicks=clicks) == []
