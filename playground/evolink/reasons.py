"""What a refusal or a failed task means. At every HTTP status, the code is read before the status.

`classify` reads the errors of submits, of reads, and of tasks. `outcome` tells whether a submit that was answered with
an error was accepted. Only a listed code proves that it was not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final


class Reason(StrEnum):
    """Why EvoLink did not do what was asked. The values are EvoLink's own codes, if it has one."""

    # The request
    CONTENT = "content_policy_violation"
    PARAMETERS = "invalid_parameters"
    IMAGE = "image_processing_error"
    DIMENSIONS = "image_dimension_mismatch"
    TOO_LARGE = "request_too_large"
    NOT_FOUND = "resource_not_found"
    CONFLICT = "idempotency_conflict"
    # Money
    BALANCE = "account_balance_insufficient"
    KEY_LIMIT = "key_quota_exhausted"
    KEY_DAILY_LIMIT = "key_daily_quota_exhausted"
    QUOTA = "quota_exceeded"
    """A rate limit or a quota. EvoLink does not say which."""
    # The key and the account
    KEY_REFUSED = "unauthorized"
    KEY_EXPIRED = "key_expired"
    KEY_DISABLED = "key_disabled"
    ACCOUNT_DISABLED = "user_disabled"
    ADDRESS_REFUSED = "ip_restricted"
    FORBIDDEN = "permission_denied"
    # The model
    MODEL_NOT_ALLOWED = "key_model_not_allowed"
    MODEL_UNAVAILABLE = "model_unavailable"
    # EvoLink
    RATE_LIMITED = "rate_limit_exceeded"
    UNAVAILABLE = "service_unavailable"
    BUSY = "resource_exhausted"
    FAULT = "service_error"
    NOT_ACCEPTED = "not_accepted"
    """A redirect or a refused method. Nothing processed the request."""
    # The drawing
    NO_CONTENT = "generation_failed_no_content"
    TIMED_OUT = "generation_timeout"
    CANCELLED = "request_cancelled"
    NOT_SAID = "failed_without_a_reason"
    # Unknown
    OUTCOME_UNKNOWN = "paid_outcome_unknown"
    UNKNOWN = "unknown_error"

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed later without a change."""
        return self in _PASSING


class Outcome(Enum):
    """Whether a submit was accepted, although it was answered with an error."""

    REFUSED = "refused"
    """Not accepted and not charged."""
    RESEND = "resend"
    """Not accepted and not charged. The same request may be sent again with the same idempotency key."""
    UNKNOWN = "unknown"
    """It may have been accepted and charged."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reason. `listed`: EvoLink itself named the reason, and it refuses requests for this reason."""

    reason: Reason
    listed: bool


