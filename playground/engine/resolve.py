"""Find out what happened to a generation whose answer is lost."""

import structlog
from django.utils import timezone

from playground.engine import evidence, lost_tasks
from playground.engine.database import in_database
from playground.engine.evidence import AGE_LIMIT, Look, nothing_found, sums_of
from playground.engine.poll import poll
from playground.engine.runtime import Runtime
from playground.evolink import Client, errors
from playground.models import Candidate, Generation

log = structlog.get_logger(__name__)


async def resolve(runtime: Runtime, generation: Generation, client: Client) -> None:
    """Look for evidence of what happened to a lost generation: a hint, else EvoLink's list of tasks, else its
    balance."""
    if generation.task_id:
        await poll(runtime, generation, client)
        return
    await in_database(generation.discard_pictures)()
    look = await in_database(evidence.look)(generation, timezone.now())
    hint = look.attempt.hinted_task_id
    task_id = hint or await lost_tasks.look_for(runtime, generation, look, client)
    if task_id and await _is_ours(generation, task_id, client):
        await _accept(generation, task_id)
        return
    to_choose = "" if task_id else await in_database(_to_choose)(generation)
    if not to_choose and await _nothing_moved(generation, look, client):
        detail = "EvoLink's balance did not move, so the request was not accepted."
        await in_database(generation.fail)("not_accepted", detail, timezone.now())
    else:
        await nothing_found(generation, look, to_choose)


async def _accept(generation: Generation, task_id: str) -> None:
    now = timezone.now()
    found = await in_database(Candidate.objects.how_found)(generation, task_id)
    await in_database(generation.mark_accepted)(task_id, now, now, found)


def _to_choose(generation: Generation) -> str:
    """The trouble that asks a person to choose between the offered tasks. Empty if there are none."""
    if not generation.candidates.open().exists():
        return ""
    return "task_to_choose" if generation.on_own_account else "task_for_administrator"


async def _nothing_moved(generation: Generation, look: Look, client: Client) -> bool:
    """Whether the account's sums prove that the request was not accepted. They do if more time has passed than a
    task can take, the sums are the same as before, no other generation could have changed them, and EvoLink has
    neither called back nor fetched a reference."""
    attempt = look.attempt
    if not attempt.credits_before or attempt.callback_at or look.elapsed < AGE_LIMIT:
        return False
    fetched = await in_database(attempt.addresses.exclude(fetched_at=None).exists)()
    if fetched or await in_database(Generation.objects.beside(generation).exists)():
        return False
    return bool(await sums_of(client) == attempt.credits_before)


async def _is_ours(generation: Generation, task_id: str, client: Client) -> bool:
    """Whether the account knows this task, and no other generation is bound to it."""
    if await in_database(Generation.objects.bound_to(task_id, generation.rehearsal).exists)():
        await in_database(Candidate.objects.void)(generation, task_id, timezone.now())
        return False
    try:
        await client.task(task_id)
    except errors.EvoLinkError as error:
        log.info("hinted task not confirmed", error=str(error))
        if isinstance(error, errors.NotFoundError):
            await in_database(Candidate.objects.void)(generation, task_id, timezone.now())
        return False
    return True
