"""The power fails at every moment: what was synced is all that is left. Nothing is sent twice, and no row says that a
picture is saved whose file is not whole. SQLite and files on the disk; elsewhere the server syncs."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.evolink import Client
from playground.models import GeneratedImage, Generation, Status
from playground.sandbox import Sandbox
from tests.engine.dying_worker import POINTS, given_settings
from tests.engine.power_cut import MISSING, Disk, Machine, copy_database, forget_keys, machine
from tests.engine.test_kill import let_leases_end
from tests.factories import make_generation
from tests.invariants import broken

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the test can only take away what SQLite has synced"),
]
LOST = POINTS[:2]


class Studio:
    """The database and the files of the test, on a disk that can lose its power."""

    def __init__(self, disk: Disk, worker: Machine) -> None:
        self.disk = disk
        self.worker = worker
        self.database = disk.data / "studio.sqlite3"

    def cut_power(self, do: str, **how: Any) -> None:
        """A process does this and dies at once. Then the disk has only what was synced. All that was there before
        counts as synced."""
        connection.close()
        self.disk.sync_all()
        code = self.worker.run(do=do, database=self.database, given=given_settings(), **how)
        assert code == -signal.SIGKILL
        self.disk.cut_power()


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Disk, Machine]]:
    folder = tmp_path_factory.mktemp("power")
    disk = Disk(folder / "data", folder / "shadow")
    with machine(disk, folder) as started:
        yield disk, started


@pytest.fixture
def studio(
    db: None, workers: tuple[Disk, Machine], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    disk, started = workers
    monkeypatch.setattr(Client, "generate", Client.generate)  # put back afterwards
    forget_keys()
    for path in sorted(disk.data.rglob("*"), reverse=True) if disk.data.exists() else ():
        path.rmdir() if path.is_dir() else path.unlink()
    disk.data.mkdir(exist_ok=True)
    studio = Studio(disk, started)
    of_the_run = connection.settings_dict["NAME"]
    connection.close()
    copy_database(of_the_run, studio.database)
    connection.settings_dict["NAME"] = str(studio.database)
    settings.MEDIA_ROOT = disk.data / "media"
    yield studio
    connection.close()
    connection.settings_dict["NAME"] = of_the_run


@pytest.fixture
def order(studio: Studio) -> Generation:
    """What alice has handed in."""
    return make_generation(owner=User.objects.create_user(username="alice"), n=2)


def torn() -> list[str]:
    """The names of files that a saved row has, and that are not whole."""
    found = []
    for image in GeneratedImage.objects.saved():
        for field in (image.file, image.thumbnail, image.thumbnail_small):
            size = default_storage.size(field.name) if default_storage.exists(field.name) else -1
            if size != image.byte_size if field.name == image.file.name else size < 1:
                found.append(field.name)
    return found


@pytest.mark.parametrize("point", POINTS)
def test_cut_at(
    point: str, studio: Studio, order: Generation, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    studio.cut_power(point)
    assert torn() == []
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
    assert len(torn()) == 6


@pytest.mark.soak
def test_cut_at_random(studio: Studio, run_worker: Callable[[], None], sandbox: Sandbox) -> None:
    seed = int(os.environ.get("SOAK_SEED", str(time.time_ns())))
    print(f"seed {seed}")
    chance = random.Random(seed)
    alice = User.objects.create_user(username="alice")
    for clicks in range(1, int(os.environ.get("SOAK_ROUNDS", "200")) + 1):
        make_generation(owner=alice, n=chance.randint(1, 3))
        studio.cut_power(chance.choice(POINTS))
        assert torn() == []
        let_leases_end()
        run_worker()
        assert broken(sandbox, clicks=clicks) == []