_R = Reason
CODES: Final[Mapping[str, Reason]] = {
    "content_policy_violation": _R.CONTENT,
    "content_filter": _R.CONTENT,
    "sensitive_content": _R.CONTENT,
    "sensitive_words_detected": _R.CONTENT,
    "moderation_blocked": _R.CONTENT,
    "input_moderation_failed": _R.CONTENT,
    "image_generation_user_error": _R.CONTENT,
    "invalid_request": _R.PARAMETERS,
    "invalid_parameter": _R.PARAMETERS,
    "invalid_parameters": _R.PARAMETERS,
    "unsupported_parameters": _R.PARAMETERS,
    "unprocessable": _R.PARAMETERS,
    "invalid_task_id": _R.PARAMETERS,
    "estimate_unsupported": _R.PARAMETERS,
    "invalid_media_url": _R.IMAGE,
    "image_processing_error": _R.IMAGE,
    "image_dimension_mismatch": _R.DIMENSIONS,
    "request_too_large": _R.TOO_LARGE,
    "resource_not_found": _R.NOT_FOUND,
    "task_not_found": _R.NOT_FOUND,
    "pricing_policy_not_found": _R.NOT_FOUND,
    "idempotency_conflict": _R.CONFLICT,
    "insufficient_quota": _R.BALANCE,
    "insufficient_user_quota": _R.BALANCE,
    "quota_not_enough": _R.BALANCE,
    "account_balance_insufficient": _R.BALANCE,
    "billing_hard_limit_reached": _R.BALANCE,
    "insufficient_token_quota": _R.KEY_LIMIT,
    "key_quota_exhausted": _R.KEY_LIMIT,
    "token_daily_quota_exceeded": _R.KEY_DAILY_LIMIT,
    "key_daily_quota_exhausted": _R.KEY_DAILY_LIMIT,
    "quota_exceeded": _R.QUOTA,
    "unauthorized": _R.KEY_REFUSED,
    "invalid_token": _R.KEY_REFUSED,
    "invalid_api_key": _R.KEY_REFUSED,
    "key_expired": _R.KEY_EXPIRED,
    "mcp_key_expired": _R.KEY_EXPIRED,
    "key_disabled": _R.KEY_DISABLED,
    "mcp_paused": _R.KEY_DISABLED,
    "user_disabled": _R.ACCOUNT_DISABLED,
    "ip_restricted": _R.ADDRESS_REFUSED,
    "permission_denied": _R.FORBIDDEN,
    "model_access_denied": _R.MODEL_NOT_ALLOWED,
    "key_model_not_allowed": _R.MODEL_NOT_ALLOWED,
    "model_not_found": _R.MODEL_UNAVAILABLE,
    "model_unavailable": _R.MODEL_UNAVAILABLE,
    "no_available_channel": _R.MODEL_UNAVAILABLE,
    "channel_selection_failed": _R.MODEL_UNAVAILABLE,
    "rate_limit_exceeded": _R.RATE_LIMITED,
    "upload_token_rate_limited": _R.RATE_LIMITED,
    "service_unavailable": _R.UNAVAILABLE,
    "mcp_channel_disabled": _R.UNAVAILABLE,
    "agent_session_unavailable": _R.UNAVAILABLE,
    "upload_token_unavailable": _R.UNAVAILABLE,
    "pricing_unavailable": _R.UNAVAILABLE,
    "resource_exhausted": _R.BUSY,
    "service_error": _R.FAULT,
    "internal_error": _R.FAULT,
    "upstream_error": _R.FAULT,
    "gateway_timeout": _R.FAULT,
    "generation_failed_no_content": _R.NO_CONTENT,
    "generation_timeout": _R.TIMED_OUT,
    "request_cancelled": _R.CANCELLED,
    "paid_outcome_unknown": _R.OUTCOME_UNKNOWN,
    "unknown_error": _R.UNKNOWN,
}
"""Every known code of EvoLink, its gateway and the providers behind it."""

TYPES: Final[Mapping[str, Reason]] = {
    "image_generation_user_error": _R.CONTENT,
    "invalid_request_error": _R.PARAMETERS,
    "authentication_error": _R.KEY_REFUSED,
    "insufficient_quota": _R.BALANCE,
    "insufficient_quota_error": _R.BALANCE,
    "permission_error": _R.FORBIDDEN,
    "not_found_error": _R.NOT_FOUND,
    "request_too_large_error": _R.TOO_LARGE,
    "rate_limit_error": _R.RATE_LIMITED,
    "service_unavailable_error": _R.UNAVAILABLE,
    "internal_server_error": _R.FAULT,
    "upstream_error": _R.FAULT,
    "api_error": _R.FAULT,
}
"""The types of the old dialect, whose `code` is the HTTP status."""

STATUSES: Final[Mapping[int, Reason]] = {
    307: _R.NOT_ACCEPTED,
    401: _R.KEY_REFUSED,
    402: _R.BALANCE,
    403: _R.FORBIDDEN,
    404: _R.NOT_FOUND,
    405: _R.NOT_ACCEPTED,
    413: _R.TOO_LARGE,
    429: _R.RATE_LIMITED,
    503: _R.UNAVAILABLE,
}

# Codes that are so general that the message may say more.
_GENERIC: Final = frozenset({"invalid_request", "invalid_parameter", "invalid_parameters", "unknown_error"})
_SAFETY: Final = re.compile(
    r"safety (system|filter|polic)|content polic|blocked by moderation|moderation (blocked|failed)", re.IGNORECASE
)
_MONEY: Final = re.compile(r"insufficient (account )?(credit|balance|quota|fund)", re.IGNORECASE)
_LOOKED_AT: Final = 2000

