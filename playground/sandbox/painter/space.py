"""Space: nebulae, stars, and two planets, one perhaps with a ring."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.scene import Scene


def paint(scene: Scene) -> None:
    """Paint the whole picture: a sky without ground."""
    roll, size, unit = scene.roll, scene.size, scene.unit
    hue = scene.brief.colours[0].hue if scene.brief.colours else roll.choice((290, 250, 330, 200, 20))
    scene.picture.paste(
        brush.downwards(size, even(Lch(0.10, 0.04, hue), Lch(0.16, 0.06, hue + 30), Lch(0.09, 0.03, hue - 30)))
    )
    _nebula(scene, hue)
    tiny = [unit / 1000 * (0.5 + 0.5 * roll.random()) for _ in range(330 * scene.detail)]
    large = [unit / 1000 * (1.0 + 1.6 * roll.random() ** 3) for _ in range(22 * scene.detail)]
    brush.shine(scene.picture, (235, 240, 255), brush.dim(brush.specks(size, roll, tiny), 0.85))
    stars = brush.specks(size, roll, large)
    brush.shine(scene.picture, (255, 246, 230), stars)
    brush.shine(scene.picture, Lch(0.8, 0.1, hue).rgb, brush.dim(brush.blur(stars, unit * 0.006), 0.95))
    _planets(scene, hue)


def _nebula(scene: Scene, hue: float) -> None:
    shapes = [brush.noise(scene.size, scene.roll, cells=(2.2, 2.2), octaves=3 + scene.detail) for _ in range(3)]
    for place, turn in enumerate((0, 55, -70)):
        folded = ImageChops.multiply(shapes[place], ImageChops.invert(shapes[place - 1]))
        cloud = brush.spread(folded).point(brush.curve(lambda v: brush.smooth(0.35, 1.0)(v) ** 1.3))
        brush.shine(scene.picture, Lch(0.62, 0.19, (hue + turn) % 360).rgb, brush.dim(cloud, 0.75))
    rift = ImageChops.difference(shapes[0], shapes[1]).point(brush.curve(lambda v: 0.7 * brush.smooth(0.14, 0.0)(v)))
    brush.shade(scene.picture, Lch(0.14, 0.04, hue).rgb, rift)


def _planets(scene: Scene, hue: float) -> None:
    width, height = scene.size
    spots = (((0.66, 0.32), 0.155), ((0.20, 0.95), 0.62), ((0.37, 0.36), 0.17), ((0.86, 0.80), 0.40))
    (x, y), reach = spots[scene.variant % 4]
    red = "mars" in scene.brief.prompt or "火星" in scene.brief.prompt
    colour = Lch(0.60, 0.14, 38) if red else Lch(0.66, 0.11, (hue + 150) % 360)
    planet(scene, (width * x, height * y), scene.unit * reach, colour, ring=scene.variant % 2 == 0)
    planet(
        scene,
        (width * (1.02 - x), height * (0.18 if y > 0.5 else 0.62)),
        scene.unit * 0.045,
        Lch(0.75, 0.04, hue),
        ring=False,
    )


def planet(scene: Scene, centre: brush.Point, radius: float, colour: Lch, *, ring: bool) -> None:
    """Paint a planet that is lit from one side. It has bands and a ring, or continents."""
    size = max(round(radius * 2), 4)
    weather = brush.noise((size, size), scene.roll, cells=(1.5, 7) if ring else (3.5, 3.5), octaves=2 + scene.detail)
    body = Image.new("RGB", (size, size), colour.rgb)
    brush.lay(body, colour.but(light=0.16, hue=30).rgb, weather.point(brush.curve(brush.smooth(0.45, 0.75))))
    brush.lay(body, colour.but(light=-0.16, hue=-25).rgb, weather.point(brush.curve(brush.smooth(0.42, 0.15))))
    side = 0.30 if scene.light_from_left else 0.70
    day = brush.glow((size, size), (size * side, size * 0.30), (size * 0.98, size * 0.98), power=-0.35)
    night = Image.new("RGB", body.size, colour.but(light=-0.55).rgb)
    body = Image.composite(body, night, day)
    left, top = round(centre[0] - radius), round(centre[1] - radius)
    halo = brush.glow(
        scene.size,
        (centre[0] + radius * (side - 0.5) * 0.2, centre[1] - radius * 0.04),
        (radius * 1.35, radius * 1.35),
        power=0.6,
        strength=0.8,
    )
    brush.shine(scene.picture, colour.but(light=0.1).rgb, halo)
    rings = _ring(scene, centre, radius, colour) if ring else None
    globe = brush.disc(body.size, (size / 2, size / 2), (size / 2 - 1, size / 2 - 1))
    rim = ImageChops.subtract(
        globe, brush.disc(body.size, (size * (1 - side) * 0.06 + size * 0.47, size * 0.52), (size * 0.48, size * 0.48))
    )
    brush.shine(body, colour.but(light=0.3).rgb, brush.dim(brush.blur(rim, size * 0.012), 0.9))
    scene.picture.paste(body, (left, top), globe)
    if rings:
        light, mask = rings
        front = Image.new("L", scene.size, 0)
        front.paste(mask.crop((0, round(centre[1]), mask.width, mask.height)), (0, round(centre[1])))
        turned = front.rotate(-18, center=centre, resample=Image.Resampling.BICUBIC)
        brush.lay(scene.picture, light.rgb, brush.dim(turned, 0.85))


def _ring(scene: Scene, centre: brush.Point, radius: float, colour: Lch) -> tuple[Lch, Image.Image]:
    """Paint the far half of the ring. Return its colour and its level mask, for the near half."""
    light = colour.but(light=0.18, chroma=0.7, hue=40)
    mask = Image.new("L", scene.size)
    for out, strength in ((2.05, 0.35), (1.86, 0.85), (1.66, 0.25), (1.60, 0.6), (1.40, 0.0)):
        disc = brush.disc(scene.size, centre, (radius * out, radius * out * 0.26))
        mask.paste(round(255 * strength), (0, 0), disc)
    far = mask.copy()
    ImageDraw.Draw(far).rectangle((0, centre[1], far.width, far.height), fill=0)
    turned = far.rotate(-18, center=centre, resample=Image.Resampling.BICUBIC)
    brush.lay(scene.picture, light.but(light=-0.15).rgb, brush.dim(turned, 0.8))
    return light, mask
