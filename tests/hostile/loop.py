"""Random rounds against the hostile upstream: orders, workers that are killed and stopped, clocks that jump,
and power cuts.

A round begins with some orders and one or two workers. Then accidents happen for a while. In the end the upstream
becomes kind, and so much time passes that every generation must have ended. `reader` says what went wrong.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.db import connections
from django.db.models import Q
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, KeyState, User
from playground.models import HISTORY_LENGTH, Generation, Status
from playground.models.queries import GenerationQuerySet
from tests.engine.dying_worker import CLOCK_SECONDS, start_worker
from tests.engine.power_cut import Disk
from tests.factories import make_generation
from tests.hostile.reader import wrong
from tests.hostile.upstream import Upstream
from tests.html import Html
from tests.waits import let_pass, seconds

# The errors of the workers' clocks.
ERRORS = [timedelta(seconds=-90), timedelta(hours=1), timedelta(hours=-1), timedelta(days=2), timedelta(days=-1)]
# What passes in the end, in seconds: first small steps, so that links do not die and lies are found out; then all that
# the program may wait for, and the callbacks that come after hours; then the days for which a row sleeps that was sent
# when the clock was ahead.
SMALL_STEPS = [0.0, *(6.0,) * 6, 30.0, 60.0, 120.0, 300.0, 600.0]
LARGE_STEPS = [3600.0 * hours for hours in (1, 5.2, 1, 1, 12, 6, 2, 24, 24, 24)]


# The smallest picture of all models, because drawing and checking pictures takes most of the time of a round.
SMALL = {"model": "gpt-image-2", "size": "1024x640"}


class Clock:
    """The time of a test. This process and the upstream go by the true one. Each worker has a clock of its own, a file
    (see `start_worker`) that may be wrong."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        folder.mkdir()
        self._folder = folder
        self._upstream = upstream
        self._passed = 0.0
        self._errors: dict[Path, float] = {}  # how many seconds each file is ahead of the true time
        self._traveller = time_machine.travel(datetime.now(UTC), tick=True)
        self._here = self._traveller.start()

    def for_worker(self) -> Path:
        """A new clock, which is right."""
        file = self._folder / str(len(self._errors))
        self.set_wrong(file, timedelta(0))
        return file

    def shift(self, time: timedelta) -> None:
        """Time passes."""
        self._passed += time.total_seconds()
        self._here.shift(time)
        self._upstream.tell(ahead=self._passed)
        self._tell()

    def set_wrong(self, file: Path, error: timedelta) -> None:
        """Somebody sets the clock of a worker."""
        self._errors[file] = error.total_seconds()
        self._tell()

    def set_right(self) -> None:
        """Every clock is right again."""
        self._errors = dict.fromkeys(self._errors, 0.0)
        self._tell()

    def close(self) -> None:
        self._traveller.stop()

    def _tell(self) -> None:
        for file, error in self._errors.items():
            written = file.with_suffix(".new")
            written.write_text(str(self._passed + error))
            written.replace(file)


def wake(worker: ForkServerProcess) -> None:
    """Lets a stopped worker go on. Nothing happens to one that has ended."""
    if worker.exitcode is None:
        os.kill(worker.pid, signal.SIGCONT)


