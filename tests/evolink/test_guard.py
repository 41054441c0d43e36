"""The guard: which addresses it refuses, that it checks every DNS answer, and that it connects only to a checked
address."""

import asyncio
import ipaddress
import re
import socket
import threading
from typing import Any

import httpcore
import httpx
import pytest

from playground.evolink.errors import BlockedAddressError
from playground.evolink.guard import (
    GuardedBackend,
    GuardedTransport,
    SyncGuardedBackend,
    SyncGuardedTransport,
    is_public,
    judged,
    origin_of,
)
from tests.waits import seconds

from .servers import serve

REFUSED = """
0.0.0.0 0.0.0.1 0.255.255.255
10.0.0.0 10.1.2.3 10.255.255.255
100.64.0.0 100.100.100.200 100.127.255.255
127.0.0.1 127.0.0.0 127.1.2.3 127.255.255.255
168.63.129.16
169.254.0.1 169.254.169.254 169.254.170.2 169.254.255.255
172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.192 192.0.2.1
192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1
198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 224.0.0.251 232.1.1.1 239.255.255.255
240.0.0.1 250.1.2.3 255.255.255.254 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:0:0 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
::ffff:7f00:1 ::ffff:169.254.169.254
64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:fffe::127.0.0.1
100::1 100:0:0:1::1
2001::1 2001:0:7f00:1:: 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1
2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
2002:: 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1
2620:4f:8000::1 3fff::1 3fff:fff::1 5f00::1
2600:1f00::5efe:127.0.0.1 2600:1f00::200:5efe:10.0.0.1
4000::1 8000::1 f000::1
fc00::1 fd00::1 fd00:ec2::254 fdff:ffff::1
fe80::1 fe80::1%eth0 fe80::5efe:127.0.0.1 febf::1 fec0::1 feff::1
ff00::1 ff01::1 ff02::1 ff02::fb ff05::1 ff0e::1
"""

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 168.63.129.15
169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.1 192.167.255.255 192.169.0.1
198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255
2001:200::1 2001:4860:4860::8888 2400:cb00::1 2606:4700:4700::1111 2a00:1450:4001::1 2003::1 3ffe::1
"""


@pytest.mark.parametrize("address", re.findall(r"\S+", REFUSED))
def test_special_addresses_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", re.findall(r"\S+", PUBLIC))
def test_public_addresses_are_not(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "localhost", "0x7f000001", "2130706433", "127.1", "0177.0.0.1", "1.1.1.1.1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not is_public(address)


def test_what_the_standard_library_calls_global_is_not_enough() -> None:
    """Why we have our own table: the client must reach none of these, but `is_private` allows all of them."""
    for address in ("64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "100.64.0.1", "168.63.129.16"):
        assert not ipaddress.ip_address(address).is_private
        assert not is_public(address)


def answers(*addresses: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


def test_one_bad_answer_refuses_the_name() -> None:
    assert judged("h", answers("1.1.1.1", "8.8.8.8", "1.1.1.1")) == ("1.1.1.1", "8.8.8.8")
    for bad in ("127.0.0.1", "::ffff:1.1.1.1", "fe80::1%lo"):
        for order in ((bad, "1.1.1.1"), ("1.1.1.1", bad)):
            with pytest.raises(BlockedAddressError):
                judged("h", answers(*order))
    with pytest.raises(httpcore.ConnectError):
        judged("h", [])


class Resolver:
    """A name server that gives its answers in turn and repeats the last one. It counts the questions."""

    def __init__(self, *turns: tuple[str, ...]) -> None:
        self.turns = list(turns)
        self.asked = 0

    def __call__(self, host: str, port: int, *rest: object, **more: object) -> list[tuple[Any, ...]]:
        self.asked += 1
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        return answers(*turn)


class Connector:
    """Replaces TCP: it notes the addresses to connect to. `dead` addresses do not answer."""

    def __init__(self, dead: tuple[str, ...] = ()) -> None:
        self.dead = dead
        self.tried: list[tuple[str, float | None]] = []

    def note(self, host: str, timeout: float | None) -> None:
        self.tried.append((host, timeout))
        if host in self.dead:
            raise httpcore.ConnectTimeout("dead")

    @property
    def hosts(self) -> list[str]:
        return [host for host, _ in self.tried]


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> Connector:
    connector = Connector()

    async def connect(_: object, host: str, port: int, timeout: float | None, *rest: object, **more: object) -> object:
        connector.note(host, timeout)
        return httpcore.AsyncMockStream([])

    def connect_sync(_: object, host: str, port: int, timeout: float | None, *rest: object, **more: object) -> object:
        connector.note(host, timeout)
        return httpcore.MockStream([])

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_sync)
    return connector


def resolving(monkeypatch: pytest.MonkeyPatch, *turns: tuple[str, ...]) -> Resolver:
    resolver = Resolver(*turns)
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


def both(host: str, timeout: float | None = 4.0) -> list[Exception | None]:
    """The exceptions of connecting to `host`: with asyncio, and blocking."""
    outcomes: list[Exception | None] = []
    for connect in (
        lambda: asyncio.run(_connect(host, timeout)),
        lambda: SyncGuardedBackend().connect_tcp(host, 443, timeout),
    ):
        try:
            connect()
            outcomes.append(None)
        except (BlockedAddressError, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            outcomes.append(error)
    return outcomes


async def _connect(host: str, timeout: float | None) -> None:
    await GuardedBackend().connect_tcp(host, 443, timeout)


def test_a_name_is_resolved_once_and_the_judged_address_is_used(
    monkeypatch: pytest.MonkeyPatch, connector: Connector
) -> None:
    resolver = resolving(monkeypatch, ("1.1.1.1",), ("127.0.0.1",))
    asyncio.run(_connect("rebinding.example", 4.0))
    assert (resolver.asked, connector.hosts) == (1, ["1.1.1.1"])
    resolver = resolving(monkeypatch, ("1.1.1.1",), ("127.0.0.1",))
    SyncGuardedBackend().connect_tcp("rebinding.example", 443, 4.0)
    assert (resolver.asked, connector.hosts) == (1, ["1.1.1.1", "1.1.1.1"])


def test_nothing_is_tried_when_any_answer_is_bad(monkeypatch: pytest.MonkeyPatch, connector: Connector) -> None:
    resolving(monkeypatch, ("1.1.1.1", "10.0.0.1"))
    assert [type(outcome) for outcome in both("mixed.example")] == [BlockedAddressError] * 2
    assert connector.tried == []


def test_a_dead_address_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch, connector: Connector) -> None:
    connector.dead = ("2606:4700::1", "1.1.1.1")
    resolving(monkeypatch, ("2606:4700::1", "1.1.1.1", "8.8.8.8"))
    assert both("three.example", 3.0) == [None, None]
    assert connector.hosts == ["2606:4700::1", "1.1.1.1", "8.8.8.8"] * 2
    shares = [share for _, share in connector.tried]
    assert all(share is not None and 0.9 <= share <= 3.0 for share in shares)
    assert shares[0] is not None
    assert shares[0] <= 1.0
    connector.dead = (*connector.dead, "8.8.8.8")
    assert [type(outcome) for outcome in both("three.example", None)] == [httpcore.ConnectTimeout] * 2


def test_names_that_do_not_resolve_are_connect_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a" * 64 + ".example", "b" * 300, "a..b"):
        assert [type(outcome) for outcome in both(name)] == [httpcore.ConnectError] * 2

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert [type(outcome) for outcome in both("nowhere.example")] == [httpcore.ConnectError] * 2


def test_resolving_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow(*_: object, **__: object) -> list[tuple[Any, ...]]:
        release.wait(seconds(60))
        return answers("1.1.1.1")

    monkeypatch.setattr(socket, "getaddrinfo", slow)

    async def connect() -> None:
        with pytest.raises(httpcore.ConnectTimeout):
            await GuardedBackend().connect_tcp("slow.example", 443, 0.05)
        release.set()

    asyncio.run(connect())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "::1", "::ffff:127.0.0.1"]
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    assert [type(outcome) for outcome in both(host)] == [BlockedAddressError] * 2


def test_unix_sockets_are_refused() -> None:
    with pytest.raises(BlockedAddressError):
        asyncio.run(GuardedBackend().connect_unix_socket("/var/run/docker.sock"))
    with pytest.raises(BlockedAddressError):
        SyncGuardedBackend().connect_unix_socket("/var/run/docker.sock")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Example.COM/path?q", "https://example.com:443"),
        ("http://example.com", "http://example.com:80"),
        ("HTTP://example.com:8000/", "http://example.com:8000"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://user:pw@example.com/", "https://example.com:443"),
    ],
)
def test_origins(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://h", "http://", "http://h:99999", "http://h:0", "http://h:x", "https://["]
)
def test_what_is_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        origin_of(url)


async def hello(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def test_an_exemption_is_the_exact_scheme_host_and_port() -> None:
    async def main() -> None:
        async with serve(hello) as server:
            here = f"http://127.0.0.1:{server.port}"
            async with httpx.AsyncClient(transport=GuardedTransport([here]), trust_env=False) as client:
                assert (await client.get(f"{here}/x")).text == "hello"
            others = [
                f"http://localhost:{server.port}",
                f"https://127.0.0.1:{server.port}",
                f"http://127.0.0.1:{server.port + 1}",
                "http://127.0.0.1",
            ]
            async with httpx.AsyncClient(transport=GuardedTransport(others), trust_env=False) as client:
                with pytest.raises(BlockedAddressError):
                    await client.get(here)
            assert server.connections == 1

    asyncio.run(main())


def test_the_scheme_of_an_exemption_counts_for_the_same_host_and_port() -> None:
    async def main() -> None:
        async with serve(hello) as server:
            exempt = [f"http://127.0.0.1:{server.port}"]
            async with httpx.AsyncClient(transport=GuardedTransport(exempt), trust_env=False) as client:
                with pytest.raises(BlockedAddressError):
                    await client.get(f"https://127.0.0.1:{server.port}")
            assert server.connections == 0

    asyncio.run(main())


def test_the_blocking_guard_refuses_and_exempts_alike() -> None:
    async def main() -> None:
        async with serve(hello) as server:
            here = f"http://127.0.0.1:{server.port}"
            await asyncio.to_thread(fetch_blocking, here)
            assert server.connections == 1

    def fetch_blocking(here: str) -> None:
        guarded = httpx.Client(transport=SyncGuardedTransport(), trust_env=False)
        with guarded, pytest.raises(BlockedAddressError):
            guarded.get(here)
        with httpx.Client(transport=SyncGuardedTransport([here]), trust_env=False) as client:
            assert client.get(here).text == "hello"

    asyncio.run(main())


def get_both(url: str, exempt: tuple[str, ...] = ()) -> list[type[Exception] | None]:
    """The exceptions of a GET of `url` through the guard: with asyncio, and blocking."""

    async def get() -> None:
        async with httpx.AsyncClient(transport=GuardedTransport(exempt), trust_env=False) as client:
            await client.get(url)

    def get_blocking() -> None:
        with httpx.Client(transport=SyncGuardedTransport(exempt), trust_env=False) as client:
            client.get(url)

    outcomes: list[type[Exception] | None] = []
    for work in (lambda: asyncio.run(get()), get_blocking):
        try:
            work()
            outcomes.append(None)
        except (BlockedAddressError, httpx.TransportError) as error:
            outcomes.append(type(error))
    return outcomes


@pytest.mark.parametrize("exempt", [(), ("http://dead.example",)])
def test_no_pool_connects_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, connector: Connector, exempt: tuple[str, ...]
) -> None:
    """Only the caller decides whether to send something again."""
    connector.dead = ("1.1.1.1", "dead.example")
    resolving(monkeypatch, ("1.1.1.1",))
    assert get_both("http://dead.example/", exempt) == [httpx.ConnectTimeout] * 2
    assert connector.hosts == ["dead.example" if exempt else "1.1.1.1"] * 2
