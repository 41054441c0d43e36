"""The three people of every test, and the world they live in: the sandbox without waiting, files in a temporary folder.

alice owns what a test is about, bob is a colleague it is shared with, charlie one it is not shared with.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.connect import open_sandbox
from playground.evolink.sandbox import Sandbox
from playground.worker import Worker


@pytest.fixture(autouse=True)
def world(settings: Settings, tmp_path: Path) -> None:
    """No test leaves anything behind, and none waits for a picture unless it says so."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SANDBOX_DIR = tmp_path / "sandbox"
    settings.SANDBOX_SECONDS = 0.0
    settings.POLL_SECONDS = 0.02
    settings.LEASE_SECONDS = 5.0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sandbox() -> Sandbox:
    """The sandbox that the worker of this test talks to."""
    return open_sandbox()


@pytest.fixture
def run_worker() -> Callable[[], None]:
    """Run one worker until nothing is running any more. The test needs a database that threads can share:
    `@pytest.mark.django_db(transaction=True)`."""

    def run() -> None:
        asyncio.run(asyncio.wait_for(Worker().run_until_idle(), timeout=60))

    return run


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
def as_alice(alice: User) -> Iterator[Client]:
    client = Client()
    client.force_login(alice)
    yield client


@pytest.fixture
def as_charlie(charlie: User) -> Iterator[Client]:
    client = Client()
    client.force_login(charlie)
    yield client
