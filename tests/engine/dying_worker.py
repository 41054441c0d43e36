"""A worker in its own process, which is killed at a chosen moment, as with `kill -9`.

The program does not know about this: the worker wraps its public functions.
"""

import asyncio
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import django
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, connections

if not apps.ready:  # in the fork server below, once for all workers, because loading Django takes most of their start
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    django.setup()

from playground.engine.worker import Worker
from tests.engine import power_cut
from tests.engine.power_cut import Disk

CLOCK_SECONDS = 0.02  # between two looks at the file of the clock
_FORK = get_context("forkserver")
_FORK.set_forkserver_preload([__name__])
# The settings that the worker gets from the test. All others come from the environment.
_GIVEN = (
    *("DATA_DIR", "MEDIA_ROOT", "FILE_UPLOAD_TEMP_DIR", "SANDBOX_DIR", "SANDBOX_PLAIN"),
    *("POLL_SECONDS", "LEASE_SECONDS", "LINKS_SECONDS", "KEY_CHECK_SECONDS"),
    # For live generations: another EvoLink, the keys, and where callbacks go.
    *("DEBUG", "EVOLINK_URL", "EVOLINK_FILES_URL", "KEY_ENCRYPTION_KEYS", "PUBLIC_URL"),
)


def given_settings(seconds: float = 0.0) -> dict[str, Any]:
    """The settings of this test for another process. A picture takes `seconds`."""
    return {name: getattr(settings, name) for name in _GIVEN} | {"SANDBOX_SECONDS": seconds}


def start_worker(
    point: str = "", *, seconds: float = 0.0, clock: Path | None = None, disk: Disk | None = None
) -> ForkServerProcess:
    """Starts a worker on the test's database and files. It dies at `point`. A picture takes `seconds`. Its wall clock
    goes by `clock`, if that is given: a file with the seconds that it is ahead, which may change at any time. What it
    syncs on `disk` survives a power cut."""
    return start_process(work, point, given_settings(seconds), connection.settings_dict["NAME"], clock, disk)


def start_process(target: Callable[..., None], *args: Any) -> ForkServerProcess:
    """Calls `target` in a process of its own, in which Django is loaded."""
    _start_fork_server()
    process = _FORK.Process(target=target, args=args, daemon=True)
    process.start()
    return process


@cache
def _start_fork_server() -> None:
    with power_cut.tracing():
        forkserver.ensure_running()


def work(point: str, given: dict[str, Any], database: str, clock: Path | None = None, disk: Disk | None = None) -> None:
    if disk is not None:
        disk.trace()
    if clock is not None:
        follow(clock)
    for name, value in given.items():
        setattr(settings, name, value)
    connections.settings["default"]["NAME"] = database
    faulthandler.register(signal.SIGUSR1)  # for whoever wants to know what it is waiting for
    if point in STOPS:
        stops()[point]()
    elif point:
        points()[point]()
    asyncio.run(Worker().run(asyncio.Event()))


def follow(clock: Path) -> None:
    """Keeps this process's wall clock as far ahead as the file says, from now on."""
    ahead = float(clock.read_text())
    traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()

    def look(ahead: float) -> None:
        while True:
            time.sleep(CLOCK_SECONDS)
            if (told := float(clock.read_text() or ahead)) != ahead:
                traveller.shift(told - ahead)
                ahead = told

    threading.Thread(target=look, args=[ahead], daemon=True).start()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit("unreachable")


def before(owner: Any, name: str) -> None:
    setattr(owner, name, lambda *args, **kwargs: die())


def after(owner: Any, name: str) -> None:
    original = getattr(owner, name)
    if asyncio.iscoroutinefunction(original):

        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            await original(*args, **kwargs)
            die()
    else:

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            original(*args, **kwargs)
            die()

    setattr(owner, name, wrapped)


class HalfWritten:
    """A file that writes half of the first piece. Then the process dies."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        die()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def in_the_middle_of(owner: Any) -> None:
    original = owner.download

    async def download(self: Any, url: str, into: BinaryIO, **kwargs: Any) -> Any:
        return await original(self, url, HalfWritten(into), **kwargs)

    owner.download = download


def stop_once(owner: Any, name: str) -> None:
    """The first call stops this process, as SIGSTOP does. When it is continued, it takes its step to the end, and
    leaves."""
    original, step = getattr(owner, name), Worker._step
    stopped: list[bool] = []

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        setattr(owner, name, original)
        stopped.append(True)
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(0.2)  # the signal may reach this thread last, and it must not begin a transaction meanwhile
        return original(*args, **kwargs)

    async def wrapped_step(*args: Any) -> None:
        await step(*args)
        if stopped:
            os._exit(0)

    setattr(owner, name, wrapped)
    Worker._step = wrapped_step  # type: ignore[method-assign]


def stops() -> dict[str, Callable[[], None]]:
    """Where a worker stops for a while, as if its machine slept."""
    from playground.models import GeneratedImage
    from playground.pictures import decoding

    return {
        "stopped after a download": lambda: stop_once(decoding, "read_picture"),
        "stopped in the middle of a file": lambda: stop_once(os, "fchmod"),
        "stopped between file and row": lambda: stop_once(GeneratedImage, "mark_saved"),
    }


def points() -> dict[str, Callable[[], None]]:
    from playground.engine import save
    from playground.evolink import Client
    from playground.models import GeneratedImage, Generation

    return {
        "before the POST": lambda: before(Client, "generate"),
        "after the POST, before its commit": lambda: after(Client, "generate"),
        "after the commit of the POST": lambda: after(Generation, "mark_accepted"),
        "while polling": lambda: after(Client, "task"),
        "after the drawn state": lambda: after(Generation, "mark_generated"),
        "in the middle of a download": lambda: in_the_middle_of(Client),
        "after a download, before its commit": lambda: before(GeneratedImage, "mark_saved"),
        "between file and thumbnail": lambda: after(save.default_storage.__class__, "save"),
        "after a picture's commit": lambda: after(GeneratedImage, "mark_saved"),
        "after the ledger row, before the state is committed": lambda: after(Generation, "settle"),
        "after the end": lambda: after(Generation, "complete"),
    }


STOPS = ("stopped after a download", "stopped in the middle of a file", "stopped between file and row")
POINTS = (
    "before the POST",
    "after the POST, before its commit",
    "after the commit of the POST",
    "while polling",
    "after the drawn state",
    "in the middle of a download",
    "after a download, before its commit",
    "between file and thumbnail",
    "after a picture's commit",
    "after the ledger row, before the state is committed",
    "after the end",
)
