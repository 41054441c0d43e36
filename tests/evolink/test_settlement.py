"""What became of the money of a task: every state EvoLink reports, and nothing that is not proven."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from playground.evolink import Charge, Settlement, Task

CHARGED, NOT_CHARGED, REFUNDED, OPEN, UNKNOWN = Charge
ENDED = ("completed", "failed", "cancelled")
BAD = ("failed", "cancelled")


def settled(status: str, billing: object = None, usage: object = None) -> tuple[Charge, Decimal | None]:
    task = Task.from_json({"id": "task-unified-1-abcdefgh", "status": status, "billing": billing, "usage": usage})
    return task.settlement.charge, task.settlement.credits


def record(charge: str | None = None, refund: str | None = None, **credits: Any) -> dict[str, Any]:
    amounts = {f"{name}_credits": amount for name, amount in credits.items()}
    return {"charge_status": charge, "refund_status": refund, "refund_scope": "account_balance", **amounts}


# (statuses, billing, usage) → (charge, credits)
ROWS: list[tuple[tuple[str, ...], Any, Any, Charge, str | None]] = [
    # charged, with an amount, is a cost, on a failed task as well
    (ENDED, record("charged", charged=1.5), None, CHARGED, "1.5"),
    (ENDED, record("charged", "not_required", charged=1.5, reserved=2), {"credits_used": 9}, CHARGED, "1.5"),
    (ENDED, record("charged", "unknown", charged="1.50"), None, CHARGED, "1.50"),
    (ENDED, record("CHARGED ", charged=1.5), None, CHARGED, "1.5"),
    (ENDED, record("charged", "failed", charged=1.5), None, CHARGED, "1.5"),
    (ENDED, record("charged", charged=0), {"credits_used": 4}, NOT_CHARGED, "0"),
    # charged without an amount: the usage of a completed task says it, else it comes later
    (("completed",), record("charged"), {"credits_used": 4}, CHARGED, "4"),
    (("completed",), record("charged", charged={}), {"cost": {"credits": "4"}}, CHARGED, "4"),
    (("completed",), record("charged"), None, OPEN, None),
    (BAD, record("charged"), {"credits_used": 4}, OPEN, None),
    # released: nothing was charged, whatever the usage says
    (ENDED, record("released"), {"credits_used": 4}, NOT_CHARGED, "0"),
    (ENDED, record("released", "not_required", charged=3), {"credits_used": 4}, NOT_CHARGED, "0"),
    (ENDED, record("released", "unknown", reserved=6), None, NOT_CHARGED, "0"),
    (ENDED, record("released", "completed", reserved=6, refunded=6, charged=0), {"credits_used": 6}, REFUNDED, "0"),
    (ENDED, record("released", "completed", refunded="6"), None, REFUNDED, "0"),
    (ENDED, record("released", "completed", reserved=6, refunded=7), None, REFUNDED, "0"),
    (ENDED, record("released", "completed", reserved=6), None, NOT_CHARGED, "0"),
    (ENDED, record("released", "completed", reserved=6, refunded=2), None, OPEN, None),
    (ENDED, record("released", "unknown", reserved=6, refunded=6), None, NOT_CHARGED, "0"),
    (ENDED, record("reserved", "failed", reserved=6, refunded=6), None, OPEN, None),
    (ENDED, record("charged", "unknown", charged=6, reserved=6, refunded=6), None, CHARGED, "6"),
    (ENDED, record("released", "pending", reserved=6, refunded=6), None, OPEN, None),
    (ENDED, record("released", "failed", reserved=6), None, OPEN, None),
    # a refund that is completed takes a charge back; one under way leaves it open
    (ENDED, record("charged", "completed", charged=6, reserved=6, refunded=6), None, REFUNDED, "0"),
    (ENDED, record("charged", "completed", charged=6, refunded=6), None, REFUNDED, "0"),
    (ENDED, record("charged", "completed", charged=6, refunded=0), None, CHARGED, "6"),
    (ENDED, record("charged", "completed", charged=6), None, CHARGED, "6"),
    (ENDED, record("charged", "completed", charged=6, reserved=6, refunded=2), None, CHARGED, "4"),
    (ENDED, record("charged", "completed", charged=6, refunded=2), None, CHARGED, "6"),
    (ENDED, record("charged", "pending", charged=6, reserved=6, refunded=6), None, OPEN, None),
    # only what was reserved too much came back
    (ENDED, record("charged", "completed", charged=4, reserved=6, refunded=2), None, CHARGED, "4"),
    (ENDED, record("charged", "completed", charged=2, reserved=6, refunded=4), None, CHARGED, "2"),
    (ENDED, record("charged", "completed", charged=0, reserved=6, refunded=6), None, NOT_CHARGED, "0"),
    # reserved and unknown are not settled, whatever number stands beside them
    *(
        row
        for word in ("reserved", "unknown", "something_new")
        for row in (
            (ENDED, record(word), None, OPEN, None),
            (ENDED, record(word, charged=0), {"credits_used": 0}, OPEN, None),
            (ENDED, record(word, "unknown", charged=3, reserved=6), {"credits_used": 3}, OPEN, None),
            (ENDED, record(word, "not_required", charged=3), None, OPEN, None),
            (ENDED, record(word, "pending", reserved=6), None, OPEN, None),
            (ENDED, record(word, "completed", reserved=6), None, OPEN, None),
            (ENDED, record(word, "completed", reserved=6, refunded=2), None, OPEN, None),
            (ENDED, record(word, "completed", reserved=6, refunded=6), None, REFUNDED, "0"),
            (ENDED, record(word, "completed", refunded=6), None, REFUNDED, "0"),
        )
    ),
    # without a word on the charge
    (ENDED, record(None, "completed", reserved=6, refunded=6), {"credits_used": 6}, REFUNDED, "0"),
    (ENDED, record(None, "completed", refunded=6), None, REFUNDED, "0"),
    (ENDED, record(None, "completed"), {"credits_reserved": 6}, UNKNOWN, None),
    (BAD, record(None, "completed", refunded=5), {"credits_reserved": 6}, UNKNOWN, None),
    (ENDED, record(None, "pending"), {"credits_used": 6}, OPEN, None),
    (("completed",), record(None, charged=1.5), {"credits_used": 4}, CHARGED, "1.5"),
    (("completed",), {"charged_credits": 0}, {"credits_used": 4}, NOT_CHARGED, "0"),
    (("completed",), None, {"credits_used": 1.783}, CHARGED, "1.783"),
    (("completed",), {}, {"credits_used": "1.783", "cost": {"credits": 9}}, CHARGED, "1.783"),
    (("completed",), "odd", {"cost": {"credits": 3.5, "usd": 0.05}}, CHARGED, "3.5"),
    (("completed",), None, {"credits_used": 0}, NOT_CHARGED, "0"),
    (("completed",), None, {"credits_reserved": 9}, UNKNOWN, None),
    (("completed",), None, {"credits_used": None, "cost": 3}, UNKNOWN, None),
    (("completed",), None, None, UNKNOWN, None),
    # usage alone proves nothing on a failed task, neither way
    (BAD, None, None, UNKNOWN, None),
    (BAD, None, {"credits_used": 4, "cost": {"credits": 4}}, UNKNOWN, None),
    (BAD, None, {"credits_used": 0}, UNKNOWN, None),
    (BAD, {"charged_credits": 4}, None, UNKNOWN, None),
    (BAD, {"charged_credits": 0}, {"credits_used": 0}, UNKNOWN, None),
    # nothing is settled while the task runs
    (("pending", "processing"), record("charged", charged=4), {"credits_used": 4}, OPEN, None),
    (("pending", "processing"), record("released", "completed", refunded=4), None, OPEN, None),
    (("pending", "processing"), None, {"credits_reserved": 4}, OPEN, None),
    # odd figures are no figures
    (("completed",), record("charged", charged="much"), {"credits_used": 2}, CHARGED, "2"),
    (("completed",), record("charged", charged=-3), None, OPEN, None),
    (("completed",), record("charged", charged=True), None, OPEN, None),
    (("completed",), record("charged", charged=float("nan")), None, OPEN, None),
    (("completed",), {"charge_status": 3, "charged_credits": 2}, None, CHARGED, "2"),
    (("failed",), {"charge_status": ["released"]}, None, UNKNOWN, None),
]


@pytest.mark.parametrize(("statuses", "billing", "usage", "charge", "credits"), ROWS, ids=range(len(ROWS)))
def test_every_state_of_the_money(
    statuses: tuple[str, ...], billing: Any, usage: Any, charge: Charge, credits: str | None
) -> None:
    expected = None if credits is None else Decimal(credits)
    for status in statuses:
        assert settled(status, billing, usage) == (charge, expected), status


def test_the_figures_and_words_beside_it_are_kept() -> None:
    billing = {
        **record("Released", "completed", reserved="6.5508", refunded=6.5508, charged=0),
        "refunded_at": "2026-10-10T06:52:34Z",
    }
    settlement = Settlement.of("failed", billing, {"credits_reserved": 9})
    assert (settlement.reserved, settlement.refunded) == (Decimal("6.5508"), Decimal("6.5508"))
    assert settlement.refunded_at == datetime(2026, 10, 10, 6, 52, 34, tzinfo=UTC)
    assert (settlement.charge_status, settlement.refund_status) == ("released", "completed")
    assert settlement.proven
    assert Settlement.of("pending", None, {"credits_reserved": 9}).reserved == Decimal(9)
    assert not Settlement().proven
    assert Settlement().charge is UNKNOWN


def test_the_words_for_a_charge() -> None:
    assert list(Charge) == ["charged", "not_charged", "refunded", "open", "unknown"]


def test_the_cost_is_known_exactly_where_it_is_proven() -> None:
    words = (None, "unknown", "reserved", "charged", "released")
    refunds = (None, "unknown", "not_required", "pending", "failed", "completed")
    amounts = (None, 0, 3, 6)
    for status, charge, refund, charged, refunded, reserved, used in product(
        ENDED, words, refunds, amounts, amounts, (None, 6), (None, 3)
    ):
        found = Settlement.of(
            status,
            {
                "charge_status": charge, "refund_status": refund, "charged_credits": charged,
                "refunded_credits": refunded, "reserved_credits": reserved,
            },
            {"credits_used": used},
        )  # fmt: skip
        if found.charge is CHARGED:
            assert found.credits is not None
            assert found.credits > 0
        elif found.charge in (NOT_CHARGED, REFUNDED):
            assert found.credits == 0
        else:
            assert found.credits is None
        if charge in ("reserved", "unknown"):
            assert found.charge in (OPEN, REFUNDED)
        if charge == "released":
            assert found.charge is not CHARGED
        if charge is None and status != "completed":
            assert found.charge in (UNKNOWN, REFUNDED, OPEN)
