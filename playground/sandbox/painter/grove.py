"""A single tree with a wide crown on a hill, and the place in its shade."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush, land
from playground.sandbox.painter.brush import Point
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene

# For each composition: the trunk's place (a share of the width, seen with the light from the right), the middle and
# the radii of the crown, and the place of whoever sits in the shade. All are shares of width and height.
TREES = (
    (0.26, (0.30, 0.26), (0.40, 0.24), 0.56),
    (0.46, (0.46, 0.33), (0.27, 0.21), 0.66),
    (0.10, (0.34, 0.10), (0.74, 0.22), 0.48),
    (0.70, (0.68, 0.30), (0.33, 0.23), 0.40),
)
TALL = (0.50, 0.36, 0.62, 0.44)  # whoever sits in the shade, as a share of the shorter side


def shade(scene: Scene) -> tuple[float, float]:
    """Return the place in the shade, in pixels from the left, and the height of whoever sits there."""
    share = TREES[scene.variant % 4][3]
    return _across(scene, share), scene.unit * TALL[scene.variant % 4]


def paint(scene: Scene) -> None:
    """Paint far hills, a meadow and the tree over a sky that is already there."""
    height = scene.size[1]
    scene.horizon = height * (0.60, 0.66, 0.56, 0.62)[scene.variant % 4]
    edge = land.skyline(scene, scene.horizon + scene.unit * 0.02, scene.unit * 0.16, rough=0.4)
    scene.layer(scene.depth(0.30), scene.mood.haze, land.filled(scene, edge))
    land.woods(scene, scene.horizon + scene.unit * 0.05, scene.unit * 0.07, 0.42, dense=1.5)
    land.hills(scene, top=scene.horizon + scene.unit * 0.04, layers=2)
    _tree(scene)


def _across(scene: Scene, share: float) -> float:
    """Return a share of the width in pixels. Light from the left mirrors the composition."""
    return scene.size[0] * (1 - share if scene.light_from_left else share)


def _tree(scene: Scene) -> None:
    width, height = scene.size
    trunk, (x, y), (wide, high), _seat = TREES[scene.variant % 4]
    foot = (_across(scene, trunk), height * 0.84)
    crown = (_across(scene, x), height * y)
    radii = (width * wide, height * high)
    shadow = brush.disc(scene.size, (foot[0], foot[1] + height * 0.01), (radii[0] * 0.95, height * 0.05))
    brush.shade(scene.picture, scene.mood.near.mix(scene.mood.ground, 0.4).rgb, brush.blur(shadow, scene.unit * 0.02))
    _trunk(scene, foot, crown, radii)
    _crown(scene, crown, radii)


def _trunk(scene: Scene, foot: Point, crown: Point, radii: Point) -> None:
    """Paint the trunk with three boughs that end in the crown."""
    half = scene.unit * 0.038
    bark = Lch(0.36, 0.05, 50).mix(scene.mood.near, 0.25)
    fork = foot[1] + (crown[1] - foot[1]) * 0.55
    middle = foot[0] + (crown[0] - foot[0]) * 0.35
    trunk = [
        (foot[0] - half * 2.0, foot[1]), (foot[0] - half * 0.9, foot[1] - half * 2), (middle - half * 0.8, fork),
        (middle + half * 0.8, fork), (foot[0] + half * 0.9, foot[1] - half * 2), (foot[0] + half * 2.0, foot[1]),
    ]  # fmt: skip
    mask = brush.shape(scene.size, trunk)
    for lean in (-0.5, 0.05, 0.55):
        tip = (crown[0] + radii[0] * lean, crown[1])
        bough = brush.shape(
            scene.size, [(middle - half * 0.75, fork + half), (tip[0], tip[1]), (middle + half * 0.75, fork + half)]
        )
        mask = ImageChops.lighter(mask, bough)
    scene.layer(bark.but(light=0.06), bark.but(light=-0.05), mask)
    step = max(round(half * 0.5), 1)
    rim = ImageChops.subtract(mask, brush.moved(mask, step if scene.light_from_left else -step, 0))
    brush.shine(scene.picture, scene.mood.light.mix(bark, 0.5).rgb, brush.dim(brush.blur(rim, half * 0.2), 0.5))


def _crown(scene: Scene, middle: Point, radii: Point) -> None:
    """Paint the leaves: clouds of discs in four tones, darkest below and brightest towards the light."""
    leaf = _leaf(scene)
    side = -1 if scene.light_from_left else 1
    for tone, (light, share, lift) in enumerate(((-0.14, 1.0, 0.10), (-0.05, 0.90, 0.0), (0.04, 0.74, -0.12))):
        mask = Image.new("L", scene.size)
        draw = ImageDraw.Draw(mask)
        for place in range(46):
            angle, far = place * 2.39996, math.sqrt((place + 0.5) / 46) * share
            x = middle[0] + radii[0] * (far * math.cos(angle) + side * 0.06 * tone)
            y = middle[1] + radii[1] * (far * math.sin(angle) + lift)
            r = scene.unit * scene.roll.uniform(0.045, 0.075)
            draw.ellipse((x - r, y - r * 0.85, x + r, y + r * 0.85), fill=255)
        mask = ImageChops.multiply(brush.blur(mask, scene.unit * 0.002), _lace(scene, 0.06 + 0.10 * tone))
        colour = leaf.but(light=light)
        scene.layer(colour.but(light=0.05), colour.but(light=-0.05), mask)
    _flecks(scene, leaf, middle, radii)


def _leaf(scene: Scene) -> Lch:
    """Return the colour of the leaves in this season and light."""
    if scene.has("flower"):
        own = Lch(0.82, 0.09, 355)
    elif scene.has("snow"):
        own = Lch(0.92, 0.015, 250)
    elif "warm" in scene.brief.feelings or scene.brief.hour == "sunset":
        own = Lch(0.66, 0.15, (52, 72, 40, 62)[scene.variant % 4])
    else:
        own = Lch(0.55, 0.12, 138)
    dark = {"night": 0.6, "sunset": 0.2}.get(scene.mood.hour, 0.05)
    return own.mix(scene.mood.haze, 0.10).mix(scene.mood.near, dark)


def _lace(scene: Scene, holes: float) -> Image.Image:
    """Return a mask with small holes between the leaves. `holes` is about their share."""
    cells = (scene.size[0] / scene.unit * 34, scene.size[1] / scene.unit * 34)
    fine = brush.noise(scene.size, scene.roll, cells=cells, octaves=2)
    return fine.point(brush.curve(brush.smooth(0.18 + holes, 0.30 + holes)))


def _flecks(scene: Scene, leaf: Lch, middle: Point, radii: Point) -> None:
    """Paint single leaves in light and dark tones on the crown, and a few that fall."""
    for light in (-0.10, 0.10, 0.17):
        mask = Image.new("L", scene.size)
        draw = ImageDraw.Draw(mask)
        for place in range(130 * scene.detail):
            angle, far = scene.roll.uniform(0, 6.283), math.sqrt(scene.roll.random()) * 1.02
            x, y = middle[0] + radii[0] * far * math.cos(angle), middle[1] + radii[1] * far * math.sin(angle)
            if place % 40 == 0:  # this one falls
                y = middle[1] + radii[1] * scene.roll.uniform(1.2, 2.6)
            r = scene.unit * scene.roll.uniform(0.004, 0.009)
            draw.ellipse((x - r * 1.5, y - r * 0.8, x + r * 1.5, y + r * 0.8), fill=scene.roll.randint(140, 255))
        brush.lay(scene.picture, leaf.but(light=light, hue=scene.roll.uniform(-14, 14)).rgb, mask)
