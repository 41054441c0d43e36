"""A presentation: pictures one at a time, whoever looks at them. Nothing here knows prices, models or people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import Truncator

from playground.models import GeneratedImage

# The most pictures of one presentation.
SLIDES_MAX = 100
_CAPTION_LENGTH = 160


@dataclass(frozen=True)
class Slide:
    """One picture. `full` is the address of its original bytes, `alternative` for who cannot see it."""

    full: str
    width: int
    height: int
    alternative: str
    caption: str


@dataclass(frozen=True)
class Stage:
    """The slides, the one that is shown (`place` counts from one), and the address to leave to."""

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
    """A picture as those who may see it are shown it: with its prompt."""
    full = reverse("image", args=[image.generation.code, image.index])
    return Slide(full, image.width or 1, image.height or 1, image.alternative, caption(image.generation.prompt))


def caption(prompt: str) -> str:
    """As much of a prompt as can be read from the last row."""
    return Truncator(" ".join(prompt.split())).chars(_CAPTION_LENGTH)


def place_in(slides: Sequence[Slide], wanted: str) -> int:
    """The place an address asks for; the first where it asks for none there is."""
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 1
    return min(max(number, 1), max(len(slides), 1))
