"""Ways to make the sandbox misbehave on purpose: one table, which also feeds `--help`.

A scenario is chosen by a word in the prompt, `sandbox:answer_lost`, some with a value, `sandbox:slow=3`; several may be
combined. The same words given to the server hold for every request. Those of the place "key" are chosen by the bearer
key instead, `sk-sandbox-key_expired`, and hold for every call made with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .replies import Refusal

Place = Literal["submit", "read", "task", "answer", "picture", "callback", "key"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way to misbehave. `value` is what `=…` means and its default; None where it takes no value."""

    name: str
    place: Place
    summary: str
    value: float | None = None
    unit: str = ""
    refusal: Refusal | None = None  # places submit, read and key: the HTTP error
    retry_after: str | None = None  # place submit: the header, {} is the value
    message: str = ""  # place task: the message beside the code, which is the scenario's name
    changes: Mapping[str, Any] | None = None  # place answer: what is different in the answers about the task
    phase: Literal["running", "finished"] = "finished"  # when the changes hold

    @property
    def spelling(self) -> str:
        """How it is chosen, as a person types it."""
        if self.place == "key":
            return f"sk-sandbox-{self.name}"
        return f"sandbox:{self.name}" + (f"={self.value:g}" if self.value is not None else "")


QUOTA = "Insufficient quota. Please top up your account."
BUSY = "Too many requests, please try again later"


def _submit() -> Iterable[Scenario]:
    def refused(
        status: int, code: str, summary: str, message: str, type: str, *, param: str | None = None
    ) -> Scenario:
        return Scenario(
            name=f"submit_{code}",
            place="submit",
            summary=summary,
            refusal=Refusal(status, code, message, type, param),
        )

    invalid, quota, access = "invalid_request_error", "insufficient_quota", "authentication_error"
    yield refused(
        400, "invalid_request", "The request is refused as wrong.", "Invalid request parameters", invalid
    )
    yield refused(
        400,
        "invalid_parameter",
        "One parameter is refused.",
        "Invalid parameter: size",
        invalid,
        param="size",
    )
    yield refused(400, "invalid_parameters", "Parameters are refused.", "Invalid parameters", invalid)
    yield refused(
        400,
        "unsupported_parameters",
        "A parameter is not supported.",
        "Unsupported parameters: style",
        invalid,
    )
    yield refused(400, "invalid_media_url", "A reference link is refused.", "Invalid media URL", invalid)
    for code in (
        "content_filter",
        "sensitive_content",
        "moderation_blocked",
        "input_moderation_failed",
    ):
        yield refused(
            400, code, "The prompt is refused at once for its content.", "Your request was blocked", invalid
        )
    yield refused(401, "unauthorized", "The key is refused.", "Invalid or expired token", access)
    yield refused(401, "key_disabled", "The key was switched off.", "This API key has been disabled", access)
    yield refused(401, "key_expired", "The key has expired.", "This API key has expired", access)
    yield refused(402, "insufficient_quota", "The account has no credits left.", QUOTA, quota)
    for code in ("insufficient_user_quota", "quota_not_enough", "account_balance_insufficient"):
        yield refused(402, code, "The account has no credits left, in an older word.", QUOTA, quota)
    for code in ("insufficient_token_quota", "key_quota_exhausted"):
        yield refused(402, code, "The key's own limit is used up.", "API key quota exhausted", quota)
    for code in ("token_daily_quota_exceeded", "key_daily_quota_exhausted"):
        yield refused(
            402, code, "The key's limit for today is used up.", "API key daily quota exhausted", quota
        )
    yield refused(
        403,
        "model_access_denied",
        "The key may not use this model.",
        "Token does not have access to model",
        invalid,
    )
    yield refused(
        403, "key_model_not_allowed", "The key is not for this model.", "Model not allowed", invalid
    )
    yield refused(403, "user_disabled", "The account was switched off.", "User disabled", "permission_error")
    yield refused(
        403, "ip_restricted", "The key may not be used from here.", "IP restricted", "permission_error"
    )
    yield refused(404, "model_not_found", "The model is gone.", "Model not found", invalid)
    for code in ("model_unavailable", "no_available_channel", "channel_selection_failed"):
        yield refused(
            503, code, "The model cannot be reached right now.", "No available channel", "api_error"
        )
    yield refused(
        409, "idempotency_conflict", "The key of a retry was used before.", "Idempotency conflict", invalid
    )
    yield refused(
        413, "request_too_large", "The request is too large.", "Request too large", "request_too_large_error"
    )
    yield refused(422, "unprocessable", "The request is understood and refused.", "Unprocessable", invalid)
    for name, summary, wait, retry_after in (
        ("exceeded", "Too many requests at first, with Retry-After.", 2, "{:g}"),
        ("unsaid", "Too many requests at first, and no word on when to come back.", 2, None),
        ("odd", "Too many requests at first, and nonsense about when to come back.", 2, "soon, -1"),
    ):
        yield Scenario(
            name=f"submit_rate_limit_{name}",
            place="submit",
            summary=summary,
            value=wait,
            unit="seconds until the same prompt is accepted",
            refusal=Refusal(429, "rate_limit_exceeded", BUSY, "rate_limit_error"),
            retry_after=retry_after,
        )
    yield refused(500, "internal_error", "EvoLink stumbles.", "Internal server error", "api_error")
    yield refused(
        500, "paid_outcome_unknown", "EvoLink does not know either.", "Outcome unknown", "api_error"
    )
    yield refused(
        502, "upstream_error", "The provider behind EvoLink fails.", "Upstream error", "upstream_error"
    )
    yield Scenario(
        name="submit_service_unavailable",
        place="submit",
        summary="EvoLink is closed at first.",
        value=2,
        unit="seconds until the same prompt is accepted",
        refusal=Refusal(503, "service_unavailable", "Service unavailable", "service_unavailable_error"),
        retry_after="{:g}",
    )
    yield refused(
        504, "gateway_timeout", "The provider did not answer in time.", "Gateway timeout", "upstream_error"
    )


