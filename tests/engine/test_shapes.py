"""Every shape of EvoLink's answers, played through the worker: what the person reads, and what is booked."""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import time_machine
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from playground.engine.clients import open_sandbox
from playground.models import HISTORY_LENGTH, GeneratedImage, Generation
from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.replies import answer
from playground.sandbox.server import SandboxServer
from playground.sandbox.state import pictures
from tests.conftest import work_once, world_in
from tests.emptying import delete_rows
from tests.engine.shapes import (
    ABOUT_THE_MONEY,
    AT_ONCE,
    BILL,
    ESTIMATE,
    HELD,
    IN_THE_END,
    SHAPES,
    SOON,
    Booked,
    Reply,
    Shape,
)
from tests.factories import make_generation, make_key
from tests.html import Html
from tests.waits import let_pass

# Needs the database: what many steps at once have booked.
pytestmark = [pytest.mark.django_db, pytest.mark.database]

TASK = re.compile(r"/v1/tasks/([^/]+)")
# What passes before each look, and before the steps between them.
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TIMES = (
    (timedelta(0), AT_ONCE),
    (2 * MINUTE, SOON),
    *((time, "") for time in (10 * MINUTE, HOUR + MINUTE, 6 * HOUR)),
    (20 * HOUR, IN_THE_END),
)


# The smallest picture, because drawing and checking pictures takes most of the time.
SMALL = {"model": "gpt-image-2", "size": "1024x640"}


