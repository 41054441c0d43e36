"""POST /v1/images/generations. It checks key, balance, model and parameters in this order."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import httpx

from playground.evolink.catalogue import get_model
from playground.evolink.model import Model
from playground.evolink.types import GenerationRequest
from playground.sandbox.api import callbacks, parsing
from playground.sandbox.replies import Refusal, Wire, carry, dump, page
from playground.sandbox.script import Script, UnknownScenarioError, read_words
from playground.sandbox.state import accounts, billing, tasks
from playground.sandbox.state.store import insert
from playground.sandbox.state.world import Call

IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9._-]{16,96}")
TALL = re.compile(r"\b(portrait|poster|tall|phone|story|vertical)\b", re.IGNORECASE)
WIDE = re.compile(r"\b(landscape|banner|wide|panorama|header|horizontal)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """A submit that passed all checks."""

    request: GenerationRequest
    fingerprint: str
    idempotency_key: str | None


def submit(call: Call) -> httpx.Response:
    """Accept a generation. Raises `Refusal`."""
    call.authenticate()
    with call.world.store.reading() as connection:
        if accounts.left(connection, call) <= 0:
            raise accounts.LOW
    body = parsing.read_object(call.request.content)
    _read_script(call, body.get("prompt"))
    model = parsing.read_model(body)
    exempt = partial(callbacks.is_exempt, call.world)
    request = parsing.read_generation(body, model, exempt=exempt)
    callbacks.check(call.world, request.callback_url)
    order = Order(request, _fingerprint(body), _idempotency_key(call))
    _refuse_by_scenario(call, request)
    if "dropped" in call.script:
        return carry(httpx.Response(204), Wire(lost=True))
    if "error_page" in call.script:
        return page(502, "Bad gateway")
    task, replayed = _accept(call, order)
    return _answer(call, task, replayed=replayed)


def _read_script(call: Call, prompt: object) -> None:
    if isinstance(prompt, str):
        try:
            call.script.update(read_words(prompt))
        except UnknownScenarioError as error:
            raise parsing.wrong(f"{error}", "prompt") from None


def _fingerprint(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _idempotency_key(call: Call) -> str | None:
    key = call.header("idempotency-key")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise parsing.wrong("Idempotency-Key must be 16 to 96 of A-Z a-z 0-9 . _ -", "Idempotency-Key")
    return key


def _refuse_by_scenario(call: Call, request: GenerationRequest) -> None:
    for scenario in call.script.of("submit"):
        refusal = scenario.refusal
        if refusal is None or scenario.model not in ("", request.model):
            continue
        if scenario.value is not None and not _still_refused(call, request.prompt, scenario.name):
            continue
        if scenario.retry_after is not None:
            wait = scenario.retry_after.format(call.script[scenario.name])
            raise replace(refusal, headers={"retry-after": wait})
        raise refusal


def _still_refused(call: Call, prompt: str, name: str) -> bool:
    """Whether this prompt was first refused fewer seconds ago than the scenario's value. The clock decides, not the
    number of attempts."""
    key = (call.account, hashlib.sha256(prompt.encode()).hexdigest())
    with call.world.store.writing() as connection:
        row = connection.execute("select first from refusals where account = ? and prompt = ?", key).fetchone()
        if row is None:
            connection.execute("insert into refusals (account, prompt, first) values (?, ?, ?)", (*key, call.now))
            return True
        if call.now - row["first"] < call.script[name]:
            return True
        connection.execute("delete from refusals where account = ? and prompt = ?", key)
        return False


def _accept(call: Call, order: Order) -> tuple[tasks.Row, bool]:
    """Return the task for this order, and whether it existed before."""
    with call.world.store.writing() as connection:
        if order.idempotency_key is not None:
            earlier = connection.execute(
                "select * from tasks where account = ? and idempotency_key = ?",
                (call.account, order.idempotency_key),
            ).fetchone()
            if earlier is not None:
                if earlier["fingerprint"] != order.fingerprint:
                    message = "Idempotency-Key was already used with a different request"
                    raise Refusal(409, "idempotency_conflict", message)
                return earlier, True
        return _insert(connection, call, order), False


def _insert(connection: sqlite3.Connection, call: Call, order: Order) -> tasks.Row:
    request, world = order.request, call.world
    reserved = billing.reservation(request, world.rates, billing.factor(call.group, call.script))
    accounts.reserve(connection, call, reserved)
    width, height = _pixels(get_model(request.model), request)
    task_id = tasks.new_id(call.now)
    columns = {
        "id": task_id,
        "account": call.account,
        "model": request.model,
        "prompt": request.prompt,
        "request": json.dumps(request.to_json()),
        "user_group": call.group,
        "scenarios": json.dumps(call.script),
        "width": width,
        "height": height,
        "n": request.n,
        "seed": secrets.randbits(32),
        "created": call.now,
        "ends": _ends(call, request.n, world.seconds_per_image),
        "reserved": reserved,
        "idempotency_key": order.idempotency_key,
        "fingerprint": order.fingerprint,
        "inputs": "waiting" if request.image_urls else "ready",
    }
    insert(connection, "tasks", columns)
    if request.callback_url and "callback_early" in call.script:
        connection.execute(
            "insert into callbacks (task, url, state, due) values (?, ?, 'processing', ?)",
            (task_id, request.callback_url, call.now),
        )
    return tasks.get(connection, task_id)


def _ends(call: Call, n: int, seconds_per_image: float) -> float | None:
    script: Script = call.script
    if "never_finishes" in script:
        return None
    if "finished_at_once" in script:
        return call.now
    return call.now + script.get("takes", n * seconds_per_image)


def _pixels(model: Model, request: GenerationRequest) -> tuple[int, int]:
    """Return the requested (width, height). For `auto`, words in the prompt choose the shape, else it is a square."""
    pixels = model.pixels(request.size, request.resolution)
    if pixels is not None:
        return pixels
    choice = "2:3" if TALL.search(request.prompt) else "3:2" if WIDE.search(request.prompt) else "1:1"
    named = model.named_size(choice)
    return named.at(model.default_resolution) if named else model.drawable(request.size)[0]


def _answer(call: Call, task: tasks.Row, *, replayed: bool) -> httpx.Response:
    world, script = call.world, call.script
    now = max(call.now, task["created"])
    task = tasks.current(world, task["id"], now) or task
    with world.store.reading() as connection:
        body = tasks.accepted(world, connection, task, now)
    if "answer_without_id" in script:
        del body["id"]
    headers = {"idempotency-replayed": "true"} if replayed else {}
    if "answer_html" in script:
        response = page(200, "One moment, please")
    elif "answer_not_json" in script:
        content = dump(body)
        response = httpx.Response(
            200, content=content[: len(content) // 2], headers={"content-type": "application/json"}
        )
    else:
        response = tasks.answered(body, script, headers=headers)
    wire = Wire(
        delay=script.get("slow", 0.0),
        drip=script.get("answer_drip", 0.0),
        lost="answer_lost" in script,
        encoding=script.encoding("answer"),
    )
    return carry(response, wire)
