"""A sandbox with a movable clock. The same tests reach it in-process and over HTTP."""

import contextlib
import http.server
import io
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.server import SandboxServer
from playground.sandbox.state import tasks
from tests.waits import seconds

TLS = ssl.create_default_context()  # one for all clients, because creating it takes longer than a test
NOWHERE = "https://192.0.2.1"  # an address for documentation, which the guard refuses without a look-up
ALICE, BOB = "sk-alice-0001", "sk-bob-0002"


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Reached:
    """A sandbox and a client for it. `anonymous` is a client without a key."""

    sandbox: Sandbox
    clock: Clock
    client: httpx.Client
    anonymous: httpx.Client

    def submit(self, *, key: str = ALICE, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        order = {"model": "gpt-image-1", "prompt": "a red fox in the snow", "quality": "low", **body}
        order = {name: value for name, value in order.items() if value is not ...}
        return self.client.post(
            "/v1/images/generations", json=order, headers={"authorization": f"Bearer {key}", **(headers or {})}
        )

    def task(self, task_id: str, *, key: str = ALICE) -> httpx.Response:
        return self.client.get(f"/v1/tasks/{task_id}", headers={"authorization": f"Bearer {key}"})

    def made(self, **body: Any) -> dict[str, Any]:
        """Submits a request that must be accepted, and returns the response body."""
        response = self.submit(**body)
        assert response.status_code == 200, response.text
        return response.json()

    def finished(self, **body: Any) -> dict[str, Any]:
        """Submits a task, and reads it again when it must be done."""
        task_id = self.made(**body)["id"]
        self.clock.advance(600)
        return self.task(task_id).json()

    def credits(self, *, key: str = ALICE) -> dict[str, Any]:
        response = self.client.get("/v1/credits", headers={"authorization": f"Bearer {key}"})
        assert response.status_code == 200
        return response.json()["data"]

    def wait_for_inputs(self, task_id: str) -> None:
        """Waits for the reference images, which are fetched in the background in real time."""
        end = time.monotonic() + seconds(30)
        while time.monotonic() < end:
            with self.sandbox.world.store.reading() as connection:
                if tasks.get(connection, task_id)["inputs"] != "waiting":
                    return
            threading.Event().wait(0.02)
        raise AssertionError("the inputs were not fetched")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["in-process", "http"])
def reach(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Reached]]:
    """Opens a sandbox with these options, in-process or behind a server. It paints plain pictures."""
    opened: list[Callable[[], object]] = []

    def open_(**options: Any) -> Reached:
        sandbox = Sandbox(tmp_path / "sandbox", clock=clock, **{"paint": paint_plain, **options})
        opened.append(sandbox.close)
        if request.param == "http":
            server = SandboxServer(sandbox, "127.0.0.1", 0)
            thread = threading.Thread(target=server.serve_forever, args=[0.005])
            thread.start()
            opened.extend((server.server_close, thread.join, server.shutdown))
            clients = [
                httpx.Client(base_url=server.base, trust_env=False, verify=TLS, timeout=seconds(30)) for _ in range(2)
            ]
        else:
            clients = [httpx.Client(transport=sandbox.transport(), base_url="https://api.evolink.ai") for _ in range(2)]
        opened.extend(client.close for client in clients)
        clients[0].headers["authorization"] = f"Bearer {ALICE}"
        return Reached(sandbox, clock, *clients)

    yield open_
    for close in reversed(opened):
        close()


@pytest.fixture
def evolink(reach: Callable[..., Reached]) -> Reached:
    """A sandbox with the default options."""
    return reach()


@pytest.fixture
def alone(tmp_path: Path, clock: Clock) -> Iterator[Reached]:
    """A sandbox in-process, for tests that are the same over HTTP."""
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock, paint=paint_plain)
    with (
        httpx.Client(transport=sandbox.transport(), base_url="https://api.evolink.ai") as client,
        httpx.Client(transport=sandbox.transport(), base_url="https://api.evolink.ai") as anonymous,
    ):
        client.headers["authorization"] = f"Bearer {ALICE}"
        yield Reached(sandbox, clock, client, anonymous)
    sandbox.close()


class Web:
    """A small web server. `pages` is path → (status, body, headers); `hits` are the requests."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.hits: list[tuple[str, str, dict[str, str], bytes]] = []
        web = self

        class Page(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                web.hits.append((self.command, self.path, dict(self.headers.items()), body))
                status, content, headers = web.pages.get(self.path, (404, b"", {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def serves(self, path: str, content: bytes = b"", *, status: int = 200, **headers: str) -> str:
        """Adds a page and returns its address."""
        self.pages[path] = (status, content, headers)
        return self.origin + path


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    web.serves("/fox.png", picture())
    with web.server:
        thread = threading.Thread(target=web.server.serve_forever, args=[0.005])
        thread.start()
        yield web
        web.server.shutdown()
        thread.join()


def picture(
    size: tuple[int, int] = (64, 48), format: str = "PNG", mode: str = "RGB", colour: Any = (200, 30, 30)
) -> bytes:
    """The bytes of a small picture."""
    into = io.BytesIO()
    Image.new(mode, size, colour).save(into, format)
    return into.getvalue()