class Studio:
    """The studio's workers, its person, and what befalls them. A power cut puts `disk`, with the database and the
    files, back to what was synced. Without a disk (the database is a server) it kills all workers at once."""

    def __init__(
        self,
        owner: User,
        keys: list[ApiKey],
        upstream: Upstream,
        clock: Clock,
        *,
        disk: Disk | None = None,
    ) -> None:
        self.owner = owner
        self.keys = keys
        self.upstream = upstream
        self.clock = clock
        self.disk = disk
        self.rows: list[Generation] = []
        self.workers: dict[ForkServerProcess, Path] = {}  # with their clocks
        self.happened: Counter[str] = Counter()  # all accidents, by their names
        self._orders = 0

    def order(self, words: str = "", **values: Any) -> Generation:
        """A person presses Generate. `words` follow the prompt."""
        self._orders += 1
        key = values.setdefault("key", self.keys[0])
        key.checked(KeyState.WORKS, None, timezone.now())  # it may have been refused by mistake
        prompt = f"A lighthouse, number {self._orders} {words}".strip()
        row = make_generation(owner=self.owner, rehearsal=False, prompt=prompt, **SMALL | values)
        self.rows.append(row)
        if self.disk is not None:
            self.disk.sync(self.disk.data, *self.disk.data.glob("*-wal"))  # see `database_on`
        return row

    def start_worker(self) -> None:
        clock = self.clock.for_worker()
        self.workers[start_worker(clock=clock, disk=self.disk)] = clock

    def kill_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.join()
        self.workers = {}

    def cut_power(self) -> None:
        self.kill_workers()
        if self.disk is None:
            return
        with self.upstream.no_callbacks():
            connections.close_all()
            while self.disk.is_open():  # a callback has been answered, and its thread is about to end
                time.sleep(0.01)
            self.disk.cut_power()

    # --- Accidents ---

    def accidents(self, chance: random.Random) -> dict[Callable[[], None], int]:
        """What can happen, with its weight."""

        def one_dies() -> None:
            worker = chance.choice([*self.workers])
            worker.kill()
            worker.join()
            del self.workers[worker]
            self.start_worker()

        def one_stops() -> None:
            worker = chance.choice([*self.workers])
            os.kill(worker.pid, signal.SIGSTOP)
            # Not for long after its lease: it may hold SQLite's lock.
            waking = threading.Timer(1.5 * settings.LEASE_SECONDS, wake, [worker])
            waking.daemon = True
            waking.start()

        def one_more_starts() -> None:
            if len(self.workers) < 3:
                self.start_worker()

        def a_clock_is_set() -> None:
            clock = chance.choice([*self.workers.values()])
            self.clock.set_wrong(clock, chance.choice([timedelta(0), *ERRORS]))

        def upstream_dies() -> None:
            self.upstream.kill()
            time.sleep(0.1)
            self.upstream.start()

        def power_is_cut() -> None:
            self.cut_power()
            self.start_worker()

        def person_orders() -> None:
            self.order(n=chance.randint(1, 3), key=chance.choice(self.keys))

        accidents = {one_dies: 4, one_stops: 4, one_more_starts: 1, a_clock_is_set: 3, person_orders: 3}
        return accidents | {upstream_dies: 1, power_is_cut: 2}

    # --- Time ---

    def settle(self) -> None:
        """The upstream becomes kind, the clocks are right, one worker runs, and all that is waited for comes."""
        self.clock.set_right()
        for worker in self.workers:
            wake(worker)
        self.upstream.tell(kind=True)
        if not self.workers:
            self.start_worker()
        for steps in (SMALL_STEPS, LARGE_STEPS):
            for step in steps:
                before = self._due_times()
                if step:
                    let_pass(self.clock, timedelta(seconds=step))
                self.wait_until_idle(before if step else {})
                if self._over(running=steps is SMALL_STEPS):
                    break

    def wait_until_idle(self, before: Mapping[int, datetime] | None = None) -> None:
        """Until no worker does anything for a moment. After time has passed, each row has a step, because the workers
        see that their clocks were set: then it is due at another time than `before`."""
        deadline, still = time.monotonic() + seconds(60), 0
        while still < 2:
            time.sleep(2 * CLOCK_SECONDS)
            still = 0 if self._busy(before or {}) else still + 1
            if time.monotonic() > deadline:
                self._say_what_holds_them()
                raise AssertionError("the workers are never idle")

    def _say_what_holds_them(self) -> None:
        """What the rows wait for, and where each thread of each worker stands."""
        facts = ("status", "due_at", "lease_until", "claimed_by", "fence", "tries", "trouble", "fault")
        print(f"the rows at {timezone.now()}:")
        for row in self._rows():
            print(row, {name: str(getattr(row, name)) for name in facts}, flush=True)
        for worker, clock in self.workers.items():
            state = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0]
            print(f"worker {worker.pid}: exit {worker.exitcode}, state {state}, ahead {clock.read_text()}", flush=True)
            os.kill(worker.pid, signal.SIGUSR1)
        time.sleep(2)

    def _rows(self) -> GenerationQuerySet:
        return Generation.objects.filter(pk__in=[row.pk for row in self.rows])

    def _due_times(self) -> dict[int, datetime]:
        return dict(self._rows().exclude(due_at=None).values_list("pk", "due_at"))

    def _busy(self, before: Mapping[int, datetime]) -> bool:
        soon = timezone.now() + timedelta(seconds=0.1)
        if self._rows().filter(Q(lease_until__gt=Now()) | Q(due_at__lte=soon)).exists():
            return True
        return bool(self._due_times().items() & before.items())

    def _over(self, *, running: bool) -> bool:
        """Whether nothing of this round runs or is read again within a minute; or whether all of it has ended, and
        every callback has come."""
        if running:
            soon = Q(due_at__lte=timezone.now() + timedelta(minutes=1)) & ~Q(status=Status.UNKNOWN)
            return not (self._rows().running() | self._rows().filter(soon)).exists()
        unfinished = self._rows().filter(Q(finished_at=None) | Q(due_at__isnull=False))
        return not unfinished.exists() and not self.upstream.tell()["waiting"]

    def play(self, chance: random.Random) -> list[str]:
        """One round. Returns what went wrong."""
        self.rows = []
        self.upstream.tell(kind=False)
        for _order in range(chance.randint(1, 4)):
            self.order(n=chance.randint(1, 3), key=chance.choice(self.keys))
        for _worker in range(chance.randint(1, 2)):
            self.start_worker()
        accidents = self.accidents(chance)
        for _accident in range(chance.randint(2, 6)):
            time.sleep(chance.uniform(0.05, 0.6))
            [accident] = chance.choices([*accidents], [*accidents.values()])
            accident()
            self.happened[accident.__name__] += 1
        time.sleep(chance.uniform(0.0, 0.5))
        self.settle()
        self.kill_workers()
        return self.read()

    def read(self) -> list[str]:
        """What is wrong with the generations of this round."""
        client = Client()
        client.force_login(self.owner)
        rows = list(self._rows())
        assert len(rows) == len(self.rows), "an order that was taken is gone"
        cards: dict[str, Html] = {}
        for start in range(0, len(rows), HISTORY_LENGTH):
            codes = [row.code for row in rows[start : start + HISTORY_LENGTH]]
            page = Html(client.get("/studio/changes/", {"card": [f"{code}.0" for code in codes]}))
            cards |= {code: page.one(f"#card-{code}") for code in codes}
        return wrong(self.upstream.truth(), rows, cards)
