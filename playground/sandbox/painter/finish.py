"""The last steps of every picture: bloom, vignette, grain, the mark of the sandbox, and the file."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFont

from playground.sandbox.painter import brush

MARK = "sandbox"
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}  # EvoLink's name of each format, and Pillow's


def develop(picture: Image.Image, detail: int, *, corners: float = 0.30) -> Image.Image:
    """Return the picture with a glow around bright places and darker corners. `corners` is a share of 0..1."""
    unit = min(picture.size)
    if detail > 1:
        bright = picture.point(brush.curve(lambda v: max(v - 0.72, 0) * 1.1) * 3)
        picture = ImageChops.screen(picture, brush.blur(bright, unit * 0.03))
    corner = Image.radial_gradient("L").resize(picture.size, Image.Resampling.BICUBIC)
    dark = corner.point(brush.curve(lambda v: corners * brush.smooth(0.45, 1.1)(v)))
    brush.shade(picture, (70, 60, 90), dark)
    return picture


def mark(picture: Image.Image) -> None:
    """Write a small word into the lower right corner, in place: white letters on a dark plate."""
    unit = min(picture.size)
    font = ImageFont.load_default(max(unit * 0.017, 8))
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), MARK, font=font)
    pad = max(unit * 0.006, 2)
    wide, high = right - left + 2 * pad, bottom - top + 1.4 * pad
    x, y = picture.width - wide - unit * 0.018, picture.height - high - unit * 0.018
    box = (max(round(x), 0), max(round(y), 0), picture.width, picture.height)
    plate = Image.new("L", picture.size)
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((x, y, x + wide, y + high), high / 2, fill=90)
    ink = (18, 18, 26)
    if picture.mode == "RGBA":
        lettering = Image.new("RGBA", picture.size)
        lettering.paste((*ink, 255), (0, 0), plate)
        picture.alpha_composite(lettering)
    else:
        picture.paste(ink, box, plate.crop(box))
    words = Image.new("L", picture.size)
    ImageDraw.Draw(words).text((x + pad - left, y + 0.7 * pad - top), MARK, font=font, fill=235)
    if picture.mode == "RGBA":
        lettering = Image.new("RGBA", picture.size)
        lettering.paste((255, 255, 255, 255), (0, 0), words)
        picture.alpha_composite(lettering)
    else:
        picture.paste((255, 255, 255), box, words.crop(box))


def grained(picture: Image.Image, roll: random.Random, detail: int) -> Image.Image:
    """Return the picture with film grain. The lowest detail gets just enough to hide bands in gradients."""
    if picture.mode == "RGBA":
        body = brush.grain(picture.convert("RGB"), roll, (2, 5, 8)[detail - 1])
        body.putalpha(picture.getchannel("A"))
        return body
    return brush.grain(picture, roll, (2, 5, 8)[detail - 1])


def encoded(picture: Image.Image, kind: str) -> bytes:
    """Return the bytes of the picture's file. `kind` is Pillow's name of the format."""
    into = io.BytesIO()
    if kind == "PNG":
        picture.save(into, kind, compress_level=2)
    elif kind == "JPEG":
        picture.save(into, kind, quality=91, subsampling=0)
    else:
        picture.save(into, kind, quality=90, method=1)
    return into.getvalue()
