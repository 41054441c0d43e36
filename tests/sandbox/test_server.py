"""The sandbox as a server: HTTP/1.1 for any client, HTTPS, and the command that starts it."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.server import SandboxServer, tls_context
from tests.sandbox.conftest import ALICE, TLS, Clock, Web
from tests.waits import seconds

ROOT = Path(__file__).resolve().parents[2]
KEY = f"Authorization: Bearer {ALICE}\r\n"


@contextmanager
def running(server: SandboxServer) -> Iterator[SandboxServer]:
    thread = threading.Thread(target=server.serve_forever, args=[0.005])
    with server:
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[SandboxServer]:
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock)
    with running(SandboxServer(sandbox, "127.0.0.1", 0)) as server:
        yield server
    sandbox.close()


def talk(server: SandboxServer, *parts: bytes | str) -> bytes:
    """Everything that the server answers to these bytes, until it closes the connection."""
    with socket.create_connection(server.server_address[:2], timeout=seconds(30)) as connection:
        for part in parts:
            connection.sendall(part.encode() if isinstance(part, str) else part)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_many_requests_on_one_connection(server: SandboxServer) -> None:
    request = f"GET /v1/credits HTTP/1.1\r\nHost: x\r\n{KEY}\r\n"
    assert talk(server, request * 3).count(b"HTTP/1.1 200 OK\r\n") == 3


def test_answers_come_without_the_delay_of_small_packets(server: SandboxServer) -> None:
    with httpx.Client(base_url=server.base, headers={"authorization": f"Bearer {ALICE}"}, verify=TLS) as client:
        client.get("/v1/credits")
        taken = []
        for _ in range(50):
            started = time.monotonic()
            client.get("/v1/credits")
            taken.append(time.monotonic() - started)
    assert min(taken) < 0.04, "what the delay would add to each of them, however busy the machine is"


def test_a_slow_answer_holds_up_nobody_else(server: SandboxServer) -> None:
    with (
        httpx.Client(base_url=server.base, headers={"authorization": f"Bearer {ALICE}"}, verify=TLS) as client,
        ThreadPoolExecutor(10) as threads,
    ):
        order = {"model": "gpt-image-1", "prompt": "sandbox:slow=2"}
        started = time.monotonic()
        slow = [threads.submit(client.post, "/v1/images/generations", json=order) for _ in range(8)]
        assert client.get("/v1/credits").status_code == 200
        assert not any(answer.done() for answer in slow)
        assert {answer.result().status_code for answer in slow} == {200}
        assert time.monotonic() - started < seconds(12), "one after the other they would take sixteen"


def test_a_body_may_come_in_chunks(server: SandboxServer) -> None:
    body = json.dumps({"model": "gpt-image-1", "prompt": "a fox"}).encode()

    def pieces() -> Iterator[bytes]:
        yield body[:7]
        yield body[7:]

    headers = {"authorization": f"Bearer {ALICE}"}
    response = httpx.post(f"{server.base}/v1/images/generations", content=pieces(), headers=headers, verify=TLS)
    assert response.status_code == 200


def test_a_client_may_wait_for_100_continue(server: SandboxServer) -> None:
    body = '{"model":"gpt-image-1","prompt":"a fox"}'
    head = f"POST /v1/images/generations HTTP/1.1\r\nHost: x\r\n{KEY}Expect: 100-continue\r\n"
    answer = talk(server, f"{head}Content-Length: {len(body)}\r\n\r\n", body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ("Content-Length: many", "", 400),
        ("Content-Length: -5", "", 400),
        ("Content-Length: 10", "short", 400),
        ("Content-Length: 999999999999", "", 413),
        ("Transfer-Encoding: chunked", "zz\r\n", 400),
        ("Transfer-Encoding: chunked", "-1\r\n", 400),
        ("Transfer-Encoding: chunked", "ffffffffff\r\n", 413),
        ("Transfer-Encoding: chunked", "5\r\nab", 400),
    ],
)
def test_a_body_that_cannot_be_read_ends_the_connection(
    server: SandboxServer, head: str, body: str, status: int
) -> None:
    answer = talk(server, f"POST /v1/images/generations HTTP/1.1\r\nHost: x\r\n{KEY}{head}\r\n\r\n{body}")
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1") == 1
    assert b'"error":' in answer


@pytest.mark.parametrize("line", ["nonsense", "GET", "GET / HTTP/9.9", "BREW /coffee HTTP/1.1", "GET //[ HTTP/1.1"])
def test_nonsense_is_answered_and_the_server_lives(server: SandboxServer, line: str) -> None:
    talk(server, f"{line}\r\nHost: x\r\n\r\n")
    assert talk(server, f"GET /v1/credits HTTP/1.1\r\nHost: x\r\n{KEY}\r\n").startswith(b"HTTP/1.1 200 ")


def test_both_path_families_are_at_the_root(server: SandboxServer) -> None:
    for path in ("/v1/credits", "/api/v1/files/quota"):
        assert talk(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n{KEY}\r\n").startswith(b"HTTP/1.1 200 ")


def test_callbacks_are_delivered_by_the_server(tmp_path: Path, web: Web) -> None:
    sandbox = Sandbox(tmp_path, seconds_per_image=0, exempt_origins=[web.origin])
    url = web.serves("/hook")
    with running(SandboxServer(sandbox, "127.0.0.1", 0)) as server:
        order = {"model": "gpt-image-1", "prompt": "a fox", "callback_url": url}
        headers = {"authorization": f"Bearer {ALICE}"}
        task = httpx.post(f"{server.base}/v1/images/generations", json=order, headers=headers, verify=TLS).json()
        end = time.monotonic() + seconds(30)
        while not web.hits and time.monotonic() < end:
            time.sleep(0.02)
    sandbox.close()
    (hit,) = web.hits
    assert json.loads(hit[3])["id"] == task["id"]
    assert json.loads(hit[3])["status"] == "completed"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=localhost", "-addext", names, "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


def test_https_with_result_links_of_the_same_scheme(
    tmp_path: Path, clock: Clock, certificate: tuple[Path, Path]
) -> None:
    sandbox = Sandbox(tmp_path, clock=clock, paint=paint_plain)
    verify = ssl.create_default_context(cafile=certificate[0])
    with running(SandboxServer(sandbox, "127.0.0.1", 0, tls=tls_context(*certificate))) as server:
        assert server.base.startswith("https://127.0.0.1:")
        with socket.create_connection(server.server_address[:2]):  # sends nothing and must not block others
            with httpx.Client(base_url=server.base, verify=verify, timeout=seconds(30)) as client:
                headers = {"authorization": f"Bearer {ALICE}"}
                order = {"model": "gpt-image-1", "prompt": "a fox", "quality": "low"}
                task_id = client.post("/v1/images/generations", json=order, headers=headers).json()["id"]
                clock.advance(6)
                (link,) = client.get(f"/v1/tasks/{task_id}", headers=headers).json()["results"]
                assert link.startswith(server.base)
                assert client.get(link).content.startswith(b"\x89PNG")
            with pytest.raises(httpx.ConnectError), httpx.Client(verify=TLS) as stranger:
                stranger.get(server.base)
            with pytest.raises(httpx.TransportError), httpx.Client(verify=TLS) as plain:
                plain.get(server.base.replace("https:", "http:"))
    sandbox.close()


# --- the command ---------------------------------------------------------------------------------------------

DJANGO, ALONE = ["manage.py", "sandbox"], ["-m", "playground.sandbox"]


def in_the_background() -> None:
    """What a shell without job control does to a command with “&”."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def killed_in_the_end(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("command", "stop"), [(DJANGO, signal.SIGINT), (ALONE, signal.SIGTERM)], ids=["manage.py", "module"]
)
def test_the_command_serves_until_it_is_stopped(tmp_path: Path, command: list[str], stop: signal.Signals) -> None:
    options = ["--port", "0", "--directory", str(tmp_path), "--seconds", "0", "--scenario", "dialect_old"]
    process = subprocess.Popen(
        [sys.executable, *command, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "DATA_DIR": str(tmp_path)}, preexec_fn=in_the_background,
    )  # fmt: skip
    with process, killed_in_the_end(process):
        assert process.stdout is not None
        base = process.stdout.readline().split()[3]
        assert base.startswith("http://127.0.0.1:")
        response = httpx.get(f"{base}/v1/credits", verify=TLS)
        assert (response.status_code, response.json()["error"]["code"]) == (401, 401)
        process.send_signal(stop)
        assert process.wait(timeout=seconds(60)) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--scenario", "nonsense"], "There is no scenario 'nonsense'"),
        (["--private-key", "key.pem"], "--private-key needs --certificate"),
        (["--certificate", "missing.pem"], "No such file"),
        (["--exempt", "nonsense"], "An origin is"),
    ],
)
def test_options_that_cannot_work_are_said_in_words(
    tmp_path: Path, options: list[str], words: str, settings: Settings
) -> None:
    settings.DEBUG = True  # in production --exempt is refused before it is read
    with pytest.raises(CommandError, match=words):
        call_command("sandbox", "--directory", str(tmp_path), *options)


def test_without_django_they_are_said_in_words_too(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, *ALONE, "--directory", str(tmp_path), "--scenario", "nonsense"],
        cwd=ROOT, capture_output=True, text=True, timeout=seconds(120), check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert "There is no scenario 'nonsense'" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_help_explains_options_and_scenarios() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "sandbox", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for words in (
        "--host",
        "--port",
        "--certificate",
        "--private-key",
        "sandbox:answer_lost",
        "sk-sandbox-key_expired",
    ):
        assert words in result.stdout


def test_the_room_loads_no_django() -> None:
    code = "import sys, playground.sandbox.server; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
