"""Sky and weather: the gradient, the sun or moon, clouds, stars, aurora, mist, rain and snow."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush
from playground.sandbox.painter.brush import Size
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene


def paint(scene: Scene) -> None:
    """Paint everything above the horizon."""
    stops = scene.mood.sky
    reach = scene.horizon / scene.size[1]
    scene.picture.paste(
        brush.downwards(scene.size, [(reach * at / (len(stops) - 1), colour) for at, colour in enumerate(stops)])
    )
    covered = scene.has("rain", "cloud", "snow") and not scene.has("moon", "stars", "sun")
    if scene.mood.hour == "night" and not covered:
        _stars(scene)
    _glow(scene)
    if scene.detail > 1 or scene.has("cloud"):
        _clouds(scene)
    if scene.mood.hour != "grey" and not (covered and scene.mood.hour == "night"):
        _sun(scene)


def _glow(scene: Scene) -> None:
    """Paint the light around the sun or moon."""
    unit = scene.unit
    light = scene.mood.light
    if scene.mood.hour == "grey":
        brush.shine(scene.picture, light.rgb, brush.glow(scene.size, scene.sun, (unit, unit * 0.6), strength=0.3))
        return
    night = scene.mood.hour == "night"
    warm = light.mix(scene.mood.sky[-1], 0.6)
    for reach, power, strength in ((1.15, 1.4, 0.40), (0.5, 1.6, 0.45), (0.2, 2.0, 0.55)):
        radii = (unit * reach, unit * reach * (0.85 if reach > 1 else 1))
        mask = brush.glow(scene.size, scene.sun, radii, power=power, strength=strength * (0.45 if night else 1))
        brush.shine(scene.picture, (warm if reach > 0.3 else light).rgb, mask)


def _sun(scene: Scene) -> None:
    """Paint the disc of the sun or moon."""
    night = scene.mood.hour == "night"
    radius = scene.unit * (0.055 if scene.mood.height < 0.3 else 0.042 if night else 0.028)
    disc = brush.disc(scene.size, scene.sun, (radius, radius))
    if not night:
        halo = brush.glow(scene.size, scene.sun, (radius * 2.6, radius * 2.6), power=0.8, strength=0.6)
        brush.shine(scene.picture, scene.mood.light.rgb, halo)
    brush.lay(scene.picture, scene.mood.light.but(light=0.02, chroma=0.6).rgb, brush.dim(disc, 0.94))
    if night:
        _moon(scene, radius, disc)


def _moon(scene: Scene, radius: float, disc: Image.Image) -> None:
    """Paint dark patches on the moon."""
    blotches = brush.noise((round(radius * 2), round(radius * 2)), scene.roll, cells=(2.5, 2.5), octaves=3)
    patches = Image.new("L", scene.size)
    patches.paste(
        blotches.point(brush.curve(lambda v: 0.4 * brush.smooth(0.5, 0.8)(v))),
        (round(scene.sun[0] - radius), round(scene.sun[1] - radius)),
    )
    brush.shade(scene.picture, Lch(0.72, 0.03, 260).rgb, ImageChops.multiply(patches, disc))


def _stars(scene: Scene) -> None:
    """Paint stars. When the prompt names stars or space, paint the Milky Way and perhaps an aurora."""
    width, height = scene.size
    count = 60 * scene.detail**2
    unit = scene.unit / 1000
    sizes = [unit * (0.5 + 1.6 * scene.roll.random() ** 5) for _ in range(count)]
    mask = ImageChops.multiply(brush.specks(scene.size, scene.roll, sizes), brush.fade(scene.size, 0.75, 0.2))
    if scene.has("stars", "space"):
        band = brush.noise(scene.size, scene.roll, cells=(3, 3), octaves=5).point(brush.curve(brush.smooth(0.35, 0.9)))
        slope = Image.new("L", scene.size)
        lean = scene.roll.choice((-1, 1)) * 0.35
        middle = 0.38 * height
        half = 0.17 * height
        edges = [(0, middle - lean * height / 2), (width, middle + lean * height / 2)]
        slope = brush.shape(
            scene.size, [(x, y - half) for x, y in edges] + [(x, y + half) for x, y in edges[::-1]], fine=1
        )
        way = ImageChops.multiply(band, brush.blur(slope, scene.unit * 0.09))
        brush.shine(scene.picture, Lch(0.62, 0.09, 290).rgb, brush.dim(way, 0.8))
        brush.shine(scene.picture, Lch(0.85, 0.05, 60).rgb, way.point(brush.curve(lambda v: 0.7 * v**2.5)))
        dust = [unit * 0.7] * (500 * scene.detail)
        mask = ImageChops.lighter(mask, ImageChops.multiply(brush.specks(scene.size, scene.roll, dust), way))
        _aurora(scene)
    brush.shine(scene.picture, (255, 248, 235), mask)
    brush.shine(scene.picture, (150, 180, 255), brush.dim(brush.blur(mask, 3 * unit), 0.9))


def _aurora(scene: Scene) -> None:
    """Paint an aurora when the prompt names one."""
    if "aurora" not in scene.brief.prompt and "オーロラ" not in scene.brief.prompt:
        return
    width, _height = scene.size
    for place, hue in enumerate((150, 165, 300)):
        mask = Image.new("L", scene.size)
        draw = ImageDraw.Draw(mask)
        phase, base = scene.roll.uniform(0, 6), scene.horizon * (0.55 + 0.12 * place)
        for x in range(0, width, 3):
            wave = math.sin(x / width * 5 + phase) + 0.5 * math.sin(x / width * 13 + phase * 2)
            tall = scene.horizon * (0.35 + 0.12 * scene.roll.random())
            y = base + wave * scene.horizon * 0.12
            draw.line((x, y - tall, x, y), fill=scene.roll.randint(60, 190), width=3)
        mask = ImageChops.multiply(
            brush.blur(mask, (scene.unit / 160, scene.unit / 18)), brush.fade(scene.size, 0.0, 0.3)
        )
        brush.shine(scene.picture, Lch(0.8, 0.18, hue).rgb, brush.dim(mask, 0.75))


def plane(texture: Image.Image, size: Size, ratio: float) -> Image.Image:
    """Return a texture in perspective. Its bottom row is near; its top row is `ratio` times as far away."""
    width, height = size
    wide, high = texture.size
    fall = -(1 - 1 / ratio) / height
    # When y starts at the near edge, a point is 1 + fall·y times as far away. So the result is flipped below.
    scale = wide / (width * ratio)
    matrix = (scale, wide / 2 * fall, wide / 2 - scale * width / 2, 0.0, high / (height * ratio), 0.0, 0.0, fall)
    seen = texture.transform(size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)
    return seen.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _clouds(scene: Scene) -> None:
    """Paint clouds with a lit side."""
    width = scene.size[0]
    high = max(round(scene.horizon), 8)
    heavy = scene.has("cloud", "rain") or scene.mood.hour == "grey"
    texture = brush.noise((max(width, 256), max(high, 256)), scene.roll, cells=(7, 5), octaves=3 + scene.detail)
    band = plane(texture, (width, high), 3.2).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    start = 0.38 if heavy else 0.52
    body = band.point(brush.curve(brush.smooth(start, start + 0.35)))
    # A low sun lights the clouds from below, a high sun from above.
    step = round(scene.unit * 0.018)
    towards = -step if scene.mood.height < 0.3 else step
    lit = brush.spread(ImageChops.subtract(band, brush.moved(band, step if scene.light_from_left else -step, towards)))
    lit = lit.point(brush.curve(brush.smooth(0.02, 0.55)))
    lower = ImageChops.multiply(body, brush.fade((width, high), 1.0, 0.82))
    mask, light = Image.new("L", scene.size), Image.new("L", scene.size)
    mask.paste(lower)
    light.paste(ImageChops.multiply(lower, lit))
    low_sun = scene.mood.height < 0.3
    dark = scene.mood.sky[1].mix(scene.mood.near, 0.25) if low_sun else scene.mood.haze.but(light=-0.06)
    if scene.mood.hour == "night":
        dark = scene.mood.sky[1].but(light=0.03)
    bright = scene.mood.light.mix(scene.mood.sky[-1], 0.65 if low_sun else 0.15)
    if scene.mood.hour == "night":
        bright = scene.mood.haze.but(light=0.1)
    brush.lay(scene.picture, dark.rgb, brush.dim(mask, 0.6 if low_sun else 0.55))
    brush.lay(scene.picture, bright.rgb, brush.dim(light, 0.9))


def mist(scene: Scene, top: float, bottom: float, strength: float) -> None:
    """Paint uneven mist between two heights (pixels from the top). It is thickest in the middle."""
    _width, height = scene.size
    middle = (top + bottom) / 2 / height
    bank = ImageChops.multiply(
        brush.fade(scene.size, top / height, middle), brush.fade(scene.size, bottom / height, middle)
    )
    torn = brush.noise(scene.size, scene.roll, cells=(2.5, 9), octaves=3).point(brush.curve(lambda v: 0.35 + 0.65 * v))
    brush.lay(
        scene.picture,
        scene.mood.haze.mix(scene.mood.light, 0.3).rgb,
        brush.dim(ImageChops.multiply(bank, torn), strength),
    )


def weather(scene: Scene) -> None:
    """Paint rain or snow over the whole picture."""
    if scene.has("rain"):
        _rain(scene)
    if scene.has("snow"):
        _snow(scene)


def _rain(scene: Scene) -> None:
    unit = scene.unit / 1000
    mask = Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    width, height = scene.size
    for _ in range(260 * scene.detail):
        near = scene.roll.random() ** 2
        long = unit * (25 + 75 * near)
        x, y = scene.roll.uniform(-50 * unit, width), scene.roll.uniform(-long, height)
        draw.line(
            (x, y, x - long * 0.16, y + long),
            fill=round(40 + 90 * near),
            width=max(round(unit * (0.8 + 1.6 * near)), 1),
        )
    brush.shine(scene.picture, scene.mood.haze.but(light=0.35, chroma=0.6).rgb, mask)


def _snow(scene: Scene) -> None:
    unit = scene.unit / 1000
    for count, radius, soft in ((220, 1.6, 0.4), (90, 3.2, 1.0), (22, 8.0, 4.0)):
        sizes = [unit * radius * scene.roll.uniform(0.6, 1.3) for _ in range(count * scene.detail // 2)]
        mask = brush.blur(brush.specks(scene.size, scene.roll, sizes), unit * soft)
        brush.shine(scene.picture, (240, 244, 255), brush.dim(mask, 0.85))
