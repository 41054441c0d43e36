"""Clocks: the wall clock can be set, so what must not be hurried or delayed by that is measured on another one."""

import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex


@cache
def steady_clock() -> str:
    """Which clock `steady_seconds` reads: all processes of this machine share it until the machine is started anew."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text().strip() if boot.exists() else token_hex(16)


def steady_seconds() -> float:
    """Seconds on a clock that nobody sets."""
    return time.monotonic()


class ClockWatch:
    """Compares the wall clock with the steady one."""

    # A clock that is disciplined over the network moves by less.
    JUMP = timedelta(seconds=5)

    def __init__(self) -> None:
        self._started: datetime | None = None

    def jump(self, now: datetime) -> timedelta:
        """How far the wall clock was set since the last call: ahead, back (negative), or not at all."""
        started = now - timedelta(seconds=steady_seconds())
        before, self._started = self._started or started, started
        jump = started - before
        return jump if abs(jump) > self.JUMP else timedelta(0)
