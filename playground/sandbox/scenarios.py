"""Ways to make the sandbox misbehave on purpose, in one table. `--help` shows it, too.

A word in the prompt chooses a scenario: `sandbox:answer_lost`, or with a value, `sandbox:slow=3`. A prompt may have
several such words. The same words as options of the server apply to every request. The bearer key chooses a scenario of
the place "key", such as `sk-sandbox-key_expired`. It applies to every call with that key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from playground.evolink.catalogue import MODELS
from playground.sandbox import oddities, refused
from playground.sandbox.replies import Refusal

Place = Literal["submit", "read", "task", "answer", "money", "picture", "callback", "prices", "key"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way to misbehave. `value` is the default of what `=…` sets. None if the scenario takes no value."""

    name: str
    place: Place
    summary: str
    value: float | None = None
    unit: str = ""
    refusal: Refusal | None = None  # submit, read, key: the HTTP error
    retry_after: str | None = None  # submit: the Retry-After header; {} is the value
    model: str = ""  # submit: the only model it applies to
    path: str = ""  # key: the only call it applies to
    code: str = ""  # the error code with which the task fails
    message: str = ""
    changes: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # changes the body of the task
    phase: oddities.Phase = "finished"  # when the changes apply
    encoding: str | None = None  # of an answer or a picture

    @property
    def spelling(self) -> str:
        """What a person types to choose it."""
        if self.place == "key":
            return f"sk-sandbox-{self.name}"
        return f"sandbox:{self.name}" + (f"={self.value:g}" if self.value is not None else "")


# Tasks that are accepted and then fail: contract 2.3. The reserved credits are released, nothing is charged.
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
# The reasons that the documentation lists for `content_policy_violation`.
POLICY_REASONS: Final[Mapping[str, str]] = {
    "people": "photorealistic people detected",
    "celebrity": "celebrity detected in image",
    "third_party": "third-party content violation",
    "nudity": "nudity detected",
    "violence": "violence content blocked",
    "minor": "minor content not allowed",
}
FAULT: Final = "service_error"
PLAIN: Final[tuple[tuple[str, Place, str], ...]] = (
    ("never_finishes", "task", "The task runs for ever."),
    ("finished_at_once", "task", "The answer to the submit has the results in it."),
    ("answer_lost", "answer", "Accepted, but the answer never arrives."),
    ("answer_html", "answer", "Accepted, but the answer is a web page."),
    ("answer_not_json", "answer", "Accepted, but the answer breaks off half way."),
    ("answer_without_id", "answer", "Accepted, but the answer names no task."),
    ("answer_odd_characters", "answer", "Answers about the task hold NaN, NUL and half an emoji."),
    ("dropped", "answer", "Not accepted: the connection closes without an answer."),
    ("error_page", "answer", "Not accepted: a web page with status 502."),
    ("dialect_old", "answer", "Errors are written as in the old documentation, with a number as code."),
    ("dialect_gateway", "answer", "Errors are written as the gateway in front does."),
    ("dialect_empty", "answer", "Errors have an empty body."),
    ("dialect_html", "answer", "Errors are web pages."),
    ("token_counts", "answer", "The finished task carries the token counts."),
    ("charge_never", "money", "The charge is never settled: it stays reserved."),
    ("picture_cut_off", "picture", "The connection closes in the middle of a picture."),
    ("picture_truncated", "picture", "A picture arrives whole but lacks its second half."),
    ("picture_html", "picture", "A web page comes instead of a picture."),
    ("picture_redirect_http", "picture", "The result links redirect to an address without TLS."),
    ("picture_redirect_inside", "picture", "The result links redirect into an internal network."),
    ("callback_duplicate", "callback", "The callback comes twice."),
    ("callback_out_of_order", "callback", "A callback with an older state comes after the last one."),
    ("callback_early", "callback", "A callback comes at once, before the task is done."),
    ("callback_missing", "callback", "The callback never comes."),
    ("empty_account", "key", "The account behind the key has no credits."),
    ("unlimited", "key", "The key has no limit of its own."),
    ("vip", "key", "The account is in another group of users, which pays a tenth less."),
    ("unauthorized_briefly", "key", "The key is refused for half a minute after its first use, then it works."),
    ("credits_text", "key", "The balance is written as text, and little else is said."),
    ("daily_limit", "key", "The key has a limit by the day, which the balance names."),
    ("upload_odd", "key", "An upload has no id, and its times are numbers."),
)
# Scenarios that take a value, with its default and unit.
VALUED: Final[tuple[tuple[str, Place, str, float, str], ...]] = (
    ("takes", "task", "The task takes so long.", 20, "seconds"),
    ("fewer_pictures", "task", "Fewer pictures come than were asked for.", 1, "pictures"),
    ("slow", "answer", "The answer to the submit is slow.", 5, "seconds"),
    ("answer_drip", "answer", "The answer to the submit trickles in.", 5, "seconds"),
    ("read_html", "read", "Reading the task gives a web page at first.", 5, "seconds"),
    ("read_slow", "read", "Every reading of the task is slow.", 3, "seconds"),
    ("results_late", "answer", "The finished task has no links at first.", 20, "seconds"),
    ("charge_reserved", "money", "The charge stays reserved for a while, then it is settled.", 20, "seconds"),
    ("charge_unknown", "money", "The charge is unknown for a while, then it is settled.", 20, "seconds"),
    ("charge_unsaid", "money", "The task is charged, and for a while nobody says how much.", 20, "seconds"),
    ("refund_afterwards", "money", "What was charged is given back later.", 20, "seconds"),
    ("dead_link", "picture", "The result links are dead from the start.", 404, "HTTP status"),
    ("link_renewed", "picture", "Result links that were given out early are dead; later ones work.", 20, "seconds"),
    ("drip", "picture", "The pictures trickle in.", 20, "seconds a picture"),
    ("picture_redirect", "picture", "The result links redirect so many times.", 1, "times"),
    ("callback_late", "callback", "The callback is late.", 30, "seconds"),
    (
        "prices_changed",
        "prices",
        "Everything costs so many times as much, also in the list.",
        1.1,
        "times as much",
    ),
)
# What is charged for a task that fails: (name, what happens, default of the value).
FAILED_MONEY: Final[tuple[tuple[str, str, float | None], ...]] = (
    ("failed_and_charged", "The task fails and is charged all the same.", None),
    ("failed_and_unsaid", "The task fails and says what it used, but not whether that is charged.", None),
    ("failed_and_released", "The task fails, names what it used, and nothing of it is charged.", None),
    ("failed_with_results", "The task fails with one of its pictures done, which is charged.", None),
    ("refund_late", "The task fails, and the refund takes a while.", 20),
    ("refund_failed", "The task fails, is charged, and the refund fails.", None),
)


