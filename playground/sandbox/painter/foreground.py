"""The foreground of landscapes: rocks, palms, reeds, flowers, a branch in blossom, light between trees, roads."""

from __future__ import annotations

import itertools

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush, flowers, sprites, stage
from playground.sandbox.painter.brush import Point
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene


def headland(scene: Scene, nearness: float, tall: float) -> None:
    """Paint distant land on the side away from the sun. `tall` is a share of the shorter side."""
    width = scene.size[0]
    line = brush.ridge(scene.roll, 80, rough=0.5)
    reach = width * scene.roll.uniform(0.35, 0.55)
    edge = []
    for i, y in enumerate(line):
        share = i / 80
        x = reach * share
        edge.append(
            (
                x if not scene.light_from_left else width - x,
                scene.horizon - scene.unit * tall * (1 - share) ** 0.8 * (0.75 + 0.25 * y),
            )
        )
    corner = (0.0 if not scene.light_from_left else float(width), scene.horizon + 2)
    mask = brush.shape(scene.size, [*edge, (edge[-1][0], scene.horizon + 2), corner])
    scene.layer(scene.depth(nearness), scene.depth(nearness * 0.5), mask)


def rocks(scene: Scene) -> None:
    """Paint dark rocks with foam around them and a bright edge towards the sun."""
    width, height = scene.size
    left = scene.sun[0] > width / 2
    for place in range(4 + scene.detail):
        # Nearer rocks are larger and closer to the corner.
        near = (place + 1) / (4 + scene.detail)
        wide = scene.unit * (0.07 + 0.40 * near**2) * scene.roll.uniform(0.8, 1.2)
        x = width * (0.40 - 0.38 * near + scene.roll.uniform(-0.05, 0.05))
        x = x if left else width - x
        base = height * (0.80 + 0.24 * near**1.3)
        line = brush.ridge(scene.roll, 24, rough=0.55)
        edge = [
            (x + wide * (i / 24 - 0.5), base - wide * 0.36 * (1 - abs(i / 12 - 1) ** 2.2) * (0.75 + 0.25 * y))
            for i, y in enumerate(line)
        ]
        mask = brush.shape(scene.size, edge)
        foam = brush.disc(scene.size, (x, base), (wide * 0.54, wide * 0.028))
        brush.lay(
            scene.picture,
            scene.mood.haze.mix(scene.mood.light, 0.5).rgb,
            brush.dim(brush.blur(foam, scene.unit * 0.006), 0.6),
        )
        scene.layer(scene.depth(0.82), scene.mood.near, mask)
        side = round(scene.unit * 0.006) * (-1 if scene.light_from_left else 1)
        rim = ImageChops.subtract(mask, brush.moved(mask, side * -1, round(scene.unit * 0.005)))
        brush.shine(scene.picture, scene.mood.sky[-1].rgb, brush.dim(brush.blur(rim, scene.unit * 0.004), 0.28))


def palm(scene: Scene, x: float, tall: float, lean: float) -> None:
    """Paint a palm at `x` (a share of the width). It leans by `lean` degrees; `tall` is a share of the shorter side."""
    size = max(round(scene.unit * tall), 8)
    tree = stage.lit(scene, stage.sprite(scene, "palm", size), ambient=0.5)
    tree = tree.rotate(lean, Image.Resampling.BICUBIC, center=(size / 2, size))
    stage.put(scene, tree, scene.size[0] * x, scene.size[1] * 1.0)


def reeds(scene: Scene) -> None:
    """Paint reeds along the lower edge, fewer towards the middle."""
    width, height = scene.size
    large = Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(large)
    for _ in range(90 * scene.detail):
        x = scene.roll.betavariate(0.7, 2.2) * width * 0.75
        x = x if not scene.light_from_left else width - x
        tall = scene.unit * scene.roll.uniform(0.06, 0.24)
        bend = scene.roll.uniform(-0.35, 0.35) * tall
        line = [(x, height), *sprites.bezier([(x, height), (x, height - tall * 0.7), (x + bend, height - tall)], 7)]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            thick = max(round(scene.unit * 0.006 * (by - (height - tall)) / tall), 1)
            draw.line((ax * 2, ay * 2, bx * 2, by * 2), fill=255, width=thick)
    scene.layer(scene.depth(0.85), scene.mood.near, large.reduce(2))


def shafts(scene: Scene) -> None:
    """Paint rays of light between the trees."""
    if scene.mood.hour in {"night", "grey"} or scene.detail < 2:
        return
    width, height = scene.size
    mask = Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    x, y = scene.sun[0], min(scene.sun[1], height * 0.12) - scene.unit * 0.2
    for _ in range(6):
        at, wide = scene.roll.uniform(-0.2, 1.2) * width, scene.unit * scene.roll.uniform(0.02, 0.07)
        draw.polygon([(x, y), (at - wide, height), (at + wide, height)], fill=scene.roll.randint(70, 170))
    soft = ImageChops.multiply(brush.blur(mask, scene.unit * 0.015), brush.fade(scene.size, 0.98, 0.25))
    brush.shine(scene.picture, scene.mood.light.rgb, brush.dim(soft, 0.36))


