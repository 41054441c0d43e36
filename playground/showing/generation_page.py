"""The page of a generation, beside its card: what was asked for, what came, when, at what cost, and what was sent."""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from playground.evolink import MODELS, RateTable, examples, pricing
from playground.models import Attempt, Candidate, GeneratedImage, Generation, ReferenceUse, Status, labels, rates_of
from playground.models.visibility import chooses_task, keeps

HIDDEN = "…"
DESCENDANTS = 24
_SIGNATURE = re.compile(r"((?:X-Amz-Signature|X-Goog-Signature|Signature|sig)=)[^&\s]+")


@dataclass(frozen=True)
class Setting:
    """One setting: what was asked for and what came. `got` is empty if the two cannot differ."""

    name: str
    asked: str
    got: str = ""


@dataclass(frozen=True)
class Moment:
    name: str
    at: datetime
    after: timedelta | None


@dataclass(frozen=True)
class Line:
    """One token category in the estimate and in the bill. None if that side does not have it."""

    words: labels.Words
    estimated: pricing.Line | None
    billed: pricing.Line | None

    @property
    def rate(self) -> Decimal | None:
        line = self.billed or self.estimated
        return line.rate if line else None


@dataclass(frozen=True)
class Origin:
    """A reference image. `source` is the picture in this studio from which it was made."""

    use: ReferenceUse
    source: GeneratedImage | None


@dataclass(frozen=True)
class Descendant:
    """A generation that was made from a picture of this one. `image` is its first picture, if that still exists."""

    code: str
    prompt: str
    image: GeneratedImage | None


@dataclass(frozen=True)
class Wire:
    """The request and the answer as text. They contain neither the key nor our own secrets."""

    request: str
    answer: str
    code: tuple[examples.Code, ...]


@dataclass(frozen=True)
class LostTask:
    """The tasks that may belong to a lost generation, each with its state in words. `chooses`: whether the reader may
    choose. `pictured`: whether the reader sees their pictures. `team`: whether an administrator has to choose."""

    choices: list[tuple[Candidate, str]]
    model: str
    sent_at: datetime | None
    chooses: bool
    pictured: bool
    team: bool


@dataclass(frozen=True)
class Panel:
    """What stands beside a picture wherever it is open, beyond its card. `person`: the owner's name, or empty if the
    reader knows it. `origins`: what it was made from. `shared`: with the team."""

    person: str
    shared: bool
    origins: list[Origin]


@dataclass(frozen=True)
class GenerationPage:
    """`kept`: whether the reader may share, describe and delete the pictures."""

    images: list[GeneratedImage]
    kept: bool
    panel: Panel
    task_id: str
    settings: list[Setting]
    descendants: list[Descendant]
    moments: list[Moment]
    lines: list[Line]
    rates_version: str
    rates_group: str
    wire: Wire
    lost_task: LostTask | None

    @property
    def alone(self) -> bool:
        """Whether it has one picture: the panel beside it is about that one then."""
        return len(self.images) == 1


def page_of(row: Generation, reader: User) -> GenerationPage:
    """The page of a row for a person who may see it. Queries the database."""
    images = list(row.images.saved().with_favourites(reader))
    for image in images:
        image.generation = row
    attempts = list(row.attempts.all())
    sent = next((attempt for attempt in attempts if attempt.sent_at), None)
    return GenerationPage(
        images=images,
        kept=keeps(reader, row.owner_id),
        panel=panel_of(row, reader),
        task_id=row.task_id,
        settings=settings_of(row, images, sent),
        descendants=descendants_of(row, reader),
        moments=moments_of(row, attempts),
        lines=lines_of(row, sent),
        rates_version=row.rates_version,
        rates_group=row.rates_group,
        wire=wire_of(row, sent),
        lost_task=lost_task_of(row, reader),
    )


def panel_of(row: Generation, reader: User) -> Panel:
    """What stands beside a picture of a row for a person who may see it. Queries the database."""
    known = row.owner_id == reader.pk and not reader.is_administrator
    return Panel(person="" if known else row.owner.name, shared=row.shared, origins=origins_of(row, reader))


def lost_task_of(row: Generation, reader: User) -> LostTask | None:
    """None if nothing is to be chosen."""
    candidates = list(row.candidates.open()) if row.status == Status.UNKNOWN else []
    if not candidates:
        return None
    own = row.on_own_account
    chooses = chooses_task(reader, row.owner_id, own_account=own)
    choices = [(candidate, str(labels.task_status(candidate.status))) for candidate in candidates]
    name = labels.model_name(row.model)
    return LostTask(choices, name, row.sent_at, chooses, pictured=chooses and own, team=not own)


def settings_of(row: Generation, images: list[GeneratedImage], attempt: Attempt | None) -> list[Setting]:
    """The settings in words and EvoLink's price group, without settings that nobody chose."""
    told = [
        Setting(
            str(labels.parameter(name).name),
            "" if value is None else str(labels.setting(name, str(value)).name),
            _came(name, row, images),
        )
        for name, value in row.as_request().settings().items()
    ]
    told.append(Setting(_("Price group at EvoLink"), "", attempt.user_group if attempt else ""))
    return [setting for setting in told if setting.asked or setting.got]


def _came(name: str, row: Generation, images: list[GeneratedImage]) -> str:
    """What came for a setting. Empty if it cannot differ from what was asked for."""
    if name == "size":
        return labels.listed(sorted({f"{image.width} × {image.height}" for image in images if image.width}))
    if name == "output_format":
        return labels.listed(sorted({image.extension.upper() for image in images}))
    return str(len(images)) if name == "n" and row.final else ""


