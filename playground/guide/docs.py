"""The content of the API reference, from the catalogue, the rules and the sandbox's table of refusals.

Only the words are typed by hand. The page does not show what a model does not take.
"""

import json
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import Model, examples
from playground.evolink.model import AUTO
from playground.evolink.reasons import CODES, Outcome, classify, outcome
from playground.guide.scenarios import FAILURES, SCENARIOS, Place
from playground.guide.statuses import STATUSES
from playground.models import failures, labels

AGAIN: Final = {
    "no": _("no"),
    "yes": _("yes, later"),
    "soon": _("yes, in the first minutes after it was sent"),
    "look": _("only after checking: it may have been accepted"),
}


@dataclass(frozen=True)
class SizeRow:
    """A size: its values in the API, and its pixels for each resolution (one entry if the model has none)."""

    values: tuple[str, ...]
    words: labels.Words
    pixels: tuple[tuple[int, int], ...]
    tokens: tuple[int, ...]
    """The output tokens of one picture at the default resolution, for each quality. Empty for a price per picture."""


@dataclass(frozen=True)
class Refused:
    """One HTTP status: its known codes, its meaning, and whether the same request may be sent again."""

    status: int
    codes: tuple[str, ...]
    meaning: Promise
    again: Promise


@dataclass(frozen=True)
class TaskFailure:
    code: str
    message: str
    meaning: Promise
    again: bool


def sample(model: Model) -> dict[str, object]:
    """A request with all defaults. If the model would choose the size, it has a named size."""
    body: dict[str, object] = {"model": model.id, "prompt": examples.PROMPT}
    for parameter in model.parameters:
        if parameter.default is not None and parameter.name != "model":
            body[parameter.name] = "3:2" if parameter.default == AUTO else parameter.default
    return body


# --- Sizes -----------------------------------------------------------------------------------------------------


def sizes(model: Model) -> list[SizeRow]:
    """Every shape once. Values that mean the same pixels share a row."""
    tiers: tuple[str | None, ...] = model.resolutions or (None,)
    by_pixels: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for size in model.sizes:
        by_pixels.setdefault(tuple(size.at(tier) for tier in tiers), []).append(size.value)
    return [
        SizeRow(
            values=tuple(values),
            words=labels.size(values[0]),
            pixels=pixels,
            tokens=tuple(model.output_tokens(*pixels[0], quality) for quality in model.qualities),
        )
        for pixels, values in by_pixels.items()
    ]


# --- Errors ----------------------------------------------------------------------------------------------------


def refusals(place: Place) -> list[Refused]:
    """The HTTP errors of submitting (`submit`) or reading (`read`), by status and by what follows from them."""
    rows: dict[tuple[int, str], dict[str, None]] = {}
    for scenario in SCENARIOS.values():
        refusal = scenario.refusal
        if scenario.place == place and refusal is not None and refusal.code:
            again = _again(refusal.status, refusal.code, place)
            rows.setdefault((refusal.status, again), {})[refusal.code] = None
    order = list(AGAIN)
    return [
        Refused(status, tuple(rows[status, again]), STATUSES[status], AGAIN[again])
        for status, again in sorted(rows, key=lambda row: (row[0], order.index(row[1])))
    ]


def _again(status: int, code: str, place: Place) -> str:
    """Whether the same call may be made again. Reading moves no money, so there only success matters."""
    verdict = classify(status, code)
    if place == "read":
        # A task may not be known yet right after it was accepted.
        return "soon" if status == 404 else "yes" if verdict.reason.passes or status >= 500 else "no"
    return {Outcome.REFUSED: "no", Outcome.RESEND: "yes", Outcome.UNKNOWN: "look"}[outcome(status, verdict)]


def task_failures() -> list[TaskFailure]:
    return [
        TaskFailure(code, message, failures.failure(code).happened, CODES[code].passes)
        for code, message in FAILURES.items()
    ]


# --- Example answers of EvoLink ---------------------------------------------------------------------------------

_TASK: Final = "task-unified-1757156493-imcg5zqt"


def accepted(model: Model) -> str:
    usage = {"billing_rule": model.billing, "credits_reserved": 2.5, "user_group": "default"}
    return _answer(model, "pending", 0, usage=usage, task_info={"can_cancel": True, "estimated_time": 100})


def finished(model: Model) -> str:
    results = ["https://files.evolink.ai/…/images/2026/10/10/0123456789abcdef_0.png"]
    return _answer(model, "completed", 100, results=results, task_info={"can_cancel": False})


def _answer(model: Model, status: str, progress: int, **more: object) -> str:
    task = {"created": 1757156493, "id": _TASK, "model": model.id, "object": "image.generation.task"}
    body = task | {"progress": progress, "status": status, "type": "image"} | more
    return json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True)
