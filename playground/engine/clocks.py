"""Clocks. Somebody can set the wall clock. A wait that must not change then is measured on the steady clock."""

import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex


@cache
def steady_clock() -> str:
    """The name of the clock that `steady_seconds` reads. All processes of a machine share this clock until the machine
    restarts. Where Linux's boot id is missing, each process has a name of its own."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text().strip() if boot.exists() else token_hex(16)


def steady_seconds() -> float:
    """Seconds on a clock that nobody can set."""
    return time.monotonic()


class ClockWatch:
    """Compares the wall clock with the steady one."""

    # Time synchronization over the network moves a clock by less.
    JUMP = timedelta(seconds=5)

    def __init__(self) -> None:
        self._started: datetime | None = None

    def jump(self, now: datetime) -> timedelta:
        """By how much somebody set the wall clock since the last call. Negative if it was set back, zero if it moved
        by `JUMP` or less."""
        started = now - timedelta(seconds=steady_seconds())
        before, self._started = self._started or started, started
        jump = started - before
        return jump if abs(jump) > self.JUMP else timedelta(0)