def _read() -> Iterable[Scenario]:
    rows: tuple[tuple[int, str, str, str, str], ...] = (
        (401, "unauthorized", "the key is refused", "Authentication required", "authentication_error"),
        (402, "quota_exceeded", "the quota is said to be exceeded", "Quota exceeded", "insufficient_quota"),
        (403, "permission_denied", "the task is said to be somebody else's",
         "You don't have permission to access this task", "permission_error"),
        (404, "task_not_found", "the task is not found yet",
         "The requested task could not be found", "not_found_error"),
        (429, "rate_limit_exceeded", "there were too many reads", BUSY, "evo_api_error"),
        (500, "internal_error", "EvoLink stumbles", "Failed to retrieve task status", "api_error"),
        (502, "upstream_error", "the gateway fails", "Upstream error", "upstream_error"),
        (503, "service_unavailable", "EvoLink is closed", "Service unavailable", "service_unavailable_error"),
    )  # fmt: skip
    for status, code, summary, message, type in rows:
        yield Scenario(
            name=f"read_{code}",
            place="read",
            summary=f"Reading the task fails at first: {summary}.",
            value=5,
            unit="seconds after the submit",
            refusal=Refusal(status, code, message, type),
        )
    yield Scenario(
        name="read_html",
        place="read",
        summary="Reading the task gives a web page at first.",
        value=5,
        unit="seconds after the submit",
    )
    yield Scenario(
        name="read_slow", place="read", summary="Every reading of the task is slow.", value=3, unit="seconds"
    )


POLICY = "Content policy violation.\nYour request was blocked by safety filters. {}"