_PASSING: Final = frozenset(
    {_R.RATE_LIMITED, _R.UNAVAILABLE, _R.BUSY, _R.FAULT, _R.TIMED_OUT, _R.QUOTA, _R.MODEL_UNAVAILABLE, _R.CANCELLED}
)
_RESENT: Final = frozenset({_R.RATE_LIMITED, _R.UNAVAILABLE, _R.QUOTA, _R.MODEL_UNAVAILABLE})
# Refusals by the gateway before it forwards a request. They prove, at any HTTP status, that nothing was charged.
_ADMISSION: Final = frozenset(
    {
        _R.BALANCE,
        _R.KEY_LIMIT,
        _R.KEY_DAILY_LIMIT,
        _R.KEY_REFUSED,
        _R.KEY_EXPIRED,
        _R.KEY_DISABLED,
        _R.ACCOUNT_DISABLED,
        _R.ADDRESS_REFUSED,
        _R.FORBIDDEN,
        _R.MODEL_NOT_ALLOWED,
        _R.MODEL_UNAVAILABLE,
        _R.RATE_LIMITED,
    }
)
# EvoLink refuses requests for these reasons. All other reasons belong to tasks that it has accepted.
_TURNED_AWAY: Final = _ADMISSION | {
    _R.CONTENT,
    _R.PARAMETERS,
    _R.IMAGE,
    _R.DIMENSIONS,
    _R.TOO_LARGE,
    _R.NOT_FOUND,
    _R.CONFLICT,
    _R.QUOTA,
    _R.UNAVAILABLE,
}


def classify(status: int | None, code: str | None, type: str | None = None, message: str | None = None) -> Verdict:
    """What an error means. `status` is the HTTP status. None for the error of a task."""
    word = (code or "").strip().lower()
    says_nothing = not word or word.isdecimal()
    in_words = _in_words(message or "") if says_nothing or word in _GENERIC else None
    known = in_words or CODES.get(word)
    if known is not None:
        return Verdict(known, known in _TURNED_AWAY)
    by_type = TYPES.get((type or "").strip().lower())
    if by_type is not None:
        return Verdict(by_type, says_nothing and by_type in _TURNED_AWAY)
    return Verdict(_by_status(status), False)


def outcome(status: int, verdict: Verdict) -> Outcome:
    """Whether a submit that was answered with this error was accepted:

    * 307, 405: refused
    * 408, 409 (other than `idempotency_conflict`), `paid_outcome_unknown`: unknown
    * 429, 503 because of load or an unavailable model, with a listed code: refused, may be sent again
    * any other 4xx with a listed code, or with a message that says the same: refused
    * 5xx with a code of the gateway's own checks (money, key, permission, model, rate): refused
    * everything else, above all errors without a listed code: unknown
    """
    reason = verdict.reason
    if reason is Reason.OUTCOME_UNKNOWN:
        return Outcome.UNKNOWN
    if status in (307, 405):
        return Outcome.REFUSED
    if status == 409:
        return Outcome.REFUSED if reason is Reason.CONFLICT else Outcome.UNKNOWN
    if status == 408 or not verdict.listed:
        return Outcome.UNKNOWN
    if status in (429, 503) and reason in _RESENT:
        return Outcome.RESEND
    if 400 <= status <= 499 or (500 <= status <= 599 and reason in _ADMISSION):
        return Outcome.REFUSED
    return Outcome.UNKNOWN


def _in_words(message: str) -> Reason | None:
    looked_at = message[:_LOOKED_AT]
    if _SAFETY.search(looked_at):
        return Reason.CONTENT
    return Reason.BALANCE if _MONEY.search(looked_at) else None


def _by_status(status: int | None) -> Reason:
    if status is None:
        return Reason.UNKNOWN
    if status in STATUSES:
        return STATUSES[status]
    if 500 <= status <= 599:
        return Reason.FAULT
    return Reason.PARAMETERS if status in (400, 415, 422) else Reason.UNKNOWN
