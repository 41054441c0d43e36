"""`make lighthouse`: checks the studio, the gallery and the prices with Lighthouse.

Runs the program in development mode with its own folder, signs in as demo, adds a few pictures, and prints the scores.
Accessibility and best practices must be 100. Performance is only printed, because it depends on the machine.

python -m tests.lighthouse PROGRAM    PROGRAM is the path of Lighthouse
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.browser import BROWSERS, find_chromium

PAGES = {"studio": "/", "gallery": "/gallery/", "pricing": "/pricing/"}
ATTEMPTS = 5
CATEGORIES = ("performance", "accessibility", "best-practices")
DEMANDED = {"accessibility": 100, "best-practices": 100}
CHROMIUM = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(port: int) -> Iterator[str]:
    """The address of the whole program. It ends with the `with` block."""
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--with-parent"]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(f"{address}/healthz", process)
            yield address
        finally:
            process.terminate()


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < end:
        try:
            if httpx.get(address, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The studio did not start.")


def cookie_of_demo() -> str:
    """The session cookie of demo, who has some pictures. Django reads its settings here, from this environment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from accounts.auth.demo import demo_user

    demo = demo_user()
    call_command("seed", count=24, distinct=6)
    browser = Client()
    browser.force_login(demo)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def report(program: str, address: str, cookie: str, folder: Path) -> dict[str, object]:
    """Lighthouse’s report on one page. It is tried again, because it sometimes misses the start of the page."""
    headers, answer = folder / "headers.json", folder / "report.json"
    headers.write_text(json.dumps({"Cookie": cookie}))
    only = ",".join(CATEGORIES)
    command = [program, address, "--quiet", "--output=json", f"--output-path={answer}", f"--only-categories={only}"]
    options = [f"--extra-headers={headers}", f"--chrome-flags={CHROMIUM}", "--disable-storage-reset"]
    for attempt in range(1, ATTEMPTS + 1):
        run = subprocess.run([*command, *options], check=False, stderr=subprocess.PIPE, text=True)
        if run.returncode == 0:
            break
        if attempt == ATTEMPTS or "run Lighthouse again" not in run.stderr:
            raise SystemExit(run.stderr)
    found: dict[str, object] = json.loads(answer.read_text())
    return found


def scores(found: dict) -> dict[str, int]:
    return {name: round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES}


def faults(found: dict) -> Iterator[str]:
    """What has cost points in the categories that must have 100."""
    for name in DEMANDED:
        for reference in found["categories"][name]["auditRefs"]:
            audit = found["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{audit['id']}: {audit['title']}"


def main(program: str) -> int:
    chromium = find_chromium(*BROWSERS)
    if chromium is None:
        raise SystemExit("No Chromium found (set CHROMIUM, or install one).")
    complete = True
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        ours = {"DATA_DIR": folder, "DATABASE_URL": "", "DEBUG": "1", "CHROME_PATH": chromium, "LOG_LEVEL": "ERROR"}
        os.environ.update(ours, DJANGO_SETTINGS_MODULE="playground.settings")
        with running(free_port()) as address:
            cookie = cookie_of_demo()
            print(f"{'':10}{''.join(f'{name:>17}' for name in CATEGORIES)}{'layout shift':>17}", flush=True)
            for page, path in PAGES.items():
                found = report(program, address + path, cookie, Path(folder))
                points = scores(found)
                shift = found["audits"]["cumulative-layout-shift"]["displayValue"]
                print(f"{page:10}{''.join(f'{points[name]:>17}' for name in CATEGORIES)}{shift:>17}", flush=True)
                for fault in faults(found):
                    print(f"{'':10}  {fault}", flush=True)
                complete &= all(points[name] >= least for name, least in DEMANDED.items())
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
