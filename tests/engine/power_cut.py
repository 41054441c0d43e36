"""Power cuts. After one, the folder of the database and the files holds only what was synced.

A worker runs with a small library (power_cut.c) that notes each sync. It needs Linux and a C compiler.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
MISSING = "" if sys.platform == "linux" and COMPILER else "no C compiler found (or this is not Linux)"
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Disk:
    """`data` is the folder on the disk. `shadow` has what was synced of it: the contents of files and the names in
    folders, each by its inode."""

    data: Path
    shadow: Path

    def sync_all(self) -> None:
        """All that is in the folder now survives a power cut."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        for kind in ("contents", "names"):
            (self.shadow / kind).mkdir(parents=True)
        for path in (self.data, *self.data.rglob("*")):
            if path.is_dir():
                lines = [f"{inside.stat().st_ino} {inside.name}\n" for inside in path.iterdir()]
                (self.shadow / "names" / str(path.stat().st_ino)).write_text("".join(lines))
            else:
                shutil.copy(path, self.shadow / "contents" / str(path.stat().st_ino))

    def cut_power(self) -> None:
        """Puts the folder back to what was synced. A file whose name was synced but not its contents is empty."""
        before = self.data.with_name("before-the-cut")
        self.data.rename(before)
        self._restore(before, self.data)
        shutil.rmtree(before)
        self.sync_all()

    def _restore(self, before: Path, folder: Path) -> None:
        folder.mkdir()
        names = self.shadow / "names" / str(before.stat().st_ino)
        for line in names.read_text().splitlines() if names.exists() else ():
            inode, _blank, name = line.partition(" ")
            if (before / name).is_dir():
                self._restore(before / name, folder / name)
                continue
            contents = self.shadow / "contents" / inode
            (folder / name).write_bytes(contents.read_bytes() if contents.exists() else b"")


def copy_database(source: str, target: Path) -> None:
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


class Machine:
    """Starts workers that note their syncs, each in a process of its own, and waits for their ends."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, **order: Any) -> int:
        """Runs `obey` there. Returns the exit code."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(order, default=str), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


@contextmanager
def machine(disk: Disk, folder: Path) -> Iterator[Machine]:
    library = folder / "power_cut.so"
    source = Path(__file__).with_suffix(".c")
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-Wall", "-o", library, source, "-ldl"], check=True)
    environment = {
        "LD_PRELOAD": str(library),
        "POWER_CUT_DATA": str(disk.data),
        "POWER_CUT_SHADOW": str(disk.shadow),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.power_cut"],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Machine(process)
    finally:
        process.communicate(timeout=60)


def serve() -> None:
    """Loads Django once. Then forks a process for each order on the standard input, and prints its exit code."""
    from tests.engine import dying_worker  # loads Django

    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            obey(dying_worker, **json.loads(line))
            os._exit(0)
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def obey(
    dying_worker: Any,
    *,
    do: str,
    database: str,
    given: dict[str, Any],
    synchronous: str = "",
    plain_files: bool = False,
) -> None:
    """In the new process: a worker that dies at the point `do`, or an order that is handed in."""
    from django.conf import settings
    from django.db import connections

    options = connections.settings["default"]["OPTIONS"]
    if synchronous:
        options["init_command"] = f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
    if plain_files:
        settings.STORAGES["default"] = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"allow_overwrite": True},
        }
    forget_keys()
    if do == "hand in":
        connections.settings["default"]["NAME"] = database
        hand_in()
        dying_worker.die()
    dying_worker.work(do, given, database)


def forget_keys() -> None:
    """EvoLink does not document idempotency keys. So here it knows none: a request that is sent twice is two tasks."""
    from playground.evolink import Client

    original = Client.generate

    async def generate(self: Any, request: Any, **_key: Any) -> Any:
        return await original(self, request)

    Client.generate = generate  # type: ignore[method-assign]


def hand_in() -> None:
    from accounts.models import User
    from tests.factories import make_generation

    make_generation(owner=User.objects.get(username="alice"))


if __name__ == "__main__":
    serve()