def blossoms(scene: Scene) -> None:
    """Paint flowers on the meadow: small ones far away, large and soft ones in front."""
    width, height = scene.size
    lavender = any(word in scene.brief.prompt for word in ("lavender", "ラベンダー"))
    hues = (300, 290, 310) if lavender else (20, 85, 350, 60)
    colours = scene.brief.colours or tuple(Lch(0.72, 0.15, hue) for hue in hues)
    top = scene.horizon + scene.unit * 0.10
    for band in range(6):
        near = (band + 1) / 6
        size = (width, max(round((height - top) / 4), 4))
        y = round(top + (height - top) * near**1.5 - size[1] * 0.8)
        for colour in colours:
            radius = scene.unit * (0.0012 + 0.008 * near**2.2)
            dots = brush.specks(
                size,
                scene.roll,
                [radius * scene.roll.uniform(0.6, 1.3) for _ in range(round(46 * scene.detail * (1.1 - 0.8 * near)))],
            )
            full = Image.new("L", scene.size)
            full.paste(brush.blur(dots, scene.unit * 0.004 * near**4), (0, y))
            brush.lay(scene.picture, colour.mix(scene.mood.haze, 0.45 * (1 - near)).rgb, full)


def branch(scene: Scene) -> None:
    """Paint a branch in blossom in the upper corner away from the light."""
    width, height = scene.size
    roll, unit = scene.roll, scene.unit
    side = 1 if scene.light_from_left else 0
    colours = scene.brief.colours or (Lch(0.86, 0.075, 358), Lch(0.91, 0.05, 5), Lch(0.80, 0.10, 355))
    large = Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(large)
    tips: list[Point] = []
    for limb in range(6):
        start = (width * side, height * 0.05)
        reach = unit * roll.uniform(0.35, 0.72) * (-1 if side else 1)
        end = (start[0] + reach, start[1] + unit * (0.055 * limb + roll.uniform(-0.06, 0.03)))
        middle = (start[0] + reach * 0.5, start[1] - unit * roll.uniform(-0.02, 0.08))
        line = [start, *sprites.bezier([start, middle, end], 24)]
        for at, ((ax, ay), (bx, by)) in enumerate(itertools.pairwise(line)):
            draw.line((ax * 2, ay * 2, bx * 2, by * 2), fill=255, width=max(round(unit * 0.020 * (1 - at / 25)), 1))
        tips += line[6 + limb % 3 :: 2]
    scene.layer(scene.depth(0.9), scene.mood.near, large.reduce(2))
    sizes = [max(round(unit * roll.uniform(0.022, 0.050)), 5) for _ in range(10)]
    blooms = [
        stage.lit(scene, flowers.bloom(size, roll.choice(colours), roll, "cherry"), ambient=0.2, indoors=True)
        for size in sizes
    ]
    for x, y in tips:
        for _ in range(2 + scene.detail):
            flower = roll.choice(blooms)
            size = flower.height
            stage.put(scene, flower, x + unit * roll.gauss(0, 0.022), y + unit * roll.gauss(0, 0.020) + size / 2)


def road(scene: Scene, base: float, *, rails: bool) -> None:
    """Paint a road or a railway line across the foreground at the height `base` (pixels from the top)."""
    width, height = scene.size
    wide = scene.unit * 0.11
    edge = [(0.0, base - wide * 0.42), (float(width), base - wide * 0.42)]
    mask = brush.shape(scene.size, [*edge, (width + 1, base + wide * 0.58), (-1, base + wide * 0.58)])
    ground = (Lch(0.46, 0.02, 70) if rails else Lch(0.40, 0.012, 265)).mix(scene.mood.haze, 0.12)
    if scene.mood.lamps:
        ground = ground.mix(scene.mood.near, 0.4)
    scene.layer(ground.but(light=0.05), ground.but(light=-0.06), brush.blur(mask, scene.unit * 0.0015))
    grit = brush.noise((width, max(height // 2, 2)), scene.roll, cells=(width / 4, height / 8), octaves=1).resize(
        scene.size
    )
    brush.shade(scene.picture, ground.but(light=-0.15).rgb, ImageChops.multiply(brush.dim(grit, 0.4), mask))
    lines = Image.new("L", scene.size)
    draw = ImageDraw.Draw(lines)
    thick = max(scene.unit * 0.005, 1)
    step = scene.unit * (0.035 if rails else 0.16)
    x = -step * scene.roll.random()
    while x < width:
        if rails:
            draw.rectangle((x, base - thick, x + step * 0.45, base + thick * 3), fill=150)
        else:
            draw.rectangle((x, base + wide * 0.30, x + step * 0.5, base + wide * 0.30 + thick), fill=220)
        x += step
    if rails:
        draw.rectangle((0, base - thick, width, base), fill=255)
    brush.lay(scene.picture, ground.but(light=0.4 if not rails else -0.18).rgb, lines)
