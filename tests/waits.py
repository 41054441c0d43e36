"""The waits of the tests. TEST_SLOWNESS makes all of them longer, for a slow or busy machine."""

import os
from datetime import timedelta

import time_machine
from django.db.models import F

SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "1"))


def seconds(value: float) -> float:
    """An upper bound for a wait; `value` is for an idle machine. A test that passes does not wait that long."""
    return value * SLOWNESS


def let_pass(clock: time_machine.Traveller, time: timedelta) -> None:
    """Time passes on every clock: on the wall, and on the steady one that lost generations are watched by."""
    from playground.models import Attempt  # here, because processes without Django import this module too

    clock.shift(time)
    Attempt.objects.update(watched_seconds=F("watched_seconds") + time.total_seconds())
