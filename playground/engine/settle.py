"""Read a generation that has ended again: for its cost, as long as that is not known, and because EvoLink may finish a
task that it first called failed."""

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from playground.engine.backoff import LONGEST_PAUSE
from playground.engine.billing import asked_for, assumed, bill_of
from playground.engine.clocks import steady_clock, steady_seconds
from playground.engine.database import in_database, insist
from playground.engine.runtime import Runtime
from playground.engine.save import save
from playground.evolink import Client, Task, errors
from playground.models import Generation, Status

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
# A failed task is read for this long, even if its cost is known. One that was charged may be refunded later.
FAILED_READ_FOR = timedelta(minutes=10)
CHARGED_READ_FOR = timedelta(days=1)


async def settle(runtime: Runtime, generation: Generation, client: Client | None) -> None:
    """`client` is None if the key is gone."""
    task = await _read(generation, client)
    now = timezone.now()
    if task is None:
        await _unanswered(generation, now)
        return
    if task.finished:
        await insist(generation.record_answer, task)
    if generation.status == Status.FAILED and await in_database(generation.has_news)(task):
        await in_database(generation.mark_generated)(task, bill_of(generation, task), now)
        await save(runtime, generation)
    else:
        await _book(generation, task, now)


async def _read(generation: Generation, client: Client | None) -> Task | None:
    if client is None:
        return None
    try:
        return await client.task(generation.task_id)
    except errors.EvoLinkError as error:
        log.info("an ended task was not read", generation=generation.code, error=str(error))
        return None


async def _book(generation: Generation, task: Task, now: datetime) -> None:
    age = await in_database(_age)(generation, now)
    bill = bill_of(generation, task)
    if bill.known:
        unsure = generation.status == Status.FAILED and age < (CHARGED_READ_FOR if bill.cost else FAILED_READ_FOR)
        await insist(generation.record_bill, bill, now, now + _pause(age) if unsure else None)
    elif generation.settled_at is not None:
        await in_database(generation.read_again)(None)
    elif age < asked_for(task):
        await in_database(generation.read_again)(now + _pause(age))
    else:
        await insist(generation.record_bill, assumed(generation, task), now, None)


async def _unanswered(generation: Generation, now: datetime) -> None:
    """Without an answer the last one counts, after the same time."""
    last = await in_database(generation.last_task)()
    age = await in_database(_age)(generation, now)
    if age < asked_for(last):
        await in_database(generation.read_again)(now + _pause(age))
    elif generation.settled_at is None:
        await insist(generation.record_bill, assumed(generation, last), now, None)
    else:
        await in_database(generation.read_again)(None)


def _age(generation: Generation, now: datetime) -> timedelta:
    """The time since the generation ended, as far as both clocks have seen it pass."""
    watched = generation.attempts.exclude(sent_at=None).latest("pk").watch(steady_clock(), steady_seconds())
    return min(now - (generation.finished_at or now), watched)


def _pause(age: timedelta) -> timedelta:
    """A tenth of the age, at least `FIRST_PAUSE` and at most `LONGEST_PAUSE`."""
    return min(max(age / 10, FIRST_PAUSE), LONGEST_PAUSE)
