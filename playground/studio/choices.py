"""What the form offers for its model, as the page shows it: which settings and values there are, which is chosen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.forms import BoundField
from django.utils.functional import Promise

from accounts.models import User
from playground.evolink import Model, Parameter, rules, successors
from playground.models import labels
from playground.studio.estimates import Level, Quote, quote_of
from playground.studio.forms import GenerationForm

# The drawing of a size: a square of this side, and how many units a shape of any proportion is large.
_BOX = 36
_AREA = 28**2
# What stands in the fields of a size of one's own before anybody has chosen one.
_OWN_SIZE = ("1280", "720")
# The settings that are shown in a way of their own; others are a row of words, or a number.
_TEMPLATES = {"size": "playground/_setting_size.html", "quality": "playground/_setting_quality.html"}


@dataclass(frozen=True)
class Choice:
    """A value of a setting."""

    value: str
    chosen: bool
    words: labels.Words


@dataclass(frozen=True)
class Setting:
    """A setting that leaves a choice: its field, how it is shown, and its values (none for a number)."""

    field: BoundField
    parameter: Parameter
    template: str
    hint: Promise | str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class QualityChoice(Choice):
    """`level` says what a picture costs in it; None where the form is not complete."""

    level: Level | None


@dataclass(frozen=True)
class Rectangle:
    """A shape, drawn in the middle of a square of 36 units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class SizeChoice(Choice):
    shape: Rectangle


@dataclass(frozen=True)
class OwnSize:
    """A size of one's own: whether it is chosen, what stands in its two fields, and the rules for them in pixels."""

    chosen: bool
    width: str
    height: str
    multiple: int = rules.SIDE_MULTIPLE
    shortest: int = rules.SIDE_MIN
    longest: int = rules.SIDE_MAX
    ratio: int = rules.RATIO_MAX
    smallest: int = rules.AREA_MIN
    largest: int = rules.AREA_MAX


@dataclass(frozen=True)
class Sizes:
    """The `common` ones are always seen, `more` when asked for, and at once (`open`) when one of them is chosen. `own`
    is None for a model that takes none."""

    common: tuple[SizeChoice, ...]
    more: tuple[SizeChoice, ...]
    own: OwnSize | None

    @property
    def open(self) -> bool:
        return any(size.chosen for size in self.more) or (self.own is not None and self.own.chosen)


@dataclass(frozen=True)
class Choices:
    """The settings in the order of the catalogue. `sizes` and `qualities` are what the tiles of these two show;
    `successor` is what replaces the model, `retired` whether its last day is over."""

    settings: tuple[Setting, ...]
    sizes: Sizes
    qualities: tuple[QualityChoice, ...]
    successor: Model | None
    retired: bool


def choices_of(form: GenerationForm, quote: Quote | None, today: date) -> Choices:
    model = form.chosen
    return Choices(
        settings=tuple(_setting(form, parameter) for parameter in model.settings if parameter.is_open_to_choice),
        sizes=_sizes(model, str(form["size"].value() or model.default_size)),
        qualities=_qualities(model, str(form["quality"].value() or model.default_quality), quote),
        successor=successors.successor(model),
        retired=model.retired(today),
    )


def _setting(form: GenerationForm, parameter: Parameter) -> Setting:
    field, name = form[parameter.name], parameter.name
    chosen = field.value() or parameter.default
    return Setting(
        field,
        parameter,
        template=_TEMPLATES.get(name, f"playground/_setting_{'words' if parameter.choices else 'number'}.html"),
        hint=labels.HINTS.get(name, ""),
        choices=tuple(Choice(value, value == chosen, labels.setting(name, value)) for value in parameter.choices),
    )


def _qualities(model: Model, chosen: str, quote: Quote | None) -> tuple[QualityChoice, ...]:
    levels = {level.quality: level for level in quote.levels} if quote else {}
    return tuple(
        QualityChoice(value, value == chosen, labels.quality(value, model.qualities), levels.get(value))
        for value in model.qualities
    )


def _sizes(model: Model, chosen: str) -> Sizes:
    sizes = [
        SizeChoice(value, value == chosen, labels.size(value), _drawn(*(model.pixels(value) or (1, 1))))
        for value in model.size_choices
    ]
    if model.size_rule == "fixed" and len(sizes) <= len(labels.COMMON_SIZES):
        # Some have two names on the wire for one shape; a person sees each shape once, under its first name.
        common = list({model.pixels(size.value): size for size in reversed(sizes)}.values())[::-1]
    else:
        common = [size for size in sizes if size.value in labels.COMMON_SIZES]
    more = [size for size in sizes if size not in common]
    return Sizes(tuple(common), tuple(more), _own_size(model, chosen) if model.size_rule == "free" else None)


def _own_size(model: Model, chosen: str) -> OwnSize:
    if chosen in model.size_choices:
        return OwnSize(False, *_OWN_SIZE)
    width, _x, height = chosen.replace("×", "x").partition("x")
    return OwnSize(True, width, height)


def _drawn(wide: int, high: int) -> Rectangle:
    """Equal areas look like equal sizes; the longest side still has to fit."""
    scale = min(_BOX / max(wide, high), (_AREA / (wide * high)) ** 0.5)
    width, height = round(wide * scale, 1), round(high * scale, 1)
    return Rectangle(round((_BOX - width) / 2, 1), round((_BOX - height) / 2, 1), width, height)


def priced(form: GenerationForm, user: User, now: datetime) -> dict[str, Any]:
    """A form with its choices and the price of what is in it, as its templates want them."""
    quote = quote_of(form, user, now)
    return {"form": form, "quote": quote, "choices": choices_of(form, quote, now.date())}
