"""How long the worker waits before it asks EvoLink again."""

import random
from datetime import timedelta

from django.conf import settings

# The longest wait of a generation for its next step. EvoLink's `Retry-After` may ask for an hour.
LONGEST_PAUSE = timedelta(hours=1)
# The longest pause that EvoLink may ask for.
PAUSE_MAX = timedelta(hours=1)


def backoff(tries: int, *, first: float = 2.0, longest: float = 600.0) -> timedelta:
    """The pause after `tries` failed tries. It doubles each time from `first` up to `longest` (seconds). Random jitter
    of a quarter keeps many rows from coming back together."""
    seconds = min(longest, first * 2 ** min(tries, 20))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311  not a secret


def poll_interval(elapsed: timedelta) -> timedelta:
    """The pause between two polls: a tenth of the elapsed time, at least `POLL_SECONDS` and at most 15 seconds. So fast
    generations are polled often, and slow ones less often."""
    return min(max(elapsed / 10, timedelta(seconds=settings.POLL_SECONDS)), timedelta(seconds=15))


def asked_for(retry_after: float | None) -> timedelta | None:
    """The pause that EvoLink asks for, at most `PAUSE_MAX`. `retry_after` is in seconds."""
    return min(timedelta(seconds=retry_after), PAUSE_MAX) if retry_after else None
