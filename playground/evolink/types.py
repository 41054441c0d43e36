"""Requests to EvoLink and its answers, as frozen values.

Every `from_json` takes any parsed JSON. The important fields of a task are `id`, `status` and `results`. Any other
field that is odd becomes None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from playground.evolink import raw
from playground.evolink import reading as read
from playground.evolink.account import Credits, FileList, FileQuota, ListedFile, TaskPage, TaskSummary, UploadedFile
from playground.evolink.reasons import Reason, classify
from playground.evolink.settlement import ENDED, Charge, Settlement

__all__ = [
    "Charge",
    "Credits",
    "Download",
    "FileList",
    "FileQuota",
    "GenerationRequest",
    "ListedFile",
    "Settlement",
    "Task",
    "TaskError",
    "TaskPage",
    "TaskSummary",
    "UploadedFile",
    "Usage",
]

RESULTS_MAX: Final = 100
MESSAGE_MAX: Final = 2000
WAITING_MAX: Final = 86_400


# What to draw and where to send it. Every other parameter is a setting: people choose it, forms and drafts store it.
CONTENT: Final = frozenset({"prompt", "image_urls", "mask_url", "callback_url"})


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRequest:
    """The parameters of one POST /v1/images/generations. None means "not sent".

    A parameter has a field here if code reads it by name, or if the database has a column for it. `extra` has the other
    settings, by their names in the API. Only the catalogue knows them.
    """

    model: str
    prompt: str
    size: str | None = None
    quality: str | None = None
    n: int = 1
    resolution: str | None = None
    background: str | None = None
    output_format: str | None = None
    image_urls: tuple[str, ...] = ()
    mask_url: str | None = None
    callback_url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Makes a request from parameters by their names in the API. None is not sent."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if value is not None
        }
        named = {one.name for one in fields(cls)}
        extra = {name: given.pop(name) for name in [*given] if name not in named}
        return cls(**given, extra=extra)

    def values(self) -> dict[str, Any]:
        """Every parameter by its name in the API, also those that are not sent."""
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "extra"}
        return {**named, **self.extra}

    def settings(self) -> dict[str, Any]:
        """The settings, also those that are not sent."""
        return {name: value for name, value in self.values().items() if name not in CONTENT}

    def to_json(self) -> dict[str, object]:
        """The body of the API request, without parameters that are None or empty."""
        body = {name: list(value) if isinstance(value, tuple) else value for name, value in self.values().items()}
        return {name: value for name, value in body.items() if value not in (None, "", [])}


# The settings that have a field, in the order of the API.
SETTINGS: Final = tuple(
    one.name for one in fields(GenerationRequest) if one.name not in CONTENT and one.name != "extra"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Token counts under OpenAI's names, if an answer has them, and the credits that EvoLink reports.

    `cached_*` are part of `input_*`, as in OpenAI's answers.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_text_tokens: int | None = None
    input_image_tokens: int | None = None
    cached_text_tokens: int | None = None
    cached_image_tokens: int | None = None
    output_text_tokens: int | None = None
    output_image_tokens: int | None = None
    credits_reserved: Decimal | None = None
    credits_used: Decimal | None = None
    billing_rule: str | None = None
    user_group: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        usage = read.fields(value)
        inputs = read.fields(usage.get("input_tokens_details"))
        cached = read.fields(inputs.get("cached_tokens_details"))
        outputs = read.fields(usage.get("output_tokens_details"))
        input_image = read.count(inputs.get("image_tokens"))
        cached_text = read.count(cached.get("text_tokens"))
        if cached_text is None and not input_image:
            # Cached tokens without a split are text if there was no image to cache.
            cached_text = read.count(inputs.get("cached_tokens"))
        return cls(
            input_tokens=read.count(usage.get("input_tokens")),
            output_tokens=read.count(usage.get("output_tokens")),
            total_tokens=read.count(usage.get("total_tokens")),
            input_text_tokens=read.count(inputs.get("text_tokens")),
            input_image_tokens=input_image,
            cached_text_tokens=cached_text,
            cached_image_tokens=read.count(cached.get("image_tokens")),
            output_text_tokens=read.count(outputs.get("text_tokens")),
            output_image_tokens=read.count(outputs.get("image_tokens")),
            credits_reserved=read.credits(usage.get("credits_reserved")),
            credits_used=read.credits(usage.get("credits_used")),
            billing_rule=read.text(usage.get("billing_rule")),
            user_group=read.text(usage.get("user_group")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskError:
    """Why a task failed, in EvoLink's words."""

    code: str | None
    message: str
    suggestion: str | None = None
    type: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        if not isinstance(value, Mapping):
            return cls(code=None, message=_message(value) or "")
        return cls(
            code=_code(value.get("code")),
            message=_message(value.get("message")) or "",
            suggestion=_message(value.get("suggestion")),
            type=_message(value.get("type")),
        )

    @property
    def says_nothing(self) -> bool:
        return self.code is None and not self.message


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """EvoLink's task for one request, in the state at the time of the answer."""

    id: str
    status: str
    """pending, processing, completed, failed or cancelled. An unknown status counts as processing."""
    progress: int
    """In percent, 0 to 100."""
    model: str | None = None
    created: datetime | None = None
    results: tuple[str, ...] = ()
    """http(s) addresses of the pictures. They expire after 24 hours. A failed task may have some, too."""
    error: TaskError | None = None
    usage: Usage | None = None
    settlement: Settlement = field(default_factory=Settlement)
    """What the task has cost."""
    estimated_time: int | None = None
    """In seconds."""
    revised_prompt: str | None = None
    user_group: str | None = None
    replayed: bool = False
    """Whether EvoLink returned an earlier task for the same idempotency key. Nothing new was charged then."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The answer, with its unknown members too. A very long answer lacks its longest parts. API keys are masked."""

    @property
    def finished(self) -> bool:
        return self.status in ENDED

    @property
    def reason(self) -> Reason | None:
        """Why the task failed or was cancelled. None in any other state."""
        if self.status not in ("failed", "cancelled"):
            return None
        if self.error is None or self.error.says_nothing:
            return Reason.CANCELLED if self.status == "cancelled" else Reason.NOT_SAID
        return classify(None, self.error.code, self.error.type, self.error.message).reason

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Raises `APIResponseValidationError` if there is no usable `id`."""
        task = read.mapping(value, "the task")
        status = read.status(task.get("status"))
        info = read.fields(task.get("task_info"))
        usage = Usage.from_json(task["usage"]) if isinstance(task.get("usage"), Mapping) else None
        waiting = read.number(info.get("estimated_time", task.get("estimated_time")))
        return cls(
            id=read.identifier(task.get("id"), "id"),
            status=status,
            progress=read.progress(task.get("progress")),
            model=read.text(task.get("model")),
            created=read.moment(task.get("created")),
            results=_results(task),
            error=TaskError.from_json(task["error"]) if task.get("error") else None,
            usage=usage,
            settlement=Settlement.of(status, task.get("billing"), task.get("usage")),
            estimated_time=None if waiting is None else int(min(max(waiting, Decimal(0)), Decimal(WAITING_MAX))),
            revised_prompt=_revised_prompt(task),
            user_group=usage.user_group if usage else None,
            raw=raw.as_mapping(task),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """What was written to the caller's file: the type that the server named, length in bytes, SHA-256 in hex."""

    content_type: str | None
    length: int
    sha256: str


def _results(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses in `results`, or else in `result_data`."""
    return read.links(task.get("results"), "url", "image_url", longest=RESULTS_MAX) or read.links(
        task.get("result_data"), "image_url", "url", longest=RESULTS_MAX
    )


def _revised_prompt(task: Mapping[str, Any]) -> str | None:
    """The prompt as the model revised it, from the task or from its first picture."""
    pictures = read.items(task.get("result_data"), longest=RESULTS_MAX)
    holders = [task, *(read.fields(picture) for picture in pictures)]
    return next((found for holder in holders if (found := read.text(holder.get("revised_prompt")))), None)


def _message(value: object) -> str | None:
    return read.message(value, longest=MESSAGE_MAX)


def _code(value: object) -> str | None:
    """The code: a word, or an integer in the old dialect."""
    figure = read.count(value)
    return _message(value) if figure is None else str(figure)
