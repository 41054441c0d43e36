"""How long the worker has looked for a lost generation, on two clocks. It decides nothing final before both agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from playground.engine.backoff import LONGEST_PAUSE
from playground.engine.clocks import steady_clock, steady_seconds
from playground.engine.database import in_database
from playground.evolink import Client, Credits, errors
from playground.models import Attempt, Generation

log = structlog.get_logger(__name__)

BALANCE_DEADLINE = 3.0

# The longest time that EvoLink may work on a task. If a task is unfinished after it, the generation counts as lost and
# the worker looks for evidence. Before it, an account that did not change proves nothing.
AGE_LIMIT = timedelta(hours=6)
# The worker looks for a lost generation for this long after it was sent, and after the last hint about it.
EVIDENCE_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Look:
    """One look at a lost generation. `age` is the time since the request was sent or the last hint came, by the wall
    clock. `watched` is the part of it that the steady clock has seen."""

    attempt: Attempt
    age: timedelta
    watched: timedelta

    @property
    def elapsed(self) -> timedelta:
        """The time that has passed on both clocks. If the wall clock was set back behind the start, only the other one
        counts."""
        return self.watched if self.age < timedelta(0) else min(self.age, self.watched)

    @property
    def over(self) -> bool:
        """Whether the worker has looked long enough."""
        return self.elapsed >= EVIDENCE_FOR

    @property
    def pause(self) -> timedelta:
        """How long to wait before the next look: a tenth of `age`, at least 30 seconds and at most `LONGEST_PAUSE`."""
        return min(max(timedelta(seconds=30), self.age / 10), LONGEST_PAUSE)


def look(generation: Generation, now: datetime) -> Look:
    """Look at a lost generation now. Adds the time since the last look to the watched time."""
    attempt = generation.attempts.exclude(sent_at=None).latest("pk")
    watched = attempt.watch(steady_clock(), steady_seconds())
    since = max(at for at in (attempt.sent_at, attempt.hinted_at) if at)
    return Look(attempt, now - since, watched)


async def nothing_found(generation: Generation, seen: Look | None = None, to_choose: str = "") -> None:
    """This look has brought no evidence. Look again later, or give up after `EVIDENCE_FOR`. `to_choose` is the trouble
    that asks a person to choose the task."""
    now = timezone.now()
    seen = seen or await in_database(look)(generation, now)
    if seen.over:
        await in_database(generation.give_up)(now, to_choose)
    else:
        await in_database(generation.wait)(now + seen.pause, to_choose or "no_evidence_yet")


async def sums_of(client: Client) -> dict[str, str] | None:
    """EvoLink's sums for the account, as evidence for later. None if EvoLink does not answer: the generation goes
    on without them."""
    try:
        return _sums(await client.credits(deadline=BALANCE_DEADLINE))
    except errors.EvoLinkError as error:
        log.info("no balance", error=str(error))
        return None


def _sums(credits: Credits) -> dict[str, str] | None:
    """The account's sums, as decimal texts. None if one is missing, because then credits may move without a change in
    the others. A key without a limit has no `token_remaining`."""
    names = ["token_used", "user_used", "user_remaining", *([] if credits.unlimited else ["token_remaining"])]
    sums = {name: getattr(credits, name) for name in names}
    return None if None in sums.values() else {name: str(value) for name, value in sums.items()}
