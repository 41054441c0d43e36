"""Look for the task of a lost generation in EvoLink's list of the account's tasks.

The list gives the model and the time of a task, neither its prompt nor its pictures. So a task is bound only if nothing
else that we know of could own it. If several could be the one, a person chooses: the owner of the generation, who sees
pictures, or an administrator if the key belongs to the team.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from playground.engine.database import in_database
from playground.engine.evidence import Look
from playground.engine.listings import FRESH_FOR
from playground.engine.runtime import Runtime
from playground.engine.save import MAX_IMAGE_BYTES
from playground.evolink import Client, errors
from playground.evolink.client import SUBMIT_DEADLINE
from playground.evolink.types import TaskSummary
from playground.models import Attempt, Candidate, Generation
from playground.pictures import decoding

log = structlog.get_logger(__name__)

# A request may arrive as late as this after it was sent.
ARRIVES_WITHIN = timedelta(seconds=SUBMIT_DEADLINE)
# EvoLink's clock may differ from ours by as much. Its times are whole seconds.
CLOCKS_DIFFER = timedelta(minutes=2)
# The list is not read before this time has passed. In an earlier one our own task may be missing.
LISTED_AFTER = ARRIVES_WITHIN + timedelta(seconds=FRESH_FOR)
# If something else made a task with this key so shortly before or after, it may also have made the one that we found.
AROUND = timedelta(hours=1)
# How many tasks a person chooses from at most: those nearest to the time of sending.
OFFERED_MAX = 8


@dataclass(frozen=True)
class Sifted:
    """What the list says. `matches` may be the generation's task. `certain`: the only match is."""

    matches: tuple[TaskSummary, ...]
    certain: bool


async def look_for(runtime: Runtime, generation: Generation, look: Look, client: Client) -> str:
    """The id of the task that is certainly the generation's, now also a hint on its attempt. Empty if there is none.
    Then the tasks that may be it are offered to a person."""
    sent_at = look.attempt.sent_at
    if sent_at is None or look.elapsed < LISTED_AFTER:
        return ""
    listed = await runtime.listings.tasks(client, generation.model, sent_at - AROUND - CLOCKS_DIFFER)
    if listed is None:
        return ""
    sifted = await in_database(_sift)(generation, sent_at, listed)
    if sifted.certain:
        await in_database(Candidate.objects.bind)(generation, sifted.matches[0], timezone.now())
        return sifted.matches[0].id
    nearest = sorted(sifted.matches, key=lambda task: abs(_made(task) - sent_at))[:OFFERED_MAX]
    await in_database(Candidate.objects.offer)(generation, nearest, timezone.now())
    if nearest and generation.on_own_account:
        await _fetch_pictures(runtime, generation, client)
    return ""


def could_own(sent_at: datetime | None, made: datetime) -> bool:
    """Whether a request that was sent at `sent_at` may have become a task that was made at `made`, by EvoLink's
    clock."""
    return sent_at is not None and -CLOCKS_DIFFER <= made - sent_at <= ARRIVES_WITHIN + CLOCKS_DIFFER


def _sift(generation: Generation, sent_at: datetime, listed: Sequence[TaskSummary]) -> Sifted:
    """What the list says about a generation that was sent at `sent_at`. The list must be older than this call: then
    each of our requests whose task is in it has its row."""
    around = AROUND + CLOCKS_DIFFER
    near = [task for task in listed if abs(_made(task) - sent_at) <= around]
    reach = around + ARRIVES_WITHIN + CLOCKS_DIFFER
    rivals = Attempt.objects.lost_beside(generation, sent_at - reach, sent_at + reach)
    bound = Generation.objects.bound_to_any([task.id for task in near], generation.rehearsal)
    taken = bound | {rival.hinted_task_id for rival in rivals}
    rejected = Candidate.objects.rejected_by([generation.pk, *(rival.generation_id for rival in rivals)])
    free = [task for task in near if task.id not in taken]
    matches = [
        task
        for task in free
        if task.model == generation.model
        and could_own(sent_at, _made(task))
        and (generation.pk, task.id) not in rejected
    ]
    if len(matches) != 1:
        return Sifted(tuple(matches), certain=False)
    contested = any(
        could_own(rival.sent_at, _made(matches[0])) and (rival.generation_id, matches[0].id) not in rejected
        for rival in rivals
    )
    beside = [task for task in free if task != matches[0]]
    ours = [rival for rival in rivals if rival.generation.key_id == generation.key_id]
    return Sifted(tuple(matches), certain=not contested and not _foreign(beside, ours))


def _foreign(tasks: Iterable[TaskSummary], rivals: Iterable[Attempt]) -> bool:
    """Whether there is a task that none of these attempts can own, if each owns one at most."""
    left = sorted(rivals, key=lambda rival: rival.sent_at or timezone.now())
    for task in sorted(tasks, key=_made):
        owner = next((rival for rival in left if could_own(rival.sent_at, _made(task))), None)
        if owner is None:
            return True
        left.remove(owner)
    return False


def _made(task: TaskSummary) -> datetime:
    """When EvoLink made the task. `Listings` gives none without a time."""
    assert task.created is not None  # noqa: S101
    return task.created


async def _fetch_pictures(runtime: Runtime, generation: Generation, client: Client) -> None:
    """Read the offered tasks that are completed, one by one, and keep a thumbnail of the first picture of each."""
    wanted = generation.candidates.filter(state=Candidate.State.OFFERED, status="completed", thumbnail="")
    fetcher = runtime.connections.fetcher(generation)
    for candidate in await in_database(lambda: list(wanted))():
        try:
            task = await client.task(candidate.task_id)
            if task.results:
                await _fetch_picture(runtime, candidate, task.results[0], fetcher)
        except (errors.EvoLinkError, decoding.NotAPicture, OSError) as error:
            log.info("no picture of a candidate", task=candidate.task_id, error=str(error))


async def _fetch_picture(runtime: Runtime, candidate: Candidate, link: str, fetcher: Client) -> None:
    with tempfile.TemporaryFile() as file:
        async with runtime.downloads:
            await fetcher.download(link, file, max_bytes=MAX_IMAGE_BYTES)
        name = await runtime.in_pool(_store, candidate, file)
    await in_database(candidate.picture)(name)


def _store(candidate: Candidate, file: IO[bytes]) -> str:
    """Store a thumbnail of the picture. Returns its name in the storage. Raises `NotAPicture` or `OSError`. Runs in the
    pool."""
    picture = decoding.read_picture(file, max_pixels=settings.MAX_PIXELS)
    name = f"candidates/{candidate.token}.webp"
    # An interrupted step may have left it, and the storage writes over nothing.
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(picture.thumbnails[decoding.SMALLER]))
