"""The first answer about a task is not the last word: links come late or anew, and a failed task may be finished."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine.clients import ClientPool
from playground.engine.poll import read
from playground.engine.runtime import Runtime
from playground.evolink import Task, TaskError
from playground.models import Attempt, Charged, Generation, Status
from playground.sandbox import Sandbox
from tests.conftest import in_a_thread
from tests.factories import make_generation
from tests.html import Html
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

RunWorker = Callable[[], None]


def states(row: Generation) -> list[str]:
    return [image.state for image in row.images.all()]


def test_what_came_is_saved_at_once_and_the_rest_is_asked_for(
    alice: User, as_alice: Client, run_once: RunWorker, settings: Settings
) -> None:
    settings.LINKS_SECONDS = 300.0
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        row = make_generation(owner=alice, prompt="A lighthouse sandbox:fewer_pictures=1", n=3)
        run_once()
        row.refresh_from_db()
        assert (row.status, states(row)) == (Status.SAVING, ["saved", "waiting", "waiting"])
        card = Html(as_alice.get("/")).text
        assert "EvoLink has not sent every picture yet. We are asking again." in card
        assert "Not sent yet; we are asking again." in card
        first = row.due_at
        let_pass(clock, timedelta(seconds=30))
        run_once()
        row.refresh_from_db()
        assert first is not None
        assert row.due_at is not None
        assert row.due_at - datetime.now(UTC) > first - row.created_at - timedelta(seconds=2)
        let_pass(clock, timedelta(seconds=300))
        run_once()
    row.refresh_from_db()
    assert (row.status, row.charged, states(row)) == (Status.COMPLETED, Charged.YES, ["saved", "missing", "missing"])
    assert "This picture did not arrive." in Html(as_alice.get("/")).text


@pytest.mark.parametrize(("word", "tries"), [("results_late=20", 1), ("link_renewed=20", 2)])
def test_links_that_come_later_are_taken(
    word: str, tries: int, alice: User, run_once: RunWorker, sandbox: Sandbox, settings: Settings
) -> None:
    settings.LINKS_SECONDS = 300.0
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        row = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{word}")
        run_once()
        row.refresh_from_db()
        assert (row.status, states(row)) == (Status.SAVING, ["waiting"])
        let_pass(clock, timedelta(seconds=60))
        run_once()
        for _try in range(tries):
            let_pass(clock, timedelta(seconds=60))
            run_once()
    row.refresh_from_db()
    assert (row.status, states(row)) == (Status.COMPLETED, ["saved"])
    assert row.ledger.spent() == sandbox.billing_log()[0].credits


def test_a_failed_task_that_is_completed_later_is_completed(
    alice: User, run_once: RunWorker, sandbox: Sandbox, settings: Settings
) -> None:
    settings.SANDBOX_SECONDS = 60.0
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        row = make_generation(owner=alice)
        run_once()
        let_pass(clock, timedelta(seconds=90))
        [claimed] = Generation.objects.claim(
            "test", datetime.now(UTC) + timedelta(minutes=1), lease=timedelta(minutes=1), limit=1
        )
        failed = Task(
            id=claimed.task_id, status="failed", progress=0, error=TaskError(code="service_error", message="odd")
        )
        runtime = Runtime(ClientPool(), ThreadPoolExecutor(max_workers=1))
        in_a_thread(lambda: read(runtime, claimed, failed))
        row.refresh_from_db()
        assert (row.status, row.charged) == (Status.FAILED, Charged.CHECKING)
        assert row.ledger.held() == row.estimate_high
        let_pass(clock, timedelta(seconds=10))
        run_once()
        billed = sandbox.billing_log()[0].credits
    row.refresh_from_db()
    assert (row.status, row.failure, row.charged, states(row)) == (Status.COMPLETED, "", Charged.YES, ["saved"])
    assert (row.ledger.held(), row.ledger.spent()) == (0, billed)


def test_a_failed_task_with_pictures_keeps_them_and_says_why_the_rest_is_missing(
    alice: User, as_alice: Client, run_worker: RunWorker
) -> None:
    row = make_generation(owner=alice, prompt="A lighthouse sandbox:failed_with_results", n=2)
    run_worker()
    row.refresh_from_db()
    assert (row.status, states(row)) == (Status.COMPLETED, ["saved", "missing"])
    assert "A picture is missing. Something went wrong at EvoLink." in Html(as_alice.get("/")).text


@pytest.mark.parametrize("word", ["answer_html", "answer_without_id"])
def test_an_answer_that_could_not_be_understood_is_kept(
    word: str, alice: User, as_alice: Client, run_once: RunWorker
) -> None:
    row = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{word}")
    run_once()
    attempt = Attempt.objects.get(generation=row)
    assert attempt.answer
    assert attempt.last_task is None
    assert "EvoLink" in Html(as_alice.get(f"/generations/{row.code}/")).text


def test_a_picture_that_nobody_can_read_is_kept_all_the_same(
    alice: User, as_alice: Client, run_once: RunWorker
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        row = make_generation(owner=alice, prompt="A lighthouse sandbox:picture_truncated")
        run_once()
        row.refresh_from_db()
        assert states(row) == ["waiting"], "it may be whole the next time"
        for _try in range(4):
            let_pass(clock, timedelta(seconds=60))
            run_once()
    row.refresh_from_db()
    image = row.images.get()
    assert (row.status, image.state, image.readable) == (Status.COMPLETED, "saved", False)
    original = as_alice.get(f"/generations/{row.code}/images/0/")
    assert len(b"".join(original.streaming_content)) == image.byte_size  # type: ignore[attr-defined]
    tile = as_alice.get(f"/generations/{row.code}/images/0/small/")
    assert (tile.status_code, tile["Location"]) == (302, "/static/img/unreadable.svg")
    for address in ("/", "/gallery/", f"/generations/{row.code}/"):
        assert as_alice.get(address).status_code == 200
