"""Many connections at once, without the cost of a large pool.

For each request, httpcore's pool loops over all its connections and all waiting requests. With 16 connections and 256
waiting requests this takes 16 ms of CPU time. With one connection and no waiting request it takes almost none. So each
connection here has a pool of its own, and a request that finds no free one waits outside the pools.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx

CONNECTIONS: Final = 64


class Pools(httpx.AsyncBaseTransport):
    """Sends each request through an idle transport. `make` makes a transport whose pool has one connection. There are
    at most `CONNECTIONS` transports."""

    def __init__(self, make: Callable[[], httpx.AsyncHTTPTransport]) -> None:
        self.pools: list[httpx.AsyncHTTPTransport] = []
        self._make = make
        # The transport that was returned last is used first, because its connection is probably still open.
        self._free: asyncio.LifoQueue[httpx.AsyncHTTPTransport] = asyncio.LifoQueue()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = await self._take(request)
        try:
            response = await pool.handle_async_request(request)
        except BaseException:
            self._free.put_nowait(pool)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  for the type checker
        response.stream = _Body(response.stream, lambda: self._free.put_nowait(pool))
        return response

    async def _take(self, request: httpx.Request) -> httpx.AsyncHTTPTransport:
        """A transport with a free connection. Raises `PoolTimeout` if none is free in time. Nothing was sent then."""
        if self._free.empty() and len(self.pools) < CONNECTIONS:
            self.pools.append(self._make())
            return self.pools[-1]
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                return await self._free.get()
        except TimeoutError:
            raise httpx.PoolTimeout("No connection was free in time.", request=request) from None

    async def aclose(self) -> None:
        for pool in self.pools:
            await pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer. Closing it frees the connection."""

    def __init__(self, inner: httpx.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._inner = inner
        self._closed: Callable[[], None] | None = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        closed, self._closed = self._closed, None
        try:
            await self._inner.aclose()
        finally:
            if closed is not None:
                closed()
