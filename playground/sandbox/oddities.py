"""The scenarios of answers that are not as documented: what they change in the body of a task, or in its bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

Body = dict[str, Any]
Phase = Literal["running", "finished"]
HUGE: Final = 5_000_000  # characters of an unknown field
ANOTHER_TASK: Final = "task-unified-1700000000-an0ther1"


def iso(seconds: float) -> str:
    """Return a time in EvoLink's text form."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _with(**changes: Any) -> Callable[[Body], Body]:
    return lambda body: {**body, **changes}


def _without(*names: str) -> Callable[[Body], Body]:
    return lambda body: {name: value for name, value in body.items() if name not in names}


def _links(change: Callable[[list[str]], Any], *, under: str = "results") -> Callable[[Body], Body]:
    """Return a change that writes the result links in another form, and under the name `under`."""

    def changed(body: Body) -> Body:
        others = _without("results")(body)
        return {**others, under: change(list(body.get("results", [])))} if "results" in body else body

    return changed


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_text(inner) for name, inner in value.items()}
    return value if isinstance(value, str | bool) or value is None else str(value)


def _amounts(body: Body) -> Body:
    return {**body, **{name: _as_text(body[name]) for name in ("usage", "billing") if name in body}}


def _fractions(body: Body) -> Body:
    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: moved(inner) for name, inner in value.items()}
        return value + 0.25 if isinstance(value, int) and not isinstance(value, bool) else value

    usage = body.get("usage", {})
    counts = {name: moved(value) for name, value in usage.items() if "tokens" in name}
    return {**body, "usage": {**usage, **counts}} if usage else body


def _side_fields(body: Body) -> Body:
    odd = {"model": 7, "object": [], "task_info": "none", "type": None, "request_id": {"x": [1]}, "duration": "long"}
    return {**body, **odd, "created": {}, "usage_details": [[]]}


# (name, when it applies, the sentence in the help, the change of the body)
ODD: Final[tuple[tuple[str, Phase, str, Callable[[Body], Body]], ...]] = (
    ("no_usage", "finished", "The finished task does not say what it cost.", _without("usage", "billing")),
    ("results_null", "finished", "The finished task has null instead of results.", _with(results=None)),
    (
        "results_eleven",
        "finished",
        "The finished task has eleven results.",
        _with(results=["https://a.test/1.png"] * 11),
    ),
    ("results_script", "finished", "A result is a script and no link.", _with(results=["javascript:alert(1)"])),
    (
        "results_objects",
        "finished",
        "The results are objects with a link in them.",
        _links(lambda links: [{"url": link} for link in links]),
    ),
    (
        "results_one_bad",
        "finished",
        "Beside the good links there is one that is none.",
        _links(lambda links: ["javascript:alert(1)", *links]),
    ),
    (
        "result_data_object",
        "finished",
        "The first link comes in an object beside the results, which are missing.",
        _links(lambda links: {"image_url": links[0]} if links else {}, under="result_data"),
    ),
    (
        "result_data_list",
        "finished",
        "The links come in objects beside the results, which are missing.",
        _links(lambda links: [{"image_url": link, "title": 7} for link in links], under="result_data"),
    ),
    ("amounts_text", "finished", "Amounts are written as text.", _amounts),
    ("counts_fractional", "finished", "Token counts have a fraction.", _fractions),
    ("usage_odd", "finished", "The usage is a list.", _with(usage=[])),
    (
        "created_ms",
        "finished",
        "The time it was made is in milliseconds.",
        lambda body: {**body, "created": body["created"] * 1000},
    ),
    (
        "created_iso",
        "finished",
        "The time it was made is in words.",
        lambda body: {**body, "created": iso(body["created"])},
    ),
    ("progress_text", "finished", "The progress is a text.", _with(progress="100%")),
    ("side_fields_odd", "finished", "Every field that does not matter is of the wrong kind.", _side_fields),
    ("field_huge", "finished", "A field nobody knows has five million letters.", _with(debug="x" * HUGE)),
    ("status_succeeded", "finished", "A finished task is called succeeded.", _with(status="succeeded")),
    ("status_done", "finished", "A finished task is called DONE.", _with(status="DONE")),
    ("progress_odd", "running", "The progress is 250 while the task runs.", _with(progress=250)),
    ("status_odd", "running", "The status is a word nobody knows while the task runs.", _with(status="dreaming")),
    ("another_task", "running", "The answer is about another task while ours runs.", _with(id=ANOTHER_TASK)),
)
# The same for a task that fails: (name, the sentence in the help, the change of the body).
FAILED_ODDLY: Final[tuple[tuple[str, str, Callable[[Body], Body]], ...]] = (
    ("failed_without_reason", "The task fails and does not say why.", _without("error")),
    ("status_failure", "A failed task is called FAILURE.", _with(status="FAILURE")),
    (
        "status_canceled",
        "The task is cancelled, without a reason and with one l.",
        lambda body: {**_without("error")(body), "status": "canceled"},
    ),
)


def odd_characters(content: bytes) -> bytes:
    """Add a byte order mark in front, and NaN, infinities, NUL and half an emoji in fields that do not matter."""
    odd = b'{"confidence":NaN,"limit":-Infinity,"note":"a\\u0000b \\ud83e","ratio":1e999,'
    return b"\xef\xbb\xbf" + odd + content.removeprefix(b"{") if content.startswith(b"{") else content


ENCODINGS: Final[Mapping[str, str]] = {
    "gzip": "gzip",
    "deflate": "deflate",
    "br": "br",
    "aws_chunked": "aws-chunked",
    "encoding_empty": "",
    "encoding_odd": "none-of-these",
}
"""Scenario name → its Content-Encoding."""
