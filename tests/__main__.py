"""`make test`: the suite on SQLite, and again on PostgreSQL where one answers. Says what ran and what did not.

python -m tests            everything but the long tests
python -m tests --soak     the long tests, on every database there is
"""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg

from tests.browser import find_chromium

# POSTGRES_URL names one; otherwise these are tried, with the names libpq takes from the environment.
LOCAL_SERVERS = ("postgresql:///test", "postgresql://127.0.0.1:5432/test")

# These know no database of ours: once is enough.
WITHOUT_DATABASE = ("tests/evolink", "tests/sandbox", "tests/test_architecture.py", "tests/test_serve.py")


def postgres_url() -> str | None:
    """The first PostgreSQL that lets us in."""
    for url in filter(None, [os.environ.get("POSTGRES_URL"), *LOCAL_SERVERS]):
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return url
    return None


def run(marks: str, *options: str, **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-m", marks, "--durations=5", *options]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


def main(soak: bool) -> int:
    postgres = postgres_url()
    chromium = find_chromium()
    marks = "soak" if soak else "not soak"
    print("== SQLite" + (", with the browser tests" if chromium else ""), flush=True)
    codes = [run(marks, DATABASE_URL="")]
    if postgres:
        print("== PostgreSQL, without the browser tests and those that know no database", flush=True)
        once = [f"--ignore={folder}" for folder in WITHOUT_DATABASE]
        codes.append(run(f"{marks} and not browser", *once, DATABASE_URL=postgres))

    print("\nWhat ran:")
    print(f"  SQLite      {'passed' if codes[0] == 0 else 'FAILED'}")
    if postgres:
        host = urlsplit(postgres).hostname or "local socket"
        print(f"  PostgreSQL  {'passed' if codes[1] == 0 else 'FAILED'} ({host})")
    else:
        print("  PostgreSQL  skipped: none answered (set POSTGRES_URL to name one)")
    if chromium:
        print(f"  browser     ran with {chromium}")
    else:
        print("  browser     skipped: no Chromium found (set CHROMIUM, or install one)")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(soak="--soak" in sys.argv[1:]))
