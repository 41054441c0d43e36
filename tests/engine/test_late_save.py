"""A worker that was stopped beyond its lease wakes in the middle of saving a picture that another worker has saved."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from playground.evolink import Task
from playground.models import GeneratedImage, Generation, Status, Superseded
from playground.sandbox import Sandbox
from tests.engine.dying_worker import STOPS, start_worker, stops
from tests.engine.test_kill import is_stopped, let_leases_end, wait_until
from tests.factories import charged, keep_picture, make_generation
from tests.invariants import broken
from tests.waits import seconds

# Needs the database: what one worker has committed before the other one wakes.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_the_list_of_stops_is_complete() -> None:
    assert tuple(stops()) == STOPS


def stored() -> dict[str, tuple[int, int, bytes]]:
    """Each stored file: which one on the disk it is, when it was written, and its bytes."""
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux says that a process is stopped")
@pytest.mark.parametrize("stop", STOPS)
def test_a_worker_that_wakes_does_not_touch_what_another_has_saved(
    stop: str, alice: User, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    row = make_generation(owner=alice)
    worker = start_worker(stop)
    try:
        wait_until(lambda: is_stopped(worker.pid))
        let_leases_end()
        run_worker()
        row.refresh_from_db()
        assert row.status == Status.COMPLETED
        image = row.images.get()
        names = {Path(str(getattr(image, field).name)).name for field in GeneratedImage.FILES}
        before = {name: facts for name, facts in stored().items() if name in names}
        assert worker.pid
        os.kill(worker.pid, signal.SIGCONT)
        worker.join(seconds(60))
        assert worker.exitcode == 0
    finally:
        worker.kill()
        worker.join()
    assert stored() == before, "the saved files were not touched, and nothing else is left"
    assert broken(sandbox, clicks=1) == []


# --- The verbs ---


@pytest.fixture
def image(alice: User) -> GeneratedImage:
    """A picture that is waiting to be saved, under fence 5."""
    row = make_generation(owner=alice)
    now = timezone.now()
    row.mark_submitting(now, None)
    row.mark_accepted("task-unified-1", now, now)
    task = Task(id="task-unified-1", status="completed", progress=100, results=("https://files.example/0.png",))
    row.mark_generated(task, charged("1.5"), now)
    Generation.objects.update(fence=5)
    return row.images.get()


def store(image: GeneratedImage) -> dict[str, str]:
    return {field: default_storage.save(name, ContentFile(b"x")) for field, name in image.names("png").items()}


def names() -> set[str]:
    return {f"images/{name}" for name in default_storage.listdir("images")[1]}


def test_each_claim_has_names_of_its_own_and_removes_the_leftovers(image: GeneratedImage) -> None:
    image.begin_storing(5)
    first = store(image)
    Path(default_storage.path(first["file"] + ".part")).write_bytes(b"half")
    Generation.objects.update(fence=6)
    again = GeneratedImage.objects.get()
    again.begin_storing(6)
    assert names() == set()
    second = store(again)
    assert not {*first.values()} & {*second.values()}
    again.mark_saved(timezone.now(), **second, sha256="0" * 64)
    assert names() == {*second.values()}


def test_a_lost_claim_cannot_begin(image: GeneratedImage) -> None:
    with pytest.raises(Superseded):
        image.begin_storing(4)
    image.begin_storing(5)
    for fence in (5, 4):
        with pytest.raises(Superseded):
            GeneratedImage.objects.get().begin_storing(fence)


def test_a_saved_picture_cannot_begin_again(image: GeneratedImage) -> None:
    keep_picture(image, timezone.now())
    with pytest.raises(Superseded):
        image.begin_storing(5)


def test_the_loser_removes_its_files_and_not_the_others(image: GeneratedImage) -> None:
    image.begin_storing(5)
    Generation.objects.update(fence=6)
    winner = GeneratedImage.objects.get()
    winner.begin_storing(6)
    saved, late = store(winner), store(image)
    winner.mark_saved(timezone.now(), **saved, sha256="0" * 64)
    with pytest.raises(Superseded):
        image.mark_saved(timezone.now(), **late, sha256="1" * 64)
    assert names() == {*saved.values()}
    assert GeneratedImage.objects.get().sha256 == "0" * 64


def test_a_commit_whose_answer_was_lost_is_written_again(image: GeneratedImage) -> None:
    image.begin_storing(5)
    saved = store(image)
    for _time in range(2):
        image.mark_saved(timezone.now(), **saved, sha256="0" * 64)
    assert names() == {*saved.values()}


def test_a_picture_that_never_comes_leaves_no_files(image: GeneratedImage) -> None:
    image.begin_storing(5)
    store(image)
    image.mark_missing("link_dead")
    assert names() == set()
