"""The plain picture: three rectangles of one colour each, one inside another.

It reads no words and draws no shapes, so no prompt can break it. The sandbox shows it when the real painter fails.
Tests use it because it costs almost no time.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from playground.sandbox.painter import brush, finish
from playground.sandbox.painter.colour import Lch

INSETS = (0, 1, 3)  # eighths of the width and height between the edge of the picture and each rectangle


def paint_plain(
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
    """Paint a picture of exactly `width` × `height` pixels and return the bytes of its file. See `painter.paint`.

    Prompt, seed and index choose the colours, so that two pictures differ. Quality and references change nothing.
    `transparent` leaves out the outer rectangle; JPEG keeps it. Raises KeyError for a format other than png, jpeg
    and webp.
    """
    kind = finish.FORMATS[output_format]
    roll = brush.dice("plain", prompt, seed, index)
    hue = roll.uniform(0, 360)
    clear = transparent and kind != "JPEG"
    picture = Image.new("RGBA" if clear else "RGB", (width, height))
    for inset in INSETS[1:] if clear else INSETS:
        left, top = width * inset // 8, height * inset // 8
        colour = Lch(roll.uniform(0.4, 0.9), roll.uniform(0.05, 0.15), hue + roll.uniform(-40, 40))
        picture.paste(colour.rgb, (left, top, width - left, height - top))
    return finish.encoded(picture, kind)
