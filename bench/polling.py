"""How many tasks one worker can follow, and how late its reads are, compared with one loop that reads task after task.

A thousand live generations are running. The upstream answers each read after a tenth of a second, and each task is due
every five seconds: that is 200 reads a second. The lateness of a read is the time from when its row was due until the
read arrived upstream. Both ways use the same client, the same rows and the same method; only the way of waiting
differs.
"""

import asyncio
import os
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from bench.report import percentile, table
from bench.upstream import arrivals, upstream

os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
django.setup()

from accounts.key_check import open_client  # noqa: E402
from accounts.models import ApiKey, User  # noqa: E402
from playground.engine.database import in_database  # noqa: E402
from playground.engine.poll import poll  # noqa: E402
from playground.engine.runtime import Runtime  # noqa: E402
from playground.engine.steps import STEPS  # noqa: E402
from playground.engine.worker import Worker  # noqa: E402
from playground.evolink import ApiSecret, Client, GenerationRequest, pricing  # noqa: E402
from playground.models import Generation, Status  # noqa: E402
from playground.sandbox import Sandbox  # noqa: E402

ON_EVERY_DATABASE = True
SECRET = ApiSecret("sk-bench-0123456789abcdef")
IN_FLIGHT = int(os.environ.get("BENCH_TASKS", "1000"))
EVERY = 5.0  # seconds between two reads of one task
LATENCY = 0.1  # seconds the upstream takes
WORKER_SECONDS, LOOP_SECONDS = 10.0, 6.0
WARM_UP = 1.0


# The planned reads: the task, and when it was due (unix seconds).
Notes = list[tuple[str, float]]


@dataclass(frozen=True)
class Found:
    """The result of one way: reads per second, and the lateness of each read in seconds."""

    rate: float
    late: list[float]

    def lateness(self) -> list[float]:
        return [percentile(self.late, share) for share in (0.5, 0.99)]

    def cells(self) -> list[str]:
        return [f"{self.rate:.1f}", *(f"{seconds:.3f} s" for seconds in self.lateness())]

    def beside(self, other: "Found") -> list[str]:
        """The ratios of these figures to the other's."""
        lateness = zip(self.lateness(), other.lateness(), strict=True)
        return [f"{self.rate / other.rate:.1f} ×", *(f"{mine / theirs:.4f} ×" for mine, theirs in lateness)]


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.POLL_SECONDS = EVERY
    directory = Path(settings.DATA_DIR) / "upstream"
    directory.mkdir()
    with upstream(directory) as address:
        settings.EVOLINK_URL = settings.EVOLINK_FILES_URL = address
        put_in_flight(directory)
        worker = measure(directory, the_worker, WORKER_SECONDS)
        loop = measure(directory, one_after_the_other, LOOP_SECONDS)
    print(f"{IN_FLIGHT:,} tasks in flight, {IN_FLIGHT / EVERY:.0f} reads/s wanted, an answer takes {LATENCY:g} s")
    print(
        table(
            ["", "reads/s", "late p50", "late p99"],
            ["the worker", *worker.cells()],
            ["one loop, row after row", *loop.cells()],
            ["ratio", *worker.beside(loop)],
        )
    )


def put_in_flight(directory: Path) -> None:
    """Creates generations that the upstream has accepted and never finishes."""
    now = timezone.now()
    owner = User.objects.create_user(username="alice")
    key = ApiKey.objects.add(owner, "Bench", SECRET, now)
    words = f"A lighthouse sandbox:never_finishes sandbox:read_slow={LATENCY:g}"
    request = GenerationRequest(model="gpt-image-1", prompt=words, size="1024x1024", quality="low", n=1)
    estimate = pricing.estimate(request)
    Generation.objects.bulk_create(
        Generation(
            owner=owner,
            key=key,
            rehearsal=False,
            request_id=task,
            model=request.model,
            prompt=request.prompt,
            estimate_low=estimate.low,
            estimate_high=estimate.high,
            status=Status.PROCESSING,
            task_id=task,
            created_at=now,
            sent_at=now,
        )
        for task in asyncio.run(submitted(request, directory))
    )


async def submitted(request: GenerationRequest, directory: Path) -> list[str]:
    """The ids of the tasks from the upstream. It uses no network, to save time."""
    sandbox = Sandbox(directory)
    async with Client(SECRET, transport=sandbox.transport()) as client:
        tasks = await asyncio.gather(*(client.generate(request) for _number in range(IN_FLIGHT)))
    sandbox.close()
    return [task.id for task in tasks]


def spread() -> None:
    """Spreads the due times of all rows evenly over the next interval."""
    start = timezone.now() + timedelta(seconds=WARM_UP)
    rows = list(Generation.objects.order_by("pk"))
    for place, row in enumerate(rows):
        row.due_at = start + timedelta(seconds=EVERY * place / IN_FLIGHT)
        row.accepted_at, row.lease_until = start, None
    Generation.objects.bulk_update(rows, ["due_at", "accepted_at", "lease_until"], batch_size=250)


def measure(directory: Path, way: Callable[[float, Notes], Awaitable[None]], seconds: float) -> Found:
    """Lets one way read for `seconds`, and compares the planned reads with those that arrived upstream."""
    spread()
    end = time.time() + WARM_UP + seconds
    earlier = len(arrivals(directory))
    notes: Notes = []
    asyncio.run(way(seconds + WARM_UP, notes))
    due: dict[str, deque[float]] = defaultdict(deque)
    for task, at in notes:
        due[task].append(at)
    reads = [(at, task) for at, task in arrivals(directory)[earlier:] if due[task]]
    late = [at - due[task].popleft() for at, task in reads]
    rate = sum(at <= end for at, _task in reads) / seconds
    return Found(rate, late + still_waiting(end))


def still_waiting(end: float) -> list[float]:
    """The lateness so far of the rows that were due before `end` (unix seconds) and were not read."""
    left = Generation.objects.filter(due_at__lt=datetime.fromtimestamp(end, UTC))
    return [end - due_of(row) for row in left]


async def the_worker(seconds: float, notes: Notes) -> None:
    """One unchanged worker. A wrapper notes its reads."""

    async def noted(runtime: Runtime, generation: Generation, client: Client) -> None:
        notes.append((generation.task_id, due_of(generation)))
        await poll(runtime, generation, client)

    STEPS[Status.PENDING] = STEPS[Status.PROCESSING] = noted
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await Worker().run(stop)


async def one_after_the_other(seconds: float, notes: Notes) -> None:
    """The simple way: takes the row that is due longest, reads its task, and saves the result."""
    end = time.monotonic() + seconds
    async with open_client(SECRET) as client:
        while time.monotonic() < end:
            row = await in_database(next_row)()
            if row is None:
                await asyncio.sleep(0.01)
                continue
            notes.append((row.task_id, due_of(row)))
            task = await client.task(row.task_id)
            await in_database(row.mark_progress)(task, timezone.now() + timedelta(seconds=EVERY))


def next_row() -> Generation | None:
    return Generation.objects.due(timezone.now()).first()


def due_of(generation: Generation) -> float:
    return generation.due_at.timestamp() if generation.due_at else 0.0
