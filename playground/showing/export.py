"""Downloads of pictures: useful file names, and many pictures in one ZIP.

The ZIP is written while it is sent. Only one chunk of one picture is in memory at a time, and nothing is on disk.
Pictures that cannot be read are left out, and `errors.txt` lists them. The archive itself is always valid.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone
from django.utils.text import Truncator, slugify

from playground.models import GeneratedImage
from playground.money import spreadsheets

log = structlog.get_logger(__name__)

CHUNK = 256 * 1024
BATCH = 50
WORDS = 8
NAME_LENGTH = 48


def file_name(image: GeneratedImage) -> str:
    """Date, first words and index: `2026-11-22_a-lighthouse-at-dusk_1.png`."""
    date = timezone.localtime(image.generation.created_at)
    words = slugify(Truncator(image.generation.prompt).words(WORDS, truncate=""), allow_unicode=True)
    return f"{date:%Y-%m-%d}_{words[:NAME_LENGTH].strip('-_') or 'picture'}_{image.number}.{image.extension}"


def zip_of(keys: Sequence[int]) -> Iterator[bytes]:
    """The bytes of an archive, in pieces. It has the pictures with these primary keys, in this order."""
    pipe = _Pipe()
    entries: list[dict[str, Any]] = []
    errors: list[str] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for image, name in _named(keys):
            packed = yield from _pack(archive, pipe, image, name, errors)
            if packed:
                entries.append(_described(image, name))
        archive.writestr("manifest.json", json.dumps(entries, ensure_ascii=False, indent=2, default=datetime.isoformat))
        archive.writestr("manifest.csv", _as_csv(entries))
        if errors:
            archive.writestr("errors.txt", "\n".join(errors) + "\n")
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """A file that cannot seek. `zipfile` writes into it, and the sender takes the bytes out."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _named(keys: Sequence[int]) -> Iterator[tuple[GeneratedImage, str]]:
    """The pictures, each with a unique name. They are read in batches, so that no query stays open during a
    download."""
    used: set[str] = set()
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = GeneratedImage.objects.saved().select_related("generation").in_bulk(batch)
        for image in (rows[key] for key in batch if key in rows):
            name = file_name(image)
            if name in used:
                stem, _dot, extension = name.rpartition(".")
                name = f"{stem}_{image.generation.code[:6]}.{extension}"
            used.add(name)
            yield image, name


def _pack(
    archive: zipfile.ZipFile, pipe: _Pipe, image: GeneratedImage, name: str, errors: list[str]
) -> Generator[bytes, None, bool]:
    """Writes one picture into the archive and yields the archive's bytes. An error is noted in `errors` and ends only
    this picture. Returns whether the archive has any of it."""
    digest = hashlib.sha256()
    try:
        source = image.file.open("rb")
    except OSError as error:
        errors.append(_missing(name, image, error))
        return False
    made = timezone.localtime(image.generation.created_at)
    info = zipfile.ZipInfo(name, (max(made.year, 1980), *made.timetuple()[1:6]))
    info.external_attr = 0o644 << 16
    with closing(source), archive.open(info, "w") as entry:
        while True:
            try:
                piece = source.read(CHUNK)
            except OSError as error:
                errors.append(_missing(name, image, error))
                return True
            if not piece:
                break
            digest.update(piece)
            entry.write(piece)
            yield pipe.taken()
    if digest.hexdigest() != image.sha256:
        errors.append(f"{name}: the stored file is not the picture that was saved (its hash differs).")
    return True


def _missing(name: str, image: GeneratedImage, error: OSError) -> str:
    log.warning("picture not readable", picture=image.key, error=str(error))
    return f"{name}: could not be read from the storage ({type(error).__name__})."


def _described(image: GeneratedImage, name: str) -> dict[str, Any]:
    """The entry of a picture in the manifest. Settings that were not sent are empty."""
    row = image.generation
    settings = {setting: value or "" for setting, value in row.as_request().settings().items() if setting != "n"}
    return {
        "file": name,
        "prompt": row.prompt,
        "alternative_text": image.alternative_text,
        **settings,
        "width": image.width,
        "height": image.height,
        "created_at": row.created_at,
        "rehearsal": row.rehearsal,
        "generation": row.code,
        "generation_pictures": row.n,
        "generation_cost_credits": None if row.cost is None else str(row.cost),
        "cost_source": row.cost_source,
        "byte_size": image.byte_size,
        "sha256": image.sha256,
    }


def _as_csv(entries: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    head = [spreadsheets.time_heading(name) if name == "created_at" else name for name in names]
    rows = ([entry.get(name, "") for name in names] for entry in entries)
    return "".join(spreadsheets.table(head, rows)).encode()
