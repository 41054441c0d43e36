"""The gallery: its filters, its order, and its pages.

A page is found by the primary key of a picture, not by a count. It begins after the picture `after`, or ends before the
picture `before`. So the hundredth page is as fast as the first one, and no picture appears twice while new ones arrive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playground.evolink import MODELS
from playground.fields.widgets import SearchField, Slider
from playground.models import GeneratedImage, Generation, labels
from playground.models.images import GeneratedImageQuerySet
from playground.models.queries import search_words

PAGE = 60
# The column to sort by, and whether the largest comes first. Equal values are sorted by age.
ORDERS = {"newest": ("pk", True), "oldest": ("pk", False), "dearest": ("generation__cost", True)}

# The height of a row in pixels.
ROW_LEAST, ROW_USUAL, ROW_MOST, ROW_STEP = 140, 240, 420, 20


class GalleryForm(forms.Form):
    """The filters in the address. A value that is not among the choices is ignored."""

    q = SearchField(max_length=300, label=_("Search in prompts"))
    person = forms.ChoiceField(required=False, label=_("Person"))
    model = forms.ChoiceField(required=False, label=_("Model"))
    size = forms.ChoiceField(required=False, label=_("Size"))
    quality = forms.ChoiceField(required=False, label=_("Quality"))
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[("", _("Kind")), ("live", _("Live")), ("rehearsal", _("Rehearsal"))],
    )
    favourite = forms.BooleanField(required=False, label=_("Favorites"))
    sort = forms.ChoiceField(
        required=False,
        label=_("Sort by"),
        choices=[("newest", _("Newest first")), ("oldest", _("Oldest first")), ("dearest", _("Highest cost first"))],
    )
    density = forms.IntegerField(
        required=False,
        label=_("Size of the pictures"),
        min_value=ROW_LEAST,
        max_value=ROW_MOST,
        widget=Slider(default=ROW_USUAL, attrs={"step": ROW_STEP}),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        seen = _seen(user)
        self._choose("person", [(str(person.pk), _name_of(person)) for person in seen.people])
        self._choose("model", [(id, MODELS[id].name if id in MODELS else id) for id in seen.models])
        self._choose("size", [(size, str(labels.size(size).name)) for size in seen.sizes])
        self._choose("quality", [(quality, str(labels.quality(quality).name)) for quality in seen.qualities])
        self.full_clean()

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  narrows the type
        field.choices = [("", field.label), *choices]

    @property
    def chips(self) -> list[forms.BoundField]:
        """The filters that are one press each. Until somebody chooses, each shows its name."""
        return [self[name] for name in ("model", "size", "quality", "kind", "person")]

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "newest"

    @property
    def by_day(self) -> bool:
        """Whether the pictures stand in the order of their days."""
        return self.order in ("newest", "oldest")

    @property
    def row(self) -> int:
        """The height of a row in pixels, in steps."""
        height: int = self.cleaned_data.get("density") or ROW_USUAL
        return height - height % ROW_STEP

    @property
    def narrowed(self) -> bool:
        """Whether any field except order and density is set."""
        return any(value for name, value in self.cleaned_data.items() if name not in ("sort", "density"))

    @property
    def more(self) -> bool:
        """Whether a filter behind "More filters" is set, or the order is not the usual one."""
        return self.order != "newest" or any(self.cleaned_data.get(name) for name in ("since", "until"))

    def found(self) -> GeneratedImageQuerySet:
        """The pictures that match and that the person may see, not yet ordered."""
        wanted = self.cleaned_data
        images = GeneratedImage.objects.visible_to(self.user)
        for word in search_words(wanted.get("q", "")):
            images = images.filter(generation__prompt_folded__contains=word)
        exact = {"person": "owner", "model": "model", "size": "size", "quality": "quality"}
        for name, column in exact.items():
            if wanted.get(name):
                images = images.filter(**{f"generation__{column}": wanted[name]})
        if wanted.get("since"):
            images = images.filter(generation__created_at__gte=_midnight(wanted["since"]))
        if wanted.get("until"):
            images = images.filter(generation__created_at__lt=_midnight(wanted["until"] + timedelta(days=1)))
        if wanted.get("kind"):
            images = images.filter(generation__rehearsal=wanted["kind"] == "rehearsal")
        if wanted.get("favourite"):
            images = images.filter(favourite_of=self.user)
        return images


@dataclass(frozen=True)
class Page:
    """The pictures of a page. `after` is the key of the last one if more follow, `before` the key of the first one if
    more precede."""

    pictures: Sequence[GeneratedImage]
    after: int | None
    before: int | None


def page_of(
    images: GeneratedImageQuerySet, order: str, *, after: str = "", before: str = "", length: int | None = None
) -> Page:
    """The page after `after`, or else the page before `before`, or else the first page."""
    length = length or PAGE
    column, descending = ORDERS[order]
    backwards = bool(before) and not after
    anchor = after or before
    if anchor.isdecimal() and len(anchor) < 19:
        images = images.filter(_beyond(int(anchor), column, descending is not backwards))
    else:
        anchor, backwards = "", False
    sign = "-" if descending is not backwards else ""
    found = list(images.order_by(*dict.fromkeys([sign + column, f"{sign}pk"]))[: length + 1])
    more, rows = len(found) > length, found[:length]
    if backwards:
        rows.reverse()
        return Page(rows, rows[-1].pk if rows else None, rows[0].pk if more else None)
    return Page(rows, rows[-1].pk if more else None, rows[0].pk if anchor and rows else None)


def _beyond(anchor: int, column: str, less: bool) -> Q:
    """The pictures after the one with this primary key. The rows of deleted pictures still exist."""
    way = "lt" if less else "gt"
    if column == "pk":
        return Q(**{f"pk__{way}": anchor})
    value = GeneratedImage.objects.filter(pk=anchor).values_list(column, flat=True).first()
    if value is None:
        return Q()
    return Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": anchor})


@dataclass(frozen=True)
class _Seen:
    people: list[User]
    models: list[str]
    sizes: list[str]
    qualities: list[str]


def _seen(user: User) -> _Seen:
    """The values of all generations that somebody may see. So no filter offers a value that finds nothing."""
    rows = Generation.objects.visible_to(user).order_by().values_list("owner", "model", "size", "quality").distinct()
    owners, models, sizes, qualities = (sorted(set(column)) for column in zip(*rows, strict=True)) if rows else [[]] * 4
    people = sorted(User.objects.filter(pk__in=owners), key=_name_of)
    return _Seen(people, [*filter(None, models)], _ranked(sizes, labels.SIZES), _ranked(qualities, labels.QUALITIES))


def _ranked(values: list[str], table: dict[str, Any]) -> list[str]:
    """The values in the order of `table`. Unknown values come last."""
    known = list(table)
    return sorted(filter(None, values), key=lambda value: known.index(value) if value in known else len(known))


def _name_of(person: User) -> str:
    return person.get_full_name() or person.get_username()


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
