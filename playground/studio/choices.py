"""What the form offers for its model: the values of each setting in words, with shapes and prices, and the widgets that
show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import BoundField
from django.utils.choices import flatten_choices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, Model, Parameter, rules
from playground.fields.widgets import Choice
from playground.models import labels
from playground.models.request_values import OWN_SIZE

# Pairs: a value and what the page shows for it, or a heading and the pairs below it.
Choices = list[tuple[str | Promise, Any]]

# Units of the drawing of a size: the side of the square around it, and the area of every shape in it.
_BOX = 36
_AREA = 28**2


@dataclass(frozen=True)
class Rectangle:
    """A shape, drawn in the middle of a square with a side of 36 units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class SizeTile:
    """What the page shows for a size. `shape` is None for a custom size."""

    words: labels.Words
    shape: Rectangle | None = None


@dataclass(frozen=True)
class OwnSizeRules:
    """The rules for a custom size, in pixels. `ratio` is the largest ratio of the long side to the short side."""

    multiple: int = rules.SIDE_MULTIPLE
    shortest: int = rules.SIDE_MIN
    longest: int = rules.SIDE_MAX
    ratio: int = rules.RATIO_MAX
    smallest: int = rules.AREA_MIN
    largest: int = rules.AREA_MAX


@dataclass(frozen=True)
class ModelTile:
    """What the page shows for a model: its name, and a sentence on what it is good for."""

    name: str
    use: str


@dataclass(frozen=True)
class Chip:
    """A setting in the row below the prompt. `words` say what is chosen; `shape` draws it if it is a size."""

    field: BoundField
    words: str
    shape: Rectangle | None = None


class ModelTiles(Choice):
    """Models as tiles. The retired ones are folded away."""

    template_name = "forms/widgets/models.html"


class SizeTiles(Choice):
    """Sizes as tiles. Those below a heading are folded away. A value that is not among them is a custom size."""

    template_name = "forms/widgets/sizes.html"

    def format_value(self, value: Any) -> Any:
        value = value or self.default
        named: dict[str, Any] = dict(flatten_choices(self.choices))
        return super().format_value(value if value in named else OWN_SIZE)


class QualityTiles(Choice):
    """Qualities as tiles. `levels` has the price of a picture for each quality, if it is known."""

    template_name = "forms/widgets/qualities.html"
    levels: Mapping[str, object] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, *args, **kwargs) | {"level": self.levels.get(value)}


# The settings with their own widgets. The others are a row of options or a number.
_WIDGETS = {"size": SizeTiles, "quality": QualityTiles}


def widget(parameter: Parameter) -> Choice:
    return _WIDGETS.get(parameter.name, Choice)(default=str(parameter.default or ""))


def offered(model: Model, parameter: Parameter) -> Choices:
    """The values of a setting, and what the page shows for each."""
    if parameter.name == "size":
        return _sizes(model)
    if parameter.name == "quality":
        return [(value, labels.quality(value)) for value in parameter.choices]
    return [(value, labels.setting(parameter.name, value).name) for value in parameter.choices]


def models(today: date) -> Choices:
    """The models that people can choose, and the retired ones below a heading."""
    tiles: dict[bool, Choices] = {False: [], True: []}
    for model in MODELS.values():
        tiles[model.retired(today)].append((model.id, ModelTile(model.name, labels.summary(model))))
    return [*tiles[False], (_("Retired models"), tiles[True])] if tiles[True] else tiles[False]


def shape_of(model: Model, size: str) -> Rectangle | None:
    """The drawing of a size. None for Automatic, and for a size that the model does not take."""
    try:
        pixels = model.pixels(size)
    except ValueError:
        return None
    return _drawn(*pixels) if pixels else None


def own_size(model: Model) -> OwnSizeRules | None:
    """The rules for a custom size. None if the model takes none."""
    return OwnSizeRules() if model.size_rule == "free" else None


def _sizes(model: Model) -> Choices:
    """The common sizes, and all others below one heading."""
    if model.size_rule == "fixed" and len(model.size_choices) <= len(labels.COMMON_SIZES):
        # Some shapes have two names in the API. People see each shape once, under its first name.
        common = list({model.pixels(value): value for value in reversed(model.size_choices)}.values())[::-1]
    else:
        common = [value for value in labels.COMMON_SIZES if value in model.size_choices]
    tiles: Choices = [(value, _tile(model, value)) for value in common]
    more = [(value, _tile(model, value)) for value in model.size_choices if value not in common]
    heading = _("More shapes")
    if own_size(model):
        heading = _("More shapes, or a custom size")
        more.append((OWN_SIZE, SizeTile(labels.Words(_("Custom size"), _("in pixels")))))
    return [*tiles, (heading, more)] if more else tiles


def _tile(model: Model, value: str) -> SizeTile:
    return SizeTile(labels.size(value), _drawn(*(model.pixels(value) or (1, 1))))


def _drawn(wide: int, high: int) -> Rectangle:
    """Shapes with the same area look equally large, but the longest side must still fit."""
    scale = min(_BOX / max(wide, high), (_AREA / (wide * high)) ** 0.5)
    width, height = round(wide * scale, 1), round(high * scale, 1)
    return Rectangle(round((_BOX - width) / 2, 1), round((_BOX - height) / 2, 1), width, height)
