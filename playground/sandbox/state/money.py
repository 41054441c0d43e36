"""The charge of a finished task by the clock: when units are taken and given back, and what the answers say at which
time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.sandbox.oddities import iso
from playground.sandbox.script import Script
from playground.sandbox.state.world import credits

# Failed tasks for which the whole reservation is taken, for good or at first.
TAKEN_ALL_THE_SAME = ("failed_and_charged", "refund_failed", "refund_late")


@dataclass(frozen=True)
class Bill:
    """The bill of a task. `charged` and `reserved` are in units. `finished` is when it ended (unix seconds)."""

    script: Script
    completed: bool
    charged: int
    reserved: int
    finished: float

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> Bill:
        return cls(
            script=Script(json.loads(task["scenarios"])),
            completed=task["state"] == "completed",
            charged=task["charged"],
            reserved=task["reserved"],
            finished=task["finished"],
        )

    @property
    def keeps_reservation(self) -> bool:
        """Whether the reservation is never released."""
        return self.completed and "charge_never" in self.script

    def movements(self) -> Iterator[tuple[float, int]]:
        """Yield (time, units): the units taken from the account, or given back if negative."""
        if not self.charged or self.keeps_reservation:
            return
        yield self.finished + self._wait("charge_reserved", "charge_unknown"), self.charged
        if self.completed and "refund_afterwards" in self.script:
            yield self.finished + self.script["refund_afterwards"], -self.charged
        if not self.completed and "refund_late" in self.script:
            yield self.finished + self.script["refund_late"], -self.charged

    def answer(self, now: float) -> tuple[dict[str, Any] | None, int | None]:
        """Return (billing record, units used) as an answer reports them now. None: not reported."""
        words = self._completed(now) if self.completed else self._failed(now)
        used = self._used(now)
        if words is None:
            return None, used
        fixed = {"refund_scope": "account_balance", "reserved_credits": credits(self.reserved)}
        return {**fixed, **words}, used

    def _completed(self, now: float) -> dict[str, Any]:
        if self.keeps_reservation or self._still("charge_reserved", now):
            return _record("reserved", 0, "unknown")
        if self._still("charge_unknown", now):
            return _record("unknown", self.charged, "unknown")
        if self._still("charge_unsaid", now):
            return {"charge_status": "charged", "refund_status": "unknown"}
        if "refund_afterwards" in self.script and not self._still("refund_afterwards", now):
            return self._given_back(self.finished + self.script["refund_afterwards"])
        return _record("charged", self.charged, "not_required")

    def _failed(self, now: float) -> dict[str, Any] | None:
        if "failed_and_unsaid" in self.script:
            return None
        if "failed_and_released" in self.script:
            return _record("released", 0, "not_required")
        if self._still("refund_late", now):
            return _record("charged", self.charged, "pending")
        if "refund_failed" in self.script:
            return _record("charged", self.charged, "failed")
        if self.charged and "refund_late" not in self.script:
            return _record("charged", self.charged, "not_required")
        return self._given_back(self.finished + self.script.get("refund_late", 0.0))

    def _used(self, now: float) -> int | None:
        if self._still("charge_unsaid", now):
            return None
        if self.keeps_reservation or self._still("charge_reserved", now):
            return 0
        if "failed_and_unsaid" in self.script or "failed_and_released" in self.script:
            return self.reserved
        return self.charged

    def _given_back(self, at: float) -> dict[str, Any]:
        return {**_record("released", 0, "completed", refunded=self.reserved), "refunded_at": iso(at)}

    def _wait(self, *names: str) -> float:
        return max(self.script.get(name, 0.0) for name in names) if self.completed else 0.0

    def _still(self, name: str, now: float) -> bool:
        """Whether the scenario applies and its time is not over."""
        return name in self.script and now < self.finished + self.script[name]


def _record(charge: str, charged: int, refund: str, *, refunded: int = 0) -> dict[str, Any]:
    return {
        "charge_status": charge,
        "charged_credits": credits(charged),
        "refund_status": refund,
        "refunded_credits": credits(refunded),
    }
