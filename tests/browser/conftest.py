"""A server, a worker and a page. They run in the test's process, so that tests can also read the rows."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from playground.engine.worker import Worker
from tests.browser import find_chromium
from tests.waits import seconds

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
# Adds up the layout shifts that no user input explains. Browsers let an input explain the shifts of the next half
# second; on a busy machine the answer to it comes later than that.
ANSWERED_WITHIN = seconds(2) * 1000  # milliseconds
COUNT_SHIFTS = f"""
  window.__shift = 0;
  let input = -Infinity;
  for (const kind of ["pointerdown", "keydown", "input", "change"])
    addEventListener(kind, () => {{ input = performance.now(); }}, true);
  new PerformanceObserver((list) => {{
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput && entry.startTime - input > {ANSWERED_WITHIN}) window.__shift += entry.value;
  }}).observe({{ type: "layout-shift", buffered: true }});
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": find_chromium(), "args": FLAGS}


# Upper limits: whatever a test waits for comes much sooner.
TIMEOUT = seconds(30) * 1000  # milliseconds
expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A service worker would hide requests from the tests; the one that is about it asks for it."""
    own = {"locale": "en", "viewport": {"width": 1366, "height": 900}, "service_workers": "block"}
    return browser_context_args | own


class Devices:
    """Browser contexts, by their options. Making one costs as much as loading four pages, so each serves many tests;
    between two tests it forgets everything but the static files it has fetched."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._used: list[tuple[str, BrowserContext]] = []

    def take(self, options: dict[str, Any]) -> BrowserContext:
        key = json.dumps(options, sort_keys=True)
        free = self._free.setdefault(key, [])
        context = free.pop() if free else self._browser.new_context(**options)
        context.set_default_timeout(TIMEOUT)
        self._used.append((key, context))
        return context

    def give_back(self, origin: str) -> None:
        for key, context in self._used:
            self._forget(context, origin)
            self._free[key].append(context)
        self._used.clear()

    def throw_away(self) -> None:
        """For a test that changed what cannot be forgotten, such as the clock."""
        for _key, context in self._used:
            context.close()
        self._used.clear()

    def _forget(self, context: BrowserContext, origin: str) -> None:
        context.unroute_all(behavior="ignoreErrors")
        context.set_offline(False)
        context.clear_permissions()
        context.clear_cookies()
        if not context.pages:
            return
        session = context.new_cdp_session(context.pages[-1])
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        for page in context.pages:
            page.close()


@pytest.fixture(scope="session")
def all_devices(browser: Browser) -> Devices:
    return Devices(browser)


@pytest.fixture
def devices(all_devices: Devices, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Devices]:
    yield all_devices
    if request.node.get_closest_marker("own_device"):
        all_devices.throw_away()
    else:
        all_devices.give_back(live_server.url)


@pytest.fixture
def another(devices: Devices, browser_context_args: dict[str, Any]) -> Callable[..., Page]:
    """Opens a page on another device; the options are those of Playwright's contexts. Whoever is given as `like` is
    signed in there too."""

    def opened(like: Page | None = None, **options: Any) -> Page:
        context = devices.take(browser_context_args | options)
        if like:
            context.add_cookies(like.context.cookies())  # type: ignore[arg-type]
        return context.new_page()

    return opened


@pytest.fixture
def context(devices: Devices, browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> BrowserContext:
    """Where `page` is opened; `@pytest.mark.browser_context_args(…)` changes its options."""
    marker = request.node.get_closest_marker("browser_context_args")
    return devices.take(browser_context_args | (marker.kwargs if marker else {}))


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
        self._thread.join(seconds(30))
        assert not self._thread.is_alive()


@pytest.fixture
def worker(transactional_db: None, settings: Settings) -> Iterator[RunningWorker]:
    settings.POLL_SECONDS = 0.1  # a worker that looks for work all the time takes it from the browser
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
    if page.locator(f'[name="model"][value="{model}"]').is_checked():
        return
    page.evaluate(SETTINGS_TO_COME)
    choose(page, "model", model)
    page.evaluate("() => window.__settings")


def opened(page: Page, selector: str) -> Locator:
    """A control of the composer, after everything that it is folded into was opened."""
    control = page.locator(selector)
    folds = page.locator("details:not([open])", has=control)
    while folds.count():
        folds.first.locator("summary").first.click()
    return control


def choose(page: Page, name: str, value: str) -> None:
    """Clicks a tile like a person: the radio button inside is invisible and may be covered."""
    opened(page, f'label:has(input[name="{name}"][value="{value}"])').click()


def wait_until(page: Page, true: Callable[[], object]) -> None:
    """Wait for what no locator sees, such as a row."""
    limit = time.monotonic() + seconds(30)
    while not true():
        assert time.monotonic() < limit, "waited too long"
        page.wait_for_timeout(50)


def layout_shift(page: Page) -> float:
    return float(page.evaluate("window.__shift"))


AXE = Axe().axe_script
# Style sheets are fetched once more for experimental rules only.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
}


RUN_AXE = "([part, options]) => axe.run(part, options).then(({ violations }) => violations)"


def at_rest(page: Page) -> None:
    """Wait until nothing moves any more."""
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))")


def violations(page: Page, part: str = "html") -> list[str]:
    """What axe finds in the part of a page that a selector names, once everything is at rest."""
    at_rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, [part, AXE_OPTIONS])
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]
