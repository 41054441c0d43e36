"""Network backends that check every address when they connect to it, so that no request reaches our own network.

A name is resolved once. If any of its addresses is not public, the connection is refused. Otherwise the backend
connects to an address that it has checked, so a different second answer of the name server has no effect. Exempt
origins (exact scheme, host and port) are not checked. Proxies and settings from the environment are ignored.

NAT64, 6to4 and Teredo addresses are always refused, whatever IPv4 address they contain.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import httpx

from playground.evolink.errors import BlockedAddressError
from playground.evolink.httpx_internals import use_pool
from playground.evolink.pools import Pools

_PORTS: Final = {"http": 80, "https": 443}

# The special-purpose registry of IPv4, and other addresses that answer only inside a cloud.
_REFUSED_V4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; reaches loopback on Linux
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; also a cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local; most clouds' metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Only this part of IPv6 is assigned to the public. Everything else (mapped, NAT64, local, multicast) is outside it.
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Whether `address` is a public IP address in the usual notation. False for any other text."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _REFUSED_V4)
    # An ISATAP interface identifier contains an IPv4 address, to which a tunnel would lead.
    isatap = int(ip) >> 32 & 0xFCFF_FFFF == 0x0000_5EFE
    return ip in _PUBLIC_V6 and not isatap and not any(ip in network for network in _REFUSED_V6)


def origin_of(url: str) -> str:
    """`scheme://host:port` in small letters, always with the port. Raises `ValueError` if `url` is no web address."""
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme) if parts.port is None else parts.port
    if parts.scheme not in _PORTS or not parts.hostname or not port:
        raise ValueError("An origin is http(s)://host[:port].")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def judged(host: str, answers: Iterable[tuple[Any, ...]]) -> tuple[str, ...]:
    """The addresses in a `getaddrinfo` answer. Raises `BlockedAddressError` if any of them is not public, and
    `httpcore.ConnectError` if there is none."""
    addresses = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not addresses:
        raise httpcore.ConnectError(f"{host} has no address.")
    if not all(is_public(address) for address in addresses):
        raise BlockedAddressError(f"{host} is not a public address; the connection was refused.")
    return addresses


def _attempts(addresses: tuple[str, ...], timeout: float | None) -> Iterator[tuple[str, float | None]]:
    """Each address with its time limit in seconds: a share of the time left, so that a dead address leaves some for the
    next one."""
    end = None if timeout is None else time.monotonic() + timeout
    for index, address in enumerate(addresses):
        yield address, None if end is None else max(end - time.monotonic(), 0.01) / (len(addresses) - index)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects over TCP to public addresses only."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"The name {host} was not resolved in time.") from None
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(f"The name {host} was not resolved.") from None
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.01)
        failure: Exception | None = None
        for address, share in _attempts(judged(host, answers), left):
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address.")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise BlockedAddressError("Unix sockets are not public addresses.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SyncGuardedBackend(httpcore.NetworkBackend):
    """The same for blocking code. Only the time limit of the system applies to resolving a name."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(f"The name {host} was not resolved.") from None
        failure: Exception | None = None
        for address, share in _attempts(judged(host, answers), timeout):
            try:
                return self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address.")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise BlockedAddressError("Unix sockets are not public addresses.")


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends to public addresses only. Exempt origins may have any address."""

    def __init__(self, exempt_origins: Collection[str] = ()) -> None:
        self._exempt = frozenset(origin_of(origin) for origin in exempt_origins)
        self._guarded = Pools(_guarded)
        self._direct = Pools(_plain)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        transport = self._direct if _is_exempt(request, self._exempt) else self._guarded
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._guarded.aclose()
        await self._direct.aclose()


class SyncGuardedTransport(httpx.BaseTransport):
    """The same for blocking code."""

    def __init__(self, exempt_origins: Collection[str] = ()) -> None:
        self._exempt = frozenset(origin_of(origin) for origin in exempt_origins)
        self._guarded = httpx.HTTPTransport(verify=_tls(), trust_env=False)
        use_pool(self._guarded, httpcore.ConnectionPool(**_pool_options(16), network_backend=SyncGuardedBackend()))
        self._direct = httpx.HTTPTransport(verify=_tls(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        transport = self._direct if _is_exempt(request, self._exempt) else self._guarded
        return transport.handle_request(request)

    def close(self) -> None:
        self._guarded.close()
        self._direct.close()


def _is_exempt(request: httpx.Request, origins: Collection[str]) -> bool:
    try:
        return origin_of(str(request.url)) in origins
    except ValueError:
        return False


@cache
def _tls() -> ssl.SSLContext:
    """One TLS context for all transports, because reading the certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


def _plain() -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False, limits=httpx.Limits(max_connections=1), retries=0)


def _guarded() -> httpx.AsyncHTTPTransport:
    transport = _plain()
    use_pool(transport, httpcore.AsyncConnectionPool(**_pool_options(1), network_backend=GuardedBackend()))
    return transport


def _pool_options(connections: int) -> dict[str, Any]:
    return {
        "ssl_context": _tls(),
        "max_connections": connections,
        "max_keepalive_connections": connections,
        "keepalive_expiry": 5.0,
        "retries": 0,
    }
