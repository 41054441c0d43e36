"""A studio in live mode whose EvoLink is the hostile upstream on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.engine.power_cut import MISSING, Disk, database_on
from tests.factories import make_key
from tests.hostile.loop import Clock, Studio
from tests.hostile.upstream import Upstream


@pytest.fixture
def open_studio(
    alice: User, administrator: User, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> Iterator[Callable[[str], Studio]]:
    """Opens the studio; the seed says what the upstream does to orders whose prompt does not. Only once in a test."""

    def disk(stack: ExitStack) -> Disk | None:
        """The disk of the studio, if it can lose its power."""
        if MISSING or connection.vendor != "sqlite":
            return None
        disk = Disk(tmp_path / "data", tmp_path / "shadow")
        settings.MEDIA_ROOT = disk.data / "media"
        stack.enter_context(database_on(disk))
        return disk

    with ExitStack() as stack:

        def start(seed: str = "") -> Studio:
            upstream = Upstream(tmp_path / "evolink", seed=seed, callbacks_to=live_server.url)
            stack.callback(upstream.close)
            settings.LINKS_SECONDS = 300.0
            settings.DEBUG = True  # the guard allows loopback in development only
            settings.EVOLINK_URL = settings.EVOLINK_FILES_URL = upstream.base
            settings.PUBLIC_URL = "https://studio.example.com"  # stands in callback addresses; see `callbacks_to`
            settings.POLL_SECONDS, settings.LEASE_SECONDS = 0.05, 1.0
            clock = Clock(tmp_path / "clocks", upstream)
            stack.callback(clock.close)
            keys = [make_key(owner=alice), make_key(owner=administrator, for_members=True)]
            studio = Studio(alice, keys, upstream, clock, disk=disk(stack))
            stack.callback(studio.kill_workers)
            return studio

        yield start
