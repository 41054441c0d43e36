"""The life of a task. It is accepted, advances only by the clock, is settled once, and is shown as in the contract."""

from __future__ import annotations

import json
import math
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpx

from playground.evolink.catalogue import get_model
from playground.evolink.limits import LINK_LIFE
from playground.evolink.types import GenerationRequest
from playground.sandbox.oddities import odd_characters
from playground.sandbox.replies import answer
from playground.sandbox.scenarios import SCENARIOS
from playground.sandbox.script import Script
from playground.sandbox.state import accounts, billing, money
from playground.sandbox.state.money import Bill
from playground.sandbox.state.world import World, credits, moment

PENDING_SHARE, PENDING_MAX = 0.15, 2.0  # a part of the time that a task takes; at most so many seconds
PROGRESS_MAX: Final = 95  # percent, until the task has ended
ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_PREFIX: Final = "task-unified-"

Row = Mapping[str, Any]


def new_id(now: float) -> str:
    return f"{ID_PREFIX}{int(now)}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def request_of(task: Row) -> GenerationRequest:
    return GenerationRequest.from_values(json.loads(task["request"]))


def script_of(task: Row) -> Script:
    return Script(json.loads(task["scenarios"]))


def get(connection: sqlite3.Connection, task_id: str) -> Row:
    """Return a task that is known to exist."""
    task = find(connection, task_id)
    if task is None:
        raise LookupError(task_id)
    return task


def find(connection: sqlite3.Connection, task_id: str) -> Row | None:
    row: Row | None = connection.execute("select * from tasks where id = ?", (task_id,)).fetchone()
    return row


# --- settling ------------------------------------------------------------------------------------------


def due(task: Row, now: float) -> bool:
    """Whether the task must be settled: at its end, or as soon as a reference image turns out to be unusable."""
    if task["state"] != "running" or task["inputs"] == "waiting":
        return False
    return task["inputs"] == "failed" or (task["ends"] is not None and task["ends"] <= now)


def current(world: World, task_id: str, now: float) -> Row | None:
    """Return the task in its state at `now`. Settle it first if it is due. None if it does not exist."""
    with world.store.reading() as connection:
        task = find(connection, task_id)
    if task is None or not due(task, now):
        return task
    with world.store.writing() as connection:
        settle(connection, world, task_id, now)
        return find(connection, task_id)


def settle_due(world: World, now: float) -> None:
    """Settle every task that is due."""
    with world.store.reading() as connection:
        rows = connection.execute(
            "select * from tasks where state = 'running' and inputs != 'waiting'"
            " and (ends <= ? or inputs = 'failed') order by ends",
            (now,),
        ).fetchall()
    for row in rows:
        with world.store.writing() as connection:
            settle(connection, world, row["id"], now)


def settle(connection: sqlite3.Connection, world: World, task_id: str, now: float) -> None:
    """Finish a task and its bill in one transaction. Do nothing if another reader has already done it."""
    task = find(connection, task_id)
    if task is None or not due(task, now):
        return
    finished = max(task["created"], min(now, task["ends"] if task["ends"] is not None else now))
    failure = _failure(task)
    state = "completed" if failure is None else "cancelled" if "cancelled" in script_of(task) else "failed"
    charged = _drawn(connection, world, task, finished, failed=failure is not None)
    connection.execute(
        "update tasks set state = ?, finished = ?, error = ?, charged = ? where id = ?",
        (state, finished, json.dumps(failure), charged, task_id),
    )
    accounts.settle(connection, task, Bill.of(get(connection, task_id)))
    _announce(connection, task, finished)


def _failure(task: Row) -> dict[str, str] | None:
    """Return the error with which the task fails, or None."""
    if task["inputs"] == "failed":
        return dict(json.loads(task["error"]))
    for scenario in (SCENARIOS[name] for name in script_of(task)):
        if scenario.code:
            return {"code": scenario.code, "message": scenario.message}
    return None


def _drawn(connection: sqlite3.Connection, world: World, task: Row, finished: float, *, failed: bool) -> int:
    """Name the pictures and store the token counts. Return the charge in units."""
    script = script_of(task)
    if failed and "failed_with_results" not in script:
        return task["reserved"] if any(name in script for name in money.TAKEN_ALL_THE_SAME) else 0
    fewer = 1 if failed else script.get("fewer_pictures")
    pictures = task["n"] if fewer is None else min(task["n"], int(fewer))
    times = billing.factor(task["user_group"], script)
    usage, charged = billing.bill(
        request_of(task), world.rates, width=task["width"], height=task["height"], pictures=pictures, times=times
    )
    connection.execute("update tasks set usage = ? where id = ?", (json.dumps(billing.token_counts(usage)), task["id"]))
    stem, suffix = secrets.token_hex(16), request_of(task).output_format or "png"
    connection.executemany(
        "insert into pictures (name, task, place, expires) values (?, ?, ?, ?)",
        [
            (f"{stem}_{place}.{suffix}", task["id"], place, finished + LINK_LIFE.total_seconds())
            for place in range(pictures)
        ],
    )
    return charged


