"""Upload tokens: short-lived bearer tokens for the files API, so that a browser can upload without the key."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

import httpx

from playground.sandbox.replies import Refusal, answer
from playground.sandbox.state.world import Call

PREFIX: Final = "evup_"
LIFE: Final = 600.0  # seconds
PER_MINUTE: Final = 30


def give_token(call: Call) -> httpx.Response:
    """POST /v1/files/upload-token."""
    call.authenticate()
    token = PREFIX + secrets.token_urlsafe(24)
    with call.world.store.writing() as connection:
        connection.execute("delete from upload_tokens where expires <= ?", (call.now,))
        recent = connection.execute(
            "select count(*) from upload_tokens where account = ? and created > ?", (call.account, call.now - 60)
        ).fetchone()[0]
        if recent >= PER_MINUTE:
            raise Refusal(429, "upload_token_rate_limited", "Too many upload tokens", "rate_limit_error")
        connection.execute(
            "insert into upload_tokens (token, account, created, expires) values (?, ?, ?, ?)",
            (_hashed(token), call.account, call.now, call.now + LIFE),
        )
    return answer({"expires_at": int(call.now + LIFE), "upload_token": token})


def authenticate(call: Call) -> None:
    """Accept a bearer key or an upload token."""
    token = call.bearer()
    if not token.startswith(PREFIX):
        call.authenticate()
        return
    with call.world.store.reading() as connection:
        row = connection.execute(
            "select account from upload_tokens where token = ? and expires > ?", (_hashed(token), call.now)
        ).fetchone()
    if row is None:
        raise Refusal(401, "unauthorized", "Invalid or expired token", "authentication_error")
    call.account = row["account"]


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
