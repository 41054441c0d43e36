"""Flowers: a single bloom, and bouquets."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from playground.sandbox.painter import brush, sprites
from playground.sandbox.painter.brush import Point
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene

# The number of rings, the petals in each ring, and the width of a petal for its length.
BLOOMS = {
    "daisy": (2, 14, 0.34),
    "rose": (5, 5, 1.05),
    "peony": (4, 9, 0.62),
    "cosmos": (1, 8, 0.72),
    "cherry": (1, 5, 1.0),
}


def bloom(size: int, colour: Lch, roll: random.Random, kind: str | None = None) -> Image.Image:
    """Return one flower seen from the front, as RGBA of `size` × `size`. Its petals are darker in the middle."""
    large = Image.new("RGBA", (size * 3, size * 3), (*colour.rgb, 0))
    draw = ImageDraw.Draw(large)
    middle = size * 1.5
    kind = kind or roll.choice(("daisy", "rose", "peony", "cosmos"))
    rings, petals, slim = BLOOMS[kind]
    for ring in range(rings):
        out = middle * 0.96 * (1 - ring / rings * 0.8)
        turn = roll.random() * 6.28
        for petal in range(petals):
            angle = turn + petal * 2 * math.pi / petals + roll.uniform(-0.08, 0.08)
            shade = colour.but(light=0.05 - 0.045 * ring + roll.uniform(-0.035, 0.035), hue=roll.uniform(-5, 5))
            line = _petal(middle, out * roll.uniform(0.9, 1.0), angle, slim)
            draw.polygon(line, fill=(*shade.rgb, 255))
            draw.line(line, fill=(*shade.but(light=-0.07).rgb, 255), width=max(size // 40, 1))
    if kind in {"daisy", "cosmos", "cherry"}:
        r = middle * (0.24 if kind == "daisy" else 0.16)
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), fill=(*Lch(0.74, 0.14, 75).rgb, 255))
    flower = large.reduce(3)
    body = flower.convert("RGB")
    heart = brush.glow(flower.size, (size / 2, size / 2), (size * 0.42, size * 0.42), power=0.3, strength=0.55)
    brush.shade(body, colour.but(light=-0.16, chroma=1.2).rgb, heart)
    body.putalpha(flower.getchannel("A"))
    return body


def _petal(middle: float, out: float, angle: float, slim: float) -> list[Point]:
    """Return the outline of one petal. `angle` is its direction from the middle, in radians."""
    points = []
    for step in range(17):
        at = step / 16 * 2 * math.pi
        along = out * (0.54 - 0.46 * math.cos(at))
        side = out * 0.5 * slim * math.sin(at) * (0.55 + 0.45 * along / out)
        points.append(
            (
                middle + along * math.cos(angle) - side * math.sin(angle),
                middle + along * math.sin(angle) + side * math.cos(angle),
            )
        )
    return points


def bouquet(scene: Scene, size: int, colour: Lch | None, *, vase: bool = True) -> Image.Image:
    """Return flowers and leaves, with or without a vase, as RGBA of `size` × `size`."""
    roll = scene.roll
    picture = Image.new("RGBA", (size, size))
    hue = roll.uniform(-75, 80)  # from violet through red to yellow, because flowers are seldom green
    base = scene.brief.colours or (
        Lch(0.72, 0.15, hue),
        Lch(0.84, 0.10, (hue + 40) % 360),
        Lch(0.68, 0.14, (hue - 45) % 360),
    )
    mouth = (size * 0.5, size * (0.62 if vase else 0.98))
    heads = []
    for place in range(7 + 3 * scene.detail):
        # The golden angle spreads the flowers without gaps, like the seeds of a sunflower.
        angle, far = place * 2.39996, size * 0.31 * math.sqrt((place + 0.5) / (7 + 3 * scene.detail))
        heads.append(
            (size * 0.5 + far * 1.12 * math.cos(angle), size * (0.33 if vase else 0.38) + far * 0.85 * math.sin(angle))
        )
    heads.sort(key=lambda head: head[1] + roll.uniform(0, size * 0.2))
    glass = vase and scene.brief.material == "glass"
    _stems(picture, mouth, heads)
    if glass:
        _feet(picture, roll)
    _leaves(picture, 8 + 4 * scene.detail, roll)
    if glass:
        pot = sprites.render("glassvase", round(size * 0.46), from_left=scene.light_from_left)
        picture.alpha_composite(pot, (round(size * 0.27), size - pot.height))
    elif vase:
        pot = sprites.render(
            "vase",
            round(size * 0.46),
            tones={"main": colour}
            if colour and scene.has("vase") and len(base) > 1
            else {"main": Lch(0.80, 0.03, hue + 180)},
            from_left=scene.light_from_left,
        )
        picture.alpha_composite(pot, (round(size * 0.27), size - pot.height))
    for place, (x, y) in enumerate(heads):
        flower = bloom(max(round(size * roll.uniform(0.15, 0.25)), 6), base[place % len(base)], roll)
        dark = Image.new("RGBA", flower.size, (20, 30, 30, 0))
        dark.putalpha(brush.dim(flower.getchannel("A"), 0.28))
        left, top = max(round(x - flower.width / 2), 0), max(round(y - flower.height / 2), 0)
        picture.alpha_composite(dark, (left, min(top + size // 70, size - 1)))
        picture.alpha_composite(flower, (left, top))
    return picture


def _stems(picture: Image.Image, mouth: Point, heads: list[Point]) -> None:
    """Paint a stem from the mouth of the vase to each flower."""
    size = picture.width
    large = Image.new("RGBA", (size * 2, size * 2))
    draw = ImageDraw.Draw(large)
    for x, y in heads:
        stem = [(mouth[0] * 2, mouth[1] * 2), (mouth[0] + x, (mouth[1] + y) * 0.94), (x * 2, y * 2)]
        line = [stem[0], *sprites.bezier(stem)]
        draw.line(line, fill=(*Lch(0.46, 0.09, 140).rgb, 255), width=max(size // 55, 1), joint="curve")
    picture.alpha_composite(large.reduce(2))


def _feet(picture: Image.Image, roll: random.Random) -> None:
    """Paint the lower ends of the stems, which are seen through glass."""
    size = picture.width
    large = Image.new("RGBA", (size * 2, size * 2))
    draw = ImageDraw.Draw(large)
    for stem in range(8):
        lean = (stem - 3.5) / 3.5
        top, foot = size * (1 + 0.10 * lean), size * (1 - 0.16 * lean + roll.uniform(-0.03, 0.03))
        green = Lch(0.48 + 0.03 * (stem % 3), 0.09, 138)
        line = (top, size * 1.16, foot, size * roll.uniform(1.84, 1.93))
        draw.line(line, fill=(*green.rgb, 255), width=max(size // 42, 1))
    picture.alpha_composite(large.reduce(2))


def _leaves(picture: Image.Image, count: int, roll: random.Random) -> None:
    """Paint leaves between the flowers and the vase."""
    size = picture.width
    for _ in range(count):
        leaf = sprites.render(
            "leaf",
            max(round(size * roll.uniform(0.16, 0.28)), 4),
            tones={"main": Lch(roll.uniform(0.42, 0.60), 0.10, roll.uniform(130, 160))},
        )
        leaf = leaf.rotate(roll.uniform(-100, 100), Image.Resampling.BICUBIC, expand=True)
        x, y = roll.uniform(0.20, 0.80) * size, roll.uniform(0.30, 0.60) * size
        picture.alpha_composite(leaf, (max(round(x - leaf.width / 2), 0), max(round(y - leaf.height / 2), 0)))
