"""What came from what: the pictures that led to a picture, those that were made from it, and the whole family."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from playground.models import GeneratedImage, Generation

CHILDREN_MAX = 24


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
    return Child(place, row.code, row.prompt, image, state, row.running)


def first_shown(row: Generation) -> GeneratedImage | None:
    """The first picture that people can see. Reads `row.images`."""
    return next((image for image in row.images.all() if image.shown), None)
