"""Ways to make the sandbox misbehave on purpose: one table, which also feeds `--help`.

A scenario is chosen by a word in the prompt, `sandbox:answer_lost`, some with a value,
`sandbox:slow=3`; several may be combined. The same words given to the server hold for every
request. Those of the place "key" are chosen by the bearer key instead, `sk-sandbox-key_expired`,
and hold for every call made with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from playground.sandbox.replies import Refusal

Place = Literal["submit", "read", "task", "answer", "picture", "callback", "key"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way to misbehave. `value` is the default of what `=…` sets; None where it takes no value."""

    name: str
    place: Place
    summary: str
    value: float | None = None
    unit: str = ""
    refusal: Refusal | None = None  # submit, read, key: the HTTP error
    retry_after: str | None = None  # submit: the header beside it; {} is the value
    code: str = ""  # task: the error it fails with
    message: str = ""
    changes: Mapping[str, Any] | None = None  # answer: what is different in the task; `...` takes a key out
    phase: Literal["running", "finished"] = "finished"  # when the changes hold

    @property
    def spelling(self) -> str:
        """How it is chosen, as a person types it."""
        if self.place == "key":
            return f"sk-sandbox-{self.name}"
        return f"sandbox:{self.name}" + (f"={self.value:g}" if self.value is not None else "")


BAD = "invalid_request_error"
KEY = "authentication_error"
PAY = "insufficient_quota"
NO = "permission_error"
ILL = "api_error"
QUOTA = "Insufficient quota. Please top up your account."
BUSY = "Too many requests, please try again later"

