"""Every way EvoLink can answer, and what becomes of the generation, its money and its pictures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from playground.evolink.sandbox import Sandbox
from playground.models import Attempt, Charged, Generation, LedgerEntry, Status
from tests.factories import make_generation

pytestmark = pytest.mark.django_db(transaction=True)

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
        ("submit_key_expired", "key_refused"),
        ("submit_insufficient_quota", "no_credits"),
        ("submit_model_access_denied", "model_refused"),
        ("submit_model_not_found", "model_refused"),
        ("submit_ip_restricted", "not_allowed"),
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
    assert generation.attempts.count() >= 2
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

        clock.shift(timedelta(minutes=6))
        run_worker()
        generation.refresh_from_db()
        if not accepted:
            # The balance did not move: that is evidence.
            assert (generation.status, generation.failure) == (Status.FAILED, "not_accepted")
            assert generation.charged == Charged.NO
            assert charged(generation) == ["hold", "release"]
            return
        assert generation.status == Status.UNKNOWN

        clock.shift(timedelta(hours=24))
        run_worker()
        generation.refresh_from_db()
        assert (generation.status, generation.charged) == (Status.UNKNOWN, Charged.POSSIBLY)
        assert charged(generation) == ["hold", "release", "charge"]
        assert generation.ledger.get(kind="charge").credits == generation.estimate_high
        assert generation.ledger.get(kind="charge").estimated
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
    assert (generation.status, generation.failure, generation.charged) == (Status.FAILED, code, Charged.NO)
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


def test_progress_beyond_reason_stays_below_the_end(alice: User, settings: object) -> None:
    generation = make_generation(owner=alice)
    generation.progress, generation.status = 100, Status.PROCESSING
    assert generation.bar == 90


def test_fewer_pictures_than_asked_are_kept_and_the_others_named(alice: User, run_worker: RunWorker) -> None:
    generation = submit(alice, run_worker, "fewer_pictures=1", n=3)
    assert generation.status == Status.COMPLETED
    assert [image.state for image in generation.images.all()] == ["saved", "missing", "missing"]


@pytest.mark.parametrize("scenario", ["picture_truncated", "picture_html", "picture_cut_off"])
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
        assert "Could not save it yet; 24 hours left." in page
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
        clock.shift(timedelta(hours=18))
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
    assert (generation.cost, generation.cost_source) == (generation.estimate_high, "estimated")
