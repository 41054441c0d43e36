"""`make test`: the suite on SQLite, again on PostgreSQL where one answers, and in a browser. Says what ran.

SQLite runs beside the other two, because each part waits a good deal; what they say is printed one after the other.
Long tests have the machine to themselves: they look at what happens within seconds.

python -m tests            everything but the long tests
python -m tests --soak     the long tests, on every database there is
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.core.management import execute_from_command_line

from tests.browser import find_chromium

# POSTGRES_URL names one; otherwise these are tried, with the names libpq takes from the environment.
LOCAL_SERVERS = ("postgresql:///test", "postgresql://127.0.0.1:5432/test")

# These know no database of ours: once is enough.
WITHOUT_DATABASE = (
    *(
        "tests/evolink",
        "tests/sandbox",
        "tests/test_architecture.py",
        "tests/references/test_corpus.py",
        "tests/money/test_prices.py",
    ),
    *("tests/management/test_serve.py", "tests/web/test_shell.py", "tests/web/test_translations.py"),
)


def postgres_url() -> str | None:
    """The first PostgreSQL that lets us in."""
    for url in filter(None, [os.environ.get("POSTGRES_URL"), *LOCAL_SERVERS]):
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return url
    return None


@dataclass
class Part:
    """One run of pytest in a process of its own. What it says goes into a file of `folder`."""

    title: str
    marks: str
    options: list[str] = field(default_factory=list)
    database: str = ""

    @property
    def name(self) -> str:
        return self.title.partition(",")[0]

    def start(self, folder: str) -> None:
        # Each has its own cache: they would write into one another's.
        alone = ["-p", "no:cacheprovider", "--durations=5"]
        command = [sys.executable, "-m", "pytest", "-q", "-m", self.marks, *alone, *self.options]
        self.said = Path(folder) / self.title
        with self.said.open("w") as file:
            environment = os.environ | {"DATABASE_URL": self.database}
            self.process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)

    def finish(self) -> bool:
        code = self.process.wait()
        print(f"== {self.title}\n{self.said.read_text()}", flush=True)
        return code == 0


def one_by_one(parts: list[Part], folder: str) -> dict[str, bool]:
    passed = {}
    for part in parts:
        part.start(folder)
        passed[part.name] = part.finish()
    return passed


def beside_the_first(parts: list[Part], folder: str) -> dict[str, bool]:
    first, *others = parts
    first.start(folder)
    passed = one_by_one(others, folder)
    return {first.name: first.finish()} | passed


def main(soak: bool) -> int:
    # Once, before anybody reads them.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    execute_from_command_line(["manage.py", "compile_translations"])
    postgres, chromium = postgres_url(), find_chromium()
    marks = "soak" if soak else "not soak"
    parts = [Part("SQLite", f"{marks} and not browser"), Part("Browser", f"{marks} and browser", ["tests"])]
    if postgres:
        once = [f"--ignore={folder}" for folder in WITHOUT_DATABASE]
        parts.append(Part("PostgreSQL, without what knows no database", f"{marks} and not browser", once, postgres))
    with tempfile.TemporaryDirectory() as folder:
        passed = one_by_one(parts, folder) if soak else beside_the_first(parts, folder)

    print("What ran:")
    for title, well in passed.items():
        print(f"  {title:<11} {'passed' if well else 'FAILED'}")
    if postgres:
        print(f"  PostgreSQL  is the one at {urlsplit(postgres).hostname or 'the local socket'}")
    else:
        print("  PostgreSQL  skipped: none answered (set POSTGRES_URL to name one)")
    if not chromium:
        print("  Browser     skipped: no Chromium found (set CHROMIUM, or install one)")
    return 0 if all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main(soak="--soak" in sys.argv[1:]))
