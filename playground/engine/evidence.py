"""How long a lost generation was looked for, on two clocks: nothing final is said before both agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.engine.backoff import LONGEST_PAUSE
from playground.engine.clocks import steady_clock, steady_seconds
from playground.models import Attempt, Generation

# The longest that EvoLink may work on a task. One that is still unfinished then is not waited for any more, it is
# looked for; before that, what did not happen proves nothing.
AGE_LIMIT = timedelta(hours=6)
# A lost generation is looked for this long after it was sent, and after the last hint about it.
EVIDENCE_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Look:
    """`age` by the wall clock since it was sent or last hinted at; `watched` is how much of that certainly passed."""

    attempt: Attempt
    age: timedelta
    watched: timedelta

    @property
    def elapsed(self) -> timedelta:
        """What both clocks have seen pass."""
        return min(self.age, self.watched)

    @property
    def over(self) -> bool:
        """Whether it was looked for long enough."""
        return self.elapsed >= EVIDENCE_FOR

    @property
    def pause(self) -> timedelta:
        """How long to wait before the next look: a tenth of what passed."""
        return min(max(timedelta(seconds=30), self.age / 10), LONGEST_PAUSE)


def look(generation: Generation, now: datetime) -> Look:
    """One look at a lost generation: the time since the last one is added to what passed."""
    attempt = generation.attempts.exclude(sent_at=None).latest("pk")
    watched = attempt.watch(steady_clock(), steady_seconds())
    since = max(at for at in (attempt.sent_at, attempt.hinted_at) if at)
    return Look(attempt, now - since, watched)
