"""Power cuts. After one, the folder of the database and the files holds only what was synced.

Workers run with a small library (power_cut.c) that notes each sync. It needs Linux and a C compiler.
"""

import atexit
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
MISSING = "" if sys.platform == "linux" and COMPILER else "no C compiler found (or this is not Linux)"


@dataclass(frozen=True)
class Disk:
    """`data` is the folder on the disk. `shadow` has what was synced of it: the contents of files and the names in
    folders, each by its inode."""

    data: Path
    shadow: Path

    def trace(self) -> None:
        """From now on the library notes what this process syncs."""
        os.environ["POWER_CUT_DATA"] = str(self.data)
        os.environ["POWER_CUT_SHADOW"] = str(self.shadow)

    def sync_all(self) -> None:
        """All that is in the folder now survives a power cut."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        for kind in ("contents", "names"):
            (self.shadow / kind).mkdir(parents=True)
        self.sync(self.data, *self.data.rglob("*"))

    def sync(self, *paths: Path) -> None:
        """These files and folders survive a power cut as they are now, as if a process with the library had synced
        them."""
        with (self.shadow / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for path in paths:
                inode = str(path.stat().st_ino)
                if path.is_dir():
                    lines = [f"{inside.stat().st_ino} {inside.name}\n" for inside in path.iterdir()]
                    (self.shadow / "names" / inode).write_text("".join(lines))
                else:
                    shutil.copy(path, self.shadow / "contents" / inode)

    def cut_power(self) -> None:
        """Puts the folder back to what was synced. A file whose name was synced but not its contents is empty. No
        process may have a file of it open."""
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

    def is_open(self) -> bool:
        """Whether this process has a file of the folder open."""
        for handle in Path("/proc/self/fd").iterdir():
            try:
                target = handle.readlink()
            except FileNotFoundError:  # closed meanwhile
                continue
            if target.is_relative_to(self.data):
                return True
        return False


@contextmanager
def database_on(disk: Disk) -> Iterator[Path]:
    """Meanwhile the database of the test is a copy of it on this new disk. Yields its file."""
    disk.data.mkdir()
    configured = connection.settings_dict
    before = {name: configured[name] for name in ("NAME", "OPTIONS")}
    connection.close()
    database = disk.data / "studio.sqlite3"
    with closing(sqlite3.connect(before["NAME"])) as source, closing(sqlite3.connect(database)) as copy:
        source.backup(copy)
    # This process does not note its syncs. So it writes only the log, and others write the log into the database.
    alone = before["OPTIONS"]["init_command"] + " PRAGMA wal_autocheckpoint=0;"
    configured |= {"NAME": str(database), "OPTIONS": before["OPTIONS"] | {"init_command": alone}}
    disk.sync_all()
    try:
        yield database
    finally:
        connection.close()
        configured |= before


@contextmanager
def tracing() -> Iterator[None]:
    """Processes that are started meanwhile have the library. It does nothing before `Disk.trace`."""
    if MISSING:
        yield
        return
    before = os.environ.get("LD_PRELOAD")
    os.environ["LD_PRELOAD"] = f"{before} {_library()}" if before else str(_library())
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]
        if before:
            os.environ["LD_PRELOAD"] = before


@cache
def _library() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    library, source = folder / "power_cut.so", Path(__file__).with_suffix(".c")
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library


def obey(
    disk: Disk, given: dict[str, Any], database: str, do: str, synchronous: str = "", plain_files: bool = False
) -> None:
    """In a process of its own: a worker that dies at the point `do`, or an order that is handed in."""
    from django.conf import settings
    from django.db import connections

    from tests.engine import dying_worker

    disk.trace()
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


def say_whether_locked(disk: Disk, database: Path) -> None:
    """In a process of its own, which reads the database and syncs it. It exits with 0 if it has kept its locks."""
    disk.trace()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM playground_generation").fetchone()
    before = _locks_on(database)
    [handle, *_] = [one for one in Path("/proc/self/fd").iterdir() if one.is_symlink() and one.readlink() == database]
    os.fsync(int(handle.name))
    after = _locks_on(database)
    os._exit(0 if before and before == after else 1)


def _locks_on(file: Path) -> int:
    """How many locks this process has on a file."""
    held = (line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" not in line)
    inode = file.stat().st_ino
    return sum(int(line[4]) == os.getpid() and int(line[5].split(":")[2]) == inode for line in held)


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
