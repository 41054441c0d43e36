"""Makes an error from an HTTP answer other than 2xx. Reads every dialect of the error body leniently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from playground.evolink import reading as read
from playground.evolink.details import Details
from playground.evolink.errors import MESSAGE_MAX, APIStatusError, class_for, parse_retry_after, request_id_of
from playground.evolink.reasons import CODES, classify
from playground.evolink.refusal_details import details_of, label


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorBody:
    """What an error body says, in any dialect."""

    code: str | None = None
    type: str | None = None
    message: str | None = None
    param: str | None = None
    request_id: str | None = None
    details: Details | None = None

    @classmethod
    def from_json(cls, body: object) -> Self:
        """Reads the body. A `code` that is a word counts. An integer only repeats the HTTP status, so it is ignored."""
        outer = read.fields(body)
        inner = outer.get("error")
        error: Mapping[str, Any] = inner if isinstance(inner, Mapping) else outer
        said = inner if isinstance(inner, str) else None
        # The form of OAuth: {"error": "code", "error_description": "words"}
        code = said if said and said.lower() in CODES else error.get("code")
        message = error.get("msg") or error.get("error_description") or error.get("message")
        details = details_of(error)
        return cls(
            code=_code(code),
            type=label(error.get("type")),
            message=_message(message) or (None if code is said else _message(said)),
            param=label(error.get("param")),
            request_id=label(error.get("request_id")),
            details=details if details else None,
        )


def status_error(
    status: int, body: object, headers: Mapping[str, str], *, spends: bool, raw: str = ""
) -> APIStatusError:
    """The error for an answer other than 2xx. `body` is the parsed JSON, or None if the answer is not JSON."""
    said = ErrorBody.from_json(body)
    verdict = classify(status, said.code, said.type, said.message)
    error = class_for(status, verdict.reason)(
        said.message or f"EvoLink answered with HTTP {status}.",
        status=status,
        code=said.code or said.type,
        param=said.param,
        request_id=request_id_of(headers) or said.request_id,
        retry_after=parse_retry_after(headers.get("retry-after")),
        spends=spends,
        raw=raw,
    )
    error.details = said.details
    error.judge(verdict, spends=spends)
    return error


def _code(value: object) -> str | None:
    word = label(value) if isinstance(value, str) else None
    return None if word is None or word.isdecimal() else word


def _message(value: object) -> str | None:
    return read.message(value, longest=MESSAGE_MAX)
