"""Outdoor pictures: which layers make up the place that a prompt names, back to front, and who stands in it."""

from __future__ import annotations

from PIL import ImageDraw

from . import brush, city, land, sky, space, stage, water
from .colour import Lch
from .scene import Scene

# How tall things stand outdoors, as a share of the shorter side.
TALL = {"house": 0.34, "torii": 0.46, "castle": 0.50, "boat": 0.26, "balloon": 0.30, "rocket": 0.56, "car": 0.40, "bicycle": 0.36,
        "train": 0.50, "palm": 0.70, "umbrella": 0.30, "lighthouse": 0.40, "butterfly": 0.2, "bird": 0.24, "fish": 0.3}


def paint(scene: Scene) -> None:
    """The whole landscape."""
    scenery(scene)
    _actors(scene)
    sky.weather(scene)


def scenery(scene: Scene) -> None:
    """The place itself, without anybody in it."""
    if scene.has("space", "rocket") and not scene.has("sea", "mountain", "city", "field", "forest"):
        space.paint(scene)
        return
    sky.paint(scene)
    if scene.has("desert"):
        land.dunes(scene)
    elif scene.has("city"):
        city.paint(scene)
    elif scene.has("sea", "boat", "palm", "lighthouse"):
        _coast(scene)
    elif scene.has("lake"):
        _lake(scene)
    elif scene.has("forest") and not scene.has("mountain", "house"):
        _forest(scene)
    elif scene.has("field", "car", "bicycle", "train") and not scene.has("mountain"):
        _meadow(scene)
    elif scene.has("house", "torii", "castle"):
        _hamlet(scene)
    else:
        _range(scene)


def _coast(scene: Scene) -> None:
    width, height = scene.size
    _headland(scene, 0.30, 0.10)
    water.sea(scene)
    if scene.variant % 4 == 0:
        water.beach(scene)
    elif scene.variant % 4 == 1:
        _rocks(scene)
    elif scene.variant % 4 == 2:
        water.beach(scene)
        for x, tall, lean in ((0.10, 0.86, 8), (0.24, 0.62, -4)):
            _palm(scene, x if not scene.light_from_left else 1 - x, tall, lean)


def _headland(scene: Scene, nearness: float, tall: float) -> None:
    """Land far out, on the side away from the sun."""
    width = scene.size[0]
    line = brush.ridge(scene.roll, 80, rough=0.5)
    reach = width * scene.roll.uniform(0.35, 0.55)
    edge = []
    for i, y in enumerate(line):
        share = i / 80
        x = reach * share
        edge.append((x if not scene.light_from_left else width - x,
                     scene.horizon - scene.unit * tall * (1 - share) ** 0.8 * (0.75 + 0.25 * y)))
    corner = (0.0 if not scene.light_from_left else float(width), scene.horizon + 2)
    mask = brush.shape(scene.size, [*edge, (edge[-1][0], scene.horizon + 2), corner])
    scene.layer(scene.depth(nearness), scene.depth(nearness * 0.5), mask)


def _rocks(scene: Scene) -> None:
    """Dark rocks in the foreground, with a bright edge towards the sun and foam at their feet."""
    width, height = scene.size
    for place in range(4 + scene.detail):
        wide = scene.unit * scene.roll.uniform(0.10, 0.34)
        x = width * (scene.roll.uniform(-0.05, 0.34) if scene.sun[0] > width / 2 else scene.roll.uniform(0.66, 1.05))
        base = height * (0.84 + 0.04 * place)
        line = brush.ridge(scene.roll, 24, rough=0.55)
        edge = [(x + wide * (i / 24 - 0.5), base - wide * 0.42 * (1 - abs(i / 12 - 1) ** 2.2) * (0.75 + 0.25 * y))
                for i, y in enumerate(line)]
        mask = brush.shape(scene.size, edge)
        foam = brush.disc(scene.size, (x, base), (wide * 0.58, wide * 0.05))
        brush.lay(scene.picture, scene.mood.haze.mix(scene.mood.light, 0.5).rgb, brush.dim(brush.blur(foam, scene.unit * 0.006), 0.6))
        scene.layer(scene.depth(0.82), scene.mood.near, mask)
        side = round(scene.unit * 0.006) * (-1 if scene.light_from_left else 1)
        rim = brush.ImageChops.subtract(mask, brush.moved(mask, side * -1, round(scene.unit * 0.005)))
        brush.shine(scene.picture, scene.mood.sky[-1].rgb, brush.dim(brush.blur(rim, scene.unit * 0.002), 0.55))


