"""Whose credits they are. One account for each bearer key, opened when the key is first seen."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from playground.sandbox.replies import Refusal
from playground.sandbox.state.world import Call, credits, units

KEY_LIMIT: Final = 10  # a key's own limit, in opening balances: above the account's, as in the documented example

LOW = Refusal(402, "insufficient_quota", "Insufficient quota. Please top up your account.", "insufficient_quota")


def left(connection: sqlite3.Connection, call: Call) -> int:
    """Units the account may still spend: granted, less what is used or reserved."""
    row = _row(connection, call)
    return units(call.opening) if row is None else row["granted"] - row["used"] - row["reserved"]


def reserve(connection: sqlite3.Connection, call: Call, amount: int) -> None:
    """Set `amount` units aside for a task; within a writing transaction."""
    if left(connection, call) < amount:
        raise LOW
    connection.execute(
        "insert into accounts (key, granted) values (?, ?) on conflict do nothing",
        (call.account, units(call.opening)),
    )
    connection.execute("update accounts set reserved = reserved + ? where key = ?", (amount, call.account))


def settle(connection: sqlite3.Connection, account: str, *, reserved: int, charged: int) -> None:
    """Give back what was reserved and take what was used; within a writing transaction."""
    connection.execute(
        "update accounts set reserved = reserved - ?, used = used + ? where key = ?",
        (reserved, charged, account),
    )


def view(connection: sqlite3.Connection, call: Call) -> dict[str, Any]:
    """The body of GET /v1/credits. What is reserved is already gone from `remaining_credits`."""
    row = _row(connection, call)
    granted, used, held = (row["granted"], row["used"], row["reserved"]) if row else (units(call.opening), 0, 0)
    token = {
        "remaining_credits": credits(granted * KEY_LIMIT - used - held),
        "unlimited_credits": call.unlimited,
        "used_credits": credits(used),
    }
    user = {"remaining_credits": credits(granted - used - held), "used_credits": credits(used)}
    return {"data": {"token": token, "user": user}, "message": "", "success": True}


def _row(connection: sqlite3.Connection, call: Call) -> Any:
    return connection.execute("select * from accounts where key = ?", (call.account,)).fetchone()
