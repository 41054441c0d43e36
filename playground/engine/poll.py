"""Ask EvoLink how far the task of a generation is."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from playground.engine.backoff import asked_for, backoff, poll_interval
from playground.engine.billing import cost_of
from playground.engine.database import in_database, insist
from playground.engine.evidence import AGE_LIMIT, nothing_found
from playground.engine.runtime import Runtime
from playground.engine.save import save
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
        cost, source = cost_of(generation, task)
        await in_database(generation.mark_generated)(task, cost, source, now)
        await save(runtime, generation, runtime.connections.fetcher(generation))
    elif task.status in ("failed", "cancelled"):
        word = failures.failure_of_task(task)
        detail = f"{task.error.code}: {task.error.message}" if task.error else f"The task is {task.status}."
        if await in_database(delivery.not_fetched)(generation, word):
            word = "reference_not_fetched"
        await in_database(generation.fail)(word, detail, now, cost=task.settlement.credits)
    elif now - (generation.accepted_at or now) > AGE_LIMIT:
        await poll_again(runtime, generation, "longer_than_usual")
    else:
        elapsed = now - (generation.accepted_at or now)
        usual = timedelta(seconds=generation.usual_seconds or 60)
        trouble = "longer_than_usual" if elapsed > 2 * usual else ""
        due_at = now + poll_interval(elapsed)
        await runtime.group_commit.write(partial(generation.mark_progress, task, due_at, trouble))
