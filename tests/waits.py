"""How long tests wait: TEST_SLOWNESS stretches every wait, for a machine that is slow or busy."""

import os
from datetime import timedelta

import time_machine
from django.db.models import F

from playground.models import Attempt

SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "1"))


def seconds(value: float) -> float:
    """`value` seconds on a machine with nothing else to do. An upper bound: when all is well, nobody waits for it."""
    return value * SLOWNESS


def let_pass(clock: time_machine.Traveller, time: timedelta) -> None:
    """Time passes on every clock: on the wall, and on the steady one that lost generations are watched by."""
    clock.shift(time)
    Attempt.objects.update(watched_seconds=F("watched_seconds") + time.total_seconds())
