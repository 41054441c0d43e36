"""The time and the memory of the web process for sixteen reference images of 20 MB, compared with a plain copy of the
bytes.

The plain copy uses a socket on this machine and writes to a file: without HTTP, without checking the pictures. The
studio gets the pictures twice: as its page sends them (three at a time), and as a page without scripts does (all in one
form). A separate process decodes each picture, so the memory of the web process does not grow with the number of
pictures.
"""

import io
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image

ROOT = Path(__file__).parent.parent
COUNT, SIZE = 16, 20 * 1024 * 1024
AT_ONCE = 3
MEGABYTE = 1024 * 1024
START_SECONDS = 120


@dataclass(frozen=True)
class Found:
    """The time in seconds, and the peak growth of the web process in bytes."""

    way: str
    seconds: float
    grown: int | None = None


def photo() -> bytes:
    """A JPEG of about 18 MB that hardly compresses, like one of a camera with 18 million pixels."""
    out = io.BytesIO()
    Image.effect_noise((5000, 3600), 90).convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


def pictures(base: bytes) -> list[bytes]:
    """Sixteen different files of exactly `SIZE` bytes: the same picture, with different bytes after its end."""
    return [base + secrets.token_bytes(16) + bytes(SIZE - len(base) - 16) for _ in range(COUNT)]


def copied(files: list[bytes]) -> Found:
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryFile() as target:

        def receive() -> None:
            line, _address = server.accept()
            with line:
                while chunk := line.recv(256 * 1024):
                    target.write(chunk)

        thread = threading.Thread(target=receive)
        thread.start()
        started = time.perf_counter()
        with socket.create_connection(server.getsockname()) as line:
            for data in files:
                line.sendall(data)
        thread.join()
        return Found("plain copy over loopback", time.perf_counter() - started)


@contextmanager
def studio() -> Iterator[tuple[str, int]]:
    """The address and the web process of a studio with its own folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        surroundings = os.environ | {"DATA_DIR": folder, "PORT": str(port), "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL
        )
        try:
            url = f"http://localhost:{port}"
            wait_until_healthy(url)
            yield url, web_process(process.pid)
        finally:
            process.terminate()
            process.wait()


def wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("The studio did not start.")


def web_process(parent: int) -> int:
    """The process below `parent` that runs the application, which is the innermost one of the web server."""
    below = [parent]
    innermost = 0
    while below:
        pid = below.pop()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        below += [int(child) for child in children]
        if "granian" in Path(f"/proc/{pid}/cmdline").read_text():
            innermost = max(innermost, pid)
    return innermost


def memory(pid: int, kind: str) -> int:
    """Bytes of memory: `VmRSS` is the present value, `VmHWM` the peak since the last reset."""
    found = re.search(rf"{kind}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def signed_in(url: str) -> tuple[httpx.Client, str]:
    web = httpx.Client(base_url=url, trust_env=False, follow_redirects=True, timeout=300)
    web.get("/accounts/login/")
    values = {"login": "demo", "password": "demo", "csrfmiddlewaretoken": web.cookies["csrftoken"]}
    page = web.post("/accounts/login/", data=values, headers={"Referer": url}).text
    token = re.search(r'X-CSRFToken": "([^"]+)"', page)
    return web, token[1] if token else ""


def measured(way: str, pid: int, send: Callable[[], None]) -> Found:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = memory(pid, "VmRSS")
    started = time.perf_counter()
    send()
    return Found(way, time.perf_counter() - started, max(0, memory(pid, "VmHWM") - before))


def sender(web: httpx.Client, token: str) -> Callable[[list[bytes]], None]:
    def send(files: list[bytes]) -> None:
        parts = [("images", (f"{number}.jpg", io.BytesIO(data), "image/jpeg")) for number, data in enumerate(files)]
        answer = web.post("/references/add/", files=parts, headers={"X-CSRFToken": token})
        taken = answer.text.count("data-reference=")
        if taken != len(files):
            raise RuntimeError(f"{taken} of {len(files)} files were taken: {answer.status_code}")

    return send


def main() -> None:
    base = photo()
    files = pictures(base)
    print(f"{COUNT} files of {SIZE // MEGABYTE} MB")
    found = [copied(files)]
    with studio() as (url, pid):
        web, token = signed_in(url)
        send = sender(web, token)
        send(pictures(base)[:1])  # not measured, because only the first request needs this memory
        with ThreadPoolExecutor(AT_ONCE) as hands:
            found.append(
                measured(
                    "as the page sends them", pid, lambda: list(hands.map(send, ([data] for data in files))) and None
                )
            )
        others = pictures(base)
        found.append(measured("in one form", pid, lambda: send(others)))
        web.close()
    for result in found:
        times = result.seconds / found[0].seconds
        grown = "" if result.grown is None else f"   web process at most {result.grown / MEGABYTE:5.1f} MB larger"
        print(f"{result.way:26} {result.seconds:7.2f} s   {times:5.1f} ×{grown}")


if __name__ == "__main__":
    main()
