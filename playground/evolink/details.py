"""The details that EvoLink may send with a refusal: limits, balances, what is allowed, a page to visit."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal


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
