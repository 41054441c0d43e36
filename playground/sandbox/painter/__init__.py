"""The sandbox's image model: composes a picture from the words of a prompt, with Pillow alone.

    words     the prompt becomes a brief: hour, weather, places, subjects, styles, colours (a table, two languages)
    mood      the brief becomes a light: sky, haze, shadow, in OKLCH
    compose   the brief chooses a kind of picture: landscape, still, figure, logo, abstract; or collage
    styles    the prompt's manner over the whole: watercolour, pencil, pixels
    finish    bloom, vignette, grain, and the mark in the corner

Chance comes from `brush.dice` alone, seeded by (prompt, seed, index): the same arguments give the same bytes. The index
chooses the composition, so that the pictures of one request differ in more than colour.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image

from playground.sandbox.painter import brush, collage, compose, finish, mood, words
from playground.sandbox.painter.scene import Scene

FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
DETAIL = {"low": 1, "medium": 2, "high": 3, "xhigh": 3, "max": 3}
LARGEST = 1_600_000  # pixels composed; what is larger is scaled up, then given its grain
SMALLEST = 256  # pixels of the shorter side composed; what is smaller is scaled down


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
) -> bytes:
    """The encoded picture, exactly `width` × `height` pixels.

    `quality` None, or one this model does not know, is medium. `transparent` leaves the subject on nothing; JPEG cannot
    and keeps its ground. Raises KeyError for a format other than png, jpeg and webp.
    """
    kind = FORMATS[output_format]
    detail = DETAIL.get(quality or "medium", 2)
    brief = words.read(prompt)
    roll = brush.dice(prompt, seed, index)
    scene = Scene(_working(width, height), brief, mood.choose(brief, roll), roll, detail, index)
    shown = [collage.upright(reference) for reference in references]
    picture = compose.cutout(scene, shown) if transparent and kind != "JPEG" else compose.picture(scene, shown)
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    picture = finish.grained(picture, roll, detail)
    finish.mark(picture)
    return _encoded(picture, kind)


def _working(width: int, height: int) -> brush.Size:
    """The size in which a picture is composed: its own, within what is quick and what still holds detail."""
    scale = min(math.sqrt(LARGEST / (width * height)), 1.0)
    scale = max(scale, min(SMALLEST / min(width, height), math.sqrt(LARGEST / (width * height))))
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    if kind == "PNG":
        picture.save(into, kind, compress_level=2)
    elif kind == "JPEG":
        picture.save(into, kind, quality=91, subsampling=0)
    else:
        picture.save(into, kind, quality=90, method=1)
    return into.getvalue()
