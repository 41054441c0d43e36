"""Every answer of EvoLink, and what it means for the generation, its money and its pictures."""

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
from playground.models import Attempt, Charged, Generation, LedgerEntry, Status
from playground.sandbox import Sandbox
from tests.conftest import in_a_thread
from tests.factories import make_generation, make_key
from tests.waits import let_pass

# Needs the database: a worker writes from several threads, with many steps in one transaction.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RunWorker = Callable[[], None]


def submit(alice: User, run_worker: RunWorker, scenario: str, **settings: object) -> Generation:
    generation = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{scenario}", **settings)  # type: ignore[arg-type]
    run_worker()
    generation.refresh_from_db()
    return generation


def charged(generation: Generation) -> list[str]:
    return [entry.kind for entry in generation.ledger.all()]


@pytest.mark.parametrize(
    ("scenario", "failure"),
    [
        ("submit_invalid_request", "invalid_parameters"),
        ("submit_content_filter", "content_policy_violation"),
        ("submit_invalid_media_url", "image_processing_error"),
        ("submit_unauthorized", "key_refused"),
        ("submit_key_expired", "key_expired"),
        ("submit_insufficient_quota", "no_credits"),
        ("submit_model_access_denied", "model_not_allowed"),
        ("submit_model_not_found", "model_refused"),
        ("submit_ip_restricted", "address_refused"),
        ("submit_insufficient_token_quota", "key_limit"),
        ("submit_key_daily_quota_exhausted", "key_daily_limit"),
        ("submit_key_disabled", "key_disabled"),
        ("submit_user_disabled", "account_disabled"),
        ("submit_balance_at_403", "no_credits"),
        ("submit_balance_in_words", "no_credits"),
        ("submit_balance_at_429", "no_credits"),
        ("submit_billing_hard_limit_reached", "no_credits"),
        ("submit_moderation_blocked", "content_policy_violation"),
        ("submit_safety_words", "content_policy_violation"),
        ("submit_redirect", "invalid_parameters"),
        ("submit_method", "invalid_parameters"),
        ("submit_rate_limit_day", "too_many_requests"),
        ("submit_request_too_large", "too_large"),
        ("submit_unprocessable", "invalid_parameters"),
    ],
)
def test_a_refusal_costs_nothing_and_is_not_repeated(
    scenario: str, failure: str, alice: User, run_worker: RunWorker, sandbox: Sandbox
) -> None:
    generation = submit(alice, run_worker, scenario)
    assert (generation.status, generation.failure, generation.charged) == (Status.FAILED, failure, Charged.NO)
    assert charged(generation) == ["hold", "release"]
    assert sandbox.task_log() == []
    assert generation.attempts.get().outcome == Attempt.Outcome.REJECTED


@pytest.mark.parametrize(
    "scenario", ["submit_rate_limit_exceeded=1", "submit_service_unavailable=1", "submit_rate_limit_odd=1"]
)
def test_a_busy_evolink_is_asked_again_later(
    scenario: str, alice: User, run_worker: RunWorker, sandbox: Sandbox
) -> None:
    generation = submit(alice, run_worker, scenario)
    assert generation.status == Status.COMPLETED
    attempt = generation.attempts.get()
    assert attempt.first_sent_at < attempt.sent_at
    assert len(sandbox.task_log()) == 1


@pytest.mark.parametrize(
    ("scenario", "accepted"),
    [
        ("answer_lost", 1),
        ("answer_html", 1),
        ("answer_not_json", 1),
        ("answer_without_id", 1),
        ("dropped", 0),
        ("error_page", 0),
        ("submit_internal_error", 0),
        ("submit_upstream_error", 0),
        ("submit_gateway_timeout", 0),
    ],
)
def test_a_lost_answer_is_unknown_and_never_sent_again(
    scenario: str, accepted: int, alice: User, run_worker: RunWorker, sandbox: Sandbox
) -> None:
    with time_machine.travel(NOON) as clock:
        generation = submit(alice, run_worker, scenario)
        assert (generation.status, generation.charged) == (Status.UNKNOWN, Charged.CHECKING)
        assert charged(generation) == ["hold"]
        assert len(sandbox.task_log()) == accepted

        let_pass(clock, timedelta(hours=6, minutes=1))
        run_worker()
        generation.refresh_from_db()
        if not accepted:
            # The balance has not changed, which proves that nothing was accepted.
            assert (generation.status, generation.failure) == (Status.FAILED, "not_accepted")
            assert generation.charged == Charged.NO
            assert charged(generation) == ["hold", "release"]
            return
        # It stands in the list of tasks.
        assert (generation.status, generation.task_id) == (Status.COMPLETED, sandbox.task_log()[0].id)
        assert charged(generation) == ["hold", "release", "charge"]
    assert len(sandbox.task_log()) == accepted
    assert LedgerEntry.objects.all().held() == 0


