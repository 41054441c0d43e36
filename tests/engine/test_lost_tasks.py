"""A lost generation is looked for in EvoLink's list: what is bound, what a person chooses, what is rejected."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from playground.engine.listings import PAGE_SIZE, PAGES_MAX, Listings
from playground.evolink import Client as EvoLink
from playground.evolink import GenerationRequest
from playground.models import Candidate, Charged, Found, GeneratedImage, Generation, Status, Superseded
from playground.sandbox import Sandbox
from tests.conftest import in_a_thread
from tests.factories import make_generation, make_key
from tests.html import Html
from tests.invariants import broken
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = timedelta(minutes=3)
RunWorker = Callable[[], None]
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(NOON) as clock:
        yield clock


@pytest.fixture
def look(run_once: RunWorker, clock: Clock) -> Callable[..., None]:
    """Lets time pass, and the worker look at what is due then."""

    def wait(time: timedelta = LATER) -> None:
        let_pass(clock, time)
        run_once()

    return wait


def lost(owner: User, run_once: RunWorker, scenario: str = "answer_lost", **values: object) -> Generation:
    row = make_generation(owner=owner, prompt=f"A lighthouse sandbox:{scenario}", **values)  # type: ignore[arg-type]
    run_once()
    row.refresh_from_db()
    assert row.status == Status.UNKNOWN
    return row


def made_elsewhere(sandbox: Sandbox, key: str, model: str = "gpt-image-1") -> str:
    """Something outside the studio uses the key. Returns the id of its task."""
    evolink, ids = EvoLink(key, transport=sandbox.transport()), []

    async def order() -> None:
        async with evolink:
            task = await evolink.generate(
                GenerationRequest(model=model, prompt="A windmill", size="1024x1024", quality="low")
            )
            ids.append(task.id)

    in_a_thread(order)
    return ids[0]


def entries(row: Generation) -> list[str]:
    return [entry.kind for entry in row.ledger.all()]


def offered(row: Generation) -> set[str]:
    return set(row.candidates.open().values_list("task_id", flat=True))


def page_of(client: Client, row: Generation) -> Html:
    return Html(client.get(f"/generations/{row.code}/"))


def choose(client: Client, row: Generation, task_id: str) -> int:
    candidate = row.candidates.get(task_id=task_id).pk if task_id else ""
    return client.post(f"/generations/{row.code}/task/", {"candidate": candidate}).status_code


def test_a_lost_answer_is_found_without_a_callback(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    """As after `make run`: no public address, so EvoLink cannot call back."""
    rows = []
    for _number in range(2):
        rows.append(lost(alice, run_once))
        look(timedelta(minutes=20))
    look()
    assert sandbox.task_log()[0].callback_url is None
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.charged, row.found) == (Status.COMPLETED, Charged.YES, Found.LIST)
    assert broken(sandbox, clicks=2) == []
    for page in (page_of(as_alice, rows[0]), Html(as_alice.get("/"))):
        assert "Found in the list of tasks at EvoLink, by its time and model." in page.text
        assert f'form[action="/generations/{rows[0].code}/task/reject/"]' in page


def test_the_list_is_not_read_before_a_request_must_have_arrived(
    alice: User, run_once: RunWorker, look: Callable[..., None]
) -> None:
    row = lost(alice, run_once)
    look(timedelta(seconds=70))
    row.refresh_from_db()
    assert (row.status, row.attempts.get().hinted_task_id) == (Status.UNKNOWN, "")


def test_what_was_not_accepted_is_not_found(alice: User, run_once: RunWorker, look: Callable[..., None]) -> None:
    row = lost(alice, run_once, "dropped")
    look(timedelta(hours=7))
    row.refresh_from_db()
    assert (row.status, row.failure, offered(row)) == (Status.FAILED, "not_accepted", set())


def test_two_that_are_lost_at_once_wait_for_their_owner(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    first, second = lost(alice, run_once), lost(alice, run_once)
    tasks = [task.id for task in sandbox.task_log()]
    look()
    assert offered(first) == offered(second) == set(tasks)
    pictures = page_of(as_alice, first).values("#lost-task-title ~ form img", "src")
    assert len(pictures) == 2
    answer = as_alice.get(pictures[0])
    assert b"".join(answer.streaming_content).startswith(b"RIFF")  # type: ignore[attr-defined]
    assert "Open it to choose." in Html(as_alice.get("/")).text
    thumbnails = [row.thumbnail.name for row in Candidate.objects.all()]

    assert choose(as_alice, first, tasks[1]) == 302
    look()
    look()
    for row, task_id, found in ((first, tasks[1], Found.CHOSEN), (second, tasks[0], Found.LIST)):
        row.refresh_from_db()
        assert (row.status, row.task_id, row.found) == (Status.COMPLETED, task_id, found)
    look(timedelta(seconds=10))
    assert not any(default_storage.exists(str(name)) for name in thumbnails)
    assert as_alice.get(pictures[0]).status_code == 404


def test_one_of_ours_whose_answer_is_still_awaited_counts_too(
    alice: User, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    row = lost(alice, run_once)
    other = make_generation(owner=alice)
    other.mark_submitting(timezone.now(), None)
    Generation.objects.filter(pk=other.pk).update(due_at=None)
    look()
    assert offered(row) == {task.id for task in sandbox.task_log()}


@pytest.mark.parametrize("model", ["gpt-image-1", "gpt-image-2"])
def test_a_task_of_something_else_near_it_leaves_the_choice_to_a_person(
    model: str, alice: User, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox, clock: Clock
) -> None:
    made_elsewhere(sandbox, f"sk-sandbox-{alice.pk}", model)
    clock.shift(timedelta(minutes=30))
    row = lost(alice, run_once)
    look()
    row.refresh_from_db()
    if model == row.model:
        assert (row.status, row.trouble, len(offered(row))) == (Status.UNKNOWN, "task_to_choose", 1)
    else:
        assert row.status == Status.COMPLETED


def test_this_is_not_mine(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    row = lost(alice, run_once, "dropped")
    foreign = made_elsewhere(sandbox, f"sk-sandbox-{alice.pk}")
    look()
    row.refresh_from_db()
    assert (row.status, row.task_id) == (Status.COMPLETED, foreign)
    files = [row.images.get().file.name, row.images.get().thumbnail.name]

    answer = as_alice.post(f"/generations/{row.code}/task/reject/", headers={"HX-Request": "true"})
    assert Html(answer).one(f"#card-{row.code} article")["data-state"] == "unknown"
    row.refresh_from_db()
    assert (row.status, row.task_id, row.found, row.cost, row.final) == (Status.UNKNOWN, "", "", None, False)
    assert (row.ledger.held(), row.ledger.spent()) == (row.estimate_high, 0)
    assert not GeneratedImage.objects.saved().exists()
    look()
    row.refresh_from_db()
    assert (row.status, offered(row), row.images.count()) == (Status.UNKNOWN, set(), 0)
    assert not any(default_storage.exists(name) for name in files)
    assert foreign not in page_of(as_alice, row).text
    look(timedelta(hours=25))
    row.refresh_from_db()
    assert (row.final, row.charged, row.ledger.held()) == (True, Charged.POSSIBLY, 0)
    assert row.ledger.spent() == row.cost == row.estimate_high
    assert entries(row) == ["hold", "release", "charge", "correction", "hold", "release", "correction"]
    assert as_alice.post(f"/generations/{row.code}/task/reject/").status_code == 302
    row.refresh_from_db()
    assert row.final


def test_a_callback_that_names_another_task_is_believed_more(
    alice: User, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    row = lost(alice, run_once, "dropped")
    wrong = made_elsewhere(sandbox, f"sk-sandbox-{alice.pk}")
    look()
    row.refresh_from_db()
    assert (row.task_id, row.found) == (wrong, Found.LIST)
    right = made_elsewhere(sandbox, f"sk-sandbox-{alice.pk}")
    address = f"/callbacks/{row.attempts.get().nonce}/"
    assert Client().post(address, {"id": right}, content_type="application/json").status_code == 204
    look(timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.status, row.task_id, row.found) == (Status.COMPLETED, right, "")
    assert row.images.get().generation_id == row.pk
    assert row.ledger.spent() == row.cost


def test_a_rejection_stops_the_step_in_the_air(alice: User, run_once: RunWorker, look: Callable[..., None]) -> None:
    row = lost(alice, run_once, "answer_lost sandbox:never_finishes")
    look()
    row.refresh_from_db()
    assert (row.found, row.status) == (Found.LIST, Status.PROCESSING)
    stale = Generation.objects.get(pk=row.pk)
    row.reject_task(timezone.now(), alice)
    with pytest.raises(Superseded):
        stale.mark_progress(stale.last_task(), timezone.now())


def test_none_of_these(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    row = lost(alice, run_once, "dropped")
    tasks = {made_elsewhere(sandbox, f"sk-sandbox-{alice.pk}") for _number in range(2)}
    look()
    assert offered(row) == tasks
    assert choose(as_alice, row, "") == 302
    row.refresh_from_db()
    assert (row.trouble, row.watched) == ("checking", True)
    look()
    row.refresh_from_db()
    assert (row.status, row.trouble, offered(row)) == (Status.UNKNOWN, "no_evidence_yet", set())


def test_an_administrator_chooses_for_a_key_of_the_team(
    alice: User,
    as_alice: Client,
    administrator: User,
    as_administrator: Client,
    run_once: RunWorker,
    look: Callable[..., None],
    evolink: Sandbox,
) -> None:
    key = make_key(owner=administrator, for_members=True)
    rows = [lost(alice, run_once, rehearsal=False, key=key) for _number in range(2)]
    look()
    row, task = rows[0], evolink.task_log()[0].id
    assert (task in offered(row), Candidate.objects.exclude(thumbnail="").count()) == (True, 0)
    assert "An administrator can choose." in Html(as_alice.get("/")).text
    assert "#lost-task-title ~ form" not in page_of(as_alice, row)
    assert choose(as_alice, row, task) == 404
    section = page_of(as_administrator, row).one('section[aria-labelledby="lost-task-title"]')
    assert ("img" in section, "GPT Image 1" in section.text) == (False, True)
    assert choose(as_administrator, row, task) == 302
    look(timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.status, row.task_id, row.found) == (Status.COMPLETED, task, Found.CHOSEN)


def test_where_the_list_is_refused_all_is_as_before(
    alice: User, run_once: RunWorker, look: Callable[..., None], evolink: Sandbox
) -> None:
    key = make_key(owner=alice, secret="sk-sandbox-tasks_not_listed")
    row = lost(alice, run_once, rehearsal=False, key=key)
    look(timedelta(hours=25))
    row.refresh_from_db()
    assert (row.status, row.charged, entries(row)) == (Status.UNKNOWN, Charged.POSSIBLY, ["hold", "release", "charge"])
    assert row.final
    assert row.ledger.get(kind="charge").credits == row.estimate_high
    assert row.ledger.get(kind="charge").estimated


def test_what_was_given_up_is_found_later_and_corrects_the_ledger(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox, clock: Clock
) -> None:
    row = lost(alice, run_once)
    let_pass(clock, timedelta(hours=25))
    row.give_up(timezone.now())
    assert entries(row) == ["hold", "release", "charge"]
    assert as_alice.post(f"/generations/{row.code}/check/").status_code == 302
    run_once()
    look(timedelta(hours=25))
    row.refresh_from_db()
    assert (row.status, row.failure, row.charged) == (Status.FAILED, "links_died", Charged.YES)
    assert row.ledger.spent() == row.cost == sandbox.billing_log()[0].credits
    assert entries(row) == ["hold", "release", "charge", "correction"]


def test_a_choice_reopens_what_was_given_up(
    alice: User, as_alice: Client, run_once: RunWorker, look: Callable[..., None], sandbox: Sandbox
) -> None:
    first, _second = lost(alice, run_once), lost(alice, run_once)
    look(timedelta(hours=25))
    first.refresh_from_db()
    assert (first.final, first.trouble) == (True, "task_to_choose")
    task = sandbox.task_log()[0]
    assert choose(as_alice, first, task.id) == 302
    look(timedelta(seconds=1))
    look(timedelta(hours=25))
    first.refresh_from_db()
    assert (first.task_id, first.charged, first.failure) == (task.id, Charged.YES, "links_died")
    assert first.ledger.spent() == first.cost == task.credits_charged


REFUSED = [
    *(httpx.Response(status, json={"error": {"message": "no"}}) for status in (403, 404, 405, 429, 501)),
    httpx.Response(200, text="<html>"),
    httpx.Response(200, json={"data": "none"}),
    httpx.Response(200, json={"data": [{"id": "task-unified-1-aaaaaaaa", "status": "completed"}]}),
    httpx.Response(
        200, json={"data": [{"id": f"task-unified-{at}-aaaaaaaa", "created_at": at} for at in (1_000_000, 2_000_000)]}
    ),
]


class Upstream:
    """An account whose list is what `answer` says. It counts the requests."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked = 0
        self.answer = answer
        self.client = EvoLink("sk-none-of-anybody", transport=httpx.MockTransport(self._count))

    def _count(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return self.answer(request)

    def tasks(self, *wanted: datetime) -> list[int | None]:
        """How many tasks come back to each of these times, asked by one worker, one after the other."""
        found: list[int | None] = []

        async def ask() -> None:
            listings = Listings()
            for since in wanted:
                tasks = await listings.tasks(self.client, "gpt-image-1", since)
                found.append(None if tasks is None else len(tasks))

        in_a_thread(ask)
        return found


@pytest.mark.parametrize("answer", REFUSED, ids=lambda answer: f"{answer.status_code} {answer.text[:20]}")
def test_a_list_that_cannot_be_used_is_no_list(answer: httpx.Response) -> None:
    upstream = Upstream(lambda request: httpx.Response(answer.status_code, content=answer.content))
    assert upstream.tasks(NOON, NOON) == [None, None]
    assert upstream.asked == 1


def test_pages_are_read_as_far_back_as_needed_and_no_further(clock: Clock) -> None:
    """A task each second, for ever."""
    now = int(NOON.timestamp())

    def page(request: httpx.Request) -> httpx.Response:
        first = (int(request.url.params["page"]) - 1) * PAGE_SIZE
        times = range(now - first, now - first - PAGE_SIZE, -1)
        return httpx.Response(200, json={"data": [{"id": f"task-unified-{at}-a", "created_at": at} for at in times]})

    upstream = Upstream(page)
    near, far = NOON - timedelta(seconds=60), NOON - timedelta(hours=3)
    assert upstream.tasks(near, near) == [2 * PAGE_SIZE, 2 * PAGE_SIZE]
    assert upstream.asked == 2
    assert upstream.tasks(far, far, near) == [None, None, PAGES_MAX * PAGE_SIZE]
    assert upstream.asked == 2 + PAGES_MAX


def test_lost_generations_of_one_account_share_a_reading(
    alice: User, run_once: RunWorker, look: Callable[..., None], evolink: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    key = make_key(owner=alice, secret="sk-sandbox-tasks_not_listed")
    for _number in range(4):
        make_generation(owner=alice, rehearsal=False, key=key, prompt="A kite sandbox:answer_lost")
    run_once()
    look()
    assert sum("GET /v1/tasks?" in record.getMessage() for record in caplog.records) == 1
