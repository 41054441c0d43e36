"""The sandbox as an httpx transport. It needs no network, and imitates the faults of a network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor

import httpx

from playground.sandbox.replies import Wire, encoded

DROP = 1024  # bytes at a time when a body is sent slowly
DROPS_MAX = 50


class SandboxTransport(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Runs the handler (in a thread, for async clients) and delivers the answer as `Wire` says."""

    def __init__(self, handle: Callable[[httpx.Request], httpx.Response], threads: Executor) -> None:
        self._handle = handle
        self._threads = threads

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response = await asyncio.get_running_loop().run_in_executor(self._threads, self._handle, request)
        wire: Wire = response.extensions.get("wire", Wire())
        await asyncio.sleep(_patience(wire, request))
        return _delivered(response, wire, request)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self._handle(request)
        wire: Wire = response.extensions.get("wire", Wire())
        time.sleep(_patience(wire, request))
        return _delivered(response, wire, request)


def _read_timeout(request: httpx.Request) -> float | None:
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return timeout


def _patience(wire: Wire, request: httpx.Request) -> float:
    """Return the seconds until the answer arrives, or until the caller's read timeout if that is shorter."""
    timeout = _read_timeout(request)
    return wire.delay if timeout is None else min(wire.delay, timeout)


def _delivered(response: httpx.Response, wire: Wire, request: httpx.Request) -> httpx.Response:
    timeout = _read_timeout(request)
    if timeout is not None and wire.delay >= timeout:
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if wire.lost:
        raise httpx.ReadError("The connection was closed before the answer", request=request)
    if not (wire.drip or wire.cut or wire.encoding is not None):
        return response
    content, headers = packed(response, wire)
    return httpx.Response(response.status_code, headers=headers, stream=Trickle(content, wire))


def packed(response: httpx.Response, wire: Wire) -> tuple[bytes, httpx.Headers]:
    """Return the body with its Content-Encoding applied, and the matching headers."""
    content, headers = response.read(), response.headers.copy()
    if wire.encoding is not None:
        content = encoded(content, wire.encoding)
        headers["content-encoding"] = wire.encoding
        headers["content-length"] = str(len(content))
    return content, headers


class Trickle(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body that arrives slowly or incompletely."""

    def __init__(self, content: bytes, wire: Wire) -> None:
        self._content = content
        self._wire = wire

    def __iter__(self) -> Iterator[bytes]:
        for piece, pause in pieces(self._content, self._wire):
            time.sleep(pause)
            yield piece
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece, pause in pieces(self._content, self._wire):
            await asyncio.sleep(pause)
            yield piece
        self._end()

    def _end(self) -> None:
        if self._wire.cut:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def pieces(content: bytes, wire: Wire) -> Iterator[tuple[bytes, float]]:
    """Yield the pieces of the body, each with the pause before it in seconds. Only half the body if it is cut."""
    kept = content[: len(content) // 2] if wire.cut else content
    size = max(1, -(-len(kept) // DROPS_MAX)) if wire.drip else max(1, len(kept))
    count = -(-len(kept) // size) or 1
    for start in range(0, len(kept), size):
        yield kept[start : start + size], wire.drip / count
