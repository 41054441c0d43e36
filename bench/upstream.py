"""EvoLink for a bench: the sandbox over HTTP in its own process. It notes when each read arrives.

python -m bench.upstream DIRECTORY    prints its address; `arrivals.txt` in DIRECTORY has a line for each read
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from playground.sandbox import Sandbox
from playground.sandbox.server import SandboxServer


class NotingSandbox(Sandbox):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.notes = (directory / "arrivals.txt").open("w", encoding="ascii", buffering=1)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            self.notes.write(f"{time.time()} {request.url.path.rpartition('/')[2]}\n")
        return super().handle(request)


@contextmanager
def upstream(directory: Path) -> Iterator[str]:
    """The address of an upstream that runs as long as the `with` block."""
    command = [sys.executable, "-m", "bench.upstream", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101  narrows the type
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def arrivals(directory: Path) -> list[tuple[float, str]]:
    """The reads in order: when each arrived (unix seconds), and its task."""
    lines = (directory / "arrivals.txt").read_text(encoding="ascii").splitlines()
    return [(float(at), task) for at, task in map(str.split, lines)]


def serve(directory: Path) -> None:
    with SandboxServer(NotingSandbox(directory), "127.0.0.1", 0) as server:
        print(server.base, flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
