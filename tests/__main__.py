"""`make test`: runs the suite on SQLite, the tests of the database on PostgreSQL too, and the browser tests. Reports
what ran.

SQLite runs beside the other two, because each part waits a lot. The output is printed part by part. Long tests run
alone, because they check what happens within seconds.

python -m tests            everything but the long tests
python -m tests --soak     the long tests, on every database there is
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.core.management import execute_from_command_line

from tests.browser import find_chromium
from tests.engine.power_cut import MISSING as NO_POWER_CUTS

# Tried if POSTGRES_URL is not set. libpq takes their user and password from the environment.
LOCAL_SERVERS = ("postgresql:///test", "postgresql://127.0.0.1:5432/test")


def postgres_url() -> str | None:
    """The URL of the first PostgreSQL that accepts a connection. None if none does."""
    for url in filter(None, [os.environ.get("POSTGRES_URL"), *LOCAL_SERVERS]):
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return url
    return None


@dataclass
class Part:
    """One run of pytest in its own process. Its output goes into a file in `folder`."""

    name: str
    marks: str
    what: str  # in words
    paths: list[str] = field(default_factory=lambda: ["tests"])
    database: str = ""

    def start(self, folder: str) -> None:
        # Without a cache, because parts that run together would write into the same one.
        alone = ["-p", "no:cacheprovider", "--durations=5"]
        command = [sys.executable, "-m", "pytest", "-q", "-m", self.marks, *alone, *self.paths]
        self.said = Path(folder) / self.name
        self.started = time.monotonic()
        with self.said.open("w") as file:
            environment = os.environ | {"DATABASE_URL": self.database}
            self.process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)

    def finish(self) -> "Result":
        _pid, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - self.started
        print(f"== {self.name}: {self.what}\n{self.said.read_text()}", flush=True)
        return Result(self, self.process.returncode == 0, seconds, used.ru_utime + used.ru_stime)


@dataclass(frozen=True)
class Result:
    """The result of a part. `cpu` counts the processes that the tests started and waited for, but not the PostgreSQL
    server."""

    part: Part
    passed: bool
    seconds: float
    cpu: float

    def __str__(self) -> str:
        outcome = "passed" if self.passed else "FAILED"
        return f"  {self.part.name:<11} {outcome}  {self.cpu:5.0f} s of CPU in {self.seconds:4.0f} s: {self.part.what}"


def one_by_one(parts: list[Part], folder: str) -> list[Result]:
    results = []
    for part in parts:
        part.start(folder)
        results.append(part.finish())
    return results


def beside_the_first(parts: list[Part], folder: str) -> list[Result]:
    first, *others = parts
    first.start(folder)
    results = one_by_one(others, folder)
    return [first.finish(), *results]


def main(soak: bool) -> int:
    # Otherwise each of the many processes that tests start would compile the whole program again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Once, before any part reads the translations.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    execute_from_command_line(["manage.py", "compile_translations"])
    postgres, chromium = postgres_url(), find_chromium()
    marks = "soak" if soak else "not soak"
    parts = [
        Part("SQLite", f"{marks} and not browser", "everything without a browser"),
        Part("Browser", f"{marks} and browser", "what people click", ["tests/browser"]),
    ]
    if postgres:
        marked = [str(path) for path in sorted(Path("tests").rglob("test_*.py")) if "mark.database" in path.read_text()]
        marks = f"{marks} and database and not browser"
        parts.append(Part("PostgreSQL", marks, "what the database has a say in", marked, postgres))
    with tempfile.TemporaryDirectory() as folder:
        results = one_by_one(parts, folder) if soak else beside_the_first(parts, folder)

    print("What ran:")
    for result in results:
        print(result)
    print(f"  together            {sum(result.cpu for result in results):5.0f} s of CPU")
    if postgres:
        print(f"  PostgreSQL is the one at {urlsplit(postgres).hostname or 'the local socket'}.")
    else:
        print("  PostgreSQL  skipped: none answered (set POSTGRES_URL to name one)")
    if NO_POWER_CUTS:
        print(f"  Power cuts  skipped: {NO_POWER_CUTS}")
    if not chromium:
        print("  Browser     skipped: no Chromium found (set CHROMIUM, or install one)")
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(soak="--soak" in sys.argv[1:]))
