"""Checks every night whether the stored files are as their rows say.

The size of every file is compared. Of a share of the files the content is compared too, so that each file is read once
in `NIGHTS` nights. A check goes on in small batches beside the worker's other work, and any worker can continue it. It
also removes files that killed workers have left.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone

from playground.engine.database import in_database
from playground.models import BrokenFile, FileCheck, GeneratedImage, Reference
from playground.models.images import FOLDER
from playground.models.references import SAVE_TAKES

log = structlog.get_logger(__name__)

# How often a worker looks whether a check is due.
LOOK_SECONDS = 60.0
# After so many nights each file has been read.
NIGHTS = 30
# How many rows are checked before the result is written.
BATCH = 50
# How many names are compared with the rows at once.
NAMES = 500
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Expected:
    """A file as its row describes it. `size` is in bytes, None if the row does not know it. `sha256` is empty if the
    row does not know it."""

    name: str
    size: int | None = None
    sha256: str = ""
    read: bool = False  # whether to compare the content

    def look(self) -> "Seen":
        """Raises `OSError` if the storage does not answer."""
        try:
            size = default_storage.size(self.name)
            digest = _digest(self.name) if self.read else ""
        except OSError:
            if default_storage.exists(self.name):
                raise
            return Seen(BrokenFile.Kind.MISSING)
        same = size > 0 and self.size in (None, size) and (not digest or self.sha256 in ("", digest))
        return Seen("" if same else BrokenFile.Kind.CHANGED, digest)


@dataclass(frozen=True)
class Seen:
    """`broken` says what is wrong with the file, as `BrokenFile.Kind`. It is empty if nothing is. `sha256` is empty if
    the content was not read."""

    broken: str
    sha256: str = ""


def _digest(name: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(name) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@dataclass(frozen=True)
class Batch:
    """Rows whose files are checked together."""

    rows: Sequence[GeneratedImage | Reference]
    expected: Sequence[Expected]

    def look(self, stopped: Callable[[], bool] = lambda: False) -> dict[str, Seen] | None:
        """What was seen of each file, by its name. None if the worker was told to stop. Does not use the database."""
        seen = {}
        for expected in self.expected:
            if stopped():
                return None
            seen[expected.name] = expected.look()
        return seen


def next_batch(check: FileCheck, *, contents: bool = False) -> Batch:
    """The rows that follow in this check. Empty at the end of the images, and at the end of the references. With
    `contents` the content of every file is compared."""
    rows: list[GeneratedImage | Reference]
    if check.at_references:
        rows = list(Reference.objects.filter(pk__gt=check.position).order_by("pk")[:BATCH])
    else:
        saved = GeneratedImage.objects.filter(state=GeneratedImage.State.SAVED, pk__gt=check.position)
        rows = list(saved.order_by("pk")[:BATCH])
    tonight = check.started_at.toordinal() % NIGHTS
    # A changed file stays in the list until its content was compared again.
    doubtful = set(BrokenFile.objects.values_list("name", flat=True))
    expected = [
        file
        for row in rows
        for file in _files(row, contents or row.pk % NIGHTS == tonight or str(row.file.name) in doubtful)
    ]
    return Batch(rows, expected)


def _files(row: GeneratedImage | Reference, read: bool) -> Iterator[Expected]:
    sha256 = row.stored_sha256 if isinstance(row, Reference) else row.sha256
    yield Expected(str(row.file.name), row.byte_size, sha256, read)
    for name in (str(row.thumbnail.name), "" if isinstance(row, Reference) else str(row.thumbnail_small.name)):
        if name:
            yield Expected(name)


def record(check: FileCheck, batch: Batch, seen: dict[str, Seen], now: datetime) -> bool:
    """Write the result of a batch. Returns False if the check is over, or if another worker has it."""
    if batch.rows:
        BrokenFile.objects.record(batch.rows, {name: file.broken for name, file in seen.items() if file.broken}, now)
        _learn(batch.rows, seen)
        last = batch.rows[-1].pk
        return check.move_on(last, at_references=check.at_references, files=len(batch.expected))
    if not check.at_references:
        return check.move_on(0, at_references=True, files=0)
    check.finish(now)
    return False


def _learn(rows: Sequence[GeneratedImage | Reference], seen: dict[str, Seen]) -> None:
    """Keep the digests of references that are older than the column for them."""
    for row in rows:
        if isinstance(row, Reference) and not row.stored_sha256 and not seen[str(row.file.name)].broken:
            Reference.objects.filter(pk=row.pk).update(stored_sha256=seen[str(row.file.name)].sha256)


def check_now(now: datetime, *, contents: bool) -> FileCheck:
    """Check all files at once. Returns the check. Raises `OSError` if the storage does not answer."""
    check = FileCheck.objects.begin(now)
    goes_on = True
    while goes_on:
        batch = next_batch(check, contents=contents)
        goes_on = record(check, batch, batch.look() or {}, now)
    return check


async def run(stop: asyncio.Event) -> None:
    """Check the files every night until `stop` is set."""
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
        except TimeoutError:
            await _look(stop)


async def _look(stop: asyncio.Event) -> None:
    try:
        check = await in_database(FileCheck.objects.claim)(timezone.now())
        if check:
            await _go_on(check, stop)
    except DatabaseError as error:
        log.warning("database away", error=str(error))
    except Exception:
        # Each kind of storage has its own errors. The check goes on later.
        log.exception("file check interrupted")


async def _go_on(check: FileCheck, stop: asyncio.Event) -> None:
    if not check.at_references and not check.position:
        await _remove_strays()
    goes_on = True
    while goes_on:
        batch = await in_database(next_batch)(check)
        seen = await asyncio.to_thread(batch.look, stop.is_set)
        if seen is None:
            await in_database(check.release)()
            return
        goes_on = await in_database(record)(check, batch, seen, timezone.now())


async def _remove_strays() -> None:
    """Remove what killed workers have left of pictures. The sweep of the references does the same for theirs."""
    for names in await asyncio.to_thread(lambda: list(_stored_names())):
        strays = await in_database(GeneratedImage.objects.strays)(names)
        await asyncio.to_thread(_remove_old, strays)


def _stored_names() -> Iterator[list[str]]:
    try:
        names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    except FileNotFoundError:
        return
    for start in range(0, len(names), NAMES):
        yield names[start : start + NAMES]


def _remove_old(names: Sequence[str]) -> None:
    before = timezone.now() - SAVE_TAKES
    for name in names:
        if default_storage.get_modified_time(name) < before:
            log.info("removed a file that nothing names", name=name)
            default_storage.delete(name)