def _announce(connection: sqlite3.Connection, task: Row, finished: float) -> None:
    """Queue the callbacks of a finished task. The server delivers them after this transaction."""
    url, script = request_of(task).callback_url, script_of(task)
    if url is None or "callback_missing" in script:
        return
    start = finished + script.get("callback_late", 0.0)
    plan = [("final", start)]
    if "callback_duplicate" in script:
        plan.append(("final", start))
    if "callback_out_of_order" in script:
        plan.append(("processing", start + 0.5))
    connection.executemany(
        "insert into callbacks (task, url, state, due) values (?, ?, ?, ?)",
        [(task["id"], url, state, at) for state, at in plan],
    )


# --- showing -------------------------------------------------------------------------------------------


def status(task: Row, now: float) -> str:
    if task["state"] != "running":
        return str(task["state"])
    waited = now - task["created"]
    length = (task["ends"] - task["created"]) if task["ends"] is not None else math.inf
    return "pending" if waited < min(length * PENDING_SHARE, PENDING_MAX) else "processing"


def progress(task: Row, now: float) -> int:
    """Return the progress in percent by the clock: 0 to 95 while the task runs, 100 if completed, 0 if failed."""
    if task["state"] != "running":
        return 100 if task["state"] == "completed" else 0
    waited = max(0.0, now - task["created"])
    if task["ends"] is None:
        return int(PROGRESS_MAX * waited / (waited + 60))
    return int(PROGRESS_MAX * min(1.0, waited / max(task["ends"] - task["created"], 0.001)))


def view(world: World, connection: sqlite3.Connection, task: Row, now: float) -> dict[str, Any]:
    """Return the body of GET /v1/tasks/{id}."""
    shown = status(task, now)
    body: dict[str, Any] = {
        "created": int(task["created"]),
        "id": task["id"],
        "model": task["model"],
        "object": "image.generation.task",
        "progress": progress(task, now),
        "status": shown,
        "task_info": {"can_cancel": task["state"] == "running"},
        "type": "image",
    }
    script = script_of(task)
    if task["state"] != "running":
        found = list(links(world, connection, task, now))
        late = now < task["finished"] + script.get("results_late", 0.0)
        if shown == "completed" or found:
            body["results"] = [] if late else found
        if shown != "completed":
            body["error"] = {**json.loads(task["error"]), "type": "task_error"}
        if world.reports_usage:
            body |= _settlement(task, now, with_tokens="token_counts" in script)
    return _changed(body, script, "running" if task["state"] == "running" else "finished")


def answered(body: Mapping[str, Any], script: Script, *, headers: dict[str, str] | None = None) -> httpx.Response:
    """Return the answer with the body of a task. The scenarios may change its bytes."""
    response = answer(body, headers=headers)
    if "answer_odd_characters" in script:
        response = httpx.Response(200, content=odd_characters(response.content), headers=response.headers)
    return response


def accepted(world: World, connection: sqlite3.Connection, task: Row, now: float) -> dict[str, Any]:
    """Return the body of the answer to the submit."""
    body = view(world, connection, task, now)
    seconds = 300 if task["ends"] is None else math.ceil(task["ends"] - task["created"])
    info = body["task_info"] if isinstance(body["task_info"], dict) else {}
    usage = body["usage"] if isinstance(body.get("usage"), dict) else {}
    return {
        **body,
        "id": task["id"],  # always the task's own id: with another one, the caller could not read its task
        "task_info": {**info, "estimated_time": seconds},
        "usage": {**usage, **_reserved(task)},
    }


def _reserved(task: Row) -> dict[str, Any]:
    return {
        "billing_rule": get_model(task["model"]).billing,
        "credits_reserved": credits(task["reserved"]),
        "user_group": task["user_group"],
    }


def _settlement(task: Row, now: float, *, with_tokens: bool) -> dict[str, Any]:
    """Return what official clients read in addition to the documented schema: the credits used, the billing record."""
    record, used = Bill.of(task).answer(now)
    usage = _reserved(task)
    if used is not None:
        usage["credits_used"] = credits(used)
    if with_tokens and task["usage"]:
        usage |= json.loads(task["usage"])
    return {"usage": usage} if record is None else {"billing": record, "usage": usage}


def _changed(body: dict[str, Any], script: Script, phase: str) -> dict[str, Any]:
    """Return the body with the changes of the scenarios that apply in this phase."""
    for scenario in (SCENARIOS[name] for name in script):
        if scenario.changes is not None and scenario.phase == phase:
            body = scenario.changes(body)
    return body


def links(world: World, connection: sqlite3.Connection, task: Row, now: float) -> Iterable[str]:
    """Return the result links. Like EvoLink's, they have a host, owner, kind, day and an unguessable name."""
    given_out = f"?at={int(now)}" if "link_renewed" in script_of(task) else ""
    rows = connection.execute("select name from pictures where task = ? order by place", (task["id"],))
    day = moment(task["finished"]).strftime("%Y/%m/%d")
    for row in rows:
        yield f"{world.public_base}/{task['account'][:32]}/images/{day}/{row['name']}{given_out}"


def listed(task: Row, now: float) -> dict[str, Any]:
    """Return one line of GET /v1/tasks. It has no links."""
    shown = status(task, now)
    return {
        "created_at": int(task["created"]),
        "credits_used": credits(task["charged"] or 0),
        "has_error": shown in ("failed", "cancelled"),
        "has_results": shown == "completed",
        "id": task["id"],
        "model": task["model"],
        "progress": progress(task, now),
        "status": shown,
        "type": "image",
    }
