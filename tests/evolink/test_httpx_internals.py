"""The private name of httpx that we use. The test fails if a new version changes it."""

import asyncio
from importlib.metadata import version
from pathlib import Path

import httpcore
import httpx
import pytest

from playground.evolink.httpx_internals import use_pool

ANSWER = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello"]


def test_a_transport_uses_the_pool_it_was_given() -> None:
    async def get() -> str:
        transport = httpx.AsyncHTTPTransport()
        use_pool(transport, httpcore.AsyncConnectionPool(network_backend=httpcore.AsyncMockBackend(ANSWER)))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            return (await client.get("http://nowhere.example/")).text

    assert asyncio.run(get()) == "hello"


def test_so_does_a_blocking_one() -> None:
    transport = httpx.HTTPTransport()
    use_pool(transport, httpcore.ConnectionPool(network_backend=httpcore.MockBackend(ANSWER)))
    with httpx.Client(transport=transport, trust_env=False) as client:
        assert client.get("http://nowhere.example/").text == "hello"


@pytest.mark.parametrize("package", ["httpx", "httpcore"])
def test_the_version_is_pinned(package: str) -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'"{package}=={version(package)}"' in pyproject.read_text()
