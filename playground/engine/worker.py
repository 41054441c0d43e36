"""The worker: an asyncio engine over the generation rows.

1. It writes its heartbeat, renews the leases of its rows, and removes the files of deleted pictures.
2. It claims the rows that are due, earliest first, as many as it has free hands.
3. It takes one step with each row, all at the same time (`steps.advance`).
4. It also sends the mails that are due (`notifications`), checks keys that EvoLink has refused once, checks the stored
   files every night (`file_check`), and reads EvoLink's public price list once a day if the studio follows it
   (`published_prices`).
5. When it is told to stop, it claims and sends nothing more, waits for the running steps, and ends.

Any number of workers may run. Two workers never hold the same row (see `GenerationQuerySet.claim`). If a worker is
killed, its claims end after `LEASE_SECONDS`, and another worker continues with its rows.
"""

import asyncio
import os
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db import connections as database
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey
from playground.engine import faults, file_check, notifications, published_prices
from playground.engine.backoff import LONGEST_PAUSE
from playground.engine.clients import ClientPool
from playground.engine.clocks import ClockWatch
from playground.engine.database import in_database
from playground.engine.runtime import Runtime
from playground.engine.steps import advance
from playground.evolink.client import SUBMIT_DEADLINE
from playground.models import Candidate, GeneratedImage, Generation, Heartbeat, Superseded
from playground.references import ingest as references

log = structlog.get_logger(__name__)

HANDS = 256
IDLE_SECONDS = 0.25
BEAT_SECONDS = 5.0
# How long a stopping worker waits for its steps: for any step, and for one that waits for the answer to a request.
LEAVE_SECONDS = 25.0
POST_SECONDS = SUBMIT_DEADLINE + 10.0
MAIL_SECONDS = 60.0
SWEPT_AT_ONCE = 20
SWEPT_EVERY = timedelta(hours=1)


