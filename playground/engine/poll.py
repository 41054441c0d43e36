"""Ask EvoLink how far the task of a generation is."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from playground.engine.backoff import asked_for, backoff, poll_interval
from playground.engine.billing import bill_of
from playground.engine.database import in_database, insist
from playground.engine.evidence import AGE_LIMIT, nothing_found
from playground.engine.runtime import Runtime
from playground.engine.save import save
from playground.engine.settle import FIRST_PAUSE
from playground.evolink import Client, Task, errors
from playground.models import Generation, Status, failures
from playground.references import delivery

# For this long after EvoLink has accepted a task, it may answer that it does not know it.
GRACE = timedelta(minutes=2)


async def poll(runtime: Runtime, generation: Generation, client: Client) -> None:
    try:
        task = await client.task(generation.task_id)
    except errors.NotFoundError as error:
        await _task_not_found(runtime, generation, error)
    except errors.EvoLinkError as error:
        if isinstance(error, errors.APIResponseValidationError):
            await in_database(generation.record_odd_answer)(error.raw)
        await poll_again(runtime, generation, failures.failure_of(error), error.retry_after)
    else:
        await read(runtime, generation, task)


async def _task_not_found(runtime: Runtime, generation: Generation, error: errors.EvoLinkError) -> None:
    now = timezone.now()
    age = now - (generation.accepted_at or now)
    if age < GRACE:
        await in_database(generation.wait)(now + poll_interval(age), "")
    elif generation.status == Status.UNKNOWN:
        await nothing_found(generation)
    else:
        await in_database(generation.mark_unknown)(now, now + GRACE, str(error))


async def poll_again(runtime: Runtime, generation: Generation, trouble: str, retry_after: float | None = None) -> None:
    now = timezone.now()
    if generation.status == Status.UNKNOWN:
        await nothing_found(generation)
    elif now - (generation.accepted_at or now) > AGE_LIMIT:
        await in_database(generation.mark_unknown)(now, now + GRACE, f"No end after {AGE_LIMIT}: {trouble}")
    else:
        pause = asked_for(retry_after) or backoff(generation.tries, longest=60)
        await runtime.group_commit.write(partial(generation.wait, now + pause, trouble))


async def read(runtime: Runtime, generation: Generation, task: Task) -> None:
    """Record what EvoLink says about the task, and save its pictures if they are drawn."""
    now = timezone.now()
    if task.finished:
        await insist(generation.record_answer, task)
    if task.status == "completed":
        await in_database(generation.mark_generated)(task, bill_of(generation, task), now)
        await save(runtime, generation)
    elif task.finished:
        await _failed(runtime, generation, task)
    elif now - (generation.accepted_at or now) > AGE_LIMIT:
        await poll_again(runtime, generation, "longer_than_usual")
    else:
        elapsed = now - (generation.accepted_at or now)
        usual = timedelta(seconds=generation.usual_seconds or 60)
        trouble = "longer_than_usual" if elapsed > 2 * usual else ""
        due_at = now + poll_interval(elapsed)
        await runtime.group_commit.write(partial(generation.mark_progress, task, due_at, trouble))


async def _failed(runtime: Runtime, generation: Generation, task: Task) -> None:
    """The task has failed. The pictures that came in spite of that are saved."""
    now = timezone.now()
    word, detail, bill = await _failure_of(generation, task), _detail(task), bill_of(generation, task)
    if task.results:
        await in_database(generation.mark_generated)(task, bill, now, failure=word, detail=detail)
        await save(runtime, generation)
    else:
        await in_database(generation.mark_failed)(word, detail, bill, now, now + FIRST_PAUSE)


async def _failure_of(generation: Generation, task: Task) -> str:
    """Our code for the reason why a task failed."""
    word = failures.failure_of_task(task)
    return "reference_not_fetched" if await in_database(delivery.not_fetched)(generation, word) else word


def _detail(task: Task) -> str:
    return f"{task.error.code}: {task.error.message}" if task.error else f"The task is {task.status}."
