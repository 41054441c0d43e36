"""Callbacks: a POST of the settled task to its `callback_url`, with three retries after 1, 2 and 4 seconds."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

import httpx

from playground.evolink.errors import BlockedAddressError
from playground.evolink.guard import is_public, origin_of
from playground.evolink.limits import CALLBACK_PAUSES, CALLBACK_SECONDS
from playground.evolink.rules import Problem
from playground.sandbox.api import parsing
from playground.sandbox.replies import dump
from playground.sandbox.state import tasks
from playground.sandbox.state.world import World

LEASE: Final = 30.0  # seconds until another process may try
TICK: Final = 0.2  # seconds between two rounds
INTERNAL_NAMES: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def check(world: World, url: str | None) -> None:
    """Refuse a URL that names an internal address. The guard checks the addresses of a public name at delivery."""
    if url is None or is_exempt(world, url):
        return
    host = (urlsplit(url).hostname or "").rstrip(".")
    named_inside = host == "localhost" or host.endswith(INTERNAL_NAMES)
    if named_inside or (_is_address(host) and not is_public(host)):
        raise parsing.explain(Problem("callback_url", "internal_address"))


def is_exempt(world: World, url: str) -> bool:
    """Whether this exact scheme, host and port is exempt. An exempt URL does not need HTTPS."""
    try:
        return origin_of(url) in world.exempt_origins
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    """Whether this is an IP address in any notation of resolvers: 127.1, 0x7f000001, 2130706433 are loopback, too."""
    return ":" in host or all(part[:1].isdigit() for part in host.split("."))


class Postman:
    """Delivers callbacks that are due. `tick` does one round. `start` does rounds in a thread until `stop`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="sandbox-callbacks")
        self._stopping = threading.Event()
        self._rounds: threading.Thread | None = None

    def start(self) -> None:
        self._rounds = threading.Thread(target=self._run, name="sandbox-postman", daemon=True)
        self._rounds.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._rounds is not None:
            self._rounds.join()
        self._threads.shutdown(cancel_futures=True)

    def tick(self) -> int:
        """Settle the tasks that are due and deliver the callbacks that are due. Return the number of attempts."""
        now = self._world.clock()
        tasks.settle_due(self._world, now)
        return sum(self._threads.map(self._deliver, self._claim(now)))

    def _run(self) -> None:
        while not self._stopping.wait(TICK):
            now = self._world.clock()
            tasks.settle_due(self._world, now)
            for callback in self._claim(now):
                self._threads.submit(self._deliver, callback)

    def _claim(self, now: float) -> list[tasks.Row]:
        with self._world.store.reading() as connection:
            due = connection.execute(
                "select 1 from callbacks where outcome is null and due <= ? and lease <= ?", (now, now)
            ).fetchone()
        if due is None:
            return []
        with self._world.store.writing() as connection:
            return connection.execute(
                "update callbacks set lease = ? where outcome is null and due <= ? and lease <= ? returning *",
                (now + LEASE, now, now),
            ).fetchall()

    def _deliver(self, callback: tasks.Row) -> int:
        delivered = self._post(callback)
        failures = callback["failures"] + (not delivered)
        given_up = failures > len(CALLBACK_PAUSES)
        outcome = "delivered" if delivered else "given up" if given_up else None
        due = self._world.clock() + CALLBACK_PAUSES[failures - 1] if outcome is None else callback["due"]
        with self._world.store.writing() as connection:
            connection.execute(
                "update callbacks set failures = ?, outcome = ?, due = ?, lease = 0 where id = ?",
                (failures, outcome, due, callback["id"]),
            )
        return 1

    def _post(self, callback: tasks.Row) -> bool:
        """Make one attempt. Return True for a 2xx answer in time."""
        world = self._world
        with world.store.reading() as connection:
            task = tasks.get(connection, callback["task"])
            now = world.clock()
            if callback["state"] == "processing":
                task = {**dict(task), "state": "running"}
                now = min(now, task["created"] + 1)
            content = dump(tasks.view(world, connection, task, now))
        headers = {"content-type": "application/json", "user-agent": "EvoLink-Sandbox"}
        try:
            response = world.web.post(callback["url"], content=content, headers=headers, timeout=CALLBACK_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL, BlockedAddressError, ValueError):
            return False
        return response.is_success
