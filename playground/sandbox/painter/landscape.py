"""Landscapes: the layers of the place that a prompt names, from back to front, and the things in it."""

from __future__ import annotations

from playground.sandbox.painter import city, foreground, grove, land, sky, space, stage, water
from playground.sandbox.painter.scene import Scene

# The height of things outdoors, as a share of the shorter side.
TALL = {
    "house": 0.34,
    "torii": 0.46,
    "castle": 0.50,
    "boat": 0.26,
    "balloon": 0.30,
    "rocket": 0.56,
    "car": 0.40,
    "bicycle": 0.36,
    "train": 0.68,
    "palm": 0.70,
    "umbrella": 0.30,
    "lighthouse": 0.40,
    "butterfly": 0.2,
    "bird": 0.24,
    "fish": 0.3,
}


FLOATING = ("bird", "fish", "butterfly")
# Places that are painted instead of the single tree.
ELSEWHERE = ("desert", "city", "street", "sea", "boat", "palm", "lighthouse", "lake", "mountain", "forest", "house")


def paint(scene: Scene) -> None:
    """Paint the whole landscape."""
    scenery(scene)
    _actors(scene)
    if scene.has("flower") and not scene.has("field"):
        foreground.branch(scene)
    sky.weather(scene)


def scenery(scene: Scene) -> None:
    """Paint the place without the things in it."""
    if scene.has("space", "rocket") and not scene.has("sea", "mountain", "city", "field", "forest"):
        space.paint(scene)
        return
    sky.paint(scene)
    if scene.has("desert"):
        land.dunes(scene)
    elif scene.has("city", "street"):
        city.paint(scene)
    elif scene.has("sea", "boat", "palm", "lighthouse"):
        _coast(scene)
    elif scene.has("lake"):
        _lake(scene)
    elif scene.has("tree") and not scene.has(*ELSEWHERE):
        grove.paint(scene)
    elif scene.has("forest") and not scene.has("mountain", "house"):
        _forest(scene)
    elif scene.has("field", "car", "bicycle", "train") and not scene.has("mountain"):
        _meadow(scene)
    elif scene.has("house", "torii", "castle"):
        _hamlet(scene)
    else:
        _range(scene)


def _coast(scene: Scene) -> None:
    _width, _height = scene.size
    foreground.headland(scene, 0.30, 0.10)
    water.sea(scene)
    if scene.variant % 4 == 0:
        water.beach(scene)
    elif scene.variant % 4 == 1:
        foreground.rocks(scene)
    elif scene.variant % 4 == 2:
        water.beach(scene)
        for x, tall, lean in ((0.10, 0.86, 8), (0.24, 0.62, -4)):
            foreground.palm(scene, x if not scene.light_from_left else 1 - x, tall, lean)


def _lake(scene: Scene) -> None:
    height = scene.size[1]
    shore = height * (0.585, 0.52, 0.64, 0.56)[scene.variant % 4]
    scene.horizon = shore - height * 0.085
    land.mountains(scene, until=shore - height * 0.02)
    land.woods(scene, shore - height * 0.008, scene.unit * 0.075, 0.62, dense=1.4)
    water.lake(scene, shore)
    if scene.has("mist") or scene.mood.hour == "dawn":
        sky.mist(scene, shore - height * 0.09, shore + height * 0.07, 0.6)
    if scene.has("house", "castle", *stage.BEINGS):
        land.hills(scene, top=height * 0.76, layers=1)  # a bank for them to stand on
    elif scene.variant % 2 == 1:
        foreground.reeds(scene)
    elif scene.variant % 4 == 2:
        land.woods(scene, height * 1.06, scene.unit * 0.42, 0.97, gap=(scene.size[0] * 0.2, scene.size[0] * 0.8))


def _forest(scene: Scene) -> None:
    height = scene.size[1]
    count = 3 + scene.detail
    for layer in range(count):
        near = (layer + 1) / count
        base = scene.horizon + (height * 1.04 - scene.horizon) * near**1.2
        gap = (scene.sun[0] - scene.unit * 0.30, scene.sun[0] + scene.unit * 0.30)
        land.woods(
            scene, base, scene.unit * (0.12 + 0.5 * near), 0.15 + 0.8 * near, dense=0.8, gap=gap if near > 0.5 else None
        )
        if near < 1:
            sky.mist(scene, base - scene.unit * 0.14, base + scene.unit * 0.06, 0.85)
    foreground.shafts(scene)


