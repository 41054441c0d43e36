"""EvoLink's task lists. Lost generations of one account that look at the same time share one reading of its list."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import structlog

from playground.evolink import Client, errors
from playground.evolink.types import TaskSummary

log = structlog.get_logger(__name__)

# The pages of one reading. A page has `PAGE_SIZE` tasks, the most that EvoLink gives.
PAGES_MAX = 10
PAGE_SIZE = 50
# A list counts as new for this long, in seconds.
FRESH_FOR = 20.0
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Listing:
    """The newest tasks of one account and model, each with its time. `since`: all that were made after it are here;
    None if all are here. `last`: EvoLink gives no more, or we ask for no more. `read_at` is in seconds of the monotonic
    clock."""

    read_at: float
    tasks: tuple[TaskSummary, ...]
    since: datetime | None
    last: bool

    def covers(self, since: datetime) -> bool:
        return self.since is None or self.since <= since


class Listings:
    def __init__(self) -> None:
        self._read: dict[tuple[Client, str], Listing] = {}
        self._turns: defaultdict[tuple[Client, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def tasks(self, client: Client, model: str, since: datetime) -> tuple[TaskSummary, ...] | None:
        """The account's tasks for `model`, with at least all that were made after `since`. None if EvoLink does not
        give the list, or not that far back."""
        place = (client, model)
        async with self._turns[place]:
            known = self._read.get(place)
            fresh = known is not None and time.monotonic() - known.read_at < FRESH_FOR
            if known is None or not fresh or not (known.covers(since) or known.last):
                known = self._read[place] = await _listing(client, model, since)
        return known.tasks if known.covers(since) else None


async def _listing(client: Client, model: str, since: datetime) -> Listing:
    """Read pages until one reaches back to `since`. A list that EvoLink refuses, or that is not what it should be,
    covers nothing."""
    started, found, oldest = time.monotonic(), dict[str, TaskSummary](), _NEVER
    try:
        for number in range(1, PAGES_MAX + 1):
            page = await client.tasks(model=model, page=number, page_size=PAGE_SIZE)
            if not page.tasks:
                return Listing(started, tuple(found.values()), None, last=True)
            before = len(found)
            found |= {task.id: task for task in page.tasks}
            oldest = min(oldest, _oldest(page.tasks))
            if oldest < since:
                return Listing(started, tuple(found.values()), oldest, last=False)
            if len(found) == before:
                break
    except errors.EvoLinkError as error:
        log.info("no list of tasks", error=str(error))
        return Listing(started, (), _NEVER, last=True)
    return Listing(started, tuple(found.values()), oldest, last=True)


def _oldest(tasks: tuple[TaskSummary, ...]) -> datetime:
    """The time of the last task of a page. Raises `APIResponseValidationError` if a task has no time, or if the newest
    is not the first."""
    times = [task.created for task in tasks if task.created]
    if len(times) < len(tasks) or any(newer < older for newer, older in pairwise(times)):
        raise errors.APIResponseValidationError("The list of tasks is not in the order of their times.")
    return times[-1]
