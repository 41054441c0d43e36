"""One step of one generation: submit, poll, save, settle, or find out what happened after a lost answer.

The worker submits a request at most once. It can poll and save any number of times with the same result. Every step
reads the row that it got with a claim, calls EvoLink, and calls one verb of the row. If the verb raises `Superseded`,
somebody else has changed the row and the step's result is dropped. This is safe because only the verb writes.
"""

from django.utils import timezone

from playground.engine.clients import KeyUnavailable
from playground.engine.database import insist
from playground.engine.poll import poll, poll_again
from playground.engine.resolve import resolve
from playground.engine.runtime import Runtime
from playground.engine.save import save
from playground.engine.settle import settle
from playground.engine.submit import interrupted, submit
from playground.models import Generation, Status

STEPS = {
    Status.QUEUED: submit,
    Status.PENDING: poll,
    Status.PROCESSING: poll,
    Status.UNKNOWN: resolve,
    Status.COMPLETED: settle,
    Status.FAILED: settle,
}


async def advance(runtime: Runtime, generation: Generation) -> None:
    """Take the one step that fits the state."""
    status = Status(generation.status)
    if status == Status.SAVING:
        await save(runtime, generation)
        return
    try:
        client = runtime.connections.client(generation)
    except KeyUnavailable as error:
        await _without_key(runtime, generation, error)
        return
    if status == Status.SUBMITTING:
        await interrupted(generation)
    else:
        await STEPS[status](runtime, generation, client)


async def _without_key(runtime: Runtime, generation: Generation, error: KeyUnavailable) -> None:
    """Without the key the worker can neither send nor ask. A generation that was sent waits until the key is
    readable again, but not longer than it would wait for any other answer."""
    if generation.final:
        await settle(runtime, generation, None)
    elif generation.status == Status.QUEUED:
        await insist(generation.fail, "key_unreadable", str(error), timezone.now())
    elif generation.status == Status.SUBMITTING:
        await interrupted(generation)
    else:
        await poll_again(runtime, generation, "key_unreadable")
