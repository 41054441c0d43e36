"""A worker that is told to stop sends nothing more, and waits for the answer to what it sent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine import worker as engine
from playground.engine.worker import Worker
from playground.management.supervisor import WORKER_STOP_SECONDS
from playground.models import Charged, Generation, Status
from playground.sandbox import Sandbox
from tests.conftest import in_a_thread
from tests.engine.test_kill import wait_until
from tests.factories import make_generation
from tests.waits import seconds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def database_url() -> str:
    """The test's own database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
    return f"postgresql://{user}{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def command(*arguments: str) -> "subprocess.Popen[bytes]":
    """`manage.py worker`, or Python with other arguments, on the database and the sandbox of this test."""
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(django_settings.DATA_DIR),
        "SANDBOX_SECONDS": "0",
        "SANDBOX_PLAIN": "1",
    }
    return subprocess.Popen(
        [sys.executable, *(arguments or ("manage.py", "worker"))],
        cwd=django_settings.BASE_DIR,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
    )


def test_it_waits_for_the_answer_to_what_it_sent_and_says_so(alice: User, sandbox: Sandbox) -> None:
    row = make_generation(owner=alice, prompt="A lighthouse sandbox:slow=4")
    worker = command()
    try:
        wait_until(lambda: bool(sandbox.task_log()))
        worker.terminate()
        _out, said = worker.communicate(timeout=seconds(60))
    finally:
        worker.kill()
    row.refresh_from_db()
    assert row.task_id == sandbox.task_log()[0].id
    assert row.status != Status.UNKNOWN
    assert b"waiting for EvoLink's answer to what was sent" in said
    assert worker.returncode == 0


def test_the_second_signal_ends_it_at_once(alice: User, sandbox: Sandbox) -> None:
    make_generation(owner=alice, prompt="A lighthouse sandbox:slow=25")
    worker = command()
    try:
        wait_until(lambda: bool(sandbox.task_log()))
        for number in (signal.SIGTERM, signal.SIGINT):
            worker.send_signal(number)
            time.sleep(1)
        assert worker.wait(seconds(5)) == -signal.SIGINT
    finally:
        worker.kill()
        worker.communicate()


def test_the_wait_for_an_answer_is_longer_than_for_anything_else(
    alice: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """And the lease is kept all the while, so that no other worker takes the row for lost."""
    settings.LEASE_SECONDS = 1.0
    monkeypatch.setattr(engine, "LEAVE_SECONDS", 0.1)
    row = make_generation(owner=alice, prompt="A lighthouse sandbox:slow=3")

    async def work() -> None:
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker().run(stop))
        while not sandbox.task_log():
            await asyncio.sleep(0.02)
        stop.set()
        await worker

    in_a_thread(work)
    row.refresh_from_db()
    assert row.task_id == sandbox.task_log()[0].id
    assert WORKER_STOP_SECONDS > engine.POST_SECONDS


def test_what_was_claimed_when_it_is_told_to_stop_is_left_to_the_next(alice: User, sandbox: Sandbox) -> None:
    row = make_generation(owner=alice)

    async def work() -> None:
        stop = asyncio.Event()
        worker = Worker()
        [claimed] = await engine.in_database(worker._claim)()
        stop.set()
        runtime = engine.Runtime(engine.ClientPool(), None, stop)  # type: ignore[arg-type]
        await worker._step(runtime, claimed)
        await engine.in_database(engine.database.close_all)()

    in_a_thread(work)
    row.refresh_from_db()
    assert (row.status, row.lease_until) == (Status.QUEUED, None)
    assert sandbox.task_log() == []


def test_what_a_deactivated_person_queued_is_canceled(
    alice: User, run_worker: Callable[[], None], sandbox: Sandbox, as_administrator: object
) -> None:
    row = make_generation(owner=alice)
    alice.deactivate()
    run_worker()
    row.refresh_from_db()
    assert (row.status, row.failure, row.charged) == (Status.CANCELLED, "owner_deactivated", Charged.NO)
    assert sandbox.task_log() == []
    assert row.ledger.held() == 0
    told = as_administrator.get(f"/generations/{row.code}/").content.decode()  # type: ignore[attr-defined]
    assert "because the account of the person who wanted it was deactivated" in told
    assert not Generation.objects.in_hand().exists()
