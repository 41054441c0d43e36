"""API keys as values that cannot be printed by accident."""

import json
import re
from typing import Final

# A key has at least this many characters.
SHORTEST_KEY: Final = 8
_KEY_LIKE: Final = re.compile(r"\bsk-[A-Za-z0-9_-]{8,}")
_HEADER_SAFE: Final = re.compile(r"[\x21-\x7e]+")


def redact(text: str) -> str:
    """`text`, with everything masked that looks like an API key."""
    return _KEY_LIKE.sub(lambda found: mask(found.group()), text)


def mask(key: str) -> str:
    """The part of a key that may be shown: its last four characters, or none if the key is too short for that."""
    return f"sk-…{key[-4:]}" if len(key) >= 16 else "sk-…"


class ApiSecret:
    """An API key. Only `reveal()` returns it. `str`, `repr`, formatting and pickling never do.

    Raises `ValueError` for a value that an HTTP header cannot contain. The error does not contain the value.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not _HEADER_SAFE.fullmatch(value):
            raise ValueError("An API key is printable ASCII without blanks.")
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the Authorization header and for encryption."""
        return self._value

    def hide_in_bytes(self, body: bytes) -> bytes:
        """`body` with this key masked, also in its JSON spellings. Text that only looks like a key stays: it may be an
        address."""
        shown = mask(self._value).encode()
        for written in {self._value, json.dumps(self._value)[1:-1], self._value.replace("/", r"\/")}:
            body = body.replace(written.encode(), shown)
        return body

    def __repr__(self) -> str:
        return f"ApiSecret({mask(self._value)!r})"

    def __str__(self) -> str:
        return mask(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiSecret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((ApiSecret, self._value))

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("An ApiSecret is not pickled.")
