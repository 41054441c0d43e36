"""Land: mountains, woods, meadows, dunes."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush
from playground.sandbox.painter.brush import Point
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene
from playground.sandbox.painter.sky import mist


def skyline(scene: Scene, base: float, tall: float, *, rough: float, steps: int = 240) -> list[Point]:
    """Return the upper edge of a ridge across the picture, in pixels."""
    width = scene.size[0]
    waves = max(round(width / scene.size[1]), 1)
    line = brush.ridge(scene.roll, steps, rough=rough, waves=waves)
    return [(width * i / (len(line) - 1), base - tall * (height + 1) / 2) for i, height in enumerate(line)]


def filled(scene: Scene, edge: list[Point]) -> Image.Image:
    """Return the mask of everything below an edge."""
    width, height = scene.size
    return brush.shape(scene.size, [*edge, (width + 1, height), (-1, height)], fine=2)


def mountains(scene: Scene, *, until: float) -> None:
    """Paint ranges of mountains from the horizon down to the height `until` (pixels from the top)."""
    height = scene.size[1]
    count = 2 + scene.detail
    tall = min(scene.horizon * 0.62, scene.unit * 0.5)
    for layer in range(count):
        near = layer / max(count - 1, 1)
        base = scene.horizon + (until - scene.horizon) * near * 0.8
        edge = (
            _peaks(scene, base, tall * (1.0 - 0.6 * near), layer)
            if layer < 2
            else skyline(scene, base, tall * 0.36, rough=0.5)
        )
        mask = filled(scene, edge)
        top = scene.depth(0.20 + 0.55 * near)
        scene.layer(top, top.mix(scene.mood.haze, 0.75 - 0.3 * near), mask)
        if layer < 2:
            _faces(scene, edge, mask, tall, layer)
        if layer < count - 1:
            mist(scene, base - tall * 0.10, base + height * 0.07, 0.55 + (0.4 if scene.has("mist") else 0))


def _peaks(scene: Scene, base: float, tall: float, layer: int) -> list[Point]:
    """Return the edge of a jagged range. Its highest summit is opposite the sun."""
    width = scene.size[0]
    summit = (0.34 if scene.sun[0] > width / 2 else 0.64) + scene.roll.uniform(-0.06, 0.06)
    edge = []
    broad = 0.30 + 0.1 * scene.roll.random()
    fuji = _fuji(scene)
    if fuji and layer:
        return skyline(scene, base, tall * 0.5, rough=0.45)
    aspect = scene.unit / width
    for x, y in skyline(scene, base, tall * (0.25 if fuji else 0.7), rough=0.56):
        away = abs(x / width - summit) / (broad * min(aspect * 1.4, 1))
        cone = math.exp(-2.4 * away) if fuji else max(1 - away, 0) ** 0.9
        flat = min(cone, 0.86) if fuji else cone
        edge.append((x, y - tall * (0.95 if fuji else 0.55) * flat))
    return edge


def _fuji(scene: Scene) -> bool:
    """Return whether the prompt names Mount Fuji."""
    return "富士" in scene.brief.prompt or "fuji" in scene.brief.prompt


def _faces(scene: Scene, edge: list[Point], mask: Image.Image, tall: float, layer: int) -> None:
    """Paint light on the slopes that face the sun, shadow on the others, and snow on the summits."""
    # Each slope of the skyline gets one face below it, lit or shaded, with an uneven lower edge.
    lit, dark = Image.new("L", scene.size), Image.new("L", scene.size)
    draws = {True: ImageDraw.Draw(lit), False: ImageDraw.Draw(dark)}
    side = 1 if scene.light_from_left else -1
    start = 0
    smooth_y = [
        sum(y for _, y in edge[max(i - 2, 0) : i + 3]) / len(edge[max(i - 2, 0) : i + 3]) for i in range(len(edge))
    ]
    for i in range(1, len(edge)):
        rising = smooth_y[i] < smooth_y[i - 1]
        if i + 1 < len(edge) and (smooth_y[i + 1] < smooth_y[i]) == rising:
            continue
        run = edge[start : i + 1]
        start = i
        if len(run) < 3:
            continue
        facing = rising if side > 0 else not rising
        peak = run[-1] if rising else run[0]
        foot = run[0] if rising else run[-1]
        drop = abs(peak[1] - foot[1])
        spine = _spine(scene.roll, peak, (peak[0] + (foot[0] - peak[0]) * 0.15, foot[1] + drop * 0.6))
        draws[facing].polygon([*run, *(spine[::-1] if rising else spine)], fill=255)
    soft = scene.unit / 900
    rock = brush.noise(scene.size, scene.roll, cells=(30, 22), octaves=3).point(brush.curve(lambda v: 0.45 + 0.55 * v))
    down = brush.fade(
        scene.size, (scene.horizon + tall * 0.1) / scene.size[1], (scene.horizon - tall * 0.9) / scene.size[1]
    )
    for face, colour, strength in (
        (lit, scene.mood.light.mix(scene.mood.sky[-1], 0.5), 0.55), (dark, scene.depth(0.62), 0.5)
    ):  # fmt: skip
        face = ImageChops.multiply(ImageChops.multiply(brush.blur(face, soft), mask), ImageChops.multiply(rock, down))
        brush.lay(scene.picture, colour.rgb, brush.dim(face, strength * (1 - 0.35 * layer)))
    if scene.detail > 1:
        _crags(scene, ImageChops.multiply(mask, down), 1 - 0.35 * layer)
    if scene.has("snow") or _fuji(scene) or scene.mood.hour != "grey":
        _snow_caps(scene, edge, mask, lit, tall)


def _crags(scene: Scene, mask: Image.Image, strength: float) -> None:
    """Paint relief into the rock: noise that is lit from the side of the sun."""
    rough = brush.noise(scene.size, scene.roll, cells=(scene.size[0] / scene.unit * 9, 11), octaves=3 + scene.detail)
    step = max(round(scene.unit * 0.004), 1)
    relief = ImageChops.subtract(rough, brush.moved(rough, step if scene.light_from_left else -step, step), 0.22, 128)
    light = relief.point(brush.curve(lambda v: 0.55 * brush.smooth(0.55, 1.0)(v) * strength))
    dark = relief.point(brush.curve(lambda v: 0.60 * brush.smooth(0.45, 0.0)(v) * strength))
    brush.shine(scene.picture, scene.mood.light.mix(scene.mood.sky[-1], 0.6).rgb, ImageChops.multiply(light, mask))
    brush.shade(scene.picture, scene.depth(0.5).rgb, ImageChops.multiply(dark, mask))


def _spine(roll: random.Random, top: Point, end: Point) -> list[Point]:
    """Return an uneven line from the top of a mountain down to `end`."""
    steps = 12
    return [
        (top[0] + (end[0] - top[0]) * i / steps + roll.uniform(-1, 1) * abs(end[1] - top[1]) * 0.06 * (i > 0),
         top[1] + (end[1] - top[1]) * i / steps)
        for i in range(steps + 1)
    ]  # fmt: skip


def _snow_caps(scene: Scene, edge: list[Point], mask: Image.Image, lit: Image.Image, tall: float) -> None:
    """Paint snow above the snow line, brighter where the sun lights it."""
    peak = min(y for _, y in edge)
    reach = tall * (0.8 if scene.has("snow") else 0.42)
    ragged = brush.noise(scene.size, scene.roll, cells=(26, 7), octaves=4)
    height = scene.size[1]
    level = brush.fade(scene.size, (peak + reach) / height, (peak + reach * 0.1) / height)
    cap = ImageChops.multiply(ImageChops.add(level, ragged, 1, -128).point(brush.curve(brush.smooth(0.40, 0.55))), mask)
    cap = ImageChops.multiply(cap, level.point(brush.curve(lambda v: min(v * 4, 1))))
    shadow = Lch(0.78, 0.05, 265).mix(scene.mood.haze, 0.55)
    bright = Lch(0.97, 0.015, 90).mix(scene.mood.light, 0.5)
    if scene.mood.hour == "night":
        shadow, bright = shadow.but(light=-0.18), bright.but(light=-0.25)
    brush.lay(scene.picture, shadow.rgb, brush.dim(cap, 0.85))
    brush.lay(scene.picture, bright.rgb, brush.dim(ImageChops.multiply(cap, brush.blur(lit, scene.unit / 700)), 0.9))


def conifer(draw: ImageDraw.ImageDraw, roll: random.Random, x: float, base: float, tall: float) -> None:
    """Draw the silhouette of a fir."""
    levels = max(min(round(tall / 7), 16), 4)
    left: list[Point] = []
    right: list[Point] = []
    for level in range(levels):
        y = base - tall * 0.94 * (1 - level / levels)
        half = tall * 0.21 * ((level + 0.6) / levels) ** 0.85
        for edge, sign in ((left, -1), (right, 1)):
            edge.append((x + sign * half * roll.uniform(0.75, 1.15), y + tall / levels * 0.9))
            edge.append((x + sign * half * 0.42, y + tall / levels * 0.7))
    draw.polygon([(x, base - tall), *right, (x + tall * 0.015, base), (x - tall * 0.015, base), *left[::-1]], fill=255)


def woods(
    scene: Scene, base: float, tall: float, nearness: float, *, dense: float = 1.0, gap: Point | None = None
) -> None:
    """Paint a row of firs on uneven ground. The firs are low within `gap` (left and right, in pixels)."""
    width, height = scene.size
    ground = skyline(scene, base, tall * 0.35, rough=0.4)
    large = Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(large)
    x = -tall * 0.2
    while x < width + tall * 0.2:
        y = ground[min(max(round(x / width * (len(ground) - 1)), 0), len(ground) - 1)][1]
        size = tall * scene.roll.uniform(0.45, 1.0)
        if gap and gap[0] < x < gap[1]:
            size *= 0.25 + 0.4 * abs((x - gap[0]) / (gap[1] - gap[0]) - 0.5)
        conifer(draw, scene.roll, x * 2, (y + tall * 0.08) * 2, size * 2)
        x += tall * scene.roll.uniform(0.06, 0.24) / dense
    draw.polygon([(x * 2, y * 2) for x, y in [*ground, (width, height), (0, height)]], fill=255)
    mask = large.reduce(2)
    top = scene.depth(nearness)
    if scene.mood.hour in {"day", "morning", "dawn", "grey"}:
        top = top.mix(Lch(top.light, 0.06, 160), 0.5)
    scene.layer(top, top.mix(scene.mood.haze, 0.5 * (1 - nearness) + 0.06), mask)
    if scene.has("snow"):
        frost = ImageChops.subtract(mask, ImageChops.offset(mask, 0, max(round(tall * 0.035), 1)))
        brush.lay(scene.picture, scene.mood.ground.but(light=0.04).rgb, brush.dim(frost, 0.75))


def hills(scene: Scene, *, top: float, layers: int | None = None) -> None:
    """Paint meadows or snow fields from `top` (pixels from the top) to the lower edge."""
    _width, height = scene.size
    count = layers or 2 + scene.detail
    for layer in range(count):
        near = (layer + 1) / count
        base = top + (height - top) * (layer / count) ** 1.2 + height * 0.03
        edge = skyline(scene, base, scene.unit * (0.05 + 0.06 * near), rough=0.3)
        colour = scene.mood.ground.mix(scene.mood.haze, 0.65 * (1 - near)).mix(scene.mood.near, 0.18 * near)
        mask = filled(scene, edge)
        scene.layer(colour.but(light=0.07), colour.but(light=-0.10), mask)
        sun = brush.glow(scene.size, (scene.sun[0], base), (scene.unit * 0.8, scene.unit * 0.25), strength=0.5)
        brush.shine(
            scene.picture,
            scene.mood.light.mix(scene.mood.ground, 0.3).rgb,
            brush.dim(ImageChops.multiply(sun, mask), 0.6),
        )
        if scene.detail > 1:
            _grass(scene, edge, mask, colour, near)


def _grass(scene: Scene, edge: list[Point], mask: Image.Image, colour: Lch, near: float) -> None:
    """Paint grass on a meadow, longer where it is nearer. On snow, paint soft drifts."""
    if scene.has("snow"):
        drifts = brush.noise(scene.size, scene.roll, cells=(3, 14), octaves=3)
        soft = drifts.point(brush.curve(lambda v: 0.5 * brush.smooth(0.45, 0.9)(v)))
        brush.shade(scene.picture, Lch(0.82, 0.05, 262).rgb, ImageChops.multiply(soft, mask))
        return
    width, height = scene.size
    top = min(y for _, y in edge)
    for light in (-0.10, 0.06):
        blades = Image.new("L", scene.size)
        draw = ImageDraw.Draw(blades)
        for _ in range(round(420 * scene.detail)):
            x = scene.roll.random() * width
            ground = edge[round(x / width * (len(edge) - 1))][1]
            y = ground + scene.roll.random() ** 1.4 * (height - ground)
            tall = scene.unit * (0.006 + 0.030 * near * (y - top) / max(height - top, 1))
            lean = scene.roll.uniform(-0.4, 0.4) * tall
            draw.line((x, y, x + lean, y - tall), fill=scene.roll.randint(60, 190), width=1)
        brush.lay(scene.picture, colour.but(light=light).rgb, blades)


def dunes(scene: Scene) -> None:
    """Paint sand dunes. Each dune has a lit side and a shaded side."""
    _width, height = scene.size
    count = 3 + scene.detail
    sand = Lch(0.78, 0.10, 70).mix(scene.mood.haze, 0.3)
    for layer in range(count):
        near = (layer + 1) / count
        base = scene.horizon + (height - scene.horizon) * (layer / count) ** 1.15 + scene.unit * 0.04
        edge = _swell(scene, base, scene.unit * (0.09 + 0.20 * near))
        mask = filled(scene, edge)
        lit = sand.mix(scene.mood.haze, 0.55 * (1 - near))
        dark = lit.mix(scene.mood.near, 0.30 + 0.25 * near)
        scene.layer(lit, lit.mix(scene.mood.near, 0.15), mask)
        # The shaded slope lies between the crest and a curved line that runs down from it.
        crest = min(range(len(edge)), key=lambda at: edge[at][1])
        x, y = edge[crest]
        side = 1 if scene.light_from_left else -1
        winding = [
            (
                x + side * scene.unit * (0.10 * math.sin(step / 20 * 3.6) + 0.16 * step / 20),
                y + (height - y) * step / 20,
            )
            for step in range(21)
        ]
        run = edge[crest:] if side > 0 else edge[crest::-1]
        slope = [*run, (run[-1][0], height), *winding[::-1]]
        shadow = ImageChops.multiply(brush.blur(brush.shape(scene.size, slope, fine=2), scene.unit * 0.002), mask)
        scene.layer(dark, dark.mix(lit, 0.6), shadow)
        if scene.detail > 1:
            wind = brush.noise(scene.size, scene.roll, cells=(5, 90), octaves=2)
            brush.shade(scene.picture, dark.rgb, ImageChops.multiply(brush.dim(wind, 0.18), mask))


def _swell(scene: Scene, base: float, tall: float) -> list[Point]:
    """Return the upper edge of a dune: long waves with sharp crests."""
    width, roll = scene.size[0], scene.roll
    phase, tempo, lean = roll.uniform(0, 6.3), roll.uniform(0.35, 0.75), roll.uniform(-0.25, 0.25)
    edge = []
    for step in range(161):
        x = step / 160
        wave = 1 - abs(math.sin(x * 3.14 * tempo * 2 + phase)) ** 0.8
        edge.append((width * x, base - tall * (wave * 0.8 + lean * (x - 0.5))))
    return edge
