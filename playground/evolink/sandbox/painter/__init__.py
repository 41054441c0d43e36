"""The sandbox's image model: composes a picture from the words of a prompt, with Pillow alone."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from . import brush, landscape, mood, words
from .scene import Scene

FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
DETAIL = {"low": 1, "medium": 2, "high": 3}


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
    """The encoded picture, exactly `width` × `height`; the same arguments give the same bytes."""
    roll = brush.dice(prompt, seed, index)
    size = (width, height)
    brief = words.read(prompt)
    scene = Scene(size, brief, mood.choose(brief, roll), roll, DETAIL.get(quality or "medium", 3), index)
    landscape.paint(scene)
    picture = scene.picture
    for place, reference in enumerate(references):
        step = width // len(references)
        picture.paste(reference.convert("RGB").resize((step, height)), (place * step, 0))
    picture = brush.grain(picture, roll, 6)
    ImageDraw.Draw(picture).text((width - 8, height - 8), "sandbox", fill="white", anchor="rs")
    if transparent:
        picture.putalpha(brush.disc(size, (width / 2, height / 2), (width * 0.45, height * 0.45)))
    into = io.BytesIO()
    picture.save(into, FORMATS[output_format])
    return into.getvalue()
