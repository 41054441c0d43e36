"""Typed reads of environment variables. Each raises `ImproperlyConfigured`, naming the variable, for a wrong value."""

import os
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_DOMAIN = re.compile(r"[^\s@.]+(\.[^\s@.]+)+")


def text(name: str, default: str = "") -> str:
    """The value without spaces around it. An empty variable counts as not set."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def domains(name: str) -> list[str]:
    """Email domains. An empty list means none, ["1"] means all: a value such as 0 or 1 stands for these."""
    found = [word.lower().removeprefix("@") for word in words(name)]
    if len(found) == 1 and found[0] in _TRUE | _FALSE:
        return ["1"] if found[0] in _TRUE else []
    if wrong := next((word for word in found if not _DOMAIN.fullmatch(word)), None):
        raise ImproperlyConfigured(f"{name} must be 1, 0, or domains such as example.com, not “{wrong}”.")
    return found


def address(name: str, default: str = "") -> str:
    """A web address without a slash at the end."""
    value = text(name, default).rstrip("/")
    if value and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
        raise ImproperlyConfigured(f"{name} must be an address such as https://studio.example.com, not “{value}”.")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not “{value}”.")


def one_of(name: str, default: str, *others: str) -> str:
    """One of a few words."""
    value = text(name, default)
    if value in (default, *others):
        return value
    raise ImproperlyConfigured(f"{name} must be {' or '.join((default, *others))}, not “{value}”.")


def whole(name: str, default: int) -> int:
    return _read(name, default, int, "a whole number")


def number(name: str, default: float) -> float:
    return _read(name, default, float, "a number")


def currency(name: str) -> tuple[str, Decimal] | None:
    """A currency code and the price of one US dollar in it, from a value such as `JPY=155.5`. None if not set."""
    return _read(name, None, _currency, "a currency and what one US dollar is in it, like JPY=155")


def _currency(value: str) -> tuple[str, Decimal]:
    code, _sign, rate = value.partition("=")
    if not (len(code) == 3 and code.isascii() and code.isupper() and 0 < Decimal(rate) < Decimal("Infinity")):
        raise ValueError(value)
    return code, Decimal(rate)


def path(name: str, default: Path) -> Path:
    return Path(text(name)).expanduser().resolve() if text(name) else default


def demand(**needed: tuple[object, str]) -> None:
    """Each argument is a setting: its value and a hint what to set. Raises one `ImproperlyConfigured` that names all
    settings without a value."""
    missing = [f"{name} ({hint})" for name, (value, hint) in needed.items() if not value]
    if missing:
        raise ImproperlyConfigured(
            f"With DEBUG off, please set {', '.join(missing)}. docs/settings.md has a table of all settings."
        )


def _read(name: str, default: T, reader: Callable[[str], T], what: str) -> T:
    value = text(name)
    if not value:
        return default
    try:
        return reader(value)
    except (ValueError, InvalidOperation):
        raise ImproperlyConfigured(f"{name} must be {what}, not “{value}”.") from None