def test_a_callback_finds_what_was_lost(alice: User, run_worker: RunWorker, sandbox: Sandbox) -> None:
    with time_machine.travel(NOON) as clock:
        generation = submit(alice, run_worker, "answer_lost")
        assert generation.status == Status.UNKNOWN
        clock.shift(timedelta(seconds=40))
        attempt = generation.attempts.get()
        body = {"id": sandbox.task_log()[0].id, "status": "completed", "results": ["https://evil.example/x.png"]}
        answer = Client(enforce_csrf_checks=True).post(
            f"/callbacks/{attempt.nonce}/", body, content_type="application/json"
        )
        assert answer.status_code == 204
        run_worker()
    generation.refresh_from_db()
    assert generation.status == Status.COMPLETED
    assert generation.images.get().source_url != "https://evil.example/x.png"
    assert generation.attempts.get().outcome == Attempt.Outcome.ACCEPTED


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 5}', b'{"id": "task-unified-1-nothere1"}', b"[" * 60_000])
def test_a_callback_is_only_a_hint(body: bytes, alice: User, run_worker: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        generation = submit(alice, run_worker, "answer_lost")
        address = f"/callbacks/{generation.attempts.get().nonce}/"
        for _delivery in range(3):
            assert Client().post(address, body, content_type="application/json").status_code == 204
        clock.shift(timedelta(minutes=1))
        run_worker()
    generation.refresh_from_db()
    assert generation.status == Status.UNKNOWN


def test_a_forged_callback_is_a_stranger(alice: User, run_worker: RunWorker) -> None:
    assert Client().post("/callbacks/guessed/", b"{}", content_type="application/json").status_code == 404
    assert Client().get("/callbacks/guessed/").status_code == 405


@pytest.mark.parametrize(
    "code",
    ["content_policy_violation", "invalid_parameters", "service_error", "request_cancelled", "quota_exceeded"],
)
def test_a_failed_task_is_not_charged(code: str, alice: User, run_worker: RunWorker, sandbox: Sandbox) -> None:
    generation = submit(alice, run_worker, code)
    assert (generation.status, generation.failure, generation.charged) == (Status.FAILED, code, Charged.REFUNDED)
    assert charged(generation) == ["hold", "release"]
    assert sandbox.billing_log() == []


def test_a_cancelled_task_has_failed(alice: User, run_worker: RunWorker) -> None:
    generation = submit(alice, run_worker, "cancelled")
    assert (generation.status, generation.failure) == (Status.FAILED, "request_cancelled")


@pytest.mark.parametrize(
    "scenario", ["read_task_not_found=1", "read_internal_error=1", "read_unauthorized=1", "read_html=1", "status_odd"]
)
def test_trouble_while_polling_passes(scenario: str, alice: User, run_worker: RunWorker) -> None:
    assert submit(alice, run_worker, scenario).status == Status.COMPLETED


def test_fewer_pictures_than_asked_are_kept_and_the_others_named(alice: User, run_worker: RunWorker) -> None:
    generation = submit(alice, run_worker, "fewer_pictures=1", n=3)
    assert generation.status == Status.COMPLETED
    assert [image.state for image in generation.images.all()] == ["saved", "missing", "missing"]


@pytest.mark.parametrize("scenario", ["picture_html", "picture_cut_off"])
def test_a_picture_that_is_none_is_fetched_again_until_its_link_dies(
    scenario: str, alice: User, sandbox: Sandbox, client: Client, run_once: RunWorker
) -> None:
    with time_machine.travel(NOON) as clock:
        generation = make_generation(owner=alice, prompt=f"A lighthouse sandbox:{scenario}")
        run_once()
        generation.refresh_from_db()
        assert (generation.status, generation.trouble) == (Status.SAVING, "could_not_save")
        image = generation.images.get()
        assert image.hours_left(datetime.now(UTC)) == 24
        client.force_login(alice)
        page = client.get("/").content.decode()
        assert "Not saved yet; 24 hours left." in page
        assert "Try again now" in page

        clock.shift(timedelta(hours=24, minutes=1))
        run_once()
    generation.refresh_from_db()
    assert (generation.status, generation.failure) == (Status.FAILED, "links_died")
    assert generation.charged == Charged.YES
    assert charged(generation) == ["hold", "release", "charge"]
    assert generation.ledger.get(kind="charge").credits == sandbox.billing_log()[0].credits


def test_a_task_without_end_is_given_up_after_a_day(alice: User, run_once: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        generation = make_generation(owner=alice, prompt="A lighthouse sandbox:never_finishes")
        run_once()
        clock.shift(timedelta(hours=7))
        run_once()
        generation.refresh_from_db()
        assert (generation.status, generation.failure) == (Status.UNKNOWN, "task_lost")
        let_pass(clock, timedelta(hours=25))
        run_once()
        generation.refresh_from_db()
        assert generation.charged == Charged.POSSIBLY
        assert generation.final


def test_cancel_before_it_is_sent(alice: User, run_worker: RunWorker, sandbox: Sandbox, client: Client) -> None:
    generation = make_generation(owner=alice)
    client.force_login(alice)
    client.post(f"/generations/{generation.code}/cancel/")
    run_worker()
    generation.refresh_from_db()
    assert (generation.status, generation.charged) == (Status.CANCELLED, Charged.NO)
    assert sandbox.task_log() == []
    assert charged(generation) == ["hold", "release"]


def test_reported_tokens_make_the_bill(alice: User, run_worker: RunWorker, sandbox: Sandbox) -> None:
    generation = submit(alice, run_worker, "token_counts")
    assert generation.cost == sandbox.billing_log()[0].credits


def test_without_a_report_the_bill_is_the_estimate_and_says_so(alice: User, run_worker: RunWorker) -> None:
    generation = submit(alice, run_worker, "no_usage")
    assert (generation.status, generation.cost, generation.charged) == (Status.COMPLETED, None, Charged.CHECKING)
    assert generation.ledger.held() == generation.estimate_high
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        let_pass(clock, timedelta(hours=1))
        run_worker()
    generation.refresh_from_db()
    assert (generation.cost, generation.cost_source) == (generation.estimate_high, "estimated")
    assert generation.charged == Charged.POSSIBLY


def test_a_balance_that_others_could_have_moved_proves_nothing(
    alice: User, run_once: RunWorker, evolink: Sandbox
) -> None:
    """One that is released later hides another that was accepted and is still being drawn. The list does not help."""
    key = make_key(owner=alice, secret="sk-sandbox-tasks_not_listed")
    with time_machine.travel(NOON) as clock:
        prompt = "A lighthouse sandbox:takes=1800 sandbox:service_error"
        other = make_generation(owner=alice, prompt=prompt, rehearsal=False, key=key)
        run_once()
        prompt = "A lighthouse sandbox:answer_lost sandbox:never_finishes"
        lost = make_generation(owner=alice, prompt=prompt, rehearsal=False, key=key)
        run_once()
        let_pass(clock, timedelta(hours=6, minutes=5))
        run_once()
        run_once()
    other.refresh_from_db()
    lost.refresh_from_db()
    assert (other.status, other.charged) == (Status.FAILED, Charged.REFUNDED)
    assert (lost.status, lost.charged) == (Status.UNKNOWN, Charged.CHECKING)


def test_a_row_found_again_says_nothing_of_being_lost(alice: User) -> None:
    now = datetime.now(UTC)
    make_generation(owner=alice)
    [row] = Generation.objects.claim("worker", now + timedelta(seconds=5), lease=timedelta(minutes=1), limit=1)
    row.mark_submitting(now, None)
    row.mark_accepted("task-unified-1-aaaaaaaa", now, now)
    row.mark_unknown(now, now, "not found")
    row.mark_progress(Task(id=row.task_id, status="processing", progress=40), now)
    assert (row.status, row.failure, row.failure_detail, row.charged) == (Status.PROCESSING, "", "", "")


def test_a_dead_link_is_tried_until_its_day_is_over(alice: User, run_once: RunWorker) -> None:
    with time_machine.travel(NOON) as clock:
        row = make_generation(owner=alice, prompt="A lighthouse sandbox:dead_link")
        run_once()
        Generation.objects.filter(pk=row.pk).update(tries=50, due_at=datetime.now(UTC))
        run_once()
        row.refresh_from_db()
        assert (row.status, row.images.get().state) == (Status.SAVING, "waiting")
        clock.shift(timedelta(hours=24))
        run_once()
    row.refresh_from_db()
    assert (row.status, row.failure, row.charged) == (Status.FAILED, "links_died", Charged.YES)


def test_an_unknown_code_of_any_length_is_no_trouble(alice: User) -> None:
    now = datetime.now(UTC)
    code = "c" * 500
    make_generation(owner=alice)
    [row] = Generation.objects.claim("worker", now + timedelta(seconds=5), lease=timedelta(minutes=1), limit=1)
    row.mark_submitting(now, None)
    row.mark_accepted("task-unified-1-aaaaaaaa", now, now)
    runtime = Runtime(ClientPool(), ThreadPoolExecutor(max_workers=1))
    task = Task(id=row.task_id, status="failed", progress=0, error=TaskError(code=code, message="odd"))
    in_a_thread(lambda: read(runtime, row, task))
    row.refresh_from_db()
    assert (row.status, row.failure) == (Status.FAILED, "unknown_error")
    assert code in row.failure_detail


def test_a_hint_that_belongs_to_another_generation_is_not_believed(
    alice: User, run_worker: RunWorker, run_once: RunWorker, sandbox: Sandbox
) -> None:
    with time_machine.travel(NOON) as clock:
        submit(alice, run_worker, "token_counts")
        theirs = sandbox.task_log()[0].id
        lost = submit(alice, run_worker, "answer_lost")
        lost.attempts.get().record_hint(theirs, datetime.now(UTC))
        clock.shift(timedelta(minutes=1))
        run_once()
        lost.refresh_from_db()
        assert (lost.status, lost.trouble) == (Status.UNKNOWN, "no_evidence_yet")
        let_pass(clock, timedelta(hours=24))
        run_once()
    lost.refresh_from_db()
    assert lost.charged == Charged.POSSIBLY


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.PENDING, Status.SAVING])
def test_a_key_that_cannot_be_read_leaves_nothing_unfinished_for_ever(
    status: str, alice: User, run_once: RunWorker, settings: Settings
) -> None:
    long_ago = NOON - timedelta(days=3)
    with time_machine.travel(NOON) as clock:
        row = make_generation(owner=alice, rehearsal=False)
        row.attempts.update(sent_at=long_ago)
        Generation.objects.filter(pk=row.pk).update(
            status=status,
            sent_at=long_ago,
            accepted_at=long_ago,
            cost=row.estimate_high,
            task_id="" if status == Status.UNKNOWN else "task-unified-1-aaaaaaaa",
        )
        if status == Status.SAVING:
            row.images.create(index=0, source_url="https://x.example/1.png", expires_at=NOON - timedelta(days=2))
        settings.KEY_ENCRYPTION_KEYS = ["b3RoZXItb25seS1ub3QtYS1zZWNyZXQtMDAwMDAwMDA="]
        for _day in range(3):
            run_once()
            let_pass(clock, timedelta(days=1))
    row.refresh_from_db()
    assert row.final
    assert LedgerEntry.objects.all().held() == 0
