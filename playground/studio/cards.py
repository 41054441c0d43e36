"""What pages show of a generation: its card in the history, and the same facts on its own page.

`card_of` computes everything in the reader's language. Templates only arrange it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from playground.evolink import MODELS
from playground.models import Charged, GeneratedImage, Generation, Status, failures, labels
from playground.models.visibility import keeps
from playground.money.amounts import credits_text
from playground.money.bill_words import charged_sentence, difference_sentence
from playground.studio.actions import Action, actions_of

# The style sheets use these names.
Tone = Literal["", "waiting", "running", "attention", "danger", "plain"]
Shape = Literal["square", "landscape", "portrait"]
SlotState = Literal["ready", "waiting", "saving", "failed", "missing"]

_TONES: dict[str, Tone] = {
    Status.QUEUED: "waiting",
    Status.FAILED: "danger",
    Status.UNKNOWN: "attention",
    Status.COMPLETED: "",
    Status.CANCELLED: "plain",
}


class Concern(Enum):
    """Something that may worry a reader although nothing has failed."""

    LATE = "it takes longer than usual"
    FEWER = "EvoLink sent fewer pictures than were asked for"
    NOT_SAVED = "a picture was drawn and is not here"


@dataclass(frozen=True)
class Slot:
    """The place of one picture. `image` is None if nobody can see the picture yet or any more; then `note` says why, or
    is empty if the picture is still expected. `link`: where EvoLink still has a picture that could not be saved here.
    `width` and `height` are in pixels."""

    state: SlotState
    width: int
    height: int
    image: GeneratedImage | None = None
    note: str = ""
    skeleton: bool = False
    link: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a running generation is. `percent` is None until EvoLink has accepted it; `usual_seconds` is how long
    generations like it take until they are drawn, None when that is not known, or over, or in doubt.
    `troubled`: the phase says what is in the way. `detail`, for administrators, says what went wrong."""

    phase: str
    percent: int | None
    usual_seconds: int | None
    troubled: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Cost:
    """The credits that EvoLink has charged (in a rehearsal: would have charged), why they differ from the estimate, and
    where the number comes from."""

    credits: Decimal
    difference: str
    source: str


