"""The basic operations of all pictures: gradients, noise, shapes with smooth edges, light, shadow.

Sizes are (width, height) in pixels. A mask is an image of mode "L". Paint covers what is 255 in it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from playground.sandbox.painter.colour import RGB, Lch, ramp

Size = tuple[int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


def dice(*parts: object) -> random.Random:
    """Return a random generator. Its numbers depend on `parts` alone and are the same on every machine."""
    # The generator would encode the text itself, but it refuses half a surrogate pair.
    name = "\x1f".join(map(str, parts)).encode(errors="surrogatepass")
    return random.Random(name)  # noqa: S311 - pictures, not secrets


def downwards(size: Size, stops: Sequence[tuple[float, Lch]]) -> Image.Image:
    """Return a gradient from top to bottom."""
    column = Image.new("RGB", (1, size[1]))
    column.putdata(ramp(stops, size[1]))
    return column.resize(size, Image.Resampling.NEAREST)


def across(size: Size, stops: Sequence[tuple[float, Lch]]) -> Image.Image:
    """Return a gradient from left to right."""
    row = Image.new("RGB", (size[0], 1))
    row.putdata(ramp(stops, size[0]))
    return row.resize(size, Image.Resampling.NEAREST)


def curve(function: Callable[[float], float]) -> list[int]:
    """Return the table for `Image.point` that applies a function of 0..1 to 0..1."""
    return [min(max(round(function(value / 255) * 255), 0), 255) for value in range(256)]


def smooth(low: float, high: float) -> Callable[[float], float]:
    """Return a smooth step: 0 up to `low`, 1 from `high` on. It falls when `low` is above `high`."""

    def step(value: float) -> float:
        at = min(max((value - low) / (high - low), 0.0), 1.0)
        return at * at * (3 - 2 * at)

    return step


def fade(size: Size, top: float, bottom: float) -> Image.Image:
    """Return a mask that rises from 0 at `top` to 255 at `bottom` (shares of the height, in either order)."""
    step = smooth(top, bottom)
    column = Image.new("L", (1, size[1]))
    column.putdata([round(255 * step(y / max(size[1] - 1, 1))) for y in range(size[1])])
    return column.resize(size, Image.Resampling.NEAREST)


def noise(size: Size, roll: random.Random, *, cells: Point, octaves: int = 4) -> Image.Image:
    """Return noise like clouds, from 0 to 255. Its largest features are about `cells` across and down."""
    width, height = max(size[0] // 2, 1), max(size[1] // 2, 1)
    whole = Image.new("L", (width, height))
    for octave in range(octaves):
        columns = min(max(round(cells[0] * 2**octave), 2), width)
        rows = min(max(round(cells[1] * 2**octave), 2), height)
        layer = Image.frombytes("L", (columns, rows), roll.randbytes(columns * rows))
        layer = layer.resize((width, height), Image.Resampling.BICUBIC)
        # Each octave has half the weight of the octave before.
        whole = Image.blend(whole, layer, 1 / (2 ** (octave + 1) - 1))
    return spread(whole).resize(size, Image.Resampling.BICUBIC)


def spread(mask: Image.Image) -> Image.Image:
    """Return the mask with its values stretched from 0 to 255."""
    histogram = mask.histogram()
    low = next(value for value in range(256) if histogram[value])
    high = next(value for value in reversed(range(256)) if histogram[value])
    return mask.point([min(max((value - low) * 255 // max(high - low, 1), 0), 255) for value in range(256)])


def shape(size: Size, points: Sequence[Point], *, fine: int = 3) -> Image.Image:
    """Return the mask of a polygon with smooth edges."""
    left, top = max(int(min(x for x, _ in points)) - 1, 0), max(int(min(y for _, y in points)) - 1, 0)
    right = min(int(max(x for x, _ in points)) + 2, size[0])
    bottom = min(int(max(y for _, y in points)) + 2, size[1])
    mask = Image.new("L", size)
    if right <= left or bottom <= top:
        return mask
    large = Image.new("L", ((right - left) * fine, (bottom - top) * fine))
    outline = [((x - left) * fine, (y - top) * fine) for x, y in points]
    ImageDraw.Draw(large).polygon(outline, fill=255)
    mask.paste(large.reduce(fine), (left, top))
    return mask


def disc(size: Size, centre: Point, radii: Point) -> Image.Image:
    """Return the mask of an ellipse with smooth edges."""
    mask = Image.new("L", size)
    left, top = int(centre[0] - radii[0]) - 1, int(centre[1] - radii[1]) - 1
    wide, high = int(radii[0] * 2) + 4, int(radii[1] * 2) + 4
    fine = 4 if max(wide, high) < 700 else 2
    large = Image.new("L", (wide * fine, high * fine))
    x, y = (centre[0] - left) * fine, (centre[1] - top) * fine
    rx, ry = radii[0] * fine, radii[1] * fine
    ImageDraw.Draw(large).ellipse((x - rx, y - ry, x + rx, y + ry), fill=255)
    mask.paste(large.reduce(fine), (left, top))
    return mask


def glow(size: Size, centre: Point, radii: Point, *, power: float = 1.0, strength: float = 1.0) -> Image.Image:
    """Return a mask of light that is brightest at `centre` and ends at `radii`."""
    # Pillow's gradient is 255 in the corners of its square and 180 on the circle inside.
    fall = curve(lambda value: strength * max(1 - value * 255 / 178, 0.0) ** (1 + power))
    ball = Image.radial_gradient("L").point(fall)
    wide, high = max(round(radii[0] * 2), 1), max(round(radii[1] * 2), 1)
    left, top = round(centre[0] - radii[0]), round(centre[1] - radii[1])
    mask = Image.new("L", size)
    seen = (max(left, 0), max(top, 0), min(left + wide, size[0]), min(top + high, size[1]))
    if seen[0] >= seen[2] or seen[1] >= seen[3]:
        return mask
    part = (
        (seen[0] - left) * 256 / wide,
        (seen[1] - top) * 256 / high,
        (seen[2] - left) * 256 / wide,
        (seen[3] - top) * 256 / high,
    )
    mask.paste(ball.resize((seen[2] - seen[0], seen[3] - seen[1]), Image.Resampling.BICUBIC, box=part), seen[:2])
    return mask


def dim(mask: Image.Image, strength: float) -> Image.Image:
    """Return the mask with its values times `strength`."""
    return mask.point([round(value * strength) for value in range(256)])


def lay(picture: Image.Image, paint: Image.Image | RGB, mask: Image.Image) -> None:
    """Paint through a mask, in place."""
    box = mask.getbbox()
    if box is None:
        return
    if isinstance(paint, Image.Image):
        paint = paint.crop(box)
    picture.paste(paint, box, mask.crop(box))


def shine(picture: Image.Image, colour: RGB, mask: Image.Image) -> None:
    """Add light of one colour through a mask, in place. Screen mode keeps it below white."""
    box = mask.getbbox()
    if box is None:
        return
    part = picture.crop(box)
    light = Image.composite(Image.new("RGB", part.size, colour), Image.new("RGB", part.size), mask.crop(box))
    picture.paste(ImageChops.screen(part, light), box)


def shade(picture: Image.Image, colour: RGB, mask: Image.Image) -> None:
    """Darken towards one colour through a mask, in place. Multiply mode keeps what is below visible."""
    box = mask.getbbox()
    if box is None:
        return
    part = picture.crop(box)
    tint = Image.composite(Image.new("RGB", part.size, colour), Image.new("RGB", part.size, "white"), mask.crop(box))
    picture.paste(ImageChops.multiply(part, tint), box)


def blur(image: Image.Image, radius: float | Point) -> Image.Image:
    """Return the image with a Gaussian blur. A wide blur is computed on a reduced image, which is quicker."""
    widest = max(radius) if isinstance(radius, tuple) else radius
    narrowest = min(radius) if isinstance(radius, tuple) else radius
    factor = int(min(max(narrowest / 4, 1), 8))
    if widest <= 0:
        return image
    if factor == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.reduce(factor)
    scaled = tuple(r / factor for r in radius) if isinstance(radius, tuple) else radius / factor
    return small.filter(ImageFilter.GaussianBlur(scaled)).resize(image.size, Image.Resampling.BICUBIC)


def moved(image: Image.Image, right: int, down: int) -> Image.Image:
    """Return the image moved by some pixels. The pixels of the edge fill the space that opens."""
    width, height = image.size
    result = ImageChops.offset(image, right, down)
    if right:
        edge = image.crop((0, 0, 1, height) if right > 0 else (width - 1, 0, width, height))
        result.paste(
            ImageChops.offset(edge.resize((abs(right), height)), 0, down), (0 if right > 0 else width + right, 0)
        )
    if down:
        line = result.crop((0, down, width, down + 1) if down > 0 else (0, height + down - 1, width, height + down))
        result.paste(line.resize((width, abs(down))), (0, 0 if down > 0 else height + down))
    return result


def ridge(roll: random.Random, steps: int, *, rough: float = 0.5, waves: int = 1) -> list[float]:
    """Return a skyline: `steps` + 1 heights within -1..1, by midpoint displacement.

    `rough` is about 0.3 for rolling hills and 0.6 for jagged rocks. A wide picture needs several `waves`, or its hills
    would be stretched.
    """
    line = [roll.uniform(-1, 1) for _ in range(waves + 1)]
    reach = 1.0
    while len(line) <= steps:
        middles = [(a + b) / 2 + roll.uniform(-reach, reach) for a, b in itertools.pairwise(line)]
        line = [height for pair in zip(line, middles, strict=False) for height in pair] + [line[-1]]
        reach *= rough
    low, high = min(line), max(line)
    line = [2 * (height - low) / max(high - low, 0.001) - 1 for height in line]
    return [line[round(step * (len(line) - 1) / steps)] for step in range(steps + 1)]


def specks(size: Size, roll: random.Random, sizes: Iterable[float]) -> Image.Image:
    """Return a mask of round dots at random places, one for each radius in pixels."""
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(mask)
    for radius in sizes:
        x, y, r = roll.random() * size[0] * 2, roll.random() * size[1] * 2, radius * 2
        draw.ellipse((x - r, y - r, x + r, y + r), fill=roll.randint(70, 255))
    return mask.reduce(2)


def grain(picture: Image.Image, roll: random.Random, strength: float) -> Image.Image:
    """Return the picture with film grain, which also hides bands in gradients. `strength` is in 8-bit steps."""
    tile = min(picture.width, 640), min(picture.height, 640)
    raw = Image.frombytes("L", tile, roll.randbytes(tile[0] * tile[1]))
    flecks = raw.filter(ImageFilter.GaussianBlur(0.45)).point(
        [min(max(round(128 + (value - 127.5) / 127.5 * strength), 0), 255) for value in range(256)]
    )
    # One tile fills all rows and columns. Each copy is shifted, so that nobody sees a seam or a repetition.
    sheet = Image.new("L", picture.size)
    for row, top in enumerate(range(0, picture.height, tile[1])):
        for column, left in enumerate(range(0, picture.width, tile[0])):
            turned = ImageChops.offset(flecks, row * 173 + column * 61, column * 211 + row * 97)
            sheet.paste(turned, (left, top))
    return ImageChops.add(picture, Image.merge("RGB", (sheet,) * 3), 1, -128)
