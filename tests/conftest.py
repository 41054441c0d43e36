"""The three people of every test, and their environment: a sandbox that does not wait, and files in a temporary folder.

A test is about things of alice. She shares them with bob, but not with charlie.
"""

import asyncio
import gc
import os
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from importlib import import_module, reload
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template import engines
from django.test import Client, TransactionTestCase
from django.test import client as test_client
from django.test.client import store_rendered_templates
from django.test.signals import reset_template_engines, setting_changed
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from playground.engine.clients import open_sandbox
from playground.engine.database import in_database
from playground.engine.worker import Worker
from playground.models import Generation
from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.server import SandboxServer
from tests.browser import find_chromium
from tests.emptying import delete_rows
from tests.waits import seconds


def pytest_configure() -> None:
    """Looks for no garbage while tests are collected: everything stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Looks for garbage rarely from now on, and not among what was collected; it took a quarter of the suite's time."""
    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests run last, because they leave a running event loop in this thread. Without a browser they are
    skipped, or fail if BROWSER_TESTS is "required"."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if find_chromium() or os.environ.get("BROWSER_TESTS") == "required":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium found (set CHROMIUM, or install one)"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite as in production: a file with a write-ahead log. SQLite in memory locks differently."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        # Its own name, so that two runs can use one server.
        connection.settings_dict["TEST"]["NAME"] = f"test_studio_{os.getpid()}"


def _store_the_page_alone(store: dict[str, Any], **sent: Any) -> None:
    """Django keeps a copy of the context of every template that a page includes, which is a tenth of what a page costs;
    tests look at the page's own."""
    if "context" not in store:
        store_rendered_templates(store, **sent)


@pytest.fixture(scope="session", autouse=True)
def settled(django_test_environment: None) -> None:
    """Prepares what all tests share, so that no test depends on an earlier one: compiled translations, and the URLs of
    production."""
    call_command("compile_translations", verbosity=0)
    reload(import_module(settings.ROOT_URLCONF))
    test_client.store_rendered_templates = _store_the_page_alone
    TransactionTestCase._fixture_teardown = delete_rows
    # Otherwise Django would write down every query while DEBUG is on, and on SQLite run another one to do so.
    BaseDatabaseWrapper.queries_logged = property(lambda self: self.force_debug_cursor)
    # Otherwise all templates would be parsed again whenever a test changes DEBUG, which no template shows.
    engines.all()
    setting_changed.disconnect(reset_template_engines)


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """STATIC_ROOT for all production servers of the tests. The first server collects the files."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def new_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Path | None:
    """A database with all tables and nobody in it, to copy for a server: migrating takes most of the time of its first
    start. None if the tests do not run on SQLite."""
    if connection.vendor != "sqlite":
        return None
    copy = tmp_path_factory.mktemp("new") / "new.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(copy)) as into:
        connection.ensure_connection()
        connection.connection.backup(into)
    return copy


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Resets the language. A request leaves its language active in this thread, and the next test must not get it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def world_in(folder: Path) -> dict[str, Any]:
    """The settings of every test, with its files in `folder`. Pictures take no time and the plain painter draws them,
    unless a test says otherwise."""
    (folder / "uploads").mkdir()
    return {
        "DATA_DIR": folder,
        "MEDIA_ROOT": folder / "media",
        "FILE_UPLOAD_TEMP_DIR": folder / "uploads",
        "SANDBOX_DIR": folder / "sandbox",
        "SANDBOX_SECONDS": 0.0,
        "SANDBOX_PLAIN": True,
        "POLL_SECONDS": 0.02,
        "LEASE_SECONDS": 30.0,
        "LINKS_SECONDS": 0.0,
        "KEY_CHECK_SECONDS": 0.1,
        "KEY_ENCRYPTION_KEYS": ["dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMDAwMDAwMDA="],
        # Otherwise every test client would scan all static files first.
        "WHITENOISE_AUTOREFRESH": True,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


@pytest.fixture(autouse=True)
def world(settings: Settings, tmp_path: Path) -> None:
    for name, value in world_in(tmp_path).items():
        setattr(settings, name, value)


@pytest.fixture
def hashed_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder of static files as production has them, under their hashed names; uncompressed, because that takes
    long."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "playground.web.static_files.HashedFiles"}}
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "svg", "txt", "md"]
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


@pytest.fixture
def sandbox() -> Sandbox:
    """The sandbox that the worker of this test uses."""
    return open_sandbox()


def in_a_thread(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Runs `work` in a new thread. After a browser test this thread has a running event loop, and a worker needs its
    own."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(asyncio.wait_for(work(), timeout=seconds(120)))).result()


@pytest.fixture
def evolink(settings: Settings, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox over HTTP in place of the real EvoLink, for keys and live generations."""
    settings.DEBUG = True  # the guard allows loopback in development only
    sandbox = Sandbox(tmp_path / "evolink", seconds_per_image=0.0, paint=paint_plain)
    with SandboxServer(sandbox, "127.0.0.1", 0) as server:
        settings.EVOLINK_URL = settings.EVOLINK_FILES_URL = server.base
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        yield sandbox
        server.shutdown()
        thread.join()
    sandbox.close()


@pytest.fixture
def run_worker() -> Callable[[], None]:
    """Runs one worker until nothing runs and nothing is due. The threads must share the database, so the test needs
    `@pytest.mark.django_db(transaction=True)`."""
    return lambda: in_a_thread(Worker().run_until_idle)


def work_once() -> None:
    """Runs one worker until nothing is due in the next tenth of a second, for generations that do not end."""

    def busy() -> bool:
        now = timezone.now()
        soon = Generation.objects.filter(due_at__lte=now + timedelta(seconds=0.1))
        return (Generation.objects.in_hand() | soon).exists()

    async def work() -> None:
        stop = asyncio.Event()
        worker = Worker()
        running = asyncio.create_task(worker.run(stop))
        while not running.done() and (worker.steps or await in_database(busy)()):
            await asyncio.sleep(0.02)
        stop.set()
        await running

    in_a_thread(work)


@pytest.fixture
def run_once() -> Callable[[], None]:
    return work_once


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user(username="alice", password="alice", first_name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user(username="bob", password="bob", first_name="Bob")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user(username="charlie", password="charlie", first_name="Charlie")


@pytest.fixture
def viewer(db: None) -> User:
    return User.objects.create_user(username="vera", password="vera", first_name="Vera", role=Role.VIEWER)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser(username="ada", password="ada", first_name="Ada", email="ada@example.com")


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client
