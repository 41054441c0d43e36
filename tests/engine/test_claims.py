"""Two workers never hold the same row."""

import asyncio
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import IntegrityError, OperationalError, connection, connections
from django.utils import timezone

from accounts.models import User
from playground.engine.group_commit import GroupCommit
from playground.models import Generation, Status, Superseded
from tests.factories import make_generation
from tests.waits import seconds

# Needs the database: two workers want one row, and the locks decide.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

LEASE = timedelta(seconds=30)


def race(workers: int, rows: int) -> list[list[int]]:
    """The rows that each of `workers` claims when all of them claim from `rows` due rows at once."""
    claimed: list[list[int]] = [[] for _ in range(workers)]
    ready = threading.Barrier(workers)

    def claim(number: int) -> None:
        ready.wait()
        while batch := Generation.objects.claim(f"worker {number}", timezone.now(), lease=LEASE, limit=3):
            claimed[number] += [row.pk for row in batch]
        connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds(60))
    return claimed


@pytest.mark.parametrize(
    "rounds", [3, pytest.param(int(os.environ.get("SOAK_CLAIMS", "1000")), marks=pytest.mark.soak)]
)
def test_two_workers_never_take_one_row(rounds: int, alice: User) -> None:
    for _round in range(rounds):
        Generation.objects.update(due_at=None)
        rows = [make_generation(owner=alice).pk for _ in range(8)]
        claimed = race(workers=4, rows=8)
        assert sorted(pk for batch in claimed for pk in batch) == rows


def test_a_claim_is_free_again_when_its_lease_ends(alice: User) -> None:
    row = make_generation(owner=alice)
    now = timezone.now()
    [first] = Generation.objects.claim("first", now, lease=LEASE, limit=5)
    assert Generation.objects.claim("second", now, lease=LEASE, limit=5) == []
    Generation.objects.update(lease_until=now)
    [second] = Generation.objects.claim("second", now, lease=LEASE, limit=5)
    assert (second.pk, second.fence) == (row.pk, first.fence + 1)


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(days=-1)])
def test_workers_whose_clocks_differ_agree_who_holds_a_row(wrong: timedelta, alice: User) -> None:
    """Leases go by the database's clock."""
    now = timezone.now()
    row = make_generation(owner=alice, now=now - timedelta(days=2))
    with time_machine.travel(now + wrong):
        assert Generation.objects.claim("mistaken", timezone.now(), lease=LEASE, limit=1)
    row.refresh_from_db()
    assert row.lease_until
    assert abs(row.lease_until - now - LEASE) < timedelta(seconds=seconds(10))
    for clock in (now, now + wrong):
        with time_machine.travel(clock):
            assert Generation.objects.claim("another", timezone.now(), lease=LEASE, limit=1) == []


def test_a_lease_that_is_longer_than_one_ends(alice: User) -> None:
    make_generation(owner=alice)
    now = timezone.now()
    Generation.objects.update(lease_until=now + timedelta(days=1))
    assert Generation.objects.shorten_leases(LEASE) == 1
    assert Generation.objects.get().lease_until < now + 2 * LEASE
    assert Generation.objects.shorten_leases(LEASE) == 0


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(alice: User) -> None:
    make_generation(owner=alice)
    now = timezone.now()
    [stopped] = Generation.objects.claim("stopped", now, lease=LEASE, limit=1)
    Generation.objects.update(lease_until=now)
    [other] = Generation.objects.claim("other", now, lease=LEASE, limit=1)
    other.mark_submitting(now, None)
    with pytest.raises(Superseded):
        stopped.mark_submitting(now, None)
    with pytest.raises(Superseded):
        stopped.fail("unreachable", "", now)
    other.mark_accepted("task-unified-1-aaaaaaaa", now, now)
    assert Generation.objects.get().status == Status.PENDING
    assert Generation.objects.get().attempts.count() == 1


def test_a_busy_worker_keeps_its_claims_and_no_others(alice: User) -> None:
    for _row in range(3):
        make_generation(owner=alice)
    now = timezone.now()
    busy, _idle, _theirs = (
        Generation.objects.claim(name, now, lease=LEASE, limit=1)[0] for name in ("me", "me", "other")
    )
    Generation.objects.update(lease_until=now)
    assert Generation.objects.renew("me", [busy.pk], lease=LEASE) == 1
    free = Generation.objects.claim("third", now, lease=LEASE, limit=9)
    assert busy.pk not in [row.pk for row in free]
    assert len(free) == 2


def test_a_task_seen_before_is_not_believed(alice: User) -> None:
    now = timezone.now()
    for expected in (Status.PENDING, Status.UNKNOWN):
        make_generation(owner=alice)
        [row] = Generation.objects.claim("worker", now + timedelta(seconds=9), lease=LEASE, limit=1)
        row.mark_submitting(now, None)
        row.mark_accepted("task-unified-1-aaaaaaaa", now, now + timedelta(days=1))
        assert row.status == expected


def written_together(*verbs: Callable[[], None]) -> list[type]:
    """The class of each result."""

    async def write() -> list[BaseException | None]:
        together = GroupCommit()
        outcomes = await asyncio.gather(*map(together.write, verbs), return_exceptions=True)
        await sync_to_async(connections.close_all, thread_sensitive=True)()
        return outcomes

    return [type(outcome) for outcome in asyncio.run(write())]


def test_writing_together_keeps_what_holds_and_tells_who_lost_the_claim(alice: User) -> None:
    for _row in range(3):
        make_generation(owner=alice)
    now = timezone.now()
    first, lost, last = Generation.objects.claim("worker", now + timedelta(seconds=9), lease=LEASE, limit=3)
    Generation.objects.filter(pk=lost.pk).update(fence=lost.fence + 1)
    verbs = [partial(row.wait, now, "busy") for row in (first, lost, last)]
    assert written_together(*verbs) == [type(None), Superseded, type(None)]
    assert set(Generation.objects.filter(trouble="busy").values_list("pk", flat=True)) == {first.pk, last.pk}


def two_waiting(alice: User) -> list[Callable[[], None]]:
    """The verbs of two claimed rows."""
    for _row in range(2):
        make_generation(owner=alice)
    now = timezone.now()
    rows = Generation.objects.claim("worker", now + timedelta(seconds=9), lease=LEASE, limit=2)
    return [partial(row.wait, now, "busy") for row in rows]


def test_a_write_that_fails_is_undone_alone(alice: User) -> None:
    first, last = two_waiting(alice)

    def damage() -> None:
        Generation.objects.update(trouble="damaged")
        Generation.objects.update(progress=101)

    assert written_together(first, damage, last) == [type(None), IntegrityError, type(None)]
    assert set(Generation.objects.values_list("trouble", flat=True)) == {"busy"}


def test_when_writing_together_fails_everybody_hears_it_and_nothing_is_written(alice: User) -> None:
    first, last = two_waiting(alice)

    def break_down() -> None:
        """As a database does that is away in the middle: the transaction is gone."""
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
        raise OperationalError("the disk is full")

    outcomes = written_together(first, break_down, last)
    assert outcomes == [OperationalError] * 3
    assert not Generation.objects.filter(trouble="busy").exists()