def _palm(scene: Scene, x: float, tall: float, lean: float) -> None:
    size = max(round(scene.unit * tall), 8)
    tree = stage.lit(scene, stage.sprite(scene, "palm", size), ambient=0.5)
    tree = tree.rotate(lean, brush.Image.Resampling.BICUBIC, center=(size / 2, size))
    stage.put(scene, tree, scene.size[0] * x, scene.size[1] * 1.0)


def _lake(scene: Scene) -> None:
    height = scene.size[1]
    shore = height * (0.585, 0.52, 0.64, 0.56)[scene.variant % 4]
    scene.horizon = shore - height * 0.085
    land.mountains(scene, until=shore - height * 0.02)
    land.woods(scene, shore - height * 0.008, scene.unit * 0.075, 0.62, dense=1.4)
    water.lake(scene, shore)
    if scene.has("mist") or scene.mood.hour == "dawn":
        sky.mist(scene, shore - height * 0.09, shore + height * 0.10, 0.85)
    if scene.variant % 2 == 1:
        _reeds(scene)
    elif scene.variant % 4 == 2:
        land.woods(scene, height * 1.06, scene.unit * 0.42, 0.97, gap=(scene.size[0] * 0.2, scene.size[0] * 0.8))


def _reeds(scene: Scene) -> None:
    """Reeds along the lower edge, thinning out towards the middle."""
    width, height = scene.size
    large = brush.Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(large)
    for _ in range(90 * scene.detail):
        x = scene.roll.betavariate(0.7, 2.2) * width * 0.75
        x = x if not scene.light_from_left else width - x
        tall = scene.unit * scene.roll.uniform(0.06, 0.24)
        bend = scene.roll.uniform(-0.35, 0.35) * tall
        line = [(x, height), *brush_curve((x, height), (x, height - tall * 0.7), (x + bend, height - tall))]
        for (ax, ay), (bx, by) in zip(line, line[1:], strict=False):
            thick = max(round(scene.unit * 0.006 * (by - (height - tall)) / tall), 1)
            draw.line((ax * 2, ay * 2, bx * 2, by * 2), fill=255, width=thick)
    scene.layer(scene.depth(0.85), scene.mood.near, large.reduce(2))


def brush_curve(*control: brush.Point) -> list[brush.Point]:
    """A short curve through control points."""
    return stage.sprites.bezier(list(control), 7)


def _forest(scene: Scene) -> None:
    height = scene.size[1]
    count = 3 + scene.detail
    for layer in range(count):
        near = (layer + 1) / count
        base = scene.horizon + (height * 1.04 - scene.horizon) * near**1.2
        gap = (scene.sun[0] - scene.unit * 0.30, scene.sun[0] + scene.unit * 0.30)
        land.woods(scene, base, scene.unit * (0.12 + 0.5 * near), 0.15 + 0.8 * near, dense=0.8,
                   gap=gap if near > 0.5 else None)
        if near < 1:
            sky.mist(scene, base - scene.unit * 0.14, base + scene.unit * 0.06, 0.85)
    _shafts(scene)


def _shafts(scene: Scene) -> None:
    """Light falling through the trees."""
    if scene.mood.hour in {"night", "grey"} or scene.detail < 2:
        return
    width, height = scene.size
    mask = brush.Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    x, y = scene.sun[0], min(scene.sun[1], height * 0.12) - scene.unit * 0.2
    for _ in range(6):
        at, wide = scene.roll.uniform(-0.2, 1.2) * width, scene.unit * scene.roll.uniform(0.02, 0.07)
        draw.polygon([(x, y), (at - wide, height), (at + wide, height)], fill=scene.roll.randint(70, 170))
    soft = brush.ImageChops.multiply(brush.blur(mask, scene.unit * 0.015), brush.fade(scene.size, 0.98, 0.25))
    brush.shine(scene.picture, scene.mood.light.rgb, brush.dim(soft, 0.36))


