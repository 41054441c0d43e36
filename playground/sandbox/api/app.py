"""The sandbox: one handler that answers an `httpx.Request` with an `httpx.Response`. It keeps its state on disk."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import httpx

from playground.evolink.guard import origin_of
from playground.sandbox import painter
from playground.sandbox.api import estimates, files, prices, reads, submit, uploads
from playground.sandbox.replies import Refusal, refuse
from playground.sandbox.script import read_options
from playground.sandbox.state import inputs, pictures, tasks
from playground.sandbox.state.store import Store
from playground.sandbox.state.sweep import sweep
from playground.sandbox.state.world import Call, World, credits, moment
from playground.sandbox.transport import SandboxTransport

THREADS: Final = 16


@dataclass(frozen=True)
class BillingEntry:
    """One charge for a task in credits. Negative for a refund."""

    task_id: str
    credits: Decimal
    at: datetime


@dataclass(frozen=True)
class TaskEntry:
    """One accepted task in its current state."""

    id: str
    model: str
    prompt: str
    status: str
    created: datetime
    callback_url: str | None
    image_urls: tuple[str, ...]
    mask_url: str | None
    credits_reserved: Decimal
    credits_charged: Decimal | None
    idempotency_key: str | None


@dataclass(frozen=True)
class ServingEntry:
    """One picture that was served: its task, its index in the task, and the SHA-256 and length of its bytes."""

    task_id: str
    index: int
    sha256: str
    length: int
    at: datetime


Action = Callable[..., httpx.Response]

ROUTES: Final[Sequence[tuple[str, re.Pattern[str], Action]]] = (
    ("POST", re.compile(r"/v1/images/generations"), submit.submit),
    ("GET", re.compile(r"/v1/tasks"), reads.listing),
    ("POST", re.compile(r"/v1/tasks/batch"), reads.batch),
    ("GET", re.compile(r"/v1/tasks/([^/]+)"), reads.task),
    ("GET", re.compile(r"/v1/credits"), reads.credits),
    ("GET", re.compile(r"/v1/models"), reads.models),
    ("GET", re.compile(r"/v1/catalog/models"), prices.models),
    ("GET", re.compile(r"/v1/catalog/health"), prices.health),
    ("GET", re.compile(r"/v1/catalog/pricing-rules"), prices.rules),
    ("GET", re.compile(r"/v1/catalog/pricing-rules/([^/]+)"), prices.rule),
    ("GET", re.compile(r"/v1/catalog/models/([^/]+)/pricing-rules"), prices.rule),
    ("POST", re.compile(r"/v1/agent-estimates"), estimates.quote),
    ("POST", re.compile(r"/api/v1/files/upload/base64"), files.upload_base64),
    ("POST", re.compile(r"/api/v1/files/upload/stream"), files.upload_stream),
    ("POST", re.compile(r"/api/v1/files/upload/url"), files.upload_url),
    ("GET", re.compile(r"/api/v1/files/upload-receipts/([^/]+)"), files.receipt),
    ("POST", re.compile(r"/v1/files/upload-token"), uploads.give_token),
    ("GET", re.compile(r"/api/v1/files/quota"), files.quota),
    ("GET", re.compile(r"/api/v1/files/list"), files.listing),
    ("GET", re.compile(r"/api/v1/files/download/(file_[0-9a-z]+)"), files.download),
    ("DELETE", re.compile(r"/api/v1/files/([^/]+)"), files.delete),
    ("GET", pictures.PATH, pictures.serve),
    ("GET", files.PATH, files.serve),
)


class Sandbox:
    """Answers as EvoLink does. Any number of threads and processes may share one `directory`.

    `seconds_per_image` is how long a picture takes by `clock` (unix seconds). `public_base` is the scheme and host of
    the result links; `transport()` answers these too. `scenarios` apply to every request, in addition to those that its
    prompt names. The guard lets `exempt_origins` (exact scheme, host and port) through. `paint` paints each picture;
    when it fails, the sandbox logs the failure and shows a plain picture.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seconds_per_image: float = 6.0,
        clock: Callable[[], float] = time.time,
        public_base: str = "https://files.sandbox.evolink.invalid",
        exempt_origins: Collection[str] = (),
        scenarios: Sequence[str] = (),
        opening_credits: Decimal = Decimal(100_000),
        reports_usage: bool = True,
        paint: painter.Painter = painter.paint,
    ) -> None:
        read_options(scenarios)
        exempt_origins = tuple(origin_of(origin) for origin in exempt_origins)
        self.world = World(
            store=Store(Path(directory)),
            clock=clock,
            seconds_per_image=seconds_per_image,
            public_base=public_base.rstrip("/"),
            exempt_origins=exempt_origins,
            scenarios=tuple(scenarios),
            opening_credits=opening_credits,
            reports_usage=reports_usage,
            paint=paint,
        )
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sandbox")
        self._fetching = ThreadPoolExecutor(4, thread_name_prefix="sandbox-inputs")

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to a request whose body was read. `extensions["wire"]` tells how to deliver the answer."""
        call = Call(self.world, request, self.world.clock(), self.world.script())
        try:
            response = self._route(call)
        except Refusal as refusal:
            files_api = call.request.url.path.startswith("/api/v1/files")
            response = (
                files.refuse(refusal)
                if files_api
                else refuse(refusal, dialect=call.dialect, request_id=call.request_id)
            )
        response.headers["x-request-id"] = response.headers["x-oneapi-request-id"] = call.request_id
        response.request = request
        return response

    def transport(self) -> SandboxTransport:
        """Return a transport for `httpx.AsyncClient(transport=…)` and `httpx.Client(transport=…)`."""
        return SandboxTransport(self.handle, self.threads)

    def billing_log(self) -> list[BillingEntry]:
        """Return every charge and refund until now, oldest first. Most failed tasks are not charged."""
        self.settle()
        rows = self._rows("select * from charges where at <= ? order by at, id", self.world.clock())
        return [BillingEntry(row["task"], credits(row["amount"]), moment(row["at"])) for row in rows]

    def task_log(self) -> list[TaskEntry]:
        """Return every accepted task, oldest first."""
        self.settle()
        return [_entry(row, self.world.clock()) for row in self._rows("select * from tasks order by created, id")]

    def serving_log(self) -> list[ServingEntry]:
        """Return every picture that was served, oldest first."""
        return [
            ServingEntry(row["task"], row["place"], row["sha256"], row["length"], moment(row["at"]))
            for row in self._rows("select * from servings order by id")
        ]

    def settle(self) -> None:
        """Finish all tasks that are due by the clock. Reading one task finishes that task, too."""
        tasks.settle_due(self.world, self.world.clock())

    def close(self) -> None:
        """Wait for running work and close the files. The sandbox must not be used afterwards."""
        self._fetching.shutdown(cancel_futures=True)
        self.threads.shutdown()
        self.world.close()

    def _route(self, call: Call) -> httpx.Response:
        method, path = call.request.method, call.request.url.path
        for verb, pattern, action in ROUTES:
            found = pattern.fullmatch(path)
            if found and (method == verb or (method, verb) == ("HEAD", "GET")):
                response = action(call, *found.groups())
                inputs.start(self.world, call.now, self._fetching)
                sweep(self.world, call.now)
                return response
        raise Refusal(404, None, f"Invalid URL ({method} {path})")

    def _rows(self, query: str, *values: float) -> list[tasks.Row]:
        with self.world.store.reading() as connection:
            return list(connection.execute(query, values))


def _entry(row: tasks.Row, now: float) -> TaskEntry:
    request = json.loads(row["request"])
    return TaskEntry(
        id=row["id"],
        model=row["model"],
        prompt=row["prompt"],
        status=tasks.status(row, now),
        created=moment(row["created"]),
        callback_url=request.get("callback_url"),
        image_urls=tuple(request.get("image_urls", ())),
        mask_url=request.get("mask_url"),
        credits_reserved=credits(row["reserved"]),
        credits_charged=None if row["charged"] is None else credits(row["charged"]),
        idempotency_key=row["idempotency_key"],
    )
