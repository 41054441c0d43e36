"""The pictures behind the result links. Each is painted once, kept on disk, and served until its link expires."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import httpx

from playground.sandbox.painter import Painter, paint_plain
from playground.sandbox.replies import Refusal, Wire, carry, page
from playground.sandbox.script import Script
from playground.sandbox.state import kept_inputs, tasks
from playground.sandbox.state.world import Call, World

logger = logging.getLogger(__name__)

PATH: Final = re.compile(r"/[0-9a-f]{32}/images/\d{4}/\d\d/\d\d/([0-9a-f]{32}_\d+\.(?:png|jpeg|webp))")
CHUNK: Final = 64 * 1024
GONE = Refusal(404, "resource_not_found", "The requested file does not exist or has expired", "not_found_error")

_painting = threading.Lock()  # one picture at a time, because painting is heavy


class FileStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Streams the bytes of a file in chunks."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def serve(call: Call, name: str) -> httpx.Response:
    """Answer the GET of a result link. It needs no key, like the links of EvoLink."""
    world = call.world
    with world.store.reading() as connection:
        picture = connection.execute("select * from pictures where name = ?", (name,)).fetchone()
        task = tasks.find(connection, picture["task"]) if picture else None
    if picture is None or task is None or picture["expires"] <= call.now:
        raise GONE
    script = tasks.script_of(task)
    if "dead_link" in script:
        raise Refusal(int(script["dead_link"]), GONE.code, GONE.message, GONE.type)
    given_out = float(call.request.url.params.get("at") or 0)
    if "link_renewed" in script and given_out < task["finished"] + script["link_renewed"]:
        raise Refusal(403, GONE.code, "This link has expired", GONE.type)
    if (target := _redirect(call, script)) is not None:
        return httpx.Response(302, headers={"location": target})
    if "picture_html" in script:
        return page(200, "One moment, please")
    path = painted(world, task, picture["place"], name)
    sha256 = picture["sha256"] or _remember(world, name, path)
    length = path.stat().st_size
    headers = {"content-type": f"image/{name.rpartition('.')[2]}", "content-length": str(length)}
    if "picture_truncated" in script:
        headers.pop("content-length")
        return httpx.Response(200, content=path.read_bytes()[: length // 2], headers=headers)
    if call.request.method != "HEAD":
        _log(call, task["id"], picture["place"], sha256, length)
    wire = Wire(drip=script.get("drip", 0.0), cut="picture_cut_off" in script, encoding=script.encoding("picture"))
    return carry(httpx.Response(200, headers=headers, stream=FileStream(path)), wire)


def _redirect(call: Call, script: Script) -> str | None:
    """Return the address to which the link redirects, or None."""
    url = call.request.url
    if "picture_redirect_inside" in script:
        return f"https://127.0.0.1{url.path}"
    if "picture_redirect_http" in script:
        return str(url.copy_with(scheme="http", port=None))
    hop = int(url.params.get("hop") or 0)
    if hop < script.get("picture_redirect", 0):
        return str(url.copy_merge_params({"hop": hop + 1}))
    return None


def painted(world: World, task: tasks.Row, place: int, name: str) -> Path:
    """Return the picture's file. The first caller paints it, and it stays as it is."""
    path = world.directory / "pictures" / name
    if not path.exists():
        with _painting:
            if not path.exists():
                _keep(path, _paint(world, task, place))
    return path


def _paint(world: World, task: tasks.Row, place: int) -> bytes:
    """Paint the picture. When the painter fails, log the failure and paint a plain picture."""
    try:
        return _painted_by(world.paint, world, task, place)
    except Exception:
        logger.exception("The painter failed on picture %d of %s; a plain picture takes its place", place, task["id"])
        return _painted_by(paint_plain, world, task, place)


def _painted_by(paint: Painter, world: World, task: tasks.Row, place: int) -> bytes:
    request = tasks.request_of(task)
    references, mask = kept_inputs.load(world, task["id"])
    content = paint(
        prompt=request.prompt,
        width=task["width"],
        height=task["height"],
        index=place,
        seed=task["seed"],
        quality=request.quality,
        output_format=request.output_format or "png",
        transparent=request.background == "transparent",
        references=references,
    )
    return kept_inputs.through_mask(content, references[0], mask) if mask and references else content


def _keep(path: Path, content: bytes) -> None:
    """Write the whole file or nothing. A file that is already there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(content)
        file.flush()
        try:
            os.link(file.name, path)
        except FileExistsError:
            return


def _remember(world: World, name: str, path: Path) -> str:
    """Store the picture's length and SHA-256. Return the SHA-256."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with world.store.writing() as connection:
        connection.execute(
            "update pictures set sha256 = ?, length = ? where name = ?", (sha256, path.stat().st_size, name)
        )
    return sha256


def _log(call: Call, task_id: str, place: int, sha256: str, length: int) -> None:
    with call.world.store.writing() as connection:
        connection.execute(
            "insert into servings (task, place, sha256, length, at) values (?, ?, ?, ?, ?)",
            (task_id, place, sha256, length, call.now),
        )
