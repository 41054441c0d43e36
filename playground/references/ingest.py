"""Makes a `Reference` from a file that a person sends: checks its content, cleans it, and stores it once."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from playground.evolink.catalogue import REFERENCE_BYTES_MAX
from playground.models import GeneratedImage, Reference
from playground.models.codes import new_token
from playground.models.references import FOLDER, NAME_LENGTH, SAVE_TAKES
from playground.references.errors import Refused
from playground.references.uploads import RefusedFile

log = structlog.get_logger(__name__)

# Decoding may need almost a gigabyte (see `prepare`). So one process decodes only so many files at a time.
AT_ONCE = 2
QUEUE_SECONDS = 60.0
PREPARE_SECONDS = 60.0
_desks = BoundedSemaphore(AT_ONCE)


def keep(owner: Any, file: IO[bytes], name: str, now: datetime, *, source: GeneratedImage | None = None) -> Reference:
    """The owner's reference with these bytes, new or from earlier. Raises `Refused`."""
    if isinstance(file, RefusedFile):
        raise Refused(file.code)
    with _on_disk(file) as data:
        sha256, size = _digest(data)
        known = Reference.objects.of(owner).filter(sha256=sha256).first()
        if known is not None:
            known.touch(now)
            return known
        if not size:
            raise Refused("empty")
        if size > REFERENCE_BYTES_MAX:
            raise Refused("too_large")
        with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as directory:
            found = _prepared(data, Path(directory))
            return _stored(owner, Path(directory), found, now, sha256=sha256, name=tidy(name), source=source)


def keep_generated(owner: Any, image: GeneratedImage, now: datetime) -> Reference:
    """A generated image as a reference of this person. Raises `Refused`."""
    with image.file.open("rb") as file:
        return keep(owner, file, name_of(image), now, source=image)


def name_of(image: GeneratedImage) -> str:
    """What a generated image is called as a reference: the beginning of its prompt, and its number."""
    return tidy(f"{image.generation.prompt[:60].strip()} {image.number}.{image.extension}".replace("/", " "))


def sweep(now: datetime) -> None:
    """Removes references that nobody uses any more, and temporary folders that killed processes have left."""
    Reference.objects.sweep(now)
    for place in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if datetime.fromtimestamp(place.stat().st_mtime, UTC) < now - SAVE_TAKES:
            shutil.rmtree(place, ignore_errors=True)


def tidy(name: str) -> str:
    """A file name to show: without folders and unprintable characters, short, and with its extension."""
    printable = "".join(character for character in name.replace("\\", "/") if character.isprintable())
    stem, ending = os.path.splitext(printable.rsplit("/", 1)[-1].strip())
    return (stem[: NAME_LENGTH - len(ending[:10])] + ending[:10]) or "picture"


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A file on disk, because another process must read it. Files from a bucket are copied first."""
    try:
        file.fileno()
    except (OSError, AttributeError):
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
            while chunk := file.read(1024 * 1024):
                copy.write(chunk)
            yield copy
    else:
        yield file


def _digest(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    return digest.hexdigest(), file.tell()


def _prepared(file: IO[bytes], directory: Path) -> dict[str, Any]:
    """What `prepare` found. It writes its two files into `directory`. Raises `Refused`."""
    file.flush()
    file.seek(0)
    head = file.read(64)
    if not _desks.acquire(timeout=QUEUE_SECONDS):
        raise Refused("busy")
    # The other process moves the position in the file, which both share. Our buffer needs the old position afterwards.
    place = os.lseek(file.fileno(), 0, os.SEEK_CUR)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    try:
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "playground.references.sanitize", str(directory), str(settings.MAX_PIXELS)],
            stdin=file.fileno(),
            capture_output=True,
            timeout=PREPARE_SECONDS,
            cwd=settings.BASE_DIR,
            env={"PYTHONPATH": str(settings.BASE_DIR)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("too_costly") from None
    finally:
        os.lseek(file.fileno(), place, os.SEEK_SET)
        _desks.release()
    if done.returncode:
        # The system has ended the process (a negative code), or this is a fault of ours or of this machine.
        log.warning("picture not prepared", code=done.returncode, error=done.stderr[-500:].decode(errors="replace"))
        raise Refused("too_costly" if done.returncode < 0 else "unchecked")
    found: dict[str, Any] = json.loads(done.stdout)
    if code := found.pop("refused", ""):
        raise Refused(code, head=head, **found)
    return found


def _stored(
    owner: Any, directory: Path, found: dict[str, Any], now: datetime, *, sha256: str, **facts: Any
) -> Reference:
    """Saves the files first and then the row, so that a row always has its files. Raises `Refused`."""
    token = new_token()
    size = (directory / "public").stat().st_size
    if size > REFERENCE_BYTES_MAX:
        raise Refused("too_large")
    _within_quota(owner, size)
    names = [f"{FOLDER}/{token}.{found['extension']}", f"{FOLDER}/{token}-small.webp"]
    with (directory / "public").open("rb") as file:
        stored_sha256, _size = _digest(file)
    for name, made in zip(names, ("public", "thumbnail.webp"), strict=True):
        with (directory / made).open("rb") as file:
            default_storage.save(name, File(file))
    try:
        with transaction.atomic():
            # Locks the person, so that two uploads cannot both take the last free bytes.
            get_user_model().objects.select_for_update().get(pk=owner.pk)
            _within_quota(owner, size)
            return Reference.objects.create(
                owner=owner,
                token=token,
                sha256=sha256,
                file=names[0],
                thumbnail=names[1],
                content_type=found["content_type"],
                width=found["width"],
                height=found["height"],
                byte_size=size,
                stored_sha256=stored_sha256,
                created_at=now,
                touched_at=now,
                **facts,
            )
    except (IntegrityError, Refused) as error:
        for name in names:
            default_storage.delete(name)
        if isinstance(error, Refused):
            raise
        # The same bytes arrived twice at the same time, and the other upload was faster.
        return Reference.objects.of(owner).get(sha256=sha256)


def _within_quota(owner: Any, size: int) -> None:
    if Reference.objects.of(owner).stored_bytes() + size > settings.REFERENCE_QUOTA:
        raise Refused("quota")