class Worker:
    def __init__(self, name: str = "") -> None:
        self.name = name or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.lease = timedelta(seconds=settings.LEASE_SECONDS)
        self.steps: dict[asyncio.Task[None], int] = {}  # the primary key of the row of each step
        # Not longer than the shortest pause between two polls, because then a row may be due again.
        self.idle = min(IDLE_SECONDS, settings.POLL_SECONDS)
        self._beat_at = float("-inf")
        self._clock = ClockWatch()
        self._swept_at = datetime.min.replace(tzinfo=UTC)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        connections = ClientPool()
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures") as pool:
            runtime = Runtime(connections, pool, stop)
            log.info("worker started", worker=self.name)
            sides = (
                *(self._send_mail(stop), self._check_keys(stop), file_check.run(stop)),
                self._read_prices(connections, stop),
            )
            beside = [asyncio.create_task(side) for side in sides]
            while not stop.is_set():
                if not await self._round(runtime):
                    await self._rest(stop, self.idle)
            await self._leave(runtime)
            await asyncio.gather(*beside)
        await connections.close()
        await in_database(database.close_all)()
        log.info("worker stopped", worker=self.name)

    async def run_until_idle(self) -> None:
        """Work until no generation is running and none is due. For tests and the bench."""
        stop = asyncio.Event()
        work = asyncio.create_task(self.run(stop))
        while not work.done() and (self.steps or await in_database(self._anything_left)()):
            await asyncio.sleep(0.02)
        stop.set()
        await work

    def _anything_left(self) -> bool:
        rows = Generation.objects.all()
        return (rows.running() | rows.in_hand() | rows.filter(due_at__lte=timezone.now())).exists()

    async def _round(self, runtime: Runtime) -> bool:
        """One heartbeat and one claim. Returns whether there was a row to claim."""
        try:
            await in_database(self._keep_alive)()
            claimed = await in_database(self._claim)()
        except DatabaseError as error:
            log.warning("database away", error=str(error))
            return False
        for generation in claimed:
            step = asyncio.create_task(self._step(runtime, generation))
            self.steps[step] = generation.pk
            step.add_done_callback(self.steps.pop)
        return bool(claimed)

    def _keep_alive(self) -> None:
        close_old_connections()
        self._look_at_the_clock(timezone.now())
        if time.monotonic() - self._beat_at < min(BEAT_SECONDS, self.lease.total_seconds() / 3):
            return
        now = timezone.now()
        Heartbeat.beat(self.name, now)
        Generation.objects.renew(self.name, [*self.steps.values()], lease=self.lease)
        Generation.objects.shorten_leases(self.lease)
        Generation.objects.look_through(now, beyond=2 * LONGEST_PAUSE)
        self._sweep(now)
        self._beat_at = time.monotonic()

    def _look_at_the_clock(self, now: datetime) -> None:
        """If somebody has set the clock, make all rows due now, because their due times came from another time."""
        if jump := self._clock.jump(now):
            rows = Generation.objects.look_through(now)
            direction = "ahead" if jump > timedelta() else "back"
            log.warning(f"the clock was set {direction}, so all rows are due now", by=str(abs(jump)), rows=rows)

    def _sweep(self, now: datetime) -> None:
        try:
            GeneratedImage.objects.sweep(now, limit=SWEPT_AT_ONCE)
            Candidate.objects.sweep(now, limit=SWEPT_AT_ONCE)
            if now - self._swept_at >= SWEPT_EVERY:
                self._swept_at = now
                references.sweep(now)
                ApiKey.objects.wipe_leftovers()
        except Exception:
            # Any error of the storage is allowed here: the next sweep finds the rows again, and generating does not
            # depend on it.
            log.exception("sweep failed")

    def _claim(self) -> list[Generation]:
        free = HANDS - len(self.steps)
        if not free:
            return []
        others = Generation.objects.exclude(pk__in=[*self.steps.values()])
        return others.claim(self.name, timezone.now(), lease=self.lease, limit=free)

    async def _step(self, runtime: Runtime, generation: Generation) -> None:
        try:
            await advance(runtime, generation)
        except Superseded as error:
            log.info("claim lost", generation=generation.code, error=str(error))
        except Exception as error:
            await self._failed(generation, error)

    async def _failed(self, generation: Generation, error: Exception) -> None:
        """Record a row's fault. An error here must not stop the other rows."""
        try:
            await in_database(faults.handle)(generation, error, timezone.now())
        except Superseded as superseded:
            log.info("claim lost", generation=generation.code, error=str(superseded))
        except Exception:
            # The fault cannot be written. The row stays claimed until its lease ends, and is then tried again.
            log.exception("step failed", generation=generation.code, status=generation.status)

    async def _rest(self, stop: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return

    async def _send_mail(self, stop: asyncio.Event) -> None:
        """Send mails once a minute until `stop` is set. A slow mail server delays only the next mail."""
        while not stop.is_set():
            try:
                for notice in await in_database(notifications.take)(timezone.now()):
                    if not await asyncio.to_thread(notifications.send, notice):
                        await in_database(notifications.give_back)(notice)
            except DatabaseError as error:
                log.warning("database away", error=str(error))
            await self._rest(stop, MAIL_SECONDS)

    async def _check_keys(self, stop: asyncio.Event) -> None:
        """Ask EvoLink about the keys that it has refused once, until `stop` is set. A slow answer delays only the next
        check."""
        while not stop.is_set():
            try:
                for key in await in_database(self._suspect_keys)():
                    verdict = await asyncio.to_thread(keys.ask, key)
                    await in_database(keys.record)(key, verdict)
            except DatabaseError as error:
                log.warning("database away", error=str(error))
            await self._rest(stop, min(settings.KEY_CHECK_SECONDS, BEAT_SECONDS))

    async def _read_prices(self, connections: ClientPool, stop: asyncio.Event) -> None:
        """Read the price list when it is due, until `stop` is set."""
        while not stop.is_set():
            try:
                await published_prices.rehearse(connections)
                await published_prices.read(connections)
            except DatabaseError as error:
                log.warning("database away", error=str(error))
            await self._rest(stop, BEAT_SECONDS)

    def _suspect_keys(self) -> list[ApiKey]:
        since = timezone.now() - timedelta(seconds=settings.KEY_CHECK_SECONDS)
        return list(ApiKey.objects.suspect(since))

    async def _leave(self, runtime: Runtime) -> None:
        """Wait for the running steps. A step that waits for the answer to a request gets as long as EvoLink may take:
        without the answer nobody knows whether the request was accepted and charged."""
        started = time.monotonic()
        if self.steps:
            log.info("stopping: waiting for the steps in the air", steps=len(self.steps))
        if runtime.posting:
            log.info("stopping: waiting for EvoLink's answer to what was sent", generations=sorted(runtime.posting))
        while self.steps:
            left = started + (POST_SECONDS if runtime.posting else LEAVE_SECONDS) - time.monotonic()
            if left <= 0:
                log.warning("stopping: steps are left behind", steps=len(self.steps))
                return
            await asyncio.wait(self.steps, timeout=min(left, BEAT_SECONDS / 5), return_when=asyncio.FIRST_COMPLETED)
            try:
                await in_database(self._keep_alive)()
            except DatabaseError as error:
                log.warning("database away", error=str(error))