def _refusals() -> Iterator[Scenario]:
    for row in refused.SUBMIT:
        yield Scenario(
            name=f"submit_{row.name or row.code}",
            place="submit",
            summary=f"Not accepted: {row.words}.",
            refusal=row.refusal,
        )
    for name, refusal, header, words in refused.PASSING:
        yield Scenario(
            name=f"submit_{name}",
            place="submit",
            summary=f"Not accepted at first: {words}.",
            value=2,
            unit="seconds until the same prompt is accepted",
            refusal=refusal,
            retry_after=header,
        )
    for model in MODELS.values():
        yield Scenario(
            name=f"outage_{re.sub('[^a-z0-9]', '_', model.id)}",
            place="submit",
            summary=f"Not accepted: {model.name} cannot be reached, the other models can.",
            refusal=refused.OUTAGE,
            model=model.id,
        )
    for row in refused.READ:
        yield Scenario(
            name=f"read_{row.code}",
            place="read",
            summary=f"Reading the task fails at first: {row.words}.",
            value=5,
            unit="seconds after the submit",
            refusal=row.refusal,
        )
    for row in refused.KEYS:
        yield Scenario(
            name=f"{row.code}",
            place="key",
            summary=f"Every call fails: the key is {row.words}.",
            refusal=row.refusal,
        )
    yield Scenario(
        name="upload_token_unavailable",
        place="key",
        summary="No upload token can be had.",
        refusal=refused.UPLOADS_CLOSED,
        path="/v1/files/upload-token",
    )
    yield Scenario(
        name="tasks_not_listed",
        place="key",
        summary="The list of tasks is refused.",
        refusal=refused.NO_LIST,
        path="/v1/tasks",
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
    for name, phase, summary, changes in oddities.ODD:
        yield Scenario(name=name, place="answer", summary=summary, changes=changes, phase=phase)
    for name, summary, changes in oddities.FAILED_ODDLY:
        yield Scenario(name=name, place="answer", summary=summary, changes=changes, code=FAULT, message=FAILURES[FAULT])
    for name, summary, wait in FAILED_MONEY:
        unit = "" if wait is None else "seconds"
        yield Scenario(
            name=name, place="money", summary=summary, value=wait, unit=unit, code=FAULT, message=FAILURES[FAULT]
        )
    for name, encoding in oddities.ENCODINGS.items():
        said = f"with {encoding or 'nothing'} as their encoding"
        yield Scenario(name=f"answer_{name}", place="answer", summary=f"Answers come {said}.", encoding=encoding)
        yield Scenario(name=f"picture_{name}", place="picture", summary=f"Pictures come {said}.", encoding=encoding)


_ALL: Final = (*_refusals(), *_failures(), *_others())
SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ALL if row.place != "key"}
KEY_SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ALL if row.place == "key"}


def describe() -> str:
    """Return the table as plain text, for `--help`."""
    width = max(len(row.spelling) for row in _ALL)
    lines = ["scenarios: a word in the prompt (or --scenario, without sandbox:), or the key"]
    for row in _ALL:
        unit = f" (={row.unit})" if row.unit else ""
        lines.append(f"  {row.spelling:<{width}}  {row.summary}{unit}")
    return "\n".join(lines)
