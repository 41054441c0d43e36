"""The accounts and their credits. Each bearer key has one account, which is opened when the key is first used."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from playground.sandbox.replies import Refusal
from playground.sandbox.state.money import Bill
from playground.sandbox.state.world import Call, credits, units

DAILY_LIMIT: Final = 50  # credits
KEY_LIMIT: Final = 10  # a key's own limit in opening balances: above the account's, as in the documented example

LOW = Refusal(402, "insufficient_quota", "Insufficient quota. Please top up your account.", "insufficient_quota")


def left(connection: sqlite3.Connection, call: Call) -> int:
    """Return the units that the account can still spend: granted minus used and reserved."""
    granted, _used, held = _sums(connection, call)
    return granted - held


def reserve(connection: sqlite3.Connection, call: Call, amount: int) -> None:
    """Reserve `amount` units for a task. Needs a writing transaction."""
    if left(connection, call) < amount:
        raise LOW
    connection.execute(
        "insert into accounts (key, granted) values (?, ?) on conflict do nothing",
        (call.account, units(call.opening)),
    )
    connection.execute("update accounts set reserved = reserved + ? where key = ?", (amount, call.account))


def settle(connection: sqlite3.Connection, task: Mapping[str, Any], bill: Bill) -> None:
    """Release the reservation and record the charges of the bill with their times. Needs a writing transaction."""
    if not bill.keeps_reservation:
        connection.execute(
            "update accounts set reserved = reserved - ? where key = ?", (bill.reserved, task["account"])
        )
    connection.executemany(
        "insert into charges (task, account, amount, at) values (?, ?, ?, ?)",
        [(task["id"], task["account"], amount, at) for at, amount in bill.movements()],
    )


def view(connection: sqlite3.Connection, call: Call) -> dict[str, Any]:
    """Return the body of GET /v1/credits. `remaining_credits` is already without the reserved credits."""
    granted, used, held = _sums(connection, call)
    token: dict[str, Any] = {
        "remaining_credits": credits(granted * KEY_LIMIT - held),
        "unlimited_credits": call.key_scenario == "unlimited",
        "used_credits": credits(used),
    }
    user: dict[str, Any] = {"remaining_credits": credits(granted - held), "used_credits": credits(used)}
    if call.key_scenario == "daily_limit":
        token |= {
            "daily_limit_credits": DAILY_LIMIT,
            "daily_used_credits": credits(used),
            "reset_timezone": "Asia/Shanghai",
        }
    if call.key_scenario == "credits_text":
        token, user = {}, {"remaining_credits": str(user["remaining_credits"])}
    return {"data": {"token": token, "user": user}, "message": "", "success": True}


def _sums(connection: sqlite3.Connection, call: Call) -> tuple[int, int, int]:
    """Return (granted, used, used or held) in units. A later charge is held until its time."""
    account = connection.execute("select * from accounts where key = ?", (call.account,)).fetchone()
    if account is None:
        return units(call.opening), 0, 0
    used, later = connection.execute(
        "select coalesce(sum(amount) filter (where at <= ?), 0), coalesce(sum(amount) filter (where at > ?), 0)"
        " from charges where account = ? and (at <= ? or amount > 0)",
        (call.now, call.now, call.account, call.now),
    ).fetchone()
    return account["granted"], used, used + later + account["reserved"]