def moments_of(row: Generation, attempts: list[Attempt]) -> list[Moment]:
    """The events in their order, each with the time since the one before."""
    ends = {
        Status.COMPLETED: _("All saved"),
        Status.FAILED: _("Ended without pictures"),
        Status.CANCELLED: _("Canceled"),
        Status.UNKNOWN: _("Stopped checking"),
    }
    happened = [
        (_("Submitted"), row.created_at),
        (_("Sent to EvoLink"), row.sent_at),
        (_("Accepted by EvoLink"), row.accepted_at),
        (_("Drawn by EvoLink"), row.drawn_at),
        (ends.get(Status(row.status), ""), row.finished_at),
        *((_("Callback from EvoLink"), attempt.callback_at) for attempt in attempts),
    ]
    known = sorted(((name, at) for name, at in happened if at), key=lambda moment: moment[1])
    before = [None, *(at for _name, at in known)]
    return [Moment(name, at, at - last if last else None) for (name, at), last in zip(known, before, strict=False)]


def lines_of(row: Generation, attempt: Attempt | None) -> list[Line]:
    """Estimate and cost by token category. Empty if nobody has the rates of that time any more; the sums stay
    correct."""
    table = rates_of(row.rates_version)
    if table is None or row.model not in MODELS:
        return []
    sent = json.loads(attempt.request) if attempt and attempt.request else {}
    estimated = pricing.estimate(
        row.as_request(), references=len(sent.get("image_urls", ())), group=row.rates_group, table=table
    )
    ours = {line.category: line for line in estimated.lines}
    theirs = {line.category: line for line in _billed(row, attempt, estimated, table)}
    return [
        Line(told, ours.get(category), theirs.get(category))
        for category, told in labels.CATEGORIES.items()
        if category in ours or category in theirs
    ]


def _billed(
    row: Generation, attempt: Attempt | None, ours: pricing.Estimate, table: RateTable
) -> tuple[pricing.Line, ...]:
    """The categories that EvoLink reported, if they add up to the saved cost. If EvoLink reported only a sum, the other
    categories cost what was estimated, and the rest of the sum is the prompt."""
    task = attempt.last_task if attempt else None
    if task is None or row.cost is None:
        return ()
    group = task.user_group or row.rates_group
    cost = (
        pricing.cost(row.model, task.usage, n=row.n, group=group, resolution=row.resolution or None, table=table)
        if task.usage
        else None
    )
    if cost:
        return cost.lines if cost.credits == row.cost else ()
    if len(task.results) != row.n or not ours.low <= row.cost <= ours.high or not row.size or row.width is None:
        return ()
    return _worked_out(row.cost, ours.lines)


def _worked_out(cost: Decimal, lines: tuple[pricing.Line, ...]) -> tuple[pricing.Line, ...]:
    rest = cost - sum((line.credits for line in lines if line.category != "text_input"), Decimal(0))
    told = []
    for line in lines:
        if line.category == "text_input":
            line = replace(line, credits=rest, tokens=int(rest * 1000 / line.rate))
        told.append(line)
    return tuple(told) if rest >= 0 else ()


def origins_of(row: Generation, reader: User) -> list[Origin]:
    """The reference images in order. Each has its source picture only if `reader` may see that."""
    uses = list(row.reference_uses.select_related("reference__source__generation"))
    sources = {use.reference.source.generation_id for use in uses if use.reference and use.reference.source}
    seen = set(Generation.objects.visible_to(reader).filter(pk__in=sources).values_list("pk", flat=True))
    return [Origin(use, _source(use, seen)) for use in uses]


def _source(use: ReferenceUse, seen: set[int]) -> GeneratedImage | None:
    source = use.reference.source if use.reference else None
    return source if source and source.generation_id in seen else None


def descendants_of(row: Generation, reader: User) -> list[Descendant]:
    """The generations made from pictures of this one that `reader` may see."""
    made = Generation.objects.visible_to(reader).filter(reference_uses__reference__source__generation=row)
    rows = made.distinct().order_by("pk").prefetch_related("images")[:DESCENDANTS]
    return [Descendant(row.code, row.prompt, _first(row)) for row in rows]


def _first(row: Generation) -> GeneratedImage | None:
    return next((image for image in row.images.all()[:1] if image.shown), None)


def wire_of(row: Generation, attempt: Attempt | None) -> Wire:
    """The request as it was sent, or as it will be sent, and the answer."""
    sent = json.loads(attempt.request) if attempt and attempt.request else row.as_request().to_json()
    answer = json.loads(attempt.answer) if attempt and attempt.answer else None
    secrets = [attempt.nonce, *attempt.addresses.values_list("token", flat=True)] if attempt else []
    request = _without(sent, secrets)
    # The code must not show our own callback address.
    body = {name: value for name, value in request.items() if name != "callback_url"}
    return Wire(_pretty(request), _shown(_without(answer, secrets)) if answer else "", examples.generate(body))


def _without(value: Any, secrets: list[str]) -> Any:
    """The same JSON without our own secrets and without the signatures of links."""
    if isinstance(value, dict):
        return {name: _without(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, secrets) for inner in value]
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, HIDDEN)
    return _SIGNATURE.sub(rf"\1{HIDDEN}", value)


def _shown(answer: Any) -> str:
    """An answer that is no JSON is text."""
    return answer if isinstance(answer, str) else _pretty(answer)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
