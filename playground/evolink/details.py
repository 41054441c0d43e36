"""The details that EvoLink may send with a refusal: limits, balances, what is allowed, a page to visit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self
from urllib.parse import urlsplit

from playground.evolink import reading as read
from playground.evolink.secret import redact

OWN_HOST: Final = "evolink.ai"
LABEL_MAX: Final = 200
LISTED_MAX: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """What EvoLink sent. What it did not send is None or empty. Amounts are credits."""

    key_name: str | None = None
    estimated_credits: Decimal | None = None
    account_balance_credits: Decimal | None = None
    total_limit_credits: Decimal | None = None
    used_credits: Decimal | None = None
    remaining_credits: Decimal | None = None
    daily_limit_credits: Decimal | None = None
    daily_used_credits: Decimal | None = None
    reset_timezone: str | None = None
    expired_at: datetime | None = None
    limit_scope: str | None = None
    """`mcp`: the limit applies to all signed-in tools of the account together."""
    allowed_models: tuple[str, ...] = ()
    allowed_values: tuple[str, ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    suggestion: str | None = None
    action_url: str | None = None
    """A page for the user to visit, on EvoLink's own host. Any other address is left out."""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) not in (None, ()) for field in fields(self))

    @classmethod
    def from_json(cls, error: Mapping[str, Any]) -> Self:
        return cls(
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
    found = read.text(value, longest=LABEL_MAX)
    return redact(found).strip() or None if found else None


def _labels(value: object) -> tuple[str, ...]:
    return tuple(found for item in read.items(value, longest=LISTED_MAX) if (found := label(item)))
