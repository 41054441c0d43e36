"""Answers in EvoLink's form: compact JSON, and refusals in each dialect of its error body."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import brotli
import httpx

HTML = "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"

# The old documentation: `code` is the HTTP status as an integer, `type` is one of these (contract 1.6).
OLD_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_quota_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large_error",
    429: "rate_limit_error",
    500: "internal_server_error",
    502: "upstream_error",
    503: "service_unavailable_error",
}
BILLING_PAGE = "https://evolink.ai/dashboard/billing"


@dataclass(frozen=True)
class Wire:
    """How an answer is delivered. The transport or the server that delivers it does this."""

    delay: float = 0.0  # seconds before the first byte
    drip: float = 0.0  # seconds over which the body is sent slowly
    lost: bool = False  # the connection closes and the answer never arrives
    cut: bool = False  # the connection closes in the middle of the body
    encoding: str | None = None  # the Content-Encoding the body is sent with


@dataclass
class Refusal(Exception):
    """A request is refused, with an HTTP status other than 2xx and the words of the contract."""

    status: int
    code: str | None
    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)  # further fields of the error body


def dump(value: object) -> bytes:
    """Return compact JSON with sorted keys. Some clients search the text for `"id":"` instead of parsing it."""

    def number(value: object) -> int | float:
        if not isinstance(value, Decimal):
            raise TypeError(f"{type(value).__name__} is no JSON")
        return int(value) if value == value.to_integral_value() else float(value)

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=number).encode()


def answer(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, content=dump(value), headers={"content-type": "application/json", **(headers or {})})


def page(status: int, title: str) -> httpx.Response:
    """Return an HTML page instead of JSON, as a proxy in between would send it."""
    return httpx.Response(
        status,
        content=HTML.format(title=title).encode(),
        headers={"content-type": "text/html; charset=utf-8"},
    )


def encoded(content: bytes, encoding: str) -> bytes:
    """Return the bytes compressed for this Content-Encoding, or unchanged if it compresses nothing."""
    if encoding == "br":
        return bytes(brotli.compress(content, quality=4))
    if encoding == "gzip":
        return gzip.compress(content)
    return zlib.compress(content) if encoding == "deflate" else content


def carry(response: httpx.Response, wire: Wire) -> httpx.Response:
    """Return the response, marked with how it is delivered."""
    response.extensions["wire"] = wire
    return response


def refuse(refusal: Refusal, *, dialect: str, request_id: str) -> httpx.Response:
    """Return the refusal in one of the dialects `new`, `old`, `gateway`, `empty`, `html`."""
    if dialect == "html":
        response = page(refusal.status, refusal.message)
    elif dialect == "empty":
        response = httpx.Response(refusal.status, content=b"", headers={"content-type": "application/json"})
    else:
        response = answer({"error": _error(refusal, dialect, request_id)}, status=refusal.status)
    response.headers.update(refusal.headers)
    return response


def _error(refusal: Refusal, dialect: str, request_id: str) -> dict[str, Any]:
    error: dict[str, Any] = {"message": refusal.message, "type": refusal.type}
    if dialect != "old":
        error |= refusal.details
    if not refusal.type:
        del error["type"]
    if dialect == "old":
        error |= {"code": refusal.status, "type": OLD_TYPES.get(refusal.status, refusal.type)}
        if refusal.status == 402:
            error["fallback_suggestion"] = BILLING_PAGE
    elif refusal.code is not None:
        error["code"] = refusal.code
    if dialect == "gateway":
        error |= {"message": f"{refusal.message} (request id: {request_id})", "param": refusal.param}
    elif refusal.param is not None:
        error["param"] = refusal.param
    return error