def _meadow(scene: Scene) -> None:
    width, height = scene.size
    scene.horizon = height * (0.52, 0.46, 0.60, 0.5)[scene.variant % 4]
    edge = land.skyline(scene, scene.horizon + scene.unit * 0.03, scene.unit * 0.14, rough=0.5)
    scene.layer(scene.depth(0.22), scene.mood.haze, land.filled(scene, edge))
    land.woods(scene, scene.horizon + scene.unit * 0.04, scene.unit * 0.05, 0.38, dense=1.6)
    land.hills(scene, top=scene.horizon + scene.unit * 0.02)
    if scene.has("flower", "field") and scene.mood.hour != "night":
        _blossoms(scene)


def _blossoms(scene: Scene) -> None:
    """Flowers over the meadow, small far away, large and soft at our feet."""
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
            dots = brush.specks(size, scene.roll, [radius * scene.roll.uniform(0.6, 1.3) for _ in range(round(46 * scene.detail * (1.1 - 0.8 * near)))])
            full = brush.Image.new("L", scene.size)
            full.paste(brush.blur(dots, scene.unit * 0.004 * near**4), (0, y))
            brush.lay(scene.picture, colour.mix(scene.mood.haze, 0.45 * (1 - near)).rgb, full)


def _hamlet(scene: Scene) -> None:
    height = scene.size[1]
    scene.horizon = height * (0.50, 0.46, 0.56, 0.48)[scene.variant % 4]
    land.mountains(scene, until=height * 0.66)
    land.woods(scene, height * 0.68, scene.unit * 0.15, 0.62)
    land.hills(scene, top=height * 0.68, layers=2)


def _range(scene: Scene) -> None:
    height = scene.size[1]
    land.mountains(scene, until=height * 0.8)
    if scene.variant % 4 == 1:
        land.hills(scene, top=height * 0.80, layers=2)
        return
    land.woods(scene, height * 0.90, scene.unit * 0.13, 0.75)
    if scene.variant % 4 != 3:
        sky.mist(scene, height * 0.82, height * 0.93, 0.5)
        land.woods(scene, height * 1.03, scene.unit * 0.30, 0.95, gap=(scene.size[0] * 0.3, scene.size[0] * 0.7))


def _actors(scene: Scene) -> None:
    """Whatever the prompt puts into the place, on a third, in its light."""
    width, height = scene.size
    names = [name for name in scene.brief.subjects if name in TALL or name in stage.BEINGS]
    if any(word in scene.brief.prompt for word in ("lighthouse", "灯台")):
        names.append("lighthouse")
    for place, name in enumerate(names[:3]):
        if name == "palm" and scene.variant % 4 == 2:
            continue
        size = max(round(min(scene.unit * TALL.get(name, 0.34), height * 0.8)), 8)
        # Things stand opposite the light, the next one further along.
        x = width * ((0.33 if not scene.light_from_left else 0.66) + place * (0.3 if not scene.light_from_left else -0.3))
        base, away = _footing(scene, name, size)
        thing = stage.lit(scene, stage.sprite(scene, name, size), away=away)
        if base < height * 0.97 and name in {"house", "castle", "torii", "car", "bicycle", "train"} | set(stage.BEINGS):
            stage.shadow(scene, thing, x, base, colour=scene.mood.near.mix(scene.mood.ground, 0.3).rgb, strength=0.45)
        stage.put(scene, thing, x, base)
        stage.glowing(scene, thing, x, base, name)


def _footing(scene: Scene, name: str, size: int) -> tuple[float, float]:
    """Where a thing's foot stands (pixels from the top), and how much haze lies before it."""
    height = scene.size[1]
    if name in {"balloon", "bird", "butterfly", "rocket"}:
        return max(scene.horizon * 0.75, size * 1.1), 0.08
    if name == "boat":
        return scene.horizon + (height - scene.horizon) * 0.20, 0.12
    if name == "lighthouse":
        return scene.horizon + scene.unit * 0.03, 0.10
    if name in {"house", "castle"}:
        return height * 0.83, 0.04
    return height * 0.93, 0.0
