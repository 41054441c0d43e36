"""Readers of JSON values.

One odd field must not make us lose an answer that was paid for. Required values are read by `mapping`, `identifier`
and `url`, which raise `APIResponseValidationError`. All other readers return None for a value that they cannot use.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from playground.evolink.errors import APIResponseValidationError
from playground.evolink.secret import redact

AMOUNT_MAX: Final = Decimal(10) ** 9
COUNT_MAX: Final = 10**12
DEPTH_MAX: Final = 64
TEXT_MAX: Final = 20_000
URL_LENGTH_MAX: Final = 8192
STATUSES: Final[Mapping[str, str]] = {
    "pending": "pending",
    "processing": "processing",
    "completed": "completed",
    "complete": "completed",
    "succeeded": "completed",
    "success": "completed",
    "done": "completed",
    "finished": "completed",
    "failed": "failed",
    "failure": "failed",
    "error": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
"""Every known word for a state → one of the five states. The documentation has `cancelled` only in callbacks."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
_NUMBER: Final = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?")
_URL_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\<>\"\ud800-\udfff]")
# NUL and lone surrogates: not every database can store them as text.
_UNKEEPABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
_DIGITS_MAX: Final = 300
_TIME_MAX: Final = 253_402_300_799
# A number this large is in milliseconds since 1970, a smaller one in seconds.
_MILLISECONDS: Final = 10**11


def parse_json(body: bytes | None) -> object:
    """The JSON value in `body`, changed so that it can be written as JSON again and stored in any database.

    NaN, infinities and values nested deeper than 64 levels become null. NUL and lone surrogates become U+FFFD.
    Raises `APIResponseValidationError` if `body` is not JSON.
    """
    try:
        value = json.loads(
            (body or b"").decode("utf-8-sig", "replace"),
            strict=False,
            parse_constant=_nothing,
            parse_float=_float,
            parse_int=_int,
        )
    except (ValueError, RecursionError):
        raise APIResponseValidationError("EvoLink's answer is not JSON.") from None
    return _keepable(value, DEPTH_MAX)


def _keepable(value: object, levels: int) -> object:
    if isinstance(value, str):
        return _UNKEEPABLE.sub("\ufffd", value)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return None
    if isinstance(value, list):
        return [_keepable(item, levels - 1) for item in value]
    return {_UNKEEPABLE.sub("\ufffd", name): _keepable(item, levels - 1) for name, item in value.items()}


def _nothing(constant: str) -> None:
    return None


def _float(written: str) -> float | None:
    value = float(written)
    return value if value - value == 0 else None


def _int(written: str) -> int | None:
    return int(written) if len(written) <= _DIGITS_MAX else None


# --- Required values -------------------------------------------------------------------------------------------


def wrong(what: str, value: object) -> APIResponseValidationError:
    """The error for a value of the wrong type. It names the type, never the value."""
    return APIResponseValidationError(f"EvoLink's answer is not as documented: {what} is {type(value).__name__}.")


def mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong(what, value)
    return value


def listing(value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(what, value)
    return value


def is_identifier(value: object) -> bool:
    """Whether `value` is an id that is safe in a path."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def identifier(value: object, what: str) -> str:
    """An id that is safe in a path. Raises `APIResponseValidationError` for anything else."""
    if not isinstance(value, str) or not is_identifier(value):
        raise wrong(what, value)
    return value


def url(value: object, what: str) -> str:
    """An absolute http(s) address without a user name. Raises `APIResponseValidationError` for anything else."""
    found = link(value)
    if found is None:
        raise wrong(what, value)
    return found


# --- Optional values -------------------------------------------------------------------------------------------


def fields(value: object) -> Mapping[str, Any]:
    """The object. Empty for anything else."""
    return value if isinstance(value, Mapping) else {}


def items(value: object, *, longest: int) -> list[Any]:
    """The first `longest` items of an array. A single object or string counts as an array of one."""
    if isinstance(value, list):
        return value[:longest]
    return [value] if isinstance(value, str | Mapping) else []


def text(value: object, *, longest: int = TEXT_MAX) -> str | None:
    """A string that a database can store, cut to `longest` characters."""
    return _UNKEEPABLE.sub("\ufffd", value[:longest]) if isinstance(value, str) else None


def message(value: object, *, longest: int) -> str | None:
    """A text for people, with keys masked, cut to `longest` characters. None if it is empty."""
    # In this order: the beginning of a key that was cut does not look like a key.
    return (text(redact(value), longest=longest) or None) if isinstance(value, str) else None


def word(value: object) -> str | None:
    """A short word in lower case."""
    found = text(value, longest=200)
    return found.strip().lower() or None if found else None


def own_identifier(value: object) -> str | None:
    return value if isinstance(value, str) and is_identifier(value) else None


def status(value: object) -> str:
    """One of the five states. An unknown word counts as `processing`."""
    return STATUSES.get(word(value) or "", "processing")


def progress(value: object) -> int:
    """The progress in percent, limited to 0 to 100."""
    figure = number(value.strip().removesuffix("%") if isinstance(value, str) else value)
    return int(min(max(figure or Decimal(0), Decimal(0)), Decimal(100)))


def flag(value: object) -> bool:
    return value is True or word(value) == "true"


def number(value: object) -> Decimal | None:
    """A finite number, also if it is written as text. A boolean is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int):
        return Decimal(value)
    written = value.strip() if isinstance(value, str) else str(value)
    return Decimal(written) if _NUMBER.fullmatch(written) else None


def count(value: object) -> int | None:
    """A whole number, at least 0. A fraction is rounded."""
    figure = number(value)
    if figure is None or not 0 <= figure <= COUNT_MAX:
        return None
    return int(figure.to_integral_value(ROUND_HALF_UP))


def credits(value: object, *, negative: bool = False) -> Decimal | None:
    """An amount of credits, with all its digits."""
    figure = number(value)
    if figure is None or not -AMOUNT_MAX <= figure <= AMOUNT_MAX:
        return None
    return figure if negative or figure >= 0 else None


def moment(value: object) -> datetime | None:
    """An aware time, from seconds or milliseconds since 1970, or from ISO 8601 (UTC if it has no offset)."""
    figure = number(value)
    if figure is not None:
        seconds = figure / 1000 if figure >= _MILLISECONDS else figure
        return datetime.fromtimestamp(float(seconds), UTC) if 0 <= seconds <= _TIME_MAX else None
    try:
        found = datetime.fromisoformat((text(value, longest=64) or "").strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def link(value: object) -> str | None:
    """An absolute http(s) address without a user name."""
    if not isinstance(value, str) or len(value) > URL_LENGTH_MAX or _URL_UNSAFE.search(value):
        return None
    try:
        parts = urlsplit(value)
        _ = parts.port
        # httpx decodes the host name only when `host` is read. It raises then for an invalid name.
        usable = bool(httpx.URL(value).host)
    except (ValueError, httpx.InvalidURL):
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    return value if usable else None


def links(value: object, *names: str, longest: int) -> tuple[str, ...]:
    """The addresses in an array of addresses, or of objects with an address under one of `names`. Skips other items."""
    return tuple(_links(items(value, longest=longest), names))


def _links(values: list[Any], names: tuple[str, ...]) -> Iterator[str]:
    for value in values:
        candidates = [value.get(name) for name in names] if isinstance(value, Mapping) else [value]
        found = next((address for candidate in candidates if (address := link(candidate))), None)
        if found is not None:
            yield found
