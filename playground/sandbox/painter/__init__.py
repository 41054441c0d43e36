"""The sandbox's image model. It composes a picture from the words of a prompt, with Pillow alone.

    words     reads a brief from the prompt: hour, weather, places, subjects, styles, colours (English and Japanese)
    mood      chooses the colours of the light for the brief: sky, haze, shadow, in OKLCH
    compose   chooses the kind of picture: landscape, still, figure, logo, abstract, or collage
    glyphs    are things as data, with creatures, outdoors and emblems; sprites draws them
    palette   gives a picture the colours of the reference images
    styles    treat the whole picture: watercolour, pencil, pixels
    finish    adds bloom, vignette, grain and the mark in the corner, and encodes the picture
    plain     paints a picture without any of these

All random numbers come from `brush.dice`, seeded by prompt, seed and index. The same arguments give the same bytes.
The index chooses the composition, so the pictures of one request differ in more than colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PIL import Image

from playground.sandbox.painter import brush, collage, compose, finish, mood, words
from playground.sandbox.painter.plain import paint_plain
from playground.sandbox.painter.scene import Scene

__all__ = ["Painter", "paint", "paint_plain"]

DETAIL = {"low": 1, "medium": 2, "high": 3, "xhigh": 3, "max": 3}
LARGEST = 1_600_000  # pixels; a larger picture is composed with this many and then enlarged
SMALLEST = 256  # pixels of the shorter side; a smaller picture is composed with this many and then reduced


class Painter(Protocol):
    """A function that paints one picture and returns the bytes of its file."""

    def __call__(
        self,
        *,
        prompt: str,
        width: int,
        height: int,
        index: int,
        seed: int,
        quality: str | None,
        output_format: str = "png",
        transparent: bool = False,
        references: Sequence[Image.Image] = (),
    ) -> bytes: ...


def paint(
    *,
    prompt: str,
    width: int,
    height: int,
    index: int,
    seed: int,
    quality: str | None,
    output_format: str = "png",
    transparent: bool = False,
    references: Sequence[Image.Image] = (),
    mark: bool = True,
) -> bytes:
    """Paint one picture of exactly `width` × `height` pixels and return the bytes of its file.

    A `quality` that is None or unknown counts as medium. `transparent` leaves out everything behind the subject,
    except in JPEG, which has no transparency. `mark` writes the word of the sandbox into the corner. Raises KeyError
    for a format other than png, jpeg and webp.
    """
    kind = finish.FORMATS[output_format]
    detail = DETAIL.get(quality or "medium", 2)
    brief = words.read(prompt)
    roll = brush.dice(prompt, seed, index)
    scene = Scene(_working(width, height), brief, mood.choose(brief, roll), roll, detail, index)
    shown = [collage.upright(reference) for reference in references]
    picture = compose.cutout(scene, shown) if transparent and kind != "JPEG" else compose.picture(scene, shown)
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if not compose.flat(scene) or shown:
        picture = finish.grained(picture, roll, detail)
    if mark:
        finish.mark(picture)
    return finish.encoded(picture, kind)


def _working(width: int, height: int) -> brush.Size:
    """Return the size in which a picture is composed: its own size, within `SMALLEST` and `LARGEST`."""
    scale = min(math.sqrt(LARGEST / (width * height)), 1.0)
    scale = max(scale, min(SMALLEST / min(width, height), math.sqrt(LARGEST / (width * height))))
    return max(round(width * scale), 1), max(round(height * scale), 1)
