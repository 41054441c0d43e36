"""The reference images of a task. They are fetched through the guard, checked, and kept small for painting."""

from __future__ import annotations

import io
import json
import logging
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx
from PIL import Image, ImageOps

from playground.evolink.catalogue import get_model
from playground.evolink.errors import BlockedAddressError
from playground.evolink.model import Model
from playground.sandbox.state import pictures, tasks
from playground.sandbox.state.kept_inputs import MASK
from playground.sandbox.state.world import World

logger = logging.getLogger(__name__)

FORMATS: Final = ("JPEG", "PNG", "WEBP")  # the JPEG reader also opens the MPO files of phones
KEPT_SIDE: Final = 2048  # pixels; larger pictures are reduced before they are kept
FETCH_SECONDS: Final = 30.0
LEASE: Final = 60.0  # seconds after which another process may take over
NO_ALPHA = "Invalid mask image format - mask image missing alpha channel"
OTHER_SIZE = "Invalid mask image format - mask size does not match image size"


@dataclass
class InputError(Exception):
    """An input cannot be used. The task fails with the documented code."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def start(world: World, now: float, threads: Executor) -> None:
    """Fetch the inputs of waiting tasks in the background, unless they are already being fetched."""
    with world.store.reading() as connection:
        waiting = connection.execute(
            "select id from tasks where state = 'running' and inputs = 'waiting' and inputs_lease < ?", (now,)
        ).fetchall()
    for row in waiting:
        with world.store.writing() as connection:
            claimed = connection.execute(
                "update tasks set inputs_lease = ? where id = ? and inputs = 'waiting' and inputs_lease < ?",
                (now + LEASE, row["id"], now),
            ).rowcount
        if claimed:
            threads.submit(gather, world, row["id"], now).add_done_callback(_report)


def gather(world: World, task_id: str, now: float) -> None:
    """Fetch, check and keep all inputs of one task. The task fails at the first input that cannot be used."""
    with world.store.reading() as connection:
        task = tasks.find(connection, task_id)
    if task is None:
        return
    model = get_model(task["model"])
    error: InputError | None = None
    try:
        request = tasks.request_of(task)
        sizes = [_gather_one(world, task_id, place, url, now, model) for place, url in enumerate(request.image_urls)]
        if request.mask_url:
            _gather_mask(world, task_id, request.mask_url, now, model, sizes[0])
    except InputError as found:
        error = found
    with world.store.writing() as connection:
        connection.execute(
            "update tasks set inputs = ?, error = ? where id = ? and inputs = 'waiting'",
            (
                "failed" if error else "ready",
                json.dumps({"code": error.code, "message": error.message}) if error else None,
                task_id,
            ),
        )


def _report(future: Future[None]) -> None:
    """Log a failure of the sandbox itself, not of an input. The inputs are fetched again when the lease is over."""
    if not future.cancelled() and (error := future.exception()) is not None:
        logger.error("Fetching the inputs of a task failed", exc_info=error)


def fetch(world: World, url: str, now: float, *, limit: int) -> bytes:
    """Return the content of a link, at most `limit` bytes. The sandbox reads its own links from its disk."""
    if url.startswith(world.public_base + "/"):
        return _own(world, unquote(urlsplit(url).path), now)
    deadline = time.monotonic() + FETCH_SECONDS
    try:
        with world.web.stream("GET", url, headers={"accept-encoding": "identity"}) as response:
            if response.status_code != 200:
                raise InputError("resource_not_found", f"The file could not be fetched: HTTP {response.status_code}")
            return b"".join(_limited(response, limit, deadline))
    except (httpx.HTTPError, httpx.InvalidURL, BlockedAddressError, ValueError) as error:
        raise InputError("resource_not_found", f"The file could not be fetched: {type(error).__name__}") from None


def _limited(response: httpx.Response, limit: int, deadline: float) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > limit:
            raise InputError("image_processing_error", f"file size exceeds {limit // (1024 * 1024)}MB")
        if time.monotonic() > deadline:
            raise InputError("resource_not_found", "The file could not be fetched in time")
        yield chunk


def _own(world: World, path: str, now: float) -> bytes:
    """Return the content of a file or picture of this sandbox, by the path of its link."""
    folder, _, name = path.strip("/").rpartition("/")
    with world.store.reading() as connection:
        file = connection.execute(
            "select id from files where expires > ?"
            " and ((folder = ? and name = ?) or ? = 'api/v1/files/download/' || id)",
            (now, folder, name, f"{folder}/{name}"),
        ).fetchone()
        picture = connection.execute(
            "select task, place from pictures where name = ? and expires > ?", (name, now)
        ).fetchone()
        task = tasks.find(connection, picture["task"]) if picture else None
    if file is not None:
        return Path(world.directory, "files", file["id"]).read_bytes()
    if picture is None or task is None:
        raise InputError("resource_not_found", "The file could not be fetched: HTTP 404")
    return pictures.painted(world, task, picture["place"], name).read_bytes()


def _gather_one(world: World, task_id: str, place: int, url: str, now: float, model: Model) -> tuple[int, int]:
    """Keep one reference image. Return its original (width, height) in pixels."""
    image, size = _decoded(fetch(world, url, now, limit=model.reference_bytes_max), model)
    _keep(world, task_id, place, image)
    return size


def _gather_mask(world: World, task_id: str, url: str, now: float, model: Model, first: tuple[int, int]) -> None:
    mask, size = _decoded(fetch(world, url, now, limit=model.reference_bytes_max), model)
    if mask.mode not in ("RGBA", "LA", "PA"):
        raise InputError("invalid_parameters", NO_ALPHA)
    if size != first:
        raise InputError("invalid_parameters", OTHER_SIZE)
    _keep(world, task_id, MASK, mask)


def _decoded(content: bytes, model: Model) -> tuple[Image.Image, tuple[int, int]]:
    """Return the picture, upright and reduced, and its original (width, height) in pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
        size = image.size
        _check_size(size, model)
        image.draft(image.mode, (KEPT_SIDE, KEPT_SIDE))
        image = ImageOps.exif_transpose(image)
        image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError("image_dimension_mismatch", "The image has too many pixels") from None
    except (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, NotImplementedError):
        raise InputError("image_processing_error", "unsupported file type") from None
    return image.convert("RGBA" if image.has_transparency_data else "RGB"), size


def _check_size(size: tuple[int, int], model: Model) -> None:
    if model.reference_side_max is not None and max(size) > model.reference_side_max:
        raise InputError("image_dimension_mismatch", f"No side may exceed {model.reference_side_max} pixels")
    if model.reference_pixels_max is not None and size[0] * size[1] > model.reference_pixels_max:
        raise InputError("image_dimension_mismatch", f"The area may not exceed {model.reference_pixels_max} pixels")


def _keep(world: World, task_id: str, place: int, image: Image.Image) -> None:
    path = f"inputs/{task_id}-{'mask' if place == MASK else place}.png"
    (world.directory / "inputs").mkdir(exist_ok=True)
    image.save(world.directory / path, compress_level=1)
    with world.store.writing() as connection:
        connection.execute("insert or replace into inputs (task, place, path) values (?, ?, ?)", (task_id, place, path))
