"""Only errors of the client's own tree leave the client, whatever EvoLink or a link says."""

import asyncio
import io

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.evolink import Client, errors
from playground.evolink.guard import GuardedTransport


def fetched(url: str) -> None:
    """Download from `url` without a network: what passes the checks of the address is refused."""

    class Nowhere(GuardedTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("nowhere")

    async def fetch() -> None:
        async with Client("sk-none-of-anybody", transport=Nowhere()) as client:
            await client.download(url, io.BytesIO(), max_bytes=10)

    try:
        asyncio.run(fetch())
    except errors.EvoLinkError:
        return
    raise AssertionError("nothing can come from nowhere")


@settings(deadline=None)
@example("xn--/")
@example("xn--a/")
@example("[::1")
@example("\ud800.example/")
@given(st.text(max_size=60) | st.from_regex(r"(xn--)?[a-z0-9.:%\[\]@_-]{0,40}(/.{0,20})?", fullmatch=True))
def test_no_link_is_too_odd(rest: str) -> None:
    fetched(f"https://{rest}")


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([200, 204, 301, 304, 400, 429, 500]))
def test_no_answer_is_too_odd(body: bytes, status: int) -> None:
    told = httpx.MockTransport(lambda request: httpx.Response(status, content=body))

    async def ask() -> None:
        async with Client("sk-none-of-anybody", transport=told) as client:
            await client.task("task-unified-1-aaaaaaaa")

    try:
        asyncio.run(ask())
    except errors.EvoLinkError:
        return
