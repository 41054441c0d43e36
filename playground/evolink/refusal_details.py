"""Reads the details of a refusal."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from playground.evolink import reading as read
from playground.evolink.details import Details

OWN_HOST: Final = "evolink.ai"
LABEL_MAX: Final = 200
LISTED_MAX: Final = 30


def details_of(error: Mapping[str, Any]) -> Details:
    """The details in an error body."""
    return Details(
        key_name=label(error.get("key_name")),
        estimated_credits=read.credits(error.get("estimated_credits")),
        account_balance_credits=read.credits(error.get("account_balance_credits"), negative=True),
        total_limit_credits=read.credits(error.get("total_limit_credits")),
        used_credits=read.credits(error.get("used_credits")),
        remaining_credits=read.credits(error.get("remaining_credits"), negative=True),
        daily_limit_credits=read.credits(error.get("daily_limit_credits")),
        daily_used_credits=read.credits(error.get("daily_used_credits")),
        reset_timezone=label(error.get("reset_timezone")),
        expired_at=read.moment(error.get("expired_at")),
        limit_scope=read.word(error.get("limit_scope")),
        allowed_models=_labels(error.get("allowed_models")),
        allowed_values=_labels(error.get("allowed_values")),
        min=read.number(error.get("min")),
        max=read.number(error.get("max")),
        suggestion=label(error.get("suggestion")) or label(error.get("fallback_suggestion")),
        action_url=own_address(error.get("action_url")),
    )


def own_address(value: object) -> str | None:
    """The address if it is an https address on EvoLink's own host, else None."""
    address = read.link(value)
    host = urlsplit(address).hostname or "" if address else ""
    if address is None or not address.startswith("https://"):
        return None
    return address if host == OWN_HOST or host.endswith(f".{OWN_HOST}") else None


def label(value: object) -> str | None:
    """A short text for people, with keys masked. A number becomes text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        figure = read.number(value)
        return None if figure is None else f"{figure:f}"[:LABEL_MAX]
    return (read.message(value, longest=LABEL_MAX) or "").strip() or None


def _labels(value: object) -> tuple[str, ...]:
    return tuple(found for item in read.items(value, longest=LISTED_MAX) if (found := label(item)))
