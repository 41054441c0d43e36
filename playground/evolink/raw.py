"""An answer as people may read it later: whole if it is short, else without its longest parts. Keys are masked."""

import json
from collections.abc import Mapping
from typing import Any, Final

from playground.evolink import reading as read
from playground.evolink.errors import APIResponseValidationError
from playground.evolink.secret import redact

RAW_MAX: Final = 100_000
"""The most characters that are kept, counted as JSON in ASCII."""
LEFT_OUT: Final = "…"
_NAME_MAX: Final = 60
_NAMES_MAX: Final = 10


def as_mapping(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an answer in their order. Members that are too long are left out, and `…` says so."""
    written = {redact(str(name)): _written(value) for name, value in answer.items()}
    left, kept, dropped = RAW_MAX, set(), []
    for name in sorted(written, key=lambda name: len(name) + len(written[name])):
        left -= len(json.dumps(name)) + len(written[name]) + 2
        if left < 0:
            dropped.append(name)
        else:
            kept.add(name)
    result: dict[str, Any] = {name: json.loads(text) for name, text in written.items() if name in kept}
    if dropped:
        result[LEFT_OUT] = [name[:_NAME_MAX] for name in dropped[: -_NAMES_MAX - 1 : -1]]
    return result


def as_text(body: bytes) -> str:
    """Any body as text: a JSON object as in `as_mapping`, anything else as it came. Masks keys, cuts long text."""
    try:
        value = read.parse_json(body)
    except APIResponseValidationError:
        value = None
    if isinstance(value, Mapping):
        return json.dumps(as_mapping(value), ensure_ascii=False)
    return read.message(body.decode("utf-8", "replace"), longest=RAW_MAX) or ""


def _written(value: object) -> str:
    """The value as JSON, with keys masked. null for a value that JSON cannot express or that is nested too deeply."""
    try:
        return json.dumps(_redacted(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return "null"


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(name)): _redacted(inner) for name, inner in value.items()}
    return [_redacted(item) for item in value] if isinstance(value, list) else value
