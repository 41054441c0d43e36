"""A server, a worker and a page. They run in the test's process, so that tests can also read the rows."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from playground.engine.worker import Worker
from tests.browser import find_chromium

# The event loop of the page runs in the test's thread, and Django would refuse to use the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Not an error: the page itself cancels requests that a newer one replaces.
CALLED_OFF = "net::ERR_ABORTED"
# Adds up the layout shifts without user input, as browsers count them.
COUNT_SHIFTS = """
  window.__shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": find_chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Blocks service workers, because they would hide requests from the tests. The test about it makes its own
    context."""
    own = {"locale": "en", "viewport": {"width": 1366, "height": 900}, "service_workers": "block"}
    return browser_context_args | own


class RunningWorker:
    """A worker in its own thread. Tests can stop and start it like a process."""

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_until_complete(Worker().run(self._stop))
        self._loop.close()

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[RunningWorker]:
    running = RunningWorker()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def live(live_server: LiveServer, worker: RunningWorker, settings: Settings) -> str:
    """The address of the studio, with a running worker."""
    settings.PUBLIC_URL = live_server.url
    return live_server.url


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """The errors of the browser: console errors (with content policy), script errors, failed requests."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "requestfailed",
        lambda request: (
            said.append(f"failed: {request.url} {request.failure}") if request.failure != CALLED_OFF else None
        ),
    )
    page.on(
        "response",
        lambda response: said.append(f"{response.status} {response.url}") if response.status >= 400 else None,
    )
    page.add_init_script(COUNT_SHIFTS)
    return said


@pytest.fixture
def sign_in(page: Page, live: str) -> Callable[[User], None]:
    """Signs in a person without the sign-in page."""

    def open_session(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live}])

    return open_session


# Waits for htmx to insert the settings, which is later than the response.
SETTINGS_TO_COME = """() => {
  window.__settings = new Promise((resolve) => document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id === "settings") resolve();
  }));
}"""


def choose_model(page: Page, model: str) -> None:
    """Chooses a model in the studio, and waits until the page has its settings."""
    page.evaluate(SETTINGS_TO_COME)
    page.get_by_label("Model").select_option(model)
    page.evaluate("() => window.__settings")


def choose(page: Page, name: str, value: str) -> None:
    """Clicks a tile like a person: the radio button inside is invisible and may be covered."""
    page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()


def layout_shift(page: Page) -> float:
    return float(page.evaluate("window.__shift"))


def violations(page: Page) -> list[str]:
    """The violations that axe finds after all animations have ended."""
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]
