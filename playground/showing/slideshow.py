"""A presentation: one picture at a time, for any viewer. This module does not know prices, models or people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import Truncator

from playground.models import GeneratedImage

# The largest number of pictures in one presentation.
SLIDES_MAX = 100
_CAPTION_LENGTH = 160


@dataclass(frozen=True)
class Slide:
    """One picture. `full` is the address of the original, `alternative` the text for people who cannot see it."""

    full: str
    width: int
    height: int
    alternative: str
    caption: str


@dataclass(frozen=True)
class Stage:
    """The slides, the number of the current one (`place`, from 1), and the address for leaving."""

    slides: Sequence[Slide]
    place: int
    leave: str

    @property
    def slide(self) -> Slide:
        return self.slides[self.place - 1]

    @property
    def before(self) -> int | None:
        return self.place - 1 if self.place > 1 else None

    @property
    def after(self) -> int | None:
        return self.place + 1 if self.place < len(self.slides) else None


def slide_of(image: GeneratedImage) -> Slide:
    """The slide of a picture for people who may see it, so with its prompt."""
    full = reverse("image", args=[image.generation.code, image.index])
    return Slide(full, image.width or 1, image.height or 1, image.alternative, caption(image.generation.prompt))


def caption(prompt: str) -> str:
    """The beginning of a prompt, short enough to read from the last row."""
    return Truncator(" ".join(prompt.split())).chars(_CAPTION_LENGTH)


def place_in(slides: Sequence[Slide], wanted: str) -> int:
    """The number of the slide in the address, or the nearest one that exists. 1 if it is not a number."""
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 1
    return min(max(number, 1), max(len(slides), 1))