@dataclass(frozen=True)
class Note:
    """What a failed, lost or canceled generation says: what happened, whether it cost money, and what to do next.
    `failure` is the code, for the help. It is empty if a person canceled. `detail` is for administrators."""

    tone: Tone
    happened: str
    money: str
    advice: str = ""
    trouble: str = ""
    failure: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Card:
    """One generation as its reader sees it. `facts` are the settings in words, and
    `quality` one of them, if the model has it. Amounts are credits. `cost_open`: it is
    drawn, and EvoLink has not said yet what it costs. `switched`: why another model draws it than was asked for.
    `found`: how its lost task was found, in words. `offers`: whether more can be made of it (see `studio.offers`)."""

    code: str
    version: int
    watched: bool
    status: Status
    status_name: str
    tone: Tone
    created_at: datetime
    prompt: str
    revised_prompt: str
    rehearsal: bool
    progress: Progress | None
    shape: Shape
    slots: tuple[Slot, ...]
    facts: tuple[str, ...]
    quality: str
    estimate_low: Decimal
    estimate_high: Decimal
    cost: Cost | None
    cost_open: bool
    switched: str
    note: Note | None
    concern: Concern | None
    found: str
    offers: bool
    actions: tuple[Action, ...]

    @property
    def change_place(self) -> str:
        """The id of the place where the box of one of its pictures opens."""
        return change_place(self.code)

    @property
    def step(self) -> Action | None:
        """The action that helps most in this state, if there is one beside looking at it and using its settings."""
        first = self.actions[0]
        return first if first.posts or not first.quiet else None

    @property
    def trouble(self) -> bool:
        """Whether the state of the card has to be said: it failed, was lost, or does not go on as it should."""
        return self.tone in ("danger", "attention") or (self.progress is not None and self.progress.troubled)

    @property
    def proportion(self) -> int:
        """The width of all slots side by side, at a height of 1000."""
        return sum(slot.width * 1000 // slot.height for slot in self.slots)

    @property
    def ready(self) -> int:
        """The number of pictures that people can see, after the generation is completed. 0 before."""
        return sum(slot.image is not None for slot in self.slots) if self.status == Status.COMPLETED else 0


def change_place(code: str) -> str:
    """The id of the place on the card of a generation where the box of one of its pictures opens."""
    return f"change-{code}"


def card_of(row: Generation, reader: User, now: datetime) -> Card:
    """The card of a row for a reader. It reads `row.images`, and `row.key.owner` of failed rows. For many rows fetch
    them together with `GenerationQuerySet.for_cards`."""
    images = list(row.images.all())
    return Card(
        code=row.code,
        version=row.version,
        watched=row.watched,
        status=Status(row.status),
        status_name=row.get_status_display(),
        tone=_TONES.get(row.status, "running"),
        created_at=row.created_at,
        prompt=row.prompt,
        revised_prompt=row.revised_prompt,
        rehearsal=row.rehearsal,
        progress=_progress(row, technical=reader.is_administrator),
        shape=_shape(row),
        slots=tuple(_slots(row, images, now, keeps(reader, row.owner_id))),
        facts=tuple(_facts(row)),
        quality=_quality(row),
        estimate_low=row.estimate_low,
        estimate_high=row.estimate_high,
        cost=_cost(row),
        cost_open=row.drawn_at is not None and row.cost is None and row.charged == Charged.CHECKING,
        switched=_switched(row),
        note=_note(row, technical=reader.is_administrator),
        concern=_concern(row, images),
        found=str(row.get_found_display()) if row.found else "",
        offers=row.status == Status.COMPLETED and row.owner_id == reader.pk and row.model in MODELS,
        actions=tuple(actions_of(row, reader)),
    )


def _progress(row: Generation, *, technical: bool) -> Progress | None:
    if not row.running:
        return None
    saving = row.status == Status.SAVING
    # Before the pictures are drawn, the bar stays at 90 or below, even if EvoLink reports more.
    percent = 95 if saving else min(row.progress, 90)
    return Progress(
        phase=str(failures.trouble(row.trouble) or row.get_status_display()),
        percent=percent if row.accepted_at else None,
        usual_seconds=None if saving or row.trouble else row.usual_seconds,
        troubled=bool(row.trouble),
        detail=row.fault if technical else "",
    )


def _shape(row: Generation) -> Shape:
    wide, high = row.width or 1, row.height or 1
    return "square" if wide == high else "landscape" if wide > high else "portrait"


def _facts(row: Generation) -> Iterator[str]:
    yield labels.model_name(row.model)
    if row.size:
        name, pixels = str(labels.size(row.size).name), f"{row.width} × {row.height}"
        yield f"{name} {pixels}" if row.width and name != pixels else name
    if row.quality:
        yield _quality(row)
    yield ngettext("%(number)s picture", "%(number)s pictures", row.n) % {"number": row.n}
    if row.rehearsal:
        yield _("Rehearsal")


def _quality(row: Generation) -> str:
    return str(labels.quality(row.quality).name) if row.quality else ""


def _switched(row: Generation) -> str:
    if not row.asked_model or row.asked_estimate is None:
        return ""
    names = {"asked": labels.model_name(row.asked_model), "model": labels.model_name(row.model)}
    difference = row.estimate_high - row.asked_estimate
    names["credits"] = credits_text(abs(difference))
    if difference > 0:
        return _("%(asked)s was not available, so %(model)s draws it, for up to %(credits)s credits more.") % names
    if difference < 0:
        return _("%(asked)s was not available, so %(model)s draws it, for up to %(credits)s credits less.") % names
    return _("%(asked)s was not available, so %(model)s draws it at the same price.") % names


def _cost(row: Generation) -> Cost | None:
    if row.cost is None:
        return None
    return Cost(row.cost, difference_sentence(row), str(row.get_cost_source_display()))


# --- Pictures ---


def _slots(row: Generation, images: list[GeneratedImage], now: datetime, kept: bool) -> Iterator[Slot]:
    """A slot for each requested picture and for each extra one. None if no picture came and none will come."""
    if not row.running and not any(image.file for image in images):
        return
    by_index = {image.index: image for image in images}
    for index in range(max([row.n, *(index + 1 for index in by_index)])):
        yield _slot(row, by_index.get(index), now, kept)


def _slot(row: Generation, image: GeneratedImage | None, now: datetime, kept: bool) -> Slot:
    wide, high = row.width or 1024, row.height or 1024
    if image is None:
        return Slot("waiting", wide, high, skeleton=row.running)
    if image.shown:
        return Slot("ready", image.width or wide, image.height or high, image)
    state: SlotState = "failed" if image.save_error else "saving"
    if image.state != GeneratedImage.State.WAITING:
        state = "missing"
    alive = kept and not row.rehearsal and state == "failed" and not image.expired(now)
    return Slot(
        state,
        wide,
        high,
        note=_slot_note(image, now),
        skeleton=row.running and not image.save_error,
        link=image.source_url if alive else "",
    )


def _slot_note(image: GeneratedImage, now: datetime) -> str:
    if image.deleted_at:
        return _("Deleted")
    if image.state == GeneratedImage.State.MISSING:
        return _("This picture could not be saved.") if image.source_url else _("This picture did not arrive.")
    if image.save_error:
        hours = image.hours_left(now)
        sentence = ngettext("Not saved yet; %(hours)s hour left.", "Not saved yet; %(hours)s hours left.", hours)
        return sentence % {"hours": hours}
    return _("Saving") if image.source_url else _("Not sent yet; we are asking again.")


def _concern(row: Generation, images: list[GeneratedImage]) -> Concern | None:
    """None for a failed generation, because its `Note` says what happened."""
    if row.failure:
        return None
    if row.running:
        return Concern.LATE if row.trouble == "longer_than_usual" else None
    State = GeneratedImage.State
    absent = [image for image in images if image.state in (State.WAITING, State.MISSING)]
    if any(image.source_url for image in absent):
        return Concern.NOT_SAVED
    return Concern.FEWER if absent else None


# --- Failed, lost and canceled generations ---


def _note(row: Generation, *, technical: bool) -> Note | None:
    if row.status == Status.CANCELLED and not row.failure:
        return Note("", _("You canceled it before it was sent."), charged_sentence(row))
    if not row.failure:
        return None
    lost = row.status == Status.UNKNOWN
    failure = failures.failure(row.failure)
    advice = str(failure.advice)
    if failure.remedy == "keys" and row.paid_by:
        advice = _("The key belongs to the team. Ask %(name)s to look at it.") % {"name": row.paid_by.name}
    if row.retry_at:
        when = date_format(timezone.localtime(row.retry_at), "SHORT_DATETIME_FORMAT")
        advice = _("Try again after %(time)s.") % {"time": when}
    partly = row.status == Status.COMPLETED
    return Note(
        tone="attention" if lost or partly else "" if row.status == Status.CANCELLED else "danger",
        happened=_("A picture is missing. %(why)s") % {"why": failure.happened} if partly else str(failure.happened),
        money=charged_sentence(row),
        advice=advice,
        trouble=str(failures.trouble(row.trouble)) if lost else "",
        failure=row.failure,
        detail="\n".join(filter(None, (row.failure_detail, row.fault))) if technical else "",
    )
