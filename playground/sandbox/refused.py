"""The scenarios of refusals: the error answers of EvoLink, its gateway or a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from playground.sandbox.replies import BILLING_PAGE, Refusal

BAD = "invalid_request_error"
KEY = "authentication_error"
PAY = "insufficient_quota"
NO = "permission_error"
ILL = "api_error"
QUOTA = "Insufficient quota. Please top up your account."
BUSY = "Too many requests, please try again later"
SAFETY = "Your request was rejected as a result of our safety system."
KEYS_PAGE = "https://evolink.ai/dashboard/keys"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """One refusal. `words` say what happened. `name` is set if the code alone does not identify the refusal."""

    status: int
    code: str | None
    type: str
    message: str
    words: str
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refusal(self) -> Refusal:
        return Refusal(
            self.status, self.code, self.message, self.type, headers=dict(self.headers), details=dict(self.details)
        )


def _row(status: int, code: str | None, type: str, message: str, words: str, **more: Any) -> Refused:
    return Refused(status=status, code=code, type=type, message=message, words=words, **more)


_BALANCE = {"account_balance_credits": 0.42, "estimated_credits": 6.5508, "action_url": BILLING_PAGE}
_LIMIT = {
    "key_name": "studio",
    "total_limit_credits": 500,
    "used_credits": 499.5,
    "remaining_credits": 0.5,
    "action_url": KEYS_PAGE,
}
_DAY = {
    "key_name": "studio",
    "daily_limit_credits": 50,
    "daily_used_credits": 49.8,
    "reset_timezone": "Asia/Shanghai",
    "action_url": KEYS_PAGE,
}
_MODELS = {"key_name": "studio", "allowed_models": ["gpt-image-2"], "action_url": KEYS_PAGE}
_EXPIRED = {"key_name": "studio", "expired_at": 1_790_000_000, "action_url": KEYS_PAGE}

# Refusals of a submit: contract 1.6 and 10. If the code is a listed one, nothing is accepted and nothing is charged.
SUBMIT: Final[tuple[Refused, ...]] = (
    _row(400, "invalid_request", BAD, "Invalid request parameters", "refused as wrong"),
    _row(400, "invalid_parameter", BAD, "Invalid parameter: size", "refused for one parameter"),
    _row(400, "invalid_parameters", BAD, "Invalid parameters", "refused for its parameters"),
    _row(400, "unsupported_parameters", BAD, "Unsupported parameters", "refused for a parameter it does not know"),
    _row(400, "invalid_media_url", BAD, "Invalid media URL", "refused for the link of a reference image"),
    _row(400, "content_filter", BAD, "Your request was blocked", "refused at once for its content"),
    _row(400, "content_policy_violation", BAD, "Content policy violation", "refused at once for its content"),
    _row(400, "sensitive_content", BAD, "Sensitive content", "refused at once for its content"),
    _row(400, "sensitive_words_detected", BAD, "Sensitive words detected", "refused at once for its content"),
    _row(400, "moderation_blocked", BAD, "Blocked by moderation", "refused at once for its content"),
    _row(400, "input_moderation_failed", BAD, "Input moderation failed", "refused at once for its content"),
    _row(400, None, "image_generation_user_error", SAFETY, "refused at once for its content", name="safety_type"),
    _row(400, None, BAD, SAFETY, "refused at once for its content, without a code", name="safety_words"),
    _row(
        400, "billing_hard_limit_reached", BAD, "Billing hard limit has been reached", "the account has no credits left"
    ),
    _row(
        400, None, "", "Something is wrong", "refused without a code, so that it may have been accepted", name="unsaid"
    ),
    _row(401, "unauthorized", KEY, "Invalid or expired token", "the key is wrong"),
    _row(401, "invalid_token", KEY, "Invalid token", "the key is wrong"),
    _row(401, "key_disabled", KEY, "This API key has been disabled", "the key was switched off"),
    _row(401, "key_expired", KEY, "This API key has expired", "the key has expired", details=_EXPIRED),
    _row(402, "insufficient_quota", PAY, QUOTA, "the account has no credits left", details=_BALANCE),
    _row(402, "insufficient_user_quota", PAY, QUOTA, "the account has no credits left"),
    _row(402, "quota_not_enough", PAY, QUOTA, "the account has no credits left"),
    _row(402, "account_balance_insufficient", PAY, QUOTA, "the account has no credits left", details=_BALANCE),
    _row(
        402,
        "insufficient_token_quota",
        PAY,
        "API key quota exhausted",
        "the key's own limit is used up",
        details=_LIMIT,
    ),
    _row(402, "key_quota_exhausted", PAY, "API key quota exhausted", "the key's own limit is used up", details=_LIMIT),
    _row(
        402,
        "token_daily_quota_exceeded",
        PAY,
        "API key daily quota exhausted",
        "the key's limit for today is used up",
        details=_DAY,
    ),
    _row(
        402,
        "key_daily_quota_exhausted",
        PAY,
        "API key daily quota exhausted",
        "the key's limit for today is used up",
        details=_DAY,
    ),
    _row(
        402,
        "key_quota_exhausted",
        PAY,
        "Spending limit reached",
        "the limit of all signed-in tools is used up",
        name="tools_limit",
        details={**_LIMIT, "limit_scope": "mcp"},
    ),
    _row(403, "model_access_denied", BAD, "Token does not have access to model", "the key may not use the model"),
    _row(
        403,
        "key_model_not_allowed",
        BAD,
        "Model not allowed for this key",
        "the key may not use the model",
        details=_MODELS,
    ),
    _row(403, "user_disabled", NO, "This account has been disabled", "the account was switched off"),
    _row(403, "ip_restricted", NO, "This IP address is not allowed", "the key may not be used from here"),
    _row(403, "mcp_paused", NO, "Access is paused", "access for tools is paused"),
    _row(403, "mcp_key_expired", NO, "The key has expired", "the key of the tools has expired"),
    _row(403, "insufficient_user_quota", NO, QUOTA, "the account has no credits left", name="balance_at_403"),
    _row(
        403,
        "unknown_error",
        NO,
        "Forbidden: insufficient credits, please recharge",
        "the account has no credits left, which only the words say",
        name="balance_in_words",
    ),
    _row(403, "key_expired", NO, "This API key has expired", "the key has expired", name="key_expired_at_403"),
    _row(404, "model_not_found", BAD, "The model does not exist", "the model is gone"),
    _row(405, None, BAD, "Method not allowed", "the address takes no such requests", name="method"),
    _row(
        408,
        None,
        BAD,
        "Request timeout",
        "the gateway waited too long, so that it may have been accepted",
        name="timeout",
    ),
    _row(409, "idempotency_conflict", BAD, "Idempotency-Key was already used", "the key of a retry was used before"),
    _row(409, None, BAD, "Conflict", "a conflict without a code, so that it may have been accepted", name="conflict"),
    _row(413, "request_too_large", "request_too_large_error", "Request too large", "the request is too large"),
    _row(422, "unprocessable", BAD, "Unprocessable request", "understood and refused"),
    _row(429, "insufficient_quota", PAY, QUOTA, "the account has no credits left", name="balance_at_429"),
    _row(500, "internal_error", ILL, "Internal server error", "EvoLink stumbles"),
    _row(500, "paid_outcome_unknown", ILL, "The outcome is unknown", "EvoLink does not know whether it was charged"),
    _row(502, "upstream_error", "upstream_error", "Upstream error", "the provider behind EvoLink fails"),
    _row(503, "model_unavailable", ILL, "The model is unavailable", "the model cannot be reached"),
    _row(503, "no_available_channel", ILL, "No available channel", "the model cannot be reached"),
    _row(503, "channel_selection_failed", ILL, "Channel selection failed", "the model cannot be reached"),
    _row(503, "mcp_channel_disabled", ILL, "Access is switched off", "access for tools is switched off"),
    _row(503, "agent_session_unavailable", ILL, "Sessions are unavailable", "sign-ins cannot be checked"),
    _row(504, "gateway_timeout", "upstream_error", "Gateway timeout", "the provider did not answer in time"),
    _row(
        307,
        None,
        BAD,
        "Temporary redirect",
        "the request is sent elsewhere",
        name="redirect",
        headers={"location": "https://api.evolink.ai/v2/images/generations"},
    ),
)
# Refused for some seconds, then accepted, so a client should wait: (name, refusal, Retry-After header, words).
# In the header, {} is the value of the scenario.
LIMIT: Final = Refusal(429, "rate_limit_exceeded", BUSY, "rate_limit_error")
CLOSED: Final = Refusal(503, "service_unavailable", "Service unavailable", "service_unavailable_error")
PASSING: Final = (
    ("rate_limit_exceeded", LIMIT, "{:g}", "too many requests, with the time to come back"),
    ("rate_limit_unsaid", LIMIT, None, "too many requests, without the time to come back"),
    ("rate_limit_odd", LIMIT, "soon, -1", "too many requests, with nonsense as the time to come back"),
    ("rate_limit_day", LIMIT, "86400", "too many requests, come back tomorrow"),
    ("service_unavailable", CLOSED, "{:g}", "EvoLink is closed for a moment"),
)
# The requested model is unavailable. The others are available.
OUTAGE: Final = Refusal(503, "model_unavailable", "The model is temporarily unavailable", ILL)
# Refusals of reading a task, for some seconds after the submit: contract 2.2.
READ: Final[tuple[Refused, ...]] = (
    _row(401, "unauthorized", KEY, "Authentication required", "the key is refused"),
    _row(402, "quota_exceeded", PAY, "Quota exceeded", "the quota is said to be exceeded"),
    _row(403, "permission_denied", NO, "You don't have permission to access this task", "said to be somebody else's"),
    _row(404, "task_not_found", "not_found_error", "The requested task could not be found", "the task is not found"),
    _row(429, "rate_limit_exceeded", "evo_api_error", BUSY, "there were too many reads"),
    _row(500, "internal_error", ILL, "Failed to retrieve task status", "EvoLink stumbles"),
    _row(502, "upstream_error", "upstream_error", "Upstream error", "the gateway fails"),
    _row(503, "service_unavailable", "service_unavailable_error", "Service unavailable", "EvoLink is closed"),
)
KEYS: Final[tuple[Refused, ...]] = (
    _row(401, "unauthorized", KEY, "Invalid API key", "wrong"),
    _row(401, "key_expired", KEY, "This API key has expired", "expired", details=_EXPIRED),
    _row(401, "key_disabled", KEY, "This API key has been disabled", "switched off"),
    _row(402, "key_daily_quota_exhausted", PAY, "API key daily quota exhausted", "used up for today", details=_DAY),
    _row(403, "ip_restricted", NO, "This IP address is not allowed", "not for this place"),
    _row(403, "user_disabled", NO, "This account has been disabled", "of an account that was switched off"),
    _row(429, "rate_limit_exceeded", "rate_limit_error", BUSY, "used too often"),
    _row(500, "internal_error", ILL, "Internal server error", "fine, but EvoLink stumbles"),
)
NO_LIST: Final = Refusal(403, "permission_denied", "You don't have permission to list tasks", NO)
UPLOADS_CLOSED: Final = Refusal(503, "upload_token_unavailable", "Upload tokens are unavailable", ILL)
