"""What is sent to EvoLink and what comes back: frozen values, read strictly.

Every `from_json` takes any parsed JSON and gives the value or raises `APIResponseValidationError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from playground.evolink import reading as read
from playground.evolink.account import Credits, FileList, FileQuota, ListedFile, TaskPage, TaskSummary, UploadedFile
from playground.evolink.errors import APIResponseValidationError

__all__ = [
    "Credits",
    "Download",
    "FileList",
    "FileQuota",
    "GenerationRequest",
    "ListedFile",
    "Task",
    "TaskError",
    "TaskPage",
    "TaskSummary",
    "UploadedFile",
    "Usage",
]

FINAL_STATUSES: Final = frozenset({"completed", "failed", "cancelled"})
RESULTS_MAX: Final = 100


# What to draw and where to send it. Every other parameter is a setting: people choose it, forms and drafts keep it.
CONTENT: Final = frozenset({"prompt", "image_urls", "mask_url", "callback_url"})


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRequest:
    """The parameters of one POST /v1/images/generations; None is "not sent".

    A parameter that has a field is one that some code reads by name, or a column of the row. `extra` holds the
    settings without a field, by their names on the wire: the catalogue alone knows them.
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
    callback_url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """The request of these parameters, by their names on the wire. None is not sent."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if value is not None
        }
        named = {one.name for one in fields(cls)}
        extra = {name: given.pop(name) for name in [*given] if name not in named}
        return cls(**given, extra=extra)

    def values(self) -> dict[str, Any]:
        """Every parameter by its name on the wire, also those that are not sent."""
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "extra"}
        return {**named, **self.extra}

    def settings(self) -> dict[str, Any]:
        """The settings, also those that are not sent."""
        return {name: value for name, value in self.values().items() if name not in CONTENT}

    def to_json(self) -> dict[str, object]:
        """The body on the wire, without what is None or empty."""
        body = {name: list(value) if isinstance(value, tuple) else value for name, value in self.values().items()}
        return {name: value for name, value in body.items() if value not in (None, "", [])}


# The settings that have a field, in the order of the wire.
SETTINGS: Final = tuple(
    one.name for one in fields(GenerationRequest) if one.name not in CONTENT and one.name != "extra"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Token counts under OpenAI's names, where an answer carries them, and the credits EvoLink reports.

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
        usage = read.mapping(value, "usage")
        inputs = _details(usage, "input_tokens_details")
        cached = _details(inputs, "cached_tokens_details")
        outputs = _details(usage, "output_tokens_details")
        input_image = read.count(inputs.get("image_tokens"), "image_tokens")
        cached_text = read.count(cached.get("text_tokens"), "text_tokens")
        cached_all = read.count(inputs.get("cached_tokens"), "cached_tokens")
        if cached_text is None and not input_image:
            # Cached tokens without a split are text when there was no image to cache.
            cached_text = cached_all
        return cls(
            input_tokens=read.count(usage.get("input_tokens"), "input_tokens"),
            output_tokens=read.count(usage.get("output_tokens"), "output_tokens"),
            total_tokens=read.count(usage.get("total_tokens"), "total_tokens"),
            input_text_tokens=read.count(inputs.get("text_tokens"), "text_tokens"),
            input_image_tokens=input_image,
            cached_text_tokens=cached_text,
            cached_image_tokens=read.count(cached.get("image_tokens"), "image_tokens"),
            output_text_tokens=read.count(outputs.get("text_tokens"), "text_tokens"),
            output_image_tokens=read.count(outputs.get("image_tokens"), "image_tokens"),
            credits_reserved=read.credits(usage.get("credits_reserved"), "credits_reserved"),
            credits_used=read.credits(usage.get("credits_used"), "credits_used"),
            billing_rule=read.text(usage.get("billing_rule"), "billing_rule"),
            user_group=read.text(usage.get("user_group"), "user_group"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskError:
    """Why a task failed, in EvoLink's words."""

    code: str | None
    message: str
    suggestion: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        if isinstance(value, str):
            return cls(code=None, message=read.text(value, "error") or "")
        error = read.mapping(value, "error")
        return cls(
            code=read.code(error.get("code")),
            message=read.text(error.get("message"), "error.message") or "",
            suggestion=read.text(error.get("suggestion"), "error.suggestion"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """EvoLink's handle on one request, as of the moment it was read."""

    id: str
    status: str
    """pending, processing, completed, failed or cancelled; a status we do not know reads as processing."""
    progress: int
    """0 to 100."""
    model: str | None = None
    created: datetime | None = None
    results: tuple[str, ...] = ()
    """http(s) addresses of the pictures, which die after 24 hours."""
    error: TaskError | None = None
    usage: Usage | None = None
    settled_credits: Decimal | None = None
    """What EvoLink says it charged, else None; a reservation is not a charge."""
    charge_status: str | None = None
    """unknown, reserved, charged or released, where EvoLink says it."""
    estimated_time: int | None = None
    """Seconds."""
    revised_prompt: str | None = None
    user_group: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The answer as it came, unknown keys included."""

    @property
    def finished(self) -> bool:
        return self.status in FINAL_STATUSES

    @classmethod
    def from_json(cls, value: object) -> Self:
        task = read.mapping(value, "the task")
        task_id = read.identifier(task.get("id"), "id")
        try:
            return cls._read(task_id, task)
        except APIResponseValidationError as error:
            error.task_id = task_id
            raise

    @classmethod
    def _read(cls, task_id: str, task: Mapping[str, Any]) -> Self:
        info = read.optional_mapping(task.get("task_info"), "task_info")
        billing = read.optional_mapping(task.get("billing"), "billing")
        usage = Usage.from_json(task["usage"]) if task.get("usage") is not None else None
        waiting = read.number(info.get("estimated_time", task.get("estimated_time")), "estimated_time")
        return cls(
            id=task_id,
            status=read.status(task.get("status")),
            progress=read.progress(task.get("progress")),
            model=read.text(task.get("model"), "model"),
            created=read.unix_time(task.get("created"), "created"),
            results=_results(task),
            error=TaskError.from_json(task["error"]) if task.get("error") is not None else None,
            usage=usage,
            settled_credits=_settled(billing, usage, task.get("usage")),
            charge_status=read.text(billing.get("charge_status"), "charge_status"),
            estimated_time=None if waiting is None else int(min(max(waiting, 0), 86_400)),
            revised_prompt=_revised_prompt(task),
            user_group=usage.user_group if usage else None,
            raw=dict(task),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """What was written to the caller's file: the claimed type, the bytes counted, their SHA-256 in hex."""

    content_type: str | None
    length: int
    sha256: str


def _details(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return read.optional_mapping(holder.get(name), name)


def _results(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses in `results`, else those in `result_data`."""
    links = read.optional_list(task.get("results"), "results", longest=RESULTS_MAX)
    if not links:
        rich = read.optional_list(task.get("result_data"), "result_data", longest=RESULTS_MAX)
        found = (read.mapping(item, "result_data").get("image_url") for item in rich)
        links = [link for link in found if link is not None]
    return tuple(read.url(link, "a result link") for link in links)


def _settled(billing: Mapping[str, Any], usage: Usage | None, raw_usage: object) -> Decimal | None:
    """Settled credits in the order of trust: the billing record, the usage, the cost within the usage."""
    charged = read.credits(billing.get("charged_credits"), "charged_credits")
    if charged is not None or usage is None:
        return charged
    if usage.credits_used is not None:
        return usage.credits_used
    cost = read.optional_mapping(read.mapping(raw_usage, "usage").get("cost"), "usage.cost")
    return read.credits(cost.get("credits"), "usage.cost.credits")


def _revised_prompt(task: Mapping[str, Any]) -> str | None:
    """A refined prompt, from the task or from its first picture."""
    own = read.text(task.get("revised_prompt"), "revised_prompt")
    if own is not None:
        return own
    for item in read.optional_list(task.get("result_data"), "result_data", longest=RESULTS_MAX):
        found = read.text(read.mapping(item, "result_data").get("revised_prompt"), "revised_prompt")
        if found is not None:
            return found
    return None
