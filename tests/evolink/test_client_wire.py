"""The client over real sockets: deadlines, broken connections, proxies, the pool, and which places have the key."""

import asyncio
import io
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

import pytest

from playground.evolink import Client, GenerationRequest, errors, pools, wire
from playground.evolink.errors import Money
from playground.evolink.pools import CONNECTIONS
from tests.waits import seconds

from .servers import Handler, Server, serve

KEY = "sk-evo-CANARYcanaryCANARYcanary1234"
REQUEST = GenerationRequest(model="gpt-image-1", prompt="a cat")
TASK = b'{"id":"task-unified-1-abcdefgh","status":"pending"}'
# A deadline that must pass. A part of it must be enough to connect on a busy machine.
SHORT = seconds(2)


def whole(body: bytes, status: bytes = b"200 OK", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


async def answer_task(writer: asyncio.StreamWriter) -> None:
    writer.write(whole(TASK))


async def drop(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def drop_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + TASK)


async def say_nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


def dripping(head: bytes) -> Handler:
    """Sends a byte every 20 ms without end, so no single read times out."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    return drip


def meet(
    handler: Handler,
    call: Callable[[Client, Server], Awaitable[object]],
    *,
    deadline: float = seconds(30),
    exempt: bool = True,
) -> Server:
    """Calls `call` with a client for the server. Returns the server, which has what it received."""

    async def main() -> Server:
        async with serve(handler) as server:
            origins = [server.url] if exempt else []
            async with Client(KEY, base_url=server.url, deadline=deadline, exempt_origins=origins) as client:
                await call(client, server)
            return server

    return asyncio.run(main())


def failing(
    handler: Handler, kind: type[errors.EvoLinkError], *, deadline: float = seconds(30), exempt: bool = True
) -> tuple[errors.EvoLinkError, Server]:
    """The exception of a `generate` that must fail with exactly the class `kind`."""
    caught: list[errors.EvoLinkError] = []

    async def call(client: Client, server: Server) -> None:
        with pytest.raises(errors.EvoLinkError) as failure:
            await client.generate(REQUEST)
        caught.append(failure.value)

    server = meet(handler, call, deadline=deadline, exempt=exempt)
    assert type(caught[0]) is kind
    return caught[0], server


def test_a_task_comes_over_the_wire() -> None:
    async def call(client: Client, server: Server) -> None:
        assert (await client.generate(REQUEST)).id == "task-unified-1-abcdefgh"

    server = meet(answer_task, call)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/images/generations HTTP/1.1\r\n")
    assert b"authorization: Bearer " + KEY.encode() in head.replace(b"Authorization", b"authorization")
    assert body == b'{"model":"gpt-image-1","prompt":"a cat","n":1}'


def test_loopback_is_blocked_without_an_exemption() -> None:
    error, server = failing(answer_task, errors.BlockedAddressError, exempt=False)
    assert (error.money, error.retryable, server.connections) == (Money.NOT_MOVED, False, 0)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["body", "head"]
)
def test_a_drip_ends_at_the_total_deadline(head: bytes) -> None:
    started = time.monotonic()
    error, server = failing(dripping(head), errors.APITimeoutError, deadline=SHORT)
    assert SHORT * 0.9 < time.monotonic() - started < seconds(20)
    assert (error.money, error.retryable) == (Money.UNKNOWN, False)
    assert len(server.requests) == 1


def test_a_refusal_that_drips_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ERROR_BODY_SECONDS", 0.1)
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 100000\r\n\r\n"
    error, _ = failing(dripping(head), errors.AuthenticationError)
    assert error.money is Money.UNKNOWN, "without a code nothing is proven"


def test_a_refusal_that_breaks_off_is_a_refusal() -> None:
    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 402 Payment Required\r\nContent-Length: 1000\r\n\r\n{")

    failing(handler, errors.InsufficientCreditsError)


def test_silence_leaves_the_money_open() -> None:
    error, _ = failing(say_nothing, errors.APITimeoutError, deadline=SHORT)
    assert error.money is Money.UNKNOWN


@pytest.mark.parametrize("handler", [drop, drop_in_the_body])
def test_a_connection_dropped_after_the_request_leaves_the_money_open(handler: Handler) -> None:
    error, server = failing(handler, errors.APIConnectionError)
    assert (error.money, error.retryable) == (Money.UNKNOWN, False)
    assert len(server.requests) == 1, "a POST is sent once"


def test_what_is_not_http_leaves_the_money_open() -> None:
    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")

    error, _ = failing(handler, errors.APIConnectionError)
    assert error.money is Money.UNKNOWN


def test_endless_headers_end() -> None:
    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-A: " + b"b" * 60_000 + b"\r\n")
            await writer.drain()

    failing(handler, errors.APIConnectionError)


def refused(base_url: str, deadline: float = seconds(20)) -> errors.EvoLinkError:
    async def main() -> errors.EvoLinkError:
        async with Client(KEY, base_url=base_url, exempt_origins=[base_url], deadline=deadline) as client:
            with pytest.raises(errors.EvoLinkError) as caught:
                await client.generate(REQUEST)
            return caught.value

    error = asyncio.run(main())
    assert type(error) is errors.NotSentError
    assert (error.money, error.retryable) == (Money.NOT_MOVED, True)
    return error


def test_connection_refused_is_not_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        refused(f"http://127.0.0.1:{closed.getsockname()[1]}")


def test_connect_timeout_is_not_sent() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        started = time.monotonic()
        assert "ConnectTimeout" in str(refused(f"http://127.0.0.1:{address[1]}", deadline=seconds(4)))
        assert time.monotonic() - started < seconds(3.6), "well before the deadline, so that it is known what it was"
        for one in waiting:
            one.close()


def test_an_odd_port_is_no_way_around_the_guard() -> None:
    async def main() -> None:
        async with Client(KEY) as client:
            with pytest.raises(errors.BlockedAddressError):
                await client.download("http://127.0.0.1:0/x.png", io.BytesIO(), max_bytes=10, deadline=1)

    asyncio.run(main())


@pytest.mark.parametrize("name", ["nowhere.invalid", "a..b", "a" * 64 + ".invalid", "%00.invalid", "-", "a_b"])
def test_an_unknown_name_is_not_sent(name: str) -> None:
    refused(f"http://{name}")


def test_a_failed_tls_handshake_is_not_sent() -> None:
    async def main() -> None:
        async with serve(answer_task) as server:
            base = f"https://127.0.0.1:{server.port}"
            async with Client(KEY, base_url=base, exempt_origins=[base], deadline=seconds(20)) as client:
                with pytest.raises(errors.NotSentError):
                    await client.generate(REQUEST)
            assert server.requests == []

    asyncio.run(main())


def test_redirects_go_to_https_alone_and_through_the_guard() -> None:
    async def main() -> None:
        async with serve(answer_task) as target:

            async def redirect(writer: asyncio.StreamWriter) -> None:
                location = f"Location: {target.url}/v1/tasks/x\r\n".encode()
                writer.write(whole(b"", b"307 Temporary Redirect", location))

            async with serve(redirect) as server:
                origins = [server.url, target.url]
                async with Client(KEY, base_url=server.url, exempt_origins=origins) as client:
                    with pytest.raises(errors.APIStatusError):
                        await client.generate(REQUEST)
                    with pytest.raises(errors.DownloadError):
                        await client.download(f"{server.url}/x.png", io.BytesIO(), max_bytes=10)
            assert target.connections == 0

            async def inside(writer: asyncio.StreamWriter) -> None:
                location = f"Location: https://127.0.0.1:{target.port}/x.png\r\n".encode()
                writer.write(whole(b"", b"302 Found", location))

            async with serve(inside) as server, Client(KEY, exempt_origins=[server.url]) as client:
                with pytest.raises(errors.BlockedAddressError) as caught:
                    await client.download(f"{server.url}/x.png", io.BytesIO(), max_bytes=10)
                assert caught.value.money is Money.NOT_MOVED
            assert target.connections == 0

    asyncio.run(main())


def test_proxies_and_passwords_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    async def main() -> None:
        async with serve(answer_task) as proxy, serve(answer_task) as server:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv("NETRC", str(netrc))
            async with Client(KEY, base_url=server.url, exempt_origins=[server.url]) as client:
                await client.generate(REQUEST)
                await client.download(f"{server.url}/x.png", io.BytesIO(), max_bytes=1000)
            assert (proxy.connections, len(server.requests)) == (0, 2)
            assert b"authorization" not in server.requests[1].lower()

    netrc = tmp_path / "netrc"  # type: ignore[operator]
    netrc.write_text("default login me password secret\n")
    asyncio.run(main())


def test_there_is_an_end_to_the_connections_and_all_are_served() -> None:
    gate: list[asyncio.Event] = []

    async def held(writer: asyncio.StreamWriter) -> None:
        await gate[0].wait()
        writer.write(whole(TASK, headers=b"Connection: close\r\n"))

    async def call(client: Client, server: Server) -> None:
        gate.append(asyncio.Event())
        reads = [asyncio.create_task(client.task("task-unified-1-abcdefgh")) for _ in range(100)]
        while server.open < CONNECTIONS:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # time for one more request
        gate[0].set()
        assert len(await asyncio.gather(*reads)) == 100

    server = meet(held, call, deadline=20)
    assert server.peak == CONNECTIONS
    assert len(server.requests) == 100


def test_who_waits_too_long_for_a_connection_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "CONNECTIONS", 1)

    async def call(client: Client, server: Server) -> None:
        first = asyncio.create_task(client.task("task-unified-1-abcdefgh"))
        while not server.requests:
            await asyncio.sleep(0.01)
        with pytest.raises(errors.NotSentError, match="PoolTimeout"):
            await client.generate(REQUEST)
        first.cancel()

    server = meet(say_nothing, call, deadline=seconds(2))
    assert len(server.requests) == 1


@pytest.mark.parametrize("handler", [drop, drop_in_the_body])
def test_a_broken_connection_leaves_its_place_to_the_next(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "CONNECTIONS", 1)

    async def call(client: Client, server: Server) -> None:
        for _time in range(3):
            with pytest.raises(errors.APIConnectionError) as caught:
                await client.generate(REQUEST)
            assert caught.value.money is Money.UNKNOWN

    server = meet(handler, call)
    assert len(server.requests) == 3


def test_a_connection_is_used_again() -> None:
    asked_again = asyncio.Event()

    async def answer_twice(writer: asyncio.StreamWriter) -> None:
        writer.write(whole(TASK))
        await asked_again.wait()
        writer.write(whole(TASK))

    async def call(client: Client, server: Server) -> None:
        await client.task("task-unified-1-abcdefgh")
        again = asyncio.create_task(client.task("task-unified-1-abcdefgh"))
        await asyncio.sleep(0.05)  # until it is sent
        asked_again.set()
        assert (await again).status == "pending"

    assert meet(answer_twice, call).connections == 1


def test_a_download_ends_at_its_deadline_and_at_a_break() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"

    async def late(client: Client, server: Server) -> None:
        with pytest.raises(errors.APITimeoutError) as caught:
            await client.download(f"{server.url}/x.png", io.BytesIO(), max_bytes=10**6, deadline=SHORT)
        assert (caught.value.money, caught.value.retryable) == (Money.NOT_MOVED, True)

    meet(dripping(head), late)

    async def short(client: Client, server: Server) -> None:
        into = io.BytesIO()
        with pytest.raises(errors.APIConnectionError) as caught:
            await client.download(f"{server.url}/x.png", into, max_bytes=10**6)
        assert caught.value.retryable
        assert into.getvalue() == TASK, "what came is there, and the error says it is not all"

    meet(drop_in_the_body, short)


def test_cancelling_a_call_closes_its_connection() -> None:
    async def call(client: Client, server: Server) -> None:
        running = asyncio.create_task(client.generate(REQUEST))
        while not server.requests:
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    meet(say_nothing, call)


def reprs_of_frames(error: BaseException | None) -> str:
    """What an error page would show: the local variables of every frame outside the tests, also those of causes."""
    shown: list[str] = []
    while error is not None:
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if "/tests/" not in trace.tb_frame.f_code.co_filename:
                shown.extend(repr(value) for value in trace.tb_frame.f_locals.values())
            trace = trace.tb_next
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


@pytest.mark.parametrize(
    "handler", [answer_task, drop, drop_in_the_body, say_nothing, dripping(b"HTTP/1.1 200 OK\r\nX: ")]
)
def test_no_log_and_no_frame_shows_the_key(handler: Handler, caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown: list[str] = []

    async def call(client: Client, server: Server) -> None:
        for attempt in (client.generate(REQUEST), client.credits()):
            try:
                await attempt
            except errors.EvoLinkError as error:
                shown.append(reprs_of_frames(error) + repr(error))

    meet(handler, call, deadline=0.4)
    assert shown, "at least reading the credits must fail"
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    for text in (*shown, caplog.text, *(repr(record.__dict__) for record in caplog.records)):
        assert KEY not in text
        assert "CANARY" not in text


def test_importing_the_room_loads_no_django() -> None:
    code = (
        "import sys, playground.evolink\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'accounts', 'PIL')])\n"
        "print([name for name in sys.modules if name.startswith('playground.')"
        " and not name.startswith('playground.evolink')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
