"""The sandbox's image model: composes a picture from the words of a prompt, with Pillow alone."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from . import brush
from .colour import Lch, even

FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


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
    hue = roll.random() * 360
    top, low = Lch(0.35, 0.11, hue), Lch(0.86, 0.12, (hue + 130) % 360)
    picture = brush.downwards(size, even(top, top.mix(low, 0.5), low))
    sun = (width * roll.choice((0.33, 0.67)), height * roll.uniform(0.4, 0.55))
    brush.shine(picture, (255, 236, 200), brush.glow(size, sun, (width * 0.6, width * 0.6)))
    brush.lay(picture, (255, 246, 226), brush.disc(size, sun, (width * 0.06, width * 0.06)))
    for layer in range(5):
        line = brush.ridge(roll, 200, rough=0.5)
        base = height * (0.55 + 0.1 * layer)
        points = [(width * x / 200, base - y * height * 0.08) for x, y in enumerate(line)]
        mask = brush.shape(size, [*points, (width, height), (0, height)])
        brush.lay(picture, low.mix(Lch(0.2, 0.06, hue), 0.25 + 0.18 * layer).rgb, mask)
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