def _meadow(scene: Scene) -> None:
    _width, height = scene.size
    scene.horizon = height * (0.54, 0.44, 0.66, 0.36)[scene.variant % 4]
    edge = land.skyline(scene, scene.horizon + scene.unit * 0.03, scene.unit * 0.14, rough=0.5)
    scene.layer(scene.depth(0.22), scene.mood.haze, land.filled(scene, edge))
    land.woods(scene, scene.horizon + scene.unit * 0.04, scene.unit * 0.05, 0.38, dense=1.6)
    land.hills(scene, top=scene.horizon + scene.unit * 0.02)
    if scene.has("flower", "field") and scene.mood.hour != "night":
        foreground.blossoms(scene)
    if scene.has("car", "bicycle", "train"):
        foreground.road(scene, height * 0.93, rails=scene.has("train"))


def _hamlet(scene: Scene) -> None:
    height = scene.size[1]
    scene.horizon = height * (0.52, 0.44, 0.60, 0.38)[scene.variant % 4]
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
    """Paint the first three things that the prompt names, in the light of the scene."""
    width, height = scene.size
    names = [name for name in scene.brief.subjects if name in TALL or name in stage.BEINGS]
    if any(word in scene.brief.prompt for word in ("lighthouse", "灯台")):
        names.append("lighthouse")
    shaded = scene.has("tree") and not scene.has(*ELSEWHERE)
    held = [name for name in scene.brief.subjects if name in stage.HELD][:1]
    for place, name in enumerate(names[:3]):
        if name == "palm" and scene.variant % 4 == 2:
            continue
        closer = (1.0, 0.8, 1.25, 0.7)[scene.variant % 4]
        size = max(round(min(scene.unit * TALL.get(name, 0.34) * closer, height * 0.8)), 8)
        # The first thing stands opposite the light. The next ones stand beside it.
        x = width * (
            (0.33 if not scene.light_from_left else 0.66) + place * (0.3 if not scene.light_from_left else -0.3)
        )
        if name == "train":
            x = size * 0.49  # the train comes in from the left
        elif shaded and name in stage.BEINGS and not place:
            x, tall = grove.shade(scene)
            size = max(round(tall), 8)
        base, away = _footing(scene, name, size)
        thing = stage.lit(scene, stage.sprite(scene, name, size), away=away)
        if base < height * 0.97 and name in {"house", "castle", "torii", "car", "bicycle", "train"} | set(stage.BEINGS):
            stage.shadow(scene, thing, x, base, colour=scene.mood.near.mix(scene.mood.ground, 0.3).rgb, strength=0.45)
        if name in {"balloon", "boat", "bird"}:
            _flock(scene, name, x, base, size)
        stage.put(scene, thing, x, base)
        stage.glowing(scene, thing, x, base, name)
        if held and name in stage.BEINGS and not place and name not in FLOATING:
            stage.hold(scene, held[0], name, x, base, size)


def _flock(scene: Scene, name: str, x: float, base: float, size: int) -> None:
    """Paint more of the same thing further away, smaller and paler."""
    side = 1 if scene.light_from_left else -1
    for step, (share, rise) in enumerate(((0.55, 0.26), (0.34, 0.06), (0.22, 0.36))[: scene.detail], start=1):
        small = max(round(size * share), 6)
        other = stage.lit(scene, stage.sprite(scene, name, small), away=0.15 + 0.13 * step)
        lift = size * rise if name != "boat" else (base - scene.horizon) * (0.5 + 0.15 * step)
        stage.put(scene, other, x - side * scene.unit * (0.10 + 0.15 * step), base - lift)


def _footing(scene: Scene, name: str, size: int) -> tuple[float, float]:
    """Return where the foot of a thing stands (pixels from the top), and how much haze is in front of it (0..1)."""
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
