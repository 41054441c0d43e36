"""The calls that only read: one task, the task list, a batch of tasks, the credits, the models."""

from __future__ import annotations

from typing import Any, Final

import httpx

from playground.evolink.catalogue import MODELS
from playground.sandbox.api import parsing
from playground.sandbox.replies import Refusal, Wire, answer, carry, page
from playground.sandbox.state import accounts, tasks
from playground.sandbox.state.world import Call

BATCH_MAX: Final = 50
PAGE_SIZE, PAGE_SIZE_MAX = 20, 50
STATES: Final = {
    "processing": ("pending", "processing"),
    "completed": ("completed",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
}
NOT_FOUND = Refusal(404, "task_not_found", "The requested task could not be found", "not_found_error", "task_id")
BAD_ID = parsing.wrong("Invalid task ID format, must start with 'task-unified-'", "task_id", "invalid_task_id")
NOT_YOURS = Refusal(
    403, "permission_denied", "You don't have permission to access this task", "permission_error", "task_id"
)


def task(call: Call, task_id: str) -> httpx.Response:
    """GET /v1/tasks/{id}. The form of the id is checked before the task is looked up."""
    call.authenticate()
    if not task_id.startswith(tasks.ID_PREFIX):
        raise BAD_ID
    row = tasks.current(call.world, task_id, call.now)
    if row is None:
        raise NOT_FOUND
    if row["account"] != call.account:
        raise NOT_YOURS
    call.script = tasks.script_of(row)
    for scenario in call.script.of("read"):
        if call.now - row["created"] < call.script[scenario.name]:
            if scenario.refusal is not None:
                raise scenario.refusal
            if scenario.name == "read_html":
                return page(200, "One moment, please")
    with call.world.store.reading() as connection:
        body = tasks.view(call.world, connection, row, call.now)
    wire = Wire(delay=call.script.get("read_slow", 0.0), encoding=call.script.encoding("answer"))
    return carry(tasks.answered(body, call.script), wire)


def listing(call: Call) -> httpx.Response:
    """GET /v1/tasks?status=&type=&model=&page=&page_size=, newest first."""
    call.authenticate()
    tasks.settle_due(call.world, call.now)
    query = call.request.url.params
    status, number = query.get("status") or None, _whole(query.get("page"), "page", 1)
    size = min(_whole(query.get("page_size"), "page_size", PAGE_SIZE), PAGE_SIZE_MAX)
    if status is not None and status not in STATES:
        raise parsing.wrong(f"status must be one of: {', '.join(STATES)}", "status")
    with call.world.store.reading() as connection:
        rows = connection.execute(
            "select * from tasks where account = ? order by created desc, id desc", (call.account,)
        ).fetchall()
    lines = [tasks.listed(row, call.now) for row in rows]
    kept = [
        line
        for line in lines
        if (status is None or line["status"] in STATES[status])
        and query.get("type") in (None, "", line["type"])
        and query.get("model") in (None, "", line["model"])
    ]
    shown = kept[(number - 1) * size : number * size]
    return answer({"data": shown, "page": number, "page_size": size, "total": len(kept)})


def batch(call: Call) -> httpx.Response:
    """POST /v1/tasks/batch: the known tasks of the caller's account, in the order of the ids."""
    call.authenticate()
    ids = parsing.read_object(call.request.content).get("task_ids")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise parsing.wrong("task_ids must be an array of strings", "task_ids")
    if not 1 <= len(ids) <= BATCH_MAX:
        raise parsing.wrong(f"task_ids must have between 1 and {BATCH_MAX} entries", "task_ids")
    rows = [tasks.current(call.world, task_id, call.now) for task_id in dict.fromkeys(ids)]
    with call.world.store.reading() as connection:
        data = [
            tasks.view(call.world, connection, row, call.now)
            for row in rows
            if row is not None and row["account"] == call.account
        ]
    return answer({"data": data})


def credits(call: Call) -> httpx.Response:
    """GET /v1/credits."""
    call.authenticate()
    tasks.settle_due(call.world, call.now)
    with call.world.store.reading() as connection:
        return answer(accounts.view(connection, call))


def models(call: Call) -> httpx.Response:
    """GET /v1/models, in the form that OpenAI's clients read."""
    call.authenticate()
    data: list[dict[str, Any]] = [
        {"created": 0, "id": model.id, "object": "model", "owned_by": "evolink"} for model in MODELS.values()
    ]
    return answer({"data": data, "object": "list"})


def _whole(text: str | None, name: str, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or int(text[:9]) < 1:
        raise parsing.wrong(f"{name} must be a positive integer", name)
    return int(text[:9])
