"""`make run` from outside: it starts, stops in order, heals itself, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy_check import PRODUCTION

ROOT = Path(__file__).parents[2]


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def children(pid: int) -> dict[int, str]:
    """The processes below `pid`, with their command lines."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):
            continue
        if parent == pid:
            found[int(folder.name)] = command
            found |= children(int(folder.name))
    return found


class Studio:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.output = folder / "output"
        environment = {"DATA_DIR": str(folder / "var"), "PORT": str(self.port), "DATABASE_URL": ""}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def healthy(self) -> bool:
        try:
            return httpx.get(f"http://localhost:{self.port}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def of(self, word: str) -> list[int]:
        return [pid for pid, command in children(self.process.pid).items() if word in command]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    running = Studio(tmp_path)
    try:
        wait_for(running.healthy)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processes from /proc")


def test_it_heals_and_stops_in_order(studio: Studio) -> None:
    assert f"http://localhost:{studio.port}/" in studio.output.read_text()
    assert "Continue as demo" in studio.output.read_text()

    [worker] = studio.of("manage.py worker")
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: studio.of("manage.py worker") not in ([], [worker]))
    web = studio.of("granian")
    os.kill(min(web), signal.SIGKILL)
    wait_for(lambda: bool(set(studio.of("granian")) - set(web)) and studio.healthy())

    below = set(children(studio.process.pid))
    studio.process.send_signal(signal.SIGTERM)
    assert studio.process.wait(40) == 0
    assert is_free(studio.port)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_a_killed_parent_leaves_no_orphan_and_no_port(studio: Studio) -> None:
    below = set(children(studio.process.pid))
    assert len(below) >= 3
    studio.process.kill()
    studio.process.wait()
    wait_for(lambda: not [pid for pid in below if Path(f"/proc/{pid}").exists()])
    assert is_free(studio.port)


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = manage("serve", PORT=port, DATA_DIR=str(tmp_path))
    assert run.returncode == 1
    assert f"Port {port} is taken." in run.stderr


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_development_mode_serves_this_machine_only(tmp_path: Path) -> None:
    run = manage("serve", "--host", "0.0.0.0", DATA_DIR=str(tmp_path))  # noqa: S104  refused, that is the point
    assert run.returncode == 1
    assert "Development mode serves this machine only." in run.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "KEY_ENCRYPTION_KEYS"])
def test_production_says_what_is_missing(name: str, tmp_path: Path) -> None:
    run = manage("check", **(PRODUCTION | {name: "", "DATA_DIR": str(tmp_path)}))
    assert run.returncode == 1
    assert run.stderr.startswith(f"With DEBUG off, please set {name} (")
    assert len(run.stderr.strip().splitlines()) == 1


def test_an_address_that_is_none_stops_the_start(tmp_path: Path) -> None:
    run = manage("check", **(PRODUCTION | {"PUBLIC_URL": "studio.example.com", "DATA_DIR": str(tmp_path)}))
    assert run.returncode == 1
    assert run.stderr.startswith("PUBLIC_URL must be an address such as")


def test_production_opens_nothing_of_its_own_network(tmp_path: Path) -> None:
    run = manage("sandbox", "--exempt", "http://localhost:9", **(PRODUCTION | {"DATA_DIR": str(tmp_path)}))
    assert run.returncode == 1
    assert "development mode only" in run.stderr


def test_production_has_no_demo(tmp_path: Path) -> None:
    code = (
        "from django.test import Client; c = Client(headers={'host': 'studio.example.com'});"
        "print(c.post('/accounts/login/demo/', secure=True).status_code,"
        " 'Continue as demo' in c.get('/accounts/login/', secure=True).content.decode())"
    )
    environment = PRODUCTION | {"DATA_DIR": str(tmp_path)}
    assert manage("migrate", **environment).returncode == 0
    assert manage("collectstatic", "--noinput", **environment).returncode == 0
    run = manage("shell", "--no-imports", "-c", code, **environment)
    assert run.stdout.strip() == "404 False", run.stderr
