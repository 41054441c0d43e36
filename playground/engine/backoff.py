"""How long to wait before EvoLink is asked again."""

import random
from datetime import timedelta

from django.conf import settings

# No generation waits longer for its next step: EvoLink's `Retry-After` may ask for an hour.
LONGEST_PAUSE = timedelta(hours=1)


def backoff(tries: int, *, first: float = 2.0, longest: float = 600.0) -> timedelta:
    """Twice as long each time, jittered so that many rows do not come back together."""
    seconds = min(longest, first * 2 ** min(tries, 20))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311  not a secret


def poll_interval(elapsed: timedelta) -> timedelta:
    """A tenth of the time already waited: quick at first, patient with slow ones."""
    return min(max(elapsed / 10, timedelta(seconds=settings.POLL_SECONDS)), timedelta(seconds=15))