# Contract 2.3. Nothing is charged for a failed task.
TASK_FAILURES = {
    "content_policy_violation": POLICY.format("Please adjust your prompt."),
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
# The reasons that the contract lists below a code: the same code, another message.
POLICY_REASONS = {
    "people": "photorealistic people detected",
    "celebrity": "celebrity detected in image",
    "third_party": "third-party content violation",
    "nudity": "nudity detected",
    "violence": "violence content blocked",
    "minor": "minor content not allowed",
}


def _task() -> Iterable[Scenario]:
    for code, message in TASK_FAILURES.items():
        words = code.replace("_", " ")
        yield Scenario(
            name=code,
            place="task",
            summary=f"Accepted, then it fails: {words}. Not charged.",
            message=message,
        )
    for name, reason in POLICY_REASONS.items():
        yield Scenario(
            name=f"content_policy_violation_{name}",
            place="task",
            summary=f"Accepted, then it fails for its content: {reason}. Not charged.",
            message=POLICY.format(reason),
        )
    yield Scenario(
        name="cancelled", place="task", summary="Accepted, then shown with the status cancelled. Not charged.",
        message=TASK_FAILURES["request_cancelled"], changes={"status": "cancelled"},
    )  # fmt: skip
    yield Scenario(name="takes", place="task", summary="The task takes so long.", value=20, unit="seconds")
    yield Scenario(name="never_finishes", place="task", summary="The task runs for ever.")
    yield Scenario(
        name="finished_at_once", place="task", summary="The answer to the submit has the results in it."
    )
    yield Scenario(
        name="fewer_pictures",
        place="task",
        summary="Fewer pictures come than were asked for.",
        value=1,
        unit="pictures",
    )


def _answer() -> Iterable[Scenario]:
    yield Scenario(
        name="slow", place="answer", summary="The answer to the submit is slow.", value=5, unit="seconds"
    )
    yield Scenario(
        name="answer_drip",
        place="answer",
        summary="The answer to the submit trickles in, byte by byte.",
        value=5,
        unit="seconds",
    )
    yield Scenario(name="answer_lost", place="answer", summary="Accepted, but the answer never arrives.")
    yield Scenario(name="answer_html", place="answer", summary="Accepted, but the answer is a web page.")
    yield Scenario(
        name="answer_not_json", place="answer", summary="Accepted, but the answer breaks off half way."
    )
    yield Scenario(
        name="answer_without_id", place="answer", summary="Accepted, but the answer names no task."
    )
    yield Scenario(
        name="dropped", place="answer", summary="Not accepted: the connection closes, nothing was made."
    )
    yield Scenario(name="error_page", place="answer", summary="Not accepted: a web page with status 502.")
    for dialect, words in (
        ("old", "as in the old documentation, with a number as code"),
        ("gateway", "as the gateway in front writes them"),
        ("empty", "with an empty body"),
        ("html", "as web pages"),
    ):
        yield Scenario(name=f"dialect_{dialect}", place="answer", summary=f"Errors are written {words}.")
    for name, summary, changes in (
        ("no_usage", "The finished task does not say what it cost.", {"usage": ..., "billing": ...}),
        ("results_null", "The finished task has null instead of results.", {"results": None}),
        (
            "results_eleven",
            "The finished task has eleven results.",
            {"results": ["https://example.com/a.png"] * 11},
        ),
        ("results_script", "A result is a script and no link.", {"results": ["javascript:alert(1)"]}),
    ):
        yield Scenario(name=name, place="answer", summary=summary, changes=changes)
    for name, summary, changes in (
        ("progress_odd", "The progress is 250 while the task runs.", {"progress": 250}),
        ("status_odd", "The status is a word nobody knows while the task runs.", {"status": "dreaming"}),
    ):
        yield Scenario(name=name, place="answer", summary=summary, changes=changes, phase="running")
    yield Scenario(
        name="token_counts", place="answer", summary="The finished task carries the token counts.", changes={}
    )


def _rest() -> Iterable[Scenario]:
    yield Scenario(
        name="dead_link",
        place="picture",
        summary="The result links are dead from the start.",
        value=404,
        unit="HTTP status",
    )
    yield Scenario(
        name="drip", place="picture", summary="The pictures trickle in.", value=20, unit="seconds a picture"
    )
    yield Scenario(
        name="picture_cut_off", place="picture", summary="The connection closes in the middle of a picture."
    )
    yield Scenario(
        name="picture_truncated", place="picture", summary="A picture arrives whole but lacks its end."
    )
    yield Scenario(name="picture_html", place="picture", summary="A web page comes instead of a picture.")
    yield Scenario(name="callback_duplicate", place="callback", summary="The callback comes twice.")
    yield Scenario(
        name="callback_out_of_order",
        place="callback",
        summary="A callback with an older state comes after the last.",
    )
    yield Scenario(
        name="callback_early", place="callback", summary="A callback comes at once, before the task is done."
    )
    yield Scenario(
        name="callback_late", place="callback", summary="The callback is late.", value=30, unit="seconds"
    )
    yield Scenario(name="callback_missing", place="callback", summary="The callback never comes.")
    keys = (
        (
            401,
            "unauthorized",
            "Every call is refused: the key is wrong.",
            "Invalid API key",
            "authentication_error",
        ),
        (
            401,
            "key_expired",
            "Every call is refused: expired.",
            "This API key has expired",
            "authentication_error",
        ),
        (
            401,
            "key_disabled",
            "Every call is refused: off.",
            "This API key has been disabled",
            "authentication_error",
        ),
        (403, "ip_restricted", "Every call is refused: wrong place.", "IP restricted", "permission_error"),
        (429, "rate_limit_exceeded", "Every call is refused: too many.", BUSY, "rate_limit_error"),
        (500, "internal_error", "Every call fails.", "Internal server error", "api_error"),
    )
    for status, code, summary, message, type in keys:
        yield Scenario(name=code, place="key", summary=summary, refusal=Refusal(status, code, message, type))
    yield Scenario(name="empty_account", place="key", summary="The account behind the key has no credits.")
    yield Scenario(name="unlimited", place="key", summary="The key has no limit of its own.")


def _table(*, keys: bool) -> dict[str, Scenario]:
    rows = [*_submit(), *_read(), *_task(), *_answer(), *_rest()]
    return {row.name: row for row in rows if (row.place == "key") is keys}


SCENARIOS: Mapping[str, Scenario] = _table(keys=False)
KEY_SCENARIOS: Mapping[str, Scenario] = _table(keys=True)


def describe() -> str:
    """The table as plain text, for `--help`."""
    rows = [*SCENARIOS.values(), *KEY_SCENARIOS.values()]
    width = max(len(row.spelling) for row in rows)
    lines = ["scenarios, by a word in the prompt, in the key, or with --scenario:"]
    for row in rows:
        unit = f" (={row.unit})" if row.unit else ""
        lines.append(f"  {row.spelling:<{width}}  {row.summary}{unit}")
    return "\n".join(lines)