# Refused when submitted: contract 1.6. Nothing is accepted, nothing charged.
SUBMIT: Final[tuple[tuple[int, str, str, str, str], ...]] = (
    (400, "invalid_request", BAD, "Invalid request parameters", "refused as wrong"),
    (400, "invalid_parameter", BAD, "Invalid parameter: size", "refused for one parameter"),
    (400, "invalid_parameters", BAD, "Invalid parameters", "refused for its parameters"),
    (
        400,
        "unsupported_parameters",
        BAD,
        "Unsupported parameters",
        "refused for a parameter it does not know",
    ),
    (400, "invalid_media_url", BAD, "Invalid media URL", "refused for the link of a reference image"),
    (400, "content_filter", BAD, "Your request was blocked", "refused at once for its content"),
    (400, "content_policy_violation", BAD, "Content policy violation", "refused at once for its content"),
    (400, "sensitive_content", BAD, "Sensitive content", "refused at once for its content"),
    (400, "moderation_blocked", BAD, "Blocked by moderation", "refused at once for its content"),
    (400, "input_moderation_failed", BAD, "Input moderation failed", "refused at once for its content"),
    (401, "unauthorized", KEY, "Invalid or expired token", "the key is wrong"),
    (401, "key_disabled", KEY, "This API key has been disabled", "the key was switched off"),
    (401, "key_expired", KEY, "This API key has expired", "the key has expired"),
    (402, "insufficient_quota", PAY, QUOTA, "the account has no credits left"),
    (402, "insufficient_user_quota", PAY, QUOTA, "the account has no credits left"),
    (402, "quota_not_enough", PAY, QUOTA, "the account has no credits left"),
    (402, "account_balance_insufficient", PAY, QUOTA, "the account has no credits left"),
    (402, "insufficient_token_quota", PAY, "API key quota exhausted", "the key's own limit is used up"),
    (402, "key_quota_exhausted", PAY, "API key quota exhausted", "the key's own limit is used up"),
    (
        402,
        "token_daily_quota_exceeded",
        PAY,
        "API key daily quota exhausted",
        "the key's limit for today is used up",
    ),
    (
        402,
        "key_daily_quota_exhausted",
        PAY,
        "API key daily quota exhausted",
        "the key's limit for today is used up",
    ),
    (403, "model_access_denied", BAD, "Token does not have access to model", "the key may not use the model"),
    (403, "key_model_not_allowed", BAD, "Model not allowed for this key", "the key may not use the model"),
    (403, "user_disabled", NO, "This account has been disabled", "the account was switched off"),
    (403, "ip_restricted", NO, "This IP address is not allowed", "the key may not be used from here"),
    (404, "model_not_found", BAD, "The model does not exist", "the model is gone"),
    (
        409,
        "idempotency_conflict",
        BAD,
        "Idempotency-Key was already used",
        "the key of a retry was used before",
    ),
    (413, "request_too_large", "request_too_large_error", "Request too large", "the request is too large"),
    (422, "unprocessable", BAD, "Unprocessable request", "understood and refused"),
    (500, "internal_error", ILL, "Internal server error", "EvoLink stumbles"),
    (
        500,
        "paid_outcome_unknown",
        ILL,
        "The outcome is unknown",
        "EvoLink does not know whether it was charged",
    ),
    (502, "upstream_error", "upstream_error", "Upstream error", "the provider behind EvoLink fails"),
    (503, "model_unavailable", ILL, "The model is unavailable", "the model cannot be reached"),
    (503, "no_available_channel", ILL, "No available channel", "the model cannot be reached"),
    (503, "channel_selection_failed", ILL, "Channel selection failed", "the model cannot be reached"),
    (504, "gateway_timeout", "upstream_error", "Gateway timeout", "the provider did not answer in time"),
)
# Refused for some seconds, then accepted: what a client should wait for.
LIMIT: Final = Refusal(429, "rate_limit_exceeded", BUSY, "rate_limit_error")
CLOSED: Final = Refusal(503, "service_unavailable", "Service unavailable", "service_unavailable_error")
PASSING: Final = (
    ("rate_limit_exceeded", LIMIT, "{:g}", "too many requests, with the time to come back"),
    ("rate_limit_unsaid", LIMIT, None, "too many requests, without the time to come back"),
    ("rate_limit_odd", LIMIT, "soon, -1", "too many requests, with nonsense as the time to come back"),
    ("service_unavailable", CLOSED, "{:g}", "EvoLink is closed for a moment"),
)
# Refused when the task is read, for some seconds after the submit: contract 2.2.
READ: Final[tuple[tuple[int, str, str, str, str], ...]] = (
    (401, "unauthorized", KEY, "Authentication required", "the key is refused"),
    (402, "quota_exceeded", PAY, "Quota exceeded", "the quota is said to be exceeded"),
    (
        403,
        "permission_denied",
        NO,
        "You don't have permission to access this task",
        "said to be somebody else's",
    ),
    (
        404,
        "task_not_found",
        "not_found_error",
        "The requested task could not be found",
        "the task is not found",
    ),
    (429, "rate_limit_exceeded", "evo_api_error", BUSY, "there were too many reads"),
    (500, "internal_error", ILL, "Failed to retrieve task status", "EvoLink stumbles"),
    (502, "upstream_error", "upstream_error", "Upstream error", "the gateway fails"),
    (503, "service_unavailable", "service_unavailable_error", "Service unavailable", "EvoLink is closed"),
)
# Accepted, then failed: contract 2.3. What was reserved is released, nothing is charged.
POLICY: Final = "Content policy violation.\nYour request was blocked by safety filters. "
FAILURES: Final[Mapping[str, str]] = {
    "content_policy_violation": POLICY + "Please adjust your prompt.",
    "invalid_parameters": "Invalid parameters.\nPrompt is too long",
    "image_processing_error": "Image processing error.\nunsupported file type",
    "image_dimension_mismatch": "Image dimension mismatch.\nimage dimensions must be between 240 and 7680",
    "request_cancelled": "The request was cancelled.",
    "resource_not_found": "The requested resource was not found.",
    "generation_failed_no_content": "Generation failed, no content was produced.",
    "service_error": "Service error, please try again later.",
    "generation_timeout": "Generation timed out.",
    "resource_exhausted": "Resources are exhausted, please try again later.",
    "quota_exceeded": "Quota exceeded.",
    "service_unavailable": "The service is temporarily unavailable.",
    "unknown_error": "An unknown error occurred.",
}
# The reasons that the documentation gives below `content_policy_violation`.
POLICY_REASONS: Final[Mapping[str, str]] = {
    "people": "photorealistic people detected",
    "celebrity": "celebrity detected in image",
    "third_party": "third-party content violation",
    "nudity": "nudity detected",
    "violence": "violence content blocked",
    "minor": "minor content not allowed",
}
PLAIN: Final[tuple[tuple[str, Place, str], ...]] = (
    ("never_finishes", "task", "The task runs for ever."),
    ("finished_at_once", "task", "The answer to the submit has the results in it."),
    ("answer_lost", "answer", "Accepted, but the answer never arrives."),
    ("answer_html", "answer", "Accepted, but the answer is a web page."),
    ("answer_not_json", "answer", "Accepted, but the answer breaks off half way."),
    ("answer_without_id", "answer", "Accepted, but the answer names no task."),
    ("dropped", "answer", "Not accepted: the connection closes without an answer."),
    ("error_page", "answer", "Not accepted: a web page with status 502."),
    ("dialect_old", "answer", "Errors are written as in the old documentation, with a number as code."),
    ("dialect_gateway", "answer", "Errors are written as the gateway in front does."),
    ("dialect_empty", "answer", "Errors have an empty body."),
    ("dialect_html", "answer", "Errors are web pages."),
    ("token_counts", "answer", "The finished task carries the token counts."),
    ("picture_cut_off", "picture", "The connection closes in the middle of a picture."),
    ("picture_truncated", "picture", "A picture arrives whole but lacks its second half."),
    ("picture_html", "picture", "A web page comes instead of a picture."),
    ("callback_duplicate", "callback", "The callback comes twice."),
    ("callback_out_of_order", "callback", "A callback with an older state comes after the last one."),
    ("callback_early", "callback", "A callback comes at once, before the task is done."),
    ("callback_missing", "callback", "The callback never comes."),
    ("empty_account", "key", "The account behind the key has no credits."),
    ("unlimited", "key", "The key has no limit of its own."),
)
# Those that take a value, with its default and unit.
VALUED: Final[tuple[tuple[str, Place, str, float, str], ...]] = (
    ("takes", "task", "The task takes so long.", 20, "seconds"),
    ("fewer_pictures", "task", "Fewer pictures come than were asked for.", 1, "pictures"),
    ("slow", "answer", "The answer to the submit is slow.", 5, "seconds"),
    ("answer_drip", "answer", "The answer to the submit trickles in.", 5, "seconds"),
    ("read_html", "read", "Reading the task gives a web page at first.", 5, "seconds"),
    ("read_slow", "read", "Every reading of the task is slow.", 3, "seconds"),
    ("dead_link", "picture", "The result links are dead from the start.", 404, "HTTP status"),
    ("drip", "picture", "The pictures trickle in.", 20, "seconds a picture"),
    ("callback_late", "callback", "The callback is late.", 30, "seconds"),
)
# Answers about the task that are not as documented.
ODD: Final[tuple[tuple[str, Literal["running", "finished"], str, Mapping[str, Any]], ...]] = (
    ("no_usage", "finished", "The finished task does not say what it cost.", {"usage": ..., "billing": ...}),
    ("results_null", "finished", "The finished task has null instead of results.", {"results": None}),
    (
        "results_eleven",
        "finished",
        "The finished task has eleven results.",
        {"results": ["https://a.test/1.png"] * 11},
    ),
    ("results_script", "finished", "A result is a script and no link.", {"results": ["javascript:alert(1)"]}),
    ("progress_odd", "running", "The progress is 250 while the task runs.", {"progress": 250}),
    (
        "status_odd",
        "running",
        "The status is a word nobody knows while the task runs.",
        {"status": "dreaming"},
    ),
)
KEYS: Final = (
    (401, "unauthorized", KEY, "Invalid API key", "wrong"),
    (401, "key_expired", KEY, "This API key has expired", "expired"),
    (401, "key_disabled", KEY, "This API key has been disabled", "switched off"),
    (403, "ip_restricted", NO, "This IP address is not allowed", "not for this place"),
    (429, "rate_limit_exceeded", "rate_limit_error", BUSY, "used too often"),
    (500, "internal_error", ILL, "Internal server error", "fine, but EvoLink stumbles"),
)


