"""Styles that a prompt names, such as watercolour and pencil, applied to a whole picture."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from playground.sandbox.painter import brush
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.words import Brief

Treatment = Callable[[Image.Image, random.Random], Image.Image]


def apply(picture: Image.Image, brief: Brief, roll: random.Random) -> Image.Image:
    """Return the picture in every style that the prompt names, in the order of `TREATMENTS`."""
    for style, treatment in TREATMENTS.items():
        if style in brief.styles:
            picture = treatment(picture, roll)
    return picture


def grade(picture: Image.Image, brief: Brief) -> Image.Image:
    """Return the picture in the hour, weather and colours that the prompt names."""
    tints = {
        "night": (Lch(0.52, 0.09, 265), 0.75), "sunset": (Lch(0.86, 0.11, 55), 0.6), "dawn": (Lch(0.90, 0.06, 20), 0.5),
        "morning": (Lch(0.96, 0.05, 85), 0.5), "day": (Lch(0.98, 0.03, 95), 0.3),
    }  # fmt: skip
    if brief.hour in tints:
        picture = _tinted(picture, *tints[brief.hour])
    if "rain" in brief.weather or "mist" in brief.weather:
        picture = Image.blend(
            ImageEnhance.Color(picture).enhance(0.7), Image.new("RGB", picture.size, (176, 186, 198)), 0.16
        )
    if "snow" in brief.weather:
        picture = Image.blend(picture, Image.new("RGB", picture.size, (236, 242, 250)), 0.18)
    for colour in brief.colours[:2]:
        picture = _tinted(picture, Lch(max(colour.light, 0.7), colour.chroma * 0.6, colour.hue), 0.4)
    return picture


def _tinted(picture: Image.Image, tint: Lch, share: float) -> Image.Image:
    return Image.blend(picture, ImageChops.multiply(picture, Image.new("RGB", picture.size, tint.rgb)), share)


def painted(picture: Image.Image, roll: random.Random) -> Image.Image:
    """Return the picture as an oil painting: detail becomes brush strokes with a little relief."""
    unit = min(picture.size)
    small = picture.resize((max(picture.width // 2, 1), max(picture.height // 2, 1)), Image.Resampling.BILINEAR)
    strokes = small.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.MedianFilter(5))
    strokes = strokes.resize(picture.size, Image.Resampling.BICUBIC).filter(ImageFilter.UnsharpMask(unit / 300, 90, 2))
    bristles = brush.noise(picture.size, roll, cells=(picture.width / 40, picture.height / 9), octaves=2)
    relief = ImageChops.subtract(bristles, brush.moved(bristles, 1, 2), 0.5, 128)
    lighter = ImageChops.overlay(strokes, Image.merge("RGB", (relief,) * 3))
    return Image.blend(strokes, lighter, 0.16)


def _watercolour(picture: Image.Image, roll: random.Random) -> Image.Image:
    unit = min(picture.size)
    small = picture.resize((max(picture.width // 2, 1), max(picture.height // 2, 1)), Image.Resampling.BILINEAR)
    wash = small.filter(ImageFilter.MedianFilter(7)).resize(picture.size, Image.Resampling.BICUBIC)
    wash = _wobbled(wash, roll, unit * 0.006)
    wash = Image.blend(wash, brush.blur(wash, unit * 0.012), 0.3)
    wash = ImageEnhance.Color(Image.blend(wash, Image.new("RGB", wash.size, (255, 252, 245)), 0.34)).enhance(1.35)
    # Pigment is darker at the edges of a wash and in the grain of the paper.
    grey = brush.blur(wash.convert("L"), unit * 0.002)
    rims = ImageChops.difference(grey, brush.blur(grey, unit * 0.008)).point(brush.curve(lambda v: min(v * 4.5, 0.55)))
    brush.shade(wash, (120, 110, 130), rims)
    pools = brush.noise(wash.size, roll, cells=(4, 4), octaves=5)
    brush.lay(wash, (255, 253, 247), pools.point(brush.curve(lambda v: 0.5 * brush.smooth(0.55, 1.0)(v))))
    tooth = brush.noise(wash.size, roll, cells=(unit / 5, unit / 5), octaves=1)
    brush.shade(wash, (196, 190, 184), brush.dim(tooth, 0.35))
    # White paper remains around the wash.
    edge = brush.spread(ImageChops.invert(_frame(wash.size, 0.045)))
    torn = ImageChops.add(edge, brush.noise(wash.size, roll, cells=(9, 9), octaves=5), 1.6, -52)
    paper = Image.new("RGB", wash.size, (251, 249, 243))
    return Image.composite(wash, paper, torn.point(brush.curve(brush.smooth(0.42, 0.54))))


def _frame(size: brush.Size, share: float) -> Image.Image:
    """Return a mask that rises to 255 along all four edges. `share` is the width of the edge."""
    unit = min(size)
    across, down = unit * share * 2 / size[0], unit * share * 2 / size[1]
    inside = ImageChops.multiply(brush.fade(size, 0.0, down), brush.fade(size, 1.0, 1 - down))
    turned = (size[1], size[0])
    sides = ImageChops.multiply(brush.fade(turned, 0.0, across), brush.fade(turned, 1.0, 1 - across))
    return ImageChops.invert(ImageChops.multiply(inside, sides.transpose(Image.Transpose.ROTATE_90)))


def _wobbled(picture: Image.Image, roll: random.Random, reach: float) -> Image.Image:
    """Return the picture with uneven outlines. Each crossing of a grid moves by up to `reach` pixels."""
    width, height = picture.size
    columns, rows = min(26, width), min(26, height)

    def pushed(column: int, row: int) -> tuple[float, float]:
        inner = 0 < column < columns and 0 < row < rows
        x, y = width * column / columns, height * row / rows
        return (x + roll.uniform(-reach, reach), y + roll.uniform(-reach, reach)) if inner else (x, y)

    grid = [[pushed(column, row) for column in range(columns + 1)] for row in range(rows + 1)]
    mesh = []
    for row in range(rows):
        for column in range(columns):
            box = (
                width * column // columns,
                height * row // rows,
                width * (column + 1) // columns,
                height * (row + 1) // rows,
            )
            corners = (grid[row][column], grid[row + 1][column], grid[row + 1][column + 1], grid[row][column + 1])
            mesh.append((box, tuple(value for corner in corners for value in corner)))
    return picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _sketch(picture: Image.Image, roll: random.Random) -> Image.Image:
    unit = min(picture.size)
    grey = ImageOps.autocontrast(picture.convert("L"), 1)
    soft = grey.filter(ImageFilter.GaussianBlur(max(unit / 500, 0.7)))
    lines = ImageChops.subtract(brush.blur(soft, unit / 120), soft).point(brush.curve(lambda v: min(v * 5.5, 1)))
    fine = soft.filter(ImageFilter.FIND_EDGES).point(brush.curve(lambda v: min(v * 3.5, 1)))
    hatch = Image.new("L", picture.size, 0)
    for angle, level in ((35, 0.55), (-40, 0.34), (80, 0.20)):
        streaks = brush.noise((round(unit * 1.2),) * 2, roll, cells=(4, unit / 2), octaves=1)
        wide = streaks.resize((picture.width + picture.height,) * 2).rotate(angle)
        left, top = (wide.width - picture.width) // 2, (wide.height - picture.height) // 2
        part = wide.crop((left, top, left + picture.width, top + picture.height)).point(
            brush.curve(brush.smooth(0.42, 0.7))
        )
        hatch = ImageChops.lighter(
            hatch, ImageChops.multiply(part, grey.point(brush.curve(brush.smooth(level + 0.12, level - 0.16))))
        )
    graphite = ImageChops.add(ImageChops.lighter(lines, fine), brush.dim(hatch, 0.42))
    sheet = Image.new("RGB", picture.size, (247, 244, 237))
    brush.shade(
        sheet, (225, 220, 210), brush.dim(brush.noise(picture.size, roll, cells=(unit / 4, unit / 4), octaves=1), 0.5)
    )
    brush.lay(sheet, (52, 50, 56), brush.dim(graphite, 0.9))
    return sheet


def _mono(picture: Image.Image, roll: random.Random) -> Image.Image:
    grey = ImageOps.autocontrast(picture.convert("L"), 0.5)
    return grey.point(brush.curve(lambda v: v + 0.10 * (v - 0.5) * 4 * v * (1 - v))).convert("RGB")


def _sepia(picture: Image.Image, roll: random.Random) -> Image.Image:
    toned = ImageOps.colorize(picture.convert("L"), (44, 30, 24), (250, 236, 206), (158, 122, 86))
    faded = Image.blend(picture, toned, 0.72)
    spots = brush.noise(picture.size, roll, cells=(3, 3), octaves=4).point(
        brush.curve(lambda v: 0.35 * brush.smooth(0.6, 1.0)(v))
    )
    brush.lay(faded, (238, 214, 170), spots)
    return faded


def _neon(picture: Image.Image, roll: random.Random) -> Image.Image:
    duo = ImageOps.colorize(
        ImageOps.autocontrast(picture.convert("L"), 1), (16, 6, 44), (150, 250, 255), (214, 40, 160)
    )
    mixed = Image.blend(ImageEnhance.Color(picture).enhance(1.35), duo, 0.42)
    return ImageChops.screen(
        mixed, brush.dim(brush.blur(mixed, min(picture.size) * 0.02).convert("L"), 0.22).convert("RGB")
    )


def _pastel(picture: Image.Image, roll: random.Random) -> Image.Image:
    lifted = Image.blend(picture, Image.new("RGB", picture.size, (255, 246, 244)), 0.30)
    return Image.blend(lifted, brush.blur(lifted, min(picture.size) * 0.01), 0.3)


def _pixel(picture: Image.Image, roll: random.Random) -> Image.Image:
    cell = max(min(picture.size) / 112, 1)
    grid = (max(round(picture.width / cell), 1), max(round(picture.height / cell), 1))
    small = ImageEnhance.Color(picture.resize(grid, Image.Resampling.BOX)).enhance(1.15)
    few = small.quantize(40, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return few.resize(picture.size, Image.Resampling.NEAREST)


def _print(picture: Image.Image, roll: random.Random) -> Image.Image:
    small = picture.resize((max(picture.width // 2, 1), max(picture.height // 2, 1)), Image.Resampling.BILINEAR)
    small = ImageEnhance.Color(small.filter(ImageFilter.MedianFilter(5))).enhance(1.15)
    flat = small.quantize(16, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    flat = flat.filter(ImageFilter.MedianFilter(3)).resize(picture.size, Image.Resampling.LANCZOS)
    edges = (
        brush.blur(flat.convert("L"), 1).filter(ImageFilter.FIND_EDGES).point(brush.curve(lambda v: min(v * 2.2, 0.5)))
    )
    brush.shade(flat, (60, 50, 70), edges)
    fibres = brush.noise(picture.size, roll, cells=(60, 220), octaves=2)
    brush.lay(flat, (250, 240, 220), brush.dim(fibres, 0.16))
    return flat


def _storybook(picture: Image.Image, roll: random.Random) -> Image.Image:
    """Return the picture in gouache: soft edges, strong colours, and the tooth of the paper."""
    unit = min(picture.size)
    soft = picture.filter(ImageFilter.MedianFilter(5 if unit > 700 else 3))
    soft = ImageEnhance.Color(Image.blend(soft, Image.new("RGB", picture.size, (255, 240, 214)), 0.10)).enhance(1.18)
    tooth = brush.noise(picture.size, roll, cells=(picture.width / 4, picture.height / 4), octaves=1)
    relief = ImageChops.subtract(tooth, brush.moved(tooth, 1, 1), 0.6, 128)
    soft = Image.blend(soft, ImageChops.overlay(soft, Image.merge("RGB", (relief,) * 3)), 0.08)
    dry = brush.noise(picture.size, roll, cells=(picture.width / unit * 5, picture.height / unit * 60), octaves=3)
    brush.lay(soft, (255, 246, 226), dry.point(brush.curve(lambda v: 0.10 * brush.smooth(0.6, 0.95)(v))))
    return soft


def _vivid(picture: Image.Image, roll: random.Random) -> Image.Image:
    return ImageEnhance.Color(picture).enhance(1.22)


def _dramatic(picture: Image.Image, roll: random.Random) -> Image.Image:
    deep = ImageEnhance.Contrast(picture).enhance(1.18)
    toned = ImageOps.colorize(deep.convert("L"), (8, 22, 34), (255, 232, 200), (122, 112, 108))
    return Image.blend(deep, toned, 0.25)


TREATMENTS: dict[str, Treatment] = {
    "vivid": _vivid,
    "dramatic": _dramatic,
    "neon": _neon,
    "pastel": _pastel,
    "oil": painted,
    "watercolour": _watercolour,
    "sketch": _sketch,
    "print": _print,
    "storybook": _storybook,
    "mono": _mono,
    "sepia": _sepia,
    "pixel": _pixel,
}
