"""What it costs that nothing is lost in a power cut, compared with leaving the disk to its own time.

Both ways do the same work in turn, in small portions, so that a busy disk slows both. The database is SQLite: with
`synchronous=FULL` each commit waits for the disk, with `NORMAL` none does. A picture is synced before its row says that
it is saved, or not.
"""

import os
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from bench.report import table

os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
django.setup()

from accounts.models import User  # noqa: E402
from playground.evolink import GenerationRequest, Task  # noqa: E402
from playground.models import Bill, Charged, CostSource, Generation  # noqa: E402
from playground.pictures.files import Files  # noqa: E402

ROUNDS = 10
ORDERS = 10  # generations in a portion
FOLLOWED = 50  # running generations whose progress is written in one commit, as the worker does
COMMITS = 10  # such commits in a portion
PICTURES = 5
PICTURE_BYTES = 1_500_000


def main() -> None:
    call_command("migrate", verbosity=0)
    owner = User.objects.create_user(username="alice")
    running = [_accepted(owner) for _number in range(FOLLOWED)]
    synced = [partial(_set, "FULL"), partial(_set, "NORMAL")]
    _orders(owner)  # warm up
    stores = [Files(location=Path(settings.MEDIA_ROOT)), FileSystemStorage(location=Path(settings.MEDIA_ROOT))]
    rows = [
        ("an order, from submit to its end", ORDERS, _in_turn(synced, partial(_orders, owner))),
        (f"the progress of {FOLLOWED} running ones", COMMITS, _in_turn(synced, partial(_follow, running))),
        ("a picture of 1.5 MB", PICTURES, _pictures(stores)),
    ]
    print(
        table(
            ["", "synced", "not synced", "ratio"],
            *(
                [name, *(f"{1000 * spent / ROUNDS / count:.2f} ms" for spent in times), f"{times[0] / times[1]:.2f} ×"]
                for name, count, times in rows
            ),
        )
    )


def _in_turn(ways: Sequence[Callable[[], None]], work: Callable[[], None]) -> list[float]:
    """The seconds that the work took in all rounds, by way."""
    times = [0.0 for _way in ways]
    for number in range(ROUNDS):
        for place in (0, 1) if number % 2 else (1, 0):
            ways[place]()
            start = time.perf_counter()
            work()
            times[place] += time.perf_counter() - start
    return times


def _set(synchronous: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={synchronous}")


def _orders(owner: User) -> None:
    for _number in range(ORDERS):
        row = _accepted(owner)
        now = timezone.now()
        task = Task(id=row.task_id, status="completed", progress=100)
        row.mark_generated(task, Bill(Charged.YES, Decimal("1.5"), CostSource.REPORTED), now)
        row.complete(now)


def _accepted(owner: User) -> Generation:
    now = timezone.now()
    request = GenerationRequest(model="gpt-image-1", prompt="A lighthouse", size="1024x1024", quality="low", n=1)
    row, _new = Generation.objects.submit(owner, request, request_id=secrets.token_hex(8), rehearsal=True, now=now)
    row.mark_submitting(now, None)
    row.mark_accepted(f"task-unified-{secrets.token_hex(8)}", now, now)
    return row


def _follow(running: Sequence[Generation]) -> None:
    for _number in range(COMMITS):
        due = timezone.now() + timedelta(seconds=1)
        with transaction.atomic():
            for row in running:
                row.mark_progress(Task(id=row.task_id, status="processing", progress=10), due)


def _pictures(stores: Sequence[Storage]) -> list[float]:
    content = os.urandom(PICTURE_BYTES)
    chosen = [stores[0]]

    def choose(store: Storage) -> None:
        chosen[0] = store

    def save() -> None:
        for _number in range(PICTURES):
            chosen[0].save(f"images/{secrets.token_hex(8)}.png", ContentFile(content))

    return _in_turn([partial(choose, store) for store in stores], save)
