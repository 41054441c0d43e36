"""The status page: how each model did here, and what is wrong right now."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import ApiKey, KeyState, User
from playground.models import GeneratedImage, Generation, Heartbeat, Status
from playground.showing.status_page import Record, status_page
from tests.factories import make_generation, make_key, make_saved
from tests.html import Html

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MODEL = "gpt-image-2"
HEAD = "[aria-labelledby=live] tbody"


@pytest.fixture(autouse=True)
def working() -> None:
    Heartbeat.beat("worker", timezone.now())


def ended(
    owner: User, *, wait: float = 0, failure: str = "", rehearsal: bool = False, model: str = MODEL
) -> Generation:
    """A generation that was finished after so many seconds, or failed."""
    row = make_generation(owner=owner, model=model, size="1:1", rehearsal=rehearsal)
    Generation.objects.filter(pk=row.pk).update(
        status=Status.FAILED if failure else Status.COMPLETED,
        failure=failure,
        finished_at=row.created_at + timedelta(seconds=wait),
        settled_at=row.created_at,
        due_at=None,
    )
    return row


def records(reader: User, now: datetime | None = None) -> list[Record]:
    return status_page(reader, now or timezone.now()).live


def troubles(client: Client) -> list[str]:
    return Html(client.get("/status/")).texts("[aria-labelledby=now] .note")


def test_what_was_asked_finished_refused_and_failed(alice: User, as_charlie: Client) -> None:
    for failure in ("", "", "content_policy_violation", "key_refused", "service_error", "links_died"):
        ended(alice, wait=90, failure=failure)
    make_generation(owner=alice, model=MODEL, size="1:1", rehearsal=False)  # still runs
    ended(alice, failure="model_refused", model="gpt-image-1")
    long_ago = ended(alice)
    Generation.objects.filter(pk=long_ago.pk).update(created_at=timezone.now() - timedelta(days=30, minutes=1))
    first, second = records(alice)
    assert (first.name, first.asked, first.refused) == ("GPT Image 1", 1, 1), "in the catalogue's order"
    assert (second.asked, second.finished, second.refused, second.failed) == (7, 2, 2, 2)
    # Everybody sees them, and nothing of the pictures behind them.
    page = Html(as_charlie.get("/status/"))
    assert page.one(f"{HEAD} tr:last-child").words == "GPT Image 2 7 2 2 2 1 min 30 s 1 min 30 s –"
    assert "lighthouse" not in page.text
    assert "a[href='/status/']" in page.one("footer")


@pytest.mark.parametrize(
    ("waits", "median", "slowest"),
    [
        ([7], 7, 7),
        ([4, 2], 2, 4),
        ([3, 1, 2], 2, 3),
        ([5, 5, 5, 5], 5, 5),
        (range(20, 0, -1), 10, 19),  # 19 of 20 are 95 %
        (range(1, 22), 11, 20),  # 20 of 21 are the first that are 95 %
    ],
)
def test_a_percentile_is_a_wait_that_somebody_had(alice: User, waits: list[int], median: int, slowest: int) -> None:
    for wait in waits:
        ended(alice, wait=wait)
    ended(alice, wait=1000, failure="service_error")
    ended(alice, wait=1000, rehearsal=True)
    [record] = records(alice)
    assert (record.median, record.slowest) == (timedelta(seconds=median), timedelta(seconds=slowest))


def test_without_a_finished_one_nobody_waited_and_nothing_came(alice: User, as_alice: Client) -> None:
    assert "Nothing was generated with an API key" in Html(as_alice.get("/status/")).text
    ended(alice, failure="service_error")
    [record] = records(alice)
    assert (record.median, record.slowest, record.home) == (None, None, None)


def test_the_share_that_came_home(alice: User) -> None:
    State = GeneratedImage.State
    row = make_saved(owner=alice, n=4, model="gpt-image-1", rehearsal=False)
    for index, state, link in ((1, State.DELETED, "x"), (2, State.MISSING, "x"), (3, State.MISSING, "")):
        row.images.filter(index=index).update(state=state, source_url=link)
    [record] = records(alice)
    assert (record.drawn, record.saved, record.home) == (3, 2, 66), "what EvoLink never drew could not come home"
    for image in row.images.filter(index=2):
        GeneratedImage.objects.filter(pk=image.pk).update(state=State.WAITING)
    [record] = records(alice)
    assert record.home == 100, "one that is being saved is not decided"


def test_rehearsals_stand_apart(alice: User, as_alice: Client) -> None:
    make_saved(owner=alice)
    page = status_page(alice, timezone.now())
    assert page.live == []
    [record] = page.rehearsals
    assert (record.asked, record.finished, record.home) == (1, 1, 100)
    shown = Html(as_alice.get("/status/"))
    assert HEAD not in shown
    assert "100%" in shown.one("[aria-labelledby=rehearsals] tbody").text
    row = make_generation(owner=alice)
    Generation.objects.filter(pk=row.pk).update(trouble="unreachable")
    assert troubles(as_alice) == [], "the sandbox is not EvoLink"


def test_the_trouble_of_the_moment_is_said(alice: User, as_alice: Client) -> None:
    assert "No trouble that we know of." in Html(as_alice.get("/status/")).text
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=1))
    for trouble in ("unreachable", "unreachable", "key_suspect", "checking"):
        row = make_generation(owner=alice, rehearsal=False)
        Generation.objects.filter(pk=row.pk).update(trouble=trouble)
    lost = [make_generation(owner=alice, rehearsal=False) for _count in range(3)]
    Generation.objects.filter(pk__in=[row.pk for row in lost]).update(status=Status.UNKNOWN)
    for _count in range(2):
        ended(alice, failure="service_unavailable")
    ended(alice, failure="model_refused", model="gpt-image-1")
    ended(alice, model="gpt-image-1")
    told = troubles(as_alice)
    assert told == [
        "The worker of this studio is not running, so nothing is sent or saved. Tell your administrator.",
        "We do not know what became of 3 generations. We keep asking EvoLink.",
        "EvoLink did not accept the API key. We are checking it. 1 generation is waiting.",
        "EvoLink cannot be reached right now. We keep trying. 2 generations are waiting.",
        "EvoLink has refused every request for GPT Image 2 in the last hour.",
    ]


@pytest.mark.parametrize("state", [KeyState.SUSPECT, KeyState.REFUSED, KeyState.EMPTY])
def test_a_key_in_trouble_is_told_to_those_whom_it_concerns(
    state: KeyState, administrator: User, alice: User, as_alice: Client, as_charlie: Client, as_administrator: Client
) -> None:
    make_key(owner=alice, label="Mine")
    make_key(owner=administrator, label="For all", for_members=True)
    make_key(owner=administrator, label="For us", for_administrators=True)
    assert troubles(as_alice) == []
    ApiKey.objects.update(state=state)
    labels = {
        client: [label for label in ("Mine", "For all", "For us") if f"“{label}”" in " ".join(troubles(client))]
        for client in (as_alice, as_charlie, as_administrator)
    }
    assert labels[as_alice] == ["Mine", "For all"]
    assert labels[as_charlie] == ["For all"]
    assert labels[as_administrator] == ["For all", "For us"]
    ApiKey.objects.update(retired_at=timezone.now(), is_default=False)
    assert troubles(as_alice) == []


def test_any_number_of_generations_takes_as_many_queries(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for model in ("gpt-image-2", "gpt-image-1", "gpt-image-2-beta"):
        for wait in range(3):
            ended(alice, wait=wait, model=model)
        make_saved(owner=alice)
    with django_assert_num_queries(8):
        status_page(alice, timezone.now())