class Shaped(Sandbox):
    """The sandbox, which draws and serves; what its answers say is the table's. An order names its shape in the
    prompt."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, seconds_per_image=0.0, paint=paint_plain)
        self.posts: dict[int, list[tuple[str, Any]]] = defaultdict(list)  # the idempotency keys and bodies
        self.made: dict[str, Shape] = {}  # by the id of the task
        self.stage = 0  # how much time has passed: an index of `TIMES`
        self.agents: set[str] = set()  # that fetched pictures

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if (request.method, path) == ("POST", "/v1/images/generations"):
            return self._order(request)
        if found := TASK.fullmatch(path):
            return self._reading(request, found[1])
        if path == "/v1/credits" and (refusal := self._no_balance(request.headers["authorization"])):
            return refusal
        if pictures.PATH.fullmatch(path):
            self.agents.add(request.headers["user-agent"])
        return super().handle(request)

    def _no_balance(self, key: str) -> httpx.Response | None:
        own = re.search(r"sk-shape-(\d+)", key)
        shape = SHAPES[int(own[1])] if own else None
        if shape is None or (shape.sums and not shape.key_refused):
            return None
        return _error(shape.posts[0] if shape.key_refused else Reply(500))

    def _order(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        number = _number(body["prompt"])
        shape, posts = SHAPES[number], self.posts[number]
        reply = shape.posts[min(len(posts), len(shape.posts) - 1)]
        posts.append((request.headers["idempotency-key"], body))
        if reply is None or reply.accepted:
            response = super().handle(request)
            self.made[json.loads(response.content)["id"]] = shape
        if reply is None:
            return response
        return _error(reply)

    def _reading(self, request: httpx.Request, task: str) -> httpx.Response:
        response = super().handle(request)
        answers = self.made[task].answers
        said = answer(answers[min(self.stage, len(answers) - 1)].body(json.loads(response.content)))
        said.extensions = response.extensions  # how it is delivered
        return said


def _error(reply: Reply) -> httpx.Response:
    headers, body = dict(reply.headers), reply.body
    if isinstance(body, str):
        return httpx.Response(reply.status, text=body, headers={"content-type": "text/html", **headers})
    return answer(body, status=reply.status, headers=headers)


def _number(text: str) -> int:
    """The number of a shape in a prompt."""
    found = re.search(r"shape (\d+)", text)
    assert found, text
    return int(found[1])


@contextmanager
def serving(sandbox: Sandbox) -> Iterator[str]:
    with SandboxServer(sandbox, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        yield server.base
        server.shutdown()
        thread.join()


@dataclass
class Seen:
    """What there was to see of one shape at one time. `held` and `spent` are credits of the ledger."""

    card: str
    held: Decimal
    spent: Decimal
    estimate: Decimal


@dataclass
class Played:
    """What became of all shapes, by their numbers."""

    seen: dict[tuple[int, str], Seen] = field(default_factory=dict)
    posts: dict[int, list[tuple[str, Any]]] = field(default_factory=dict)
    pictures: dict[int, int] = field(default_factory=dict)  # how many are saved
    billed: dict[int, Decimal] = field(default_factory=dict)  # in rehearsal
    agents: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def played(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    """All at once, because one worker plays them much faster so than one by one."""
    folder = tmp_path_factory.mktemp("shapes")
    # The guard allows loopback in development only.
    settings = world_in(folder) | {"DEBUG": True, "LINKS_SECONDS": 300.0}
    with django_db_blocker.unblock(), override_settings(**settings):
        logging.disable(logging.INFO)  # thousands of lines that nobody reads
        try:
            return play(folder)
        finally:
            logging.disable(logging.NOTSET)
            delete_rows()


def order_all(owner: User) -> list[Generation]:
    """An order that is not accepted at once is paid by a key of its own: other ones would be evidence about it."""
    rows, shared = [], make_key(owner=owner)
    for number, shape in enumerate(SHAPES):
        accepted = tuple(shape.posts) == (None,)
        key = shared if accepted else make_key(owner=owner, secret=f"sk-shape-{number:03}-{'0' * 30}")
        prompt = f"A lighthouse, shape {number} {shape.words}"
        row = make_generation(owner=owner, prompt=prompt, key=key, rehearsal=shape.rehearsal, **SMALL | shape.order)
        rows.append(row)
    return rows


def play(folder: Path) -> Played:
    result, client = Played(), Client()
    owner = User.objects.create_user(username="alice")
    client.force_login(owner)
    evolink, rehearsals = Shaped(folder / "evolink"), open_sandbox()
    with serving(evolink) as base, time_machine.travel(datetime.now(UTC), tick=True) as clock:
        with override_settings(EVOLINK_URL=base, EVOLINK_FILES_URL=base):
            rows = order_all(owner)
            for evolink.stage, (time, look) in enumerate(TIMES):
                let_pass(clock, time)
                work_once()
                if look:
                    look_at(rows, client, look, result.seen)
        billed: dict[str, Decimal] = defaultdict(Decimal)
        for entry in rehearsals.billing_log():
            billed[entry.task_id] += entry.credits
    for number, row in enumerate(rows):
        row.refresh_from_db()
        result.billed[number] = billed[row.task_id]
        result.pictures[number] = row.images.filter(state=GeneratedImage.State.SAVED).count()
    result.posts, result.agents = evolink.posts, evolink.agents
    evolink.close()
    rehearsals.close()
    return result


def look_at(rows: list[Generation], client: Client, look: str, seen: dict[tuple[int, str], Seen]) -> None:
    looked_at = [(number, row) for number, row in enumerate(rows) if look in SHAPES[number].looks]
    for start in range(0, len(looked_at), HISTORY_LENGTH):
        part = looked_at[start : start + HISTORY_LENGTH]
        cards = Html(client.get("/studio/changes/", {"card": [f"{row.code}.0" for _number, row in part]}))
        for number, row in part:
            row.refresh_from_db()
            card = cards.one(f"#card-{row.code}").text
            seen[number, look] = Seen(card, row.ledger.held(), row.ledger.spent(), row.estimate_high)


def expected(booked: Booked, seen: Seen, billed: Decimal) -> tuple[Decimal, Decimal]:
    """The credits that are held and booked."""
    if booked == HELD:
        return seen.estimate, Decimal(0)
    return Decimal(0), {ESTIMATE: seen.estimate, BILL: billed}.get(booked, booked)


NUMBERS = [pytest.param(number, id=shape.name) for number, shape in enumerate(SHAPES)]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_person_reads_what_is_true_and_that_is_booked(number: int, played: Played) -> None:
    shape = SHAPES[number]
    for time, look in shape.looks.items():
        seen = played.seen[number, time]
        assert [words for words in look.says if words not in seen.card] == [], f"{time}: {seen.card}"
        about_money = [words for words in ABOUT_THE_MONEY if words in seen.card]
        assert about_money == [words for words in look.says if words in ABOUT_THE_MONEY], time
        assert (seen.held, seen.spent) == expected(look.booked, seen, played.billed[number]), time
        assert seen.estimate >= shape.holds_at_least
    assert played.pictures[number] == shape.pictures


@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_sent_again_only_with_the_same_key_and_body(number: int, played: Played) -> None:
    shape, posts = SHAPES[number], played.posts.get(number, [])
    if shape.rehearsal:
        assert posts == []
        return
    allowed = range(shape.sent, shape.sent + 1) if isinstance(shape.sent, int) else shape.sent
    assert len(posts) in allowed
    assert all(post == posts[0] for post in posts)
    assert posts[0][1].items() >= shape.sends.items()


def test_pictures_are_fetched_by_no_default_client(played: Played) -> None:
    [agent] = played.agents
    assert "python" not in agent.lower()
    assert "httpx" not in agent.lower()