def _refusals() -> Iterator[Scenario]:
    for status, code, type, message, words in SUBMIT:
        yield Scenario(
            name=f"submit_{code}",
            place="submit",
            summary=f"Not accepted: {words}.",
            refusal=Refusal(status, code, message, type),
        )
    for name, refusal, header, words in PASSING:
        yield Scenario(
            name=f"submit_{name}",
            place="submit",
            summary=f"Not accepted at first: {words}.",
            value=2,
            unit="seconds until the same prompt is accepted",
            refusal=refusal,
            retry_after=header,
        )
    for status, code, type, message, words in READ:
        yield Scenario(
            name=f"read_{code}",
            place="read",
            summary=f"Reading the task fails at first: {words}.",
            value=5,
            unit="seconds after the submit",
            refusal=Refusal(status, code, message, type),
        )
    for status, code, type, message, words in KEYS:
        yield Scenario(
            name=code,
            place="key",
            summary=f"Every call fails: the key is {words}.",
            refusal=Refusal(status, code, message, type),
        )


def _failures() -> Iterator[Scenario]:
    for code, message in FAILURES.items():
        summary = f"Accepted, then it fails: {code.replace('_', ' ')}."
        yield Scenario(name=code, place="task", summary=summary, code=code, message=message)
    code = "content_policy_violation"
    for name, reason in POLICY_REASONS.items():
        summary = f"Accepted, then it fails for its content: {reason}."
        yield Scenario(name=f"{code}_{name}", place="task", summary=summary, code=code, message=POLICY + reason)
    yield Scenario(
        name="cancelled",
        place="task",
        summary="Accepted, then cancelled, shown with the status of that name.",
        code="request_cancelled",
        message=FAILURES["request_cancelled"],
    )


def _others() -> Iterator[Scenario]:
    for name, place, summary in PLAIN:
        yield Scenario(name=name, place=place, summary=summary)
    for name, place, summary, value, unit in VALUED:
        yield Scenario(name=name, place=place, summary=summary, value=value, unit=unit)
    for name, phase, summary, changes in ODD:
        yield Scenario(name=name, place="answer", summary=summary, changes=changes, phase=phase)


_ALL: Final = (*_refusals(), *_failures(), *_others())
SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ALL if row.place != "key"}
KEY_SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ALL if row.place == "key"}


def describe() -> str:
    """The table as plain text, for `--help`."""
    width = max(len(row.spelling) for row in _ALL)
    lines = ["scenarios: a word in the prompt (or --scenario, without sandbox:), or the key"]
    for row in _ALL:
        unit = f" (={row.unit})" if row.unit else ""
        lines.append(f"  {row.spelling:<{width}}  {row.summary}{unit}")
    return "\n".join(lines)
