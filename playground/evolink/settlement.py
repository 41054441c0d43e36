"""What a task has cost, as far as EvoLink's answer proves it.

`billing.charge_status` decides. `reserved` and `unknown` are not settled, whatever amount the record has, and may
change after the task has ended. `usage.credits_used` counts as a charge only on a completed task without a billing
record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from playground.evolink import reading as read

ENDED: Final = frozenset({"completed", "failed", "cancelled"})


class Charge(StrEnum):
    """Whether a task was charged."""

    CHARGED = "charged"
    NOT_CHARGED = "not_charged"
    REFUNDED = "refunded"
    """Not charged: EvoLink has given back what it had reserved or taken."""
    OPEN = "open"
    """Not known yet: EvoLink has not settled it. A later answer may tell."""
    UNKNOWN = "unknown"
    """Not known: the task has ended, and its answer does not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """Whether a task was charged, and EvoLink's figures. All amounts are credits."""

    charge: Charge = Charge.UNKNOWN
    credits: Decimal | None = None
    """What the task cost. 0 if it is proven that nothing was charged, None if the cost is not known."""
    reserved: Decimal | None = None
    refunded: Decimal | None = None
    refunded_at: datetime | None = None
    charge_status: str | None = None
    """EvoLink's word: unknown, reserved, charged, released, or a word we do not know."""
    refund_status: str | None = None
    """EvoLink's word: unknown, not_required, pending, failed, completed, or a word we do not know."""

    @property
    def proven(self) -> bool:
        """Whether EvoLink has said what the task cost."""
        return self.credits is not None

    @classmethod
    def of(cls, status: str, billing: object, usage: object) -> "Settlement":
        """Reads the status, `billing` and `usage` of a task. `billing` and `usage` may be any JSON."""
        record, used = read.fields(billing), read.fields(usage)
        reserved = read.credits(record.get("reserved_credits"))
        if reserved is None:
            reserved = read.credits(used.get("credits_reserved"))
        refunded = read.credits(record.get("refunded_credits"))
        charge_status, refund_status = read.word(record.get("charge_status")), read.word(record.get("refund_status"))
        bill = _Bill(
            status=status,
            charge=charge_status,
            refund=refund_status,
            charged=read.credits(record.get("charged_credits")),
            refunded=refunded if refund_status == "completed" else None,
            reserved=reserved,
            used=_used(used),
        )
        charge, credits = bill.settled()
        return cls(
            charge=charge,
            credits=credits,
            reserved=reserved,
            refunded=refunded,
            refunded_at=read.moment(record.get("refunded_at")),
            charge_status=charge_status,
            refund_status=refund_status,
        )


_Settled = tuple[Charge, Decimal | None]
_OPEN: Final[_Settled] = (Charge.OPEN, None)
_UNKNOWN: Final[_Settled] = (Charge.UNKNOWN, None)
_NOT_CHARGED: Final[_Settled] = (Charge.NOT_CHARGED, Decimal(0))
_REFUNDED: Final[_Settled] = (Charge.REFUNDED, Decimal(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bill:
    """The values that were read. `refunded` is set only if the refund is completed. `used` is from the usage."""

    status: str
    charge: str | None
    refund: str | None
    charged: Decimal | None
    refunded: Decimal | None
    reserved: Decimal | None
    used: Decimal | None

    def settled(self) -> _Settled:
        if self.status not in ENDED or self.refund == "pending":
            return _OPEN
        if self.charge == "released":
            return self._released()
        if self.charge == "charged":
            return self._charged()
        if self._all_given_back:
            return _REFUNDED
        return _OPEN if self.charge else self._unsaid()

    def _released(self) -> _Settled:
        if self._all_given_back:
            return _REFUNDED
        in_part = bool(self.refunded)
        return _OPEN if in_part or self.refund == "failed" else _NOT_CHARGED

    def _charged(self) -> _Settled:
        amount = self.charged
        if amount is None and self.status == "completed":
            amount = self.used
        if amount is None:
            return _OPEN
        if not amount:
            return _NOT_CHARGED
        surplus = None if self.reserved is None else self.reserved - amount
        if not self.refunded or self.refunded == surplus:
            # Nothing was refunded, or only the part of the reservation that was not needed.
            return Charge.CHARGED, amount
        if self.refunded >= amount:
            return _REFUNDED
        return Charge.CHARGED, amount if surplus is None else amount - self.refunded

    def _unsaid(self) -> _Settled:
        """Without a charge status, an amount counts only on a completed task."""
        amount = self.used if self.charged is None else self.charged
        if self.status != "completed" or amount is None:
            return _UNKNOWN
        return (Charge.CHARGED, amount) if amount else _NOT_CHARGED

    @property
    def _all_given_back(self) -> bool:
        if not self.refunded:
            return False
        return self.reserved is None or self.refunded >= self.reserved


def _used(usage: Mapping[str, Any]) -> Decimal | None:
    """The credits in a usage: `credits_used`, else the credits in its `cost`."""
    used = read.credits(usage.get("credits_used"))
    return read.credits(read.fields(usage.get("cost")).get("credits")) if used is None else used
