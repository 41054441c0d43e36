"""Sprites: pictures of things, drawn from the glyph data."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush
from playground.sandbox.painter.brush import Point
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.creatures import CREATURES
from playground.sandbox.painter.emblems import EMBLEMS
from playground.sandbox.painter.glyphs import THINGS
from playground.sandbox.painter.outdoors import OUTDOORS

GLYPHS = {**THINGS, **CREATURES, **OUTDOORS, **EMBLEMS}
TOKEN = re.compile(r"[MLQCZOR]|-?\d+(?:\.\d+)?")
FINE = 3  # masks are drawn this many times larger and then reduced, for smooth edges

TONES: dict[str, Lch] = {
    "ink": Lch(0.22, 0.015, 270), "paper": Lch(0.96, 0.012, 90), "cream": Lch(0.94, 0.03, 80),
    "dim": Lch(0.80, 0.01, 80), "coffee": Lch(0.34, 0.06, 50), "wood": Lch(0.50, 0.07, 60),
    "metal": Lch(0.80, 0.03, 85), "stone": Lch(0.58, 0.015, 80), "leaf": Lch(0.60, 0.12, 140),
    "deepleaf": Lch(0.46, 0.09, 150), "red": Lch(0.58, 0.20, 27), "pink": Lch(0.80, 0.10, 5),
    "yolk": Lch(0.82, 0.15, 80), "egg": Lch(0.97, 0.01, 90), "meat": Lch(0.42, 0.08, 40),
    "broth": Lch(0.62, 0.12, 65), "noodle": Lch(0.88, 0.09, 88), "nori": Lch(0.28, 0.03, 160),
    "salmon": Lch(0.72, 0.15, 45), "flame": Lch(0.92, 0.14, 85), "window": Lch(0.88, 0.13, 80),
    "roof": Lch(0.38, 0.05, 30), "gable": Lch(0.60, 0.085, 50), "skin": Lch(0.82, 0.06, 58),
    "deepskin": Lch(0.71, 0.08, 50), "lips": Lch(0.60, 0.12, 20), "blush": Lch(0.78, 0.09, 30),
    "cloth": Lch(0.50, 0.10, 255), "sky": Lch(0.70, 0.10, 235), "visor": Lch(0.36, 0.09, 265),
    "glass": Lch(0.92, 0.02, 220), "shine": Lch(0.99, 0.005, 100), "accent": Lch(0.70, 0.15, 55),
    "clay": Lch(0.70, 0.055, 60), "water": Lch(0.74, 0.06, 220),
}  # fmt: skip
CLEAR = {"glass": 0.5, "shine": 0.5, "blush": 0.6}  # transparent tones


@dataclass(frozen=True)
class Part:
    """One outline of a glyph with its tone and shade. `line` is the width of a stroke, or 0 for a filled shape."""

    tone: str
    shade: str
    mirrored: bool
    line: float
    path: str


@dataclass(frozen=True)
class Glyph:
    """A thing as parts, from back to front. A part may be another glyph in a box: (name, x, y, size)."""

    main: Lch
    parts: tuple[Part | tuple[str, float, float, float], ...]


@cache
def glyph(name: str) -> Glyph:
    """Read the glyph of this name from the data."""
    head, *lines = GLYPHS[name].splitlines()
    light, chroma, hue = map(float, head.split())
    parts: list[Part | tuple[str, float, float, float]] = []
    for line in lines:
        word, rest = line.split(" ", 1)
        if word.startswith("@"):
            x, y, size = map(float, rest.split())
            parts.append((word[1:], x, y, size))
            continue
        tone, _, shade = word.partition(".")
        mirrored = rest.startswith("~ ")
        rest = rest.removeprefix("~ ")
        stroke = re.match(r"-(\d+(?:\.\d+)?) ", rest)
        path = rest[stroke.end() :] if stroke else rest
        parts.append(Part(tone, shade or "soft", mirrored, float(stroke[1]) if stroke else 0.0, path))
    return Glyph(Lch(light, chroma, hue), tuple(parts))


def outline(name: str) -> Part:
    """Return the first part of a glyph."""
    return next(part for part in glyph(name).parts if isinstance(part, Part))


@cache
def outlines(path: str) -> tuple[tuple[Point, ...], ...]:
    """Return the polygons of a path. Short straight lines replace its curves."""
    found: list[list[Point]] = []
    tokens = TOKEN.findall(path)
    at = 0
    command = "M"

    def take(count: int) -> list[float]:
        nonlocal at
        at += count
        return [float(token) for token in tokens[at - count : at]]

    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        if command == "M":
            x, y = take(2)
            found.append([(x, y)])
            command = "L"
        elif command == "L":
            x, y = take(2)
            found[-1].append((x, y))
        elif command in "QC":
            values = take(4 if command == "Q" else 6)
            found[-1] += bezier([found[-1][-1], *zip(values[::2], values[1::2], strict=True)])
        elif command == "O":
            found.append(_ellipse(*take(4)))
        elif command == "R":
            found.append(_rounded(*take(5)))
        else:  # Z
            found[-1].append(found[-1][0])
    return tuple(tuple(line) for line in found)


def bezier(control: list[Point], steps: int = 18) -> list[Point]:
    """Return points along a Bézier curve of any degree, without its start."""
    points = []
    for step in range(1, steps + 1):
        share, level = step / steps, control
        while len(level) > 1:
            level = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in itertools.pairwise(level)]
        points.append(level[0])
    return points


def _ellipse(x: float, y: float, rx: float, ry: float) -> list[Point]:
    bow = 0.5523
    line = [(x + rx, y)]
    for (ax, ay), (bx, by) in (((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0))):
        line += bezier([
            (x + ax * rx, y + ay * ry), (x + (ax + bow * bx) * rx, y + (ay + bow * by) * ry),
            (x + (bx + bow * ax) * rx, y + (by + bow * ay) * ry), (x + bx * rx, y + by * ry),
        ])  # fmt: skip
    return line


def _rounded(x: float, y: float, wide: float, high: float, radius: float) -> list[Point]:
    radius = max(min(radius, wide / 2, high / 2), 0.01)
    line: list[Point] = []
    for cx, cy, ax, ay, bx, by in (
        (x + wide - radius, y + radius, 0, -1, 1, 0), (x + wide - radius, y + high - radius, 1, 0, 0, 1),
        (x + radius, y + high - radius, 0, 1, -1, 0), (x + radius, y + radius, -1, 0, 0, -1),
    ):  # fmt: skip
        corner = (cx + (ax + bx) * radius, cy + (ay + by) * radius)
        start = (cx + ax * radius, cy + ay * radius)
        line += [start, *bezier([start, corner, (cx + bx * radius, cy + by * radius)], 8)]
    return [*line, line[0]]


def mask_of(part: Part, size: int) -> Image.Image:
    """Return the mask of one part in a square of `size` × `size` pixels."""
    scale = size * FINE / 100
    large = Image.new("L", (size * FINE, size * FINE))
    draw = ImageDraw.Draw(large)
    for line in outlines(part.path):
        for mirrored in {False, part.mirrored}:
            points = [((100 - x if mirrored else x) * scale, y * scale) for x, y in line]
            if not part.line:
                draw.polygon(points, fill=255)
                continue
            width = max(round(part.line * scale), 1)
            draw.line(points, fill=255, width=width, joint="curve")
            for x, y in (points[0], points[-1]):
                draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return large.reduce(FINE)


def render(
    name: str, size: int, *, tones: Mapping[str, Lch] | None = None, flat: bool = False, from_left: bool = True
) -> Image.Image:
    """Return a glyph as RGBA of `size` × `size`. `tones` replaces colours. `flat` leaves out all shading."""
    tones = dict(tones or {})
    picture = Image.new("RGBA", (size, size))
    thing = glyph(name)
    own = {"main": thing.main, **tones}
    for part in thing.parts:
        if isinstance(part, tuple):
            inner = render(part[0], round(size * part[3] / 100), tones=tones, flat=flat, from_left=from_left)
            picture.alpha_composite(inner, (round(size * part[1] / 100), round(size * part[2] / 100)))
            continue
        mask = mask_of(part, size)
        box = mask.getbbox()
        if box is None:
            continue
        mask = mask.crop(box)
        if flat and part.shade == "glass":
            part = replace(part, shade="flat")
        body = _body(mask, _tone(part.tone, own), "flat" if flat else part.shade, size, from_left)
        clear = CLEAR.get(part.tone, 1.0) * (0.55 if part.shade == "glass" and not flat else 1.0)
        body.putalpha(brush.dim(mask, clear))
        picture.alpha_composite(body, box[:2])
    return picture


def lights(name: str, size: int) -> Image.Image:
    """Return the parts of a glyph that give light (windows, flames), as RGBA of `size` × `size`."""
    picture = Image.new("RGBA", (size, size))
    thing = glyph(name)
    for part in thing.parts:
        if isinstance(part, tuple):
            continue
        mask = mask_of(part, size)
        if part.shade != "glow":  # this part hides the lights behind it
            picture.paste((0, 0, 0, 0), (0, 0), mask)
            continue
        shining = Image.new("RGBA", picture.size, (*_tone(part.tone, {"main": thing.main}).rgb, 0))
        shining.putalpha(mask)
        picture.alpha_composite(shining)
    return picture


def _tone(tone: str, own: Mapping[str, Lch]) -> Lch:
    if tone == "dark":
        return own["main"].but(light=-0.14 if own["main"].light < 0.85 else -0.17, chroma=1.2)
    if tone == "light":
        return own["main"].but(light=0.14 if own["main"].light < 0.85 else 0.04, chroma=0.8)
    return own.get(tone) or TONES[tone]


def _body(mask: Image.Image, colour: Lch, shade: str, size: int, from_left: bool) -> Image.Image:
    """Return the shaded colours of one part. The light comes from above and from one side."""
    if shade == "flat":
        return Image.new("RGB", mask.size, colour.rgb)
    deep, bright = colour.but(light=-0.17, chroma=1.1), colour.but(light=0.09, chroma=0.9)
    if shade == "round":
        stops = [
            (0.0, colour.but(light=-0.10)),
            (0.10, colour),
            (0.28, bright),
            (0.55, colour),
            (0.86, deep),
            (1.0, deep.but(light=0.05)),
        ]
        if not from_left:
            stops = [(1 - at, shown) for at, shown in reversed(stops)]
        return brush.across(mask.size, stops)
    if shade in {"down", "glass", "glow"}:
        return brush.downwards(mask.size, even(bright, colour, colour if shade == "glow" else deep.but(light=0.06)))
    body = brush.downwards(mask.size, even(colour.but(light=0.03), colour.but(light=-0.05)))
    # The body looks like a cushion: light on the side towards the light, shadow on the other side.
    reach = max(size * 0.035, 1.0)
    pad = round(reach * 3)
    room = Image.new("L", (mask.width + 2 * pad, mask.height + 2 * pad))
    room.paste(mask, (pad, pad))
    hill = brush.blur(room, reach)
    step = round(reach * 1.1)
    moved = ImageChops.offset(hill, step if from_left else -step, step)
    cut = (pad, pad, pad + mask.width, pad + mask.height)
    brush.lay(body, bright.but(light=0.05).rgb, brush.dim(ImageChops.subtract(hill, moved).crop(cut), 0.9))
    brush.lay(body, deep.rgb, brush.dim(ImageChops.subtract(moved, hill).crop(cut), 1.0))
    return body
