"""Strict readers of JSON values: each gives the right type or raises `APIResponseValidationError`."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from playground.evolink.errors import APIResponseValidationError

AMOUNT_MAX: Final = Decimal(10) ** 9
DEPTH_MAX: Final = 64
COUNT_MAX: Final = 10**12
URL_LENGTH_MAX: Final = 8192
# The five states; the documentation knows cancelled only from callbacks.
STATUSES: Final = frozenset({"pending", "processing", "completed", "failed", "cancelled"})
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
_URL_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\<>\"\ud800-\udfff]")
# NUL and lone surrogates: no database keeps them as text.
_UNKEEPABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
_TIME_MAX: Final = 253_402_300_799


def parse_json(body: bytes | None) -> object:
    """The JSON value in `body`, such that it can be written as JSON again and kept in any database.

    Raises `APIResponseValidationError` for what is not UTF-8 JSON, nests deeper than 64 levels, or holds NaN,
    an infinity, NUL or half a surrogate pair.
    """
    try:
        value = json.loads((body or b"").decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise APIResponseValidationError("EvoLink's answer is not JSON.") from None
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [child for holder in level for child in _children(holder)]
        if not level:
            return value
    raise APIResponseValidationError("EvoLink's answer is nested too deeply.")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, str) and _UNKEEPABLE.search(value):
        raise APIResponseValidationError("EvoLink's answer holds characters that are no text.")
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else ()


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(written: str) -> float:
    value = float(written)
    return value if math.isfinite(value) else _refuse(written)


def wrong(what: str, value: object) -> APIResponseValidationError:
    """The error for a value of the wrong shape; it names the type, never the value."""
    return APIResponseValidationError(f"EvoLink's answer is not as documented: {what} is {type(value).__name__}.")


def mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong(what, value)
    return value


def optional_mapping(value: object, what: str) -> Mapping[str, Any]:
    """An object, or an empty one for null and absent."""
    return {} if value is None else mapping(value, what)


def optional_list(value: object, what: str, *, longest: int) -> list[Any]:
    """An array, or an empty one for null and absent."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > longest:
        raise wrong(what, value)
    return value


def text(value: object, what: str) -> str | None:
    """A string that a database can keep; None for null and absent."""
    if value is None:
        return None
    if not isinstance(value, str) or _UNKEEPABLE.search(value):
        raise wrong(what, value)
    return value


def is_identifier(value: object) -> bool:
    """Whether this is an id that is safe to stand in a path."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def identifier(value: object, what: str) -> str:
    """An id that is safe to stand in a path."""
    if not isinstance(value, str) or not is_identifier(value):
        raise wrong(what, value)
    return value


def status(value: object) -> str:
    """One of the five states; one we do not know is still running."""
    written = text(value, "status")
    return written if written in STATUSES else "processing"


def progress(value: object) -> int:
    """0 to 100, whatever is claimed."""
    return int(min(max(number(value, "progress") or 0, 0), 100))


def code(value: object) -> str | None:
    """A word, or in the old dialect an integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(count(value, "code"))
    return text(value, "code")


def flag(value: object, what: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise wrong(what, value)
    return value


def number(value: object, what: str) -> float | int | None:
    """A finite JSON number; None for null and absent. A boolean is no number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(what, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong(what, value)
    return value


def count(value: object, what: str) -> int | None:
    """A whole number from 0 up; 272.0 is one."""
    figure = number(value, what)
    if figure is None:
        return None
    if not 0 <= figure <= COUNT_MAX or figure != int(figure):
        raise wrong(what, value)
    return int(figure)


def credits(value: object, what: str, *, negative: bool = False) -> Decimal | None:
    """An amount of credits, with the digits it was written with."""
    figure = number(value, what)
    if figure is None:
        return None
    amount = Decimal(str(figure)) if -AMOUNT_MAX <= figure <= AMOUNT_MAX else None
    if amount is None or (amount < 0 and not negative):
        raise wrong(what, value)
    return amount


def unix_time(value: object, what: str) -> datetime | None:
    """Seconds since 1970 as an aware time."""
    figure = number(value, what)
    if figure is None:
        return None
    if not 0 <= figure <= _TIME_MAX:
        raise wrong(what, value)
    return datetime.fromtimestamp(figure, UTC)


def iso_time(value: object, what: str) -> datetime | None:
    """An ISO 8601 time as an aware one; without an offset it is UTC."""
    written = text(value, what)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise wrong(what, value) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def url(value: object, what: str) -> str:
    """An absolute http(s) address without a user name in it."""
    if not isinstance(value, str) or len(value) > URL_LENGTH_MAX or _URL_UNSAFE.search(value):
        raise wrong(what, value)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise wrong(what, value) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise wrong(what, value)
    return value
