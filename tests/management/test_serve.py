"""`make run` from outside: it starts, stops in order, restarts its processes, and leaves nothing behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.sandbox import Sandbox
from tests.deploy_check import PRODUCTION
from tests.engine.test_stopping import command
from tests.factories import make_generation
from tests.waits import seconds

ROOT = Path(__file__).parents[2]
# The headers of the proxy in production. In development nothing reads them.
BEHIND_A_PROXY = {"Host": "studio.example.com", "X-Forwarded-Proto": "https"}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds(60)
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def children(pid: int) -> dict[int, str]:
    """The processes below `pid`, with their command lines."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            below.setdefault(parent, []).append(int(folder.name))
    found, parents = {}, [pid]
    while parents:
        for child in below.get(parents.pop(), []):
            with suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                parents.append(child)
    return found


class Studio:
    """A server with its files in `folder`. Without a `database` to begin with, it makes one."""

    def __init__(self, folder: Path, database: Path | None = None, **environment: str) -> None:
        if database is not None:
            (folder / "var").mkdir()
            shutil.copy(database, folder / "var" / "studio.sqlite3")
        self.port = free_port()
        self.client = httpx.Client(base_url=f"http://localhost:{self.port}", headers=BEHIND_A_PROXY, trust_env=False)
        self.output = folder / "output"
        environment |= {"DATA_DIR": str(folder / "var"), "PORT": str(self.port), "DATABASE_URL": ""}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def healthy(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        try:
            return self.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, page: httpx.Response, form: dict[str, str]) -> httpx.Response:
        """Posts like a form on this page."""
        token = page.cookies["csrftoken"]
        headers = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token, "Referer": PRODUCTION["PUBLIC_URL"]}
        return self.client.post(path, data=form, headers=headers)

    def of(self, word: str) -> list[int]:
        return [pid for pid, command in children(self.process.pid).items() if word in command]


@contextmanager
def running(folder: Path, database: Path | None = None, **environment: str) -> Iterator[Studio]:
    studio = Studio(folder, database, **environment)
    try:
        wait_for(studio.healthy)
        yield studio
    finally:
        studio.client.close()
        studio.process.kill()
        studio.process.wait()


@pytest.fixture
def studio(tmp_path: Path, new_database: Path | None) -> Iterator[Studio]:
    with running(tmp_path, new_database) as studio:
        yield studio


@pytest.fixture(scope="module")
def in_production(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Studio]:
    """One server for all tests that only read from it. It starts from nothing."""
    environment = PRODUCTION | {"STATIC_ROOT": str(static_root), "TRUST_PROXY": "1"}
    with running(tmp_path_factory.mktemp("production"), **environment) as studio:
        yield studio


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
    assert studio.process.wait(seconds(60)) == 0
    assert is_free(studio.port)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_a_taken_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("serve", port=port)


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=seconds(120),
        check=False,
    )


def test_development_mode_serves_this_machine_only(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="Development mode serves this machine only"):
        call_command("serve", host="0.0.0.0")  # noqa: S104  it must be refused


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


def test_production_opens_nothing_of_its_own_network(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="development mode only"):
        call_command("sandbox", exempt="http://localhost:9")


def test_production_has_no_demo(in_production: Studio) -> None:
    page = in_production.get("/accounts/setup/")
    code = re.search(r"become the administrator with the code (\S+)", in_production.output.read_text())
    assert code
    ada = {"code": code[1], "username": "ada", "email": "ada@example.com", "password": "long enough 1"}
    assert in_production.post("/accounts/setup/", page, ada).status_code == 302
    page = in_production.get("/accounts/login/")
    assert page.status_code == 200
    assert "Continue as demo" not in page.text
    assert in_production.post("/accounts/login/demo/", page, {}).status_code == 404


def test_production_serves_compressed_files_named_by_their_content(in_production: Studio) -> None:
    page = in_production.get("/offline/").text
    [address] = re.findall(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
    style = in_production.get(address)
    assert (style.status_code, style.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in style.headers["Cache-Control"]


def test_the_next_start_finds_the_static_files_and_killed_it_leaves_no_orphan(
    in_production: Studio, static_root: Path, tmp_path: Path, new_database: Path | None
) -> None:
    before = {path: path.stat().st_mtime_ns for path in static_root.rglob("*")}
    with running(tmp_path, new_database, **PRODUCTION, STATIC_ROOT=str(static_root)) as studio:
        assert {path: path.stat().st_mtime_ns for path in static_root.rglob("*")} == before
        below = set(children(studio.process.pid))
        assert len(below) >= 3
        studio.process.kill()
        studio.process.wait()
        wait_for(lambda: not [pid for pid in below if Path(f"/proc/{pid}").exists()])
        assert is_free(studio.port)


@pytest.mark.django_db(transaction=True)
def test_the_second_signal_to_the_supervisor_ends_everything_at_once(alice: User, sandbox: Sandbox) -> None:
    make_generation(owner=alice, prompt="A lighthouse sandbox:slow=25")
    supervised = "import sys; from playground.management import supervisor as s; "
    supervised += "s.supervise([s.Child('worker', [sys.executable, 'manage.py', 'worker'], s.WORKER_STOP_SECONDS)])"
    supervisor = command("-c", supervised)
    try:
        wait_for(lambda: bool(sandbox.task_log()))
        [worker] = children(supervisor.pid)
        supervisor.send_signal(signal.SIGINT)
        time.sleep(1)
        assert supervisor.poll() is None, "it waits for the answer to what was sent"
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(seconds(5)) == 128 + signal.SIGINT
        wait_for(lambda: not Path(f"/proc/{worker}").exists())
    finally:
        supervisor.kill()
        supervisor.communicate()
