"""The colours of reference images, and pictures in these colours."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageOps

from playground.sandbox.painter import brush
from playground.sandbox.painter.colour import Lch, from_rgb, ramp

COUNT = 6
SHARE = 0.78  # how much of the picture's own colour gives way to the palette


def stops(references: Sequence[Image.Image]) -> list[tuple[float, Lch]]:
    """Return the main colours of RGB references as stops from dark to light, each as wide as its share of the area.

    The first reference counts twice, because it is the one that prompts call "the picture".
    """
    side = 48
    sheet = Image.new("RGB", (side, side * (len(references) + 1)))
    for place, reference in enumerate((references[0], *references)):
        sheet.paste(reference.resize((side, side), Image.Resampling.BOX), (0, side * place))
    few = sheet.quantize(COUNT, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    counted = few.getcolors(COUNT) or []
    found: list[tuple[Lch, int]] = [(from_rgb(colour), count) for count, colour in counted if isinstance(colour, tuple)]
    found.sort()
    area = sum(count for _, count in found)
    below, middles = 0, []
    for colour, count in found:
        middles.append((0.12 + 0.76 * (below + count / 2) / area, colour))
        below += count
    darkest, lightest = found[0][0], found[-1][0]
    return [(0.0, darkest.but(light=-0.22)), *middles, (1.0, lightest.but(light=0.16))]


def dressed(picture: Image.Image, references: Sequence[Image.Image]) -> Image.Image:
    """Return the RGB or RGBA picture in the colours of the references. Its shapes, light and transparency stay."""
    steps = ramp(stops(references), 256)
    grey = brush.spread(ImageOps.equalize(picture.convert("L"), mask=_seen(picture)).convert("L"))
    grey = Image.blend(picture.convert("L"), grey, 0.5)
    shown = Image.merge("RGB", [grey.point([step[channel] for step in steps]) for channel in range(3)])
    result = Image.blend(picture.convert("RGB"), shown, SHARE)
    if picture.mode == "RGBA":
        result.putalpha(picture.getchannel("A"))
    return result


def _seen(picture: Image.Image) -> Image.Image | None:
    """Return the mask of what is not transparent, or None for an opaque picture."""
    if picture.mode != "RGBA":
        return None
    return picture.getchannel("A").point([255 if value > 0 else 0 for value in range(256)])
