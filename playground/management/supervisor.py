"""Runs web and worker as one process group: starts them, restarts those that end, and stops them in order.

No child survives the supervisor: on Linux the kernel ends them with it, whatever has ended it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A child that has run this long counts as healthy again. Its next pause is the first one.
STEADY_SECONDS = 60.0
STOP_SECONDS = 30.0
# A worker waits for EvoLink's answer to a request that it has sent, at most a little longer than SUBMIT_DEADLINE.
WORKER_STOP_SECONDS = 150.0


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Asks the kernel to send the signal `number` to this process when its parent ends. Does nothing except on
    Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


@dataclass
class Child:
    """One process to keep running. In seconds, `stop_seconds` is how long it may take to end, `pause` is the wait
    before its next start."""

    name: str
    command: list[str]
    stop_seconds: float = STOP_SECONDS
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = field(default=0.0)

    def start(self) -> None:
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent()
            if os.getppid() != parent:
                os._exit(1)

        # A process group of its own: so Ctrl-C goes to the supervisor, which stops the children in order.
        self.process = subprocess.Popen(self.command, preexec_fn=prepare, process_group=0)  # noqa: S603
        self.started = time.monotonic()

    def tend(self) -> None:
        """Starts the process if it is not running and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.warning("restarting", name=self.name, ended=self.process.returncode)
            self.pause = FIRST_PAUSE if now - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
            self.process = None
        if self.process is None and now >= self.again_at:
            self.start()

    def stop(self) -> None:
        """Sends SIGTERM."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """Sends SIGKILL."""
        if self.process is not None:
            self.process.kill()

    def wait(self, deadline: float) -> None:
        """Waits until the process has ended. Kills it if it has not at `deadline` (monotonic seconds)."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("did not stop in time", name=self.name)
            self.kill()
            self.process.wait()


def supervise(children: list[Child], *, every: Callable[[], None] = lambda: None) -> NoReturn:
    """Keeps the children running until SIGINT or SIGTERM. Then stops the first child, waits for it, stops the others,
    and exits. A second signal kills all of them at once."""
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        if stopping:
            for child in children:
                child.kill()
            os._exit(128 + number)
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopping:
        for child in children:
            child.tend()
        every()
        time.sleep(0.1)
    for group in (children[:1], children[1:]):
        told = time.monotonic()
        for child in group:
            child.stop()
        for child in group:
            child.wait(told + child.stop_seconds)
    sys.exit(0)
