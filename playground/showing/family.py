"""What came from what: the pictures that led to a picture, those that were made from it, and the whole family."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from playground.models import GeneratedImage, Generation, Lineage
from playground.showing.comparison import Edit, edits
from playground.showing.generation_page import settings_of

CHILDREN_MAX = 24
# Larger families are shown from the beginning on, up to so many.
FAMILY_MAX = 200
STRIP_MAX = 12
PICTURES_MAX = 4
DEPTH_MAX = 5


@dataclass(frozen=True)
class Step:
    """A picture on the way to another one. `words` made it. `image` is None if it was deleted."""

    code: str
    number: int
    words: str
    image: GeneratedImage | None


@dataclass(frozen=True)
class Child:
    """A generation made from a picture, with its place in the strip, counted from one. `image` is its first picture, if
    it can be seen. `state`: what to say in place of the picture."""

    place: int
    code: str
    words: str
    image: GeneratedImage | None
    state: str
    running: bool


@dataclass(frozen=True)
class Strip:
    """The children of a picture. `version` changes with everything that the strip shows."""

    children: list[Child]
    watching: bool
    version: str


def path_to(image: GeneratedImage, reader: User) -> list[Step]:
    """The pictures from which this one was made, one from the other, and at the end itself: as far back as `reader` may
    see them, and as one was made from a picture."""
    family = {row.pk: row for row in Generation.objects.visible_to(reader).family_of(image.generation)}
    row = image.generation
    places = [(row, image.index)]
    while (index := row.parent_index) is not None and row.parent_id in family:
        row = family[row.parent_id]
        places.append((row, index))
    shown = {
        (picture.generation_id, picture.index): picture
        for picture in GeneratedImage.objects.saved().filter(generation__in=[row.pk for row, _index in places])
    }
    steps = []
    for row, index in reversed(places):
        picture = shown.get((row.pk, index))
        if picture is not None:
            picture.generation = row
        steps.append(Step(row.code, index + 1, row.prompt, picture))
    return steps


def strip_of(image: GeneratedImage, reader: User) -> Strip:
    """What was made from this picture, as far as `reader` may see it."""
    made = Generation.objects.visible_to(reader).filter(parent=image.generation_id, parent_index=image.index)
    rows = list(made.order_by("pk").prefetch_related("images")[:CHILDREN_MAX])
    version = f"{len(rows)}.{sum(row.version for row in rows)}"
    children = [_child(place, row) for place, row in enumerate(rows, start=1)]
    return Strip(children, any(row.running for row in rows), version)


def _child(place: int, row: Generation) -> Child:
    image = first_shown(row)
    state = (
        "" if image else _("Since deleted") if row.images.all() and not row.running else str(row.get_status_display())
    )
    own_words = row.lineage in (Lineage.CHANGE, Lineage.REFERENCE)
    words = row.prompt if own_words else str(row.get_lineage_display())
    return Child(place, row.code, words, image, state, row.running)


def first_shown(row: Generation) -> GeneratedImage | None:
    """The first picture that people can see. Reads `row.images`."""
    return next((image for image in row.images.all() if image.shown), None)


@dataclass(frozen=True)
class Member:
    """A generation in its family. `place` counts from one, and `parent` is the place of the one that it came from, if
    it is shown. `depth` grows at every branch. `how` it came, and with which `words`; `before` are the parent's, if
    these are another version of them. `settings` are those that differ. `compared` is the address of it beside the
    picture it was made from. `person` is its owner's name, or empty for the reader."""

    place: int
    parent: int | None
    depth: int
    code: str
    how: str
    words: str
    before: str
    settings: list[str]
    pictures: list[GeneratedImage]
    state: str
    person: str
    created_at: datetime
    compared: str

    @property
    def edits(self) -> list[Edit]:
        """What became of the parent's words. Empty if they are the same."""
        return edits(self.before, self.words)


def family_of(row: Generation, reader: User) -> list[Member]:
    """All that came from the same beginning, as far as `reader` may see it: each one below what it came from. What came
    from something that cannot be seen stands at the beginning."""
    seen = Generation.objects.visible_to(reader).family_of(row)
    rows = list(seen.select_related("owner").prefetch_related("images")[:FAMILY_MAX])
    by_key = {one.pk: one for one in rows}
    places: dict[int, int] = {}
    members = []
    for place, (one, depth) in enumerate(_in_order(rows, by_key), start=1):
        places[one.pk] = place
        parent = by_key.get(one.parent_id or 0)
        members.append(_member(one, parent, reader, place, places.get(one.parent_id or 0), min(depth, DEPTH_MAX)))
    return members


def strip_around(members: list[Member], code: str) -> list[Member]:
    """Those that stand nearest to the one with this code."""
    at = next((place for place, member in enumerate(members) if member.code == code), 0)
    start = max(0, min(at - STRIP_MAX // 2, len(members) - STRIP_MAX))
    return members[start : start + STRIP_MAX]


def _in_order(rows: list[Generation], by_key: dict[int, Generation]) -> Iterator[tuple[Generation, int]]:
    """Each with its depth. A chain stays at its depth; each branch goes one deeper."""
    children: dict[int, list[Generation]] = defaultdict(list)
    for row in rows:
        children[row.parent_id if row.parent_id in by_key else 0].append(row)
    left = [(row, 0) for row in reversed(children[0])]
    while left:
        row, depth = left.pop()
        yield row, depth
        made = children[row.pk]
        left += [(child, depth + (len(made) > 1)) for child in reversed(made)]


def _member(
    row: Generation, parent: Generation | None, reader: User, place: int, parent_place: int | None, depth: int
) -> Member:
    own_words = parent is None or row.lineage in (Lineage.CHANGE, Lineage.REFERENCE)
    pictures = [image for image in row.images.all() if image.shown]
    for image in pictures:
        image.generation = row
    return Member(
        place=place,
        parent=parent_place,
        depth=depth,
        code=row.code,
        how=str(row.get_lineage_display()) if parent else _("Beginning"),
        words=row.prompt,
        before="" if own_words or parent is None else parent.prompt,
        settings=_differences(parent, row) if parent else [],
        pictures=pictures[:PICTURES_MAX],
        state="" if pictures else str(row.get_status_display()),
        person="" if row.owner_id == reader.pk else row.owner.name,
        created_at=row.created_at,
        compared=_compared(row, parent, pictures),
    )


def _differences(parent: Generation, row: Generation) -> list[str]:
    """The settings that are others than the parent's, in words. What only one of them has follows from the model."""
    before = {setting.name: setting.asked for setting in settings_of(parent, [], None)}
    after = {setting.name: setting.asked for setting in settings_of(row, [], None)}
    return [
        _("%(name)s: %(before)s → %(after)s") % {"name": name, "before": before[name], "after": value}
        for name, value in after.items()
        if value and before.get(name) and value != before[name]
    ]


def _compared(row: Generation, parent: Generation | None, pictures: list[GeneratedImage]) -> str:
    if parent is None or row.parent_index is None or not pictures:
        return ""
    origin = next((image for image in parent.images.all() if image.index == row.parent_index and image.shown), None)
    if origin is None:
        return ""
    pair = [f"{parent.code}.{origin.index}", pictures[0].key]
    return f"{reverse('compare')}?{urlencode({'picture': pair}, doseq=True)}"
