"""Still lifes: things on a table in front of a wall."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageOps

from playground.sandbox.painter import brush, sprites, stage
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.scene import Scene
from playground.sandbox.painter.sky import plane

WOODEN = {"cup", "mug", "book", "bowl", "sushi", "burger", "apple", "laptop", "plant", "candle", "dish", "cake"}


def paint(scene: Scene) -> None:
    """Paint the whole still life."""
    _width, height = scene.size
    names = [name for name in scene.brief.subjects if name in stage.TALL][:3] or ["box"]
    night = scene.mood.hour == "night"
    wall = _wall_colour(scene, names[0])
    scene.picture.paste(stage.backdrop(scene, wall))
    edge = height * (0.66, 0.74, 0.60, 0.70)[scene.variant % 4]
    if scene.variant % 4 == 2:
        _arch(scene, wall, edge)
    elif night or (scene.variant % 4 == 1 and scene.brief.genre != "product"):
        _bokeh(scene, wall)
    elif scene.variant % 4 == 0:
        _window(scene, edge)
    elif scene.variant % 4 == 1:
        _blinds(scene)
    else:
        _leaves(scene)
    tint = _table(scene, names[0], edge, wall)
    alone = {"minimal", "watercolour"} & {*scene.brief.styles} or scene.brief.genre == "product"
    if len(names) == 1 and scene.detail > 1 and not alone:
        _company(scene, names[0], edge, tint)
    _things(scene, names, edge, tint)


def _wall_colour(scene: Scene, name: str) -> Lch:
    """Return a quiet colour for the wall, far from the colour of the thing on the table."""
    own = (scene.brief.colours or (sprites.glyph("vase" if name == "flower" else name).main,))[0]
    hue = (own.hue + (180, 150, 40, 200)[scene.variant % 4] + scene.roll.uniform(-20, 20)) % 360
    light = {"night": 0.30, "sunset": 0.58, "grey": 0.68, "dawn": 0.72}.get(scene.mood.hour, 0.75)
    if scene.brief.subjects[:1] in (("flower",), ("vase",)):
        light += 0.04
    warm = Lch(light, 0.06, hue).mix(scene.mood.sky[-1], 0.22)
    if scene.brief.surface == "white" and light > 0.7:
        warm = Lch(0.86, 0.035, (own.hue + (20, -30, 0, 60)[scene.variant % 4]) % 360).mix(scene.mood.light, 0.15)
    if {"dark", "暗い", "dramatic"} & set(scene.brief.prompt.split()) or "dramatic" in scene.brief.styles:
        warm = warm.but(light=-0.42)
    return warm


def _window(scene: Scene, edge: float) -> None:
    """Paint the light of a window on the wall."""
    width, height = scene.size
    mask = Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    side = 1 if scene.light_from_left else -1
    left = width * (0.40 if side > 0 else 0.08)
    for column in range(2):
        for row in range(3):
            x, y = left + column * width * 0.25, height * (0.02 + row * 0.21) + column * side * height * 0.05
            lean = height * 0.05 * side
            draw.polygon(
                [
                    (x, y),
                    (x + width * 0.23, y + lean),
                    (x + width * 0.23, y + lean + height * 0.19),
                    (x, y + height * 0.19),
                ],
                fill=255,
            )
    if scene.detail > 1:  # the shadow of leaves outside the window
        twigs = brush.noise(scene.size, scene.roll, cells=(9, 9), octaves=2).point(
            brush.curve(brush.smooth(0.42, 0.55))
        )
        twigs = ImageChops.lighter(twigs, brush.fade(scene.size, 0.1, 0.75))
        mask = ImageChops.multiply(mask, brush.blur(twigs, scene.unit * 0.008))
    soft = brush.blur(mask, scene.unit * 0.012)
    brush.shine(scene.picture, scene.mood.light.but(light=-0.22, chroma=1.3).rgb, brush.dim(soft, 0.7))


def _blinds(scene: Scene) -> None:
    """Paint slanted stripes of light on the wall, as through blinds."""
    width, height = scene.size
    mask = Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    side = 1 if scene.light_from_left else -1
    left, right = (width * 0.34, width * 1.02) if side > 0 else (-width * 0.02, width * 0.66)
    for slat in range(9):
        y = height * (0.03 + 0.085 * slat)
        lean = height * 0.20 * side
        draw.polygon(
            [(left, y - lean), (right, y), (right, y + height * 0.048), (left, y - lean + height * 0.048)], fill=255
        )
    brush.shine(
        scene.picture,
        scene.mood.light.but(light=-0.2, chroma=1.3).rgb,
        brush.dim(brush.blur(mask, scene.unit * 0.008), 0.62),
    )


def _leaves(scene: Scene) -> None:
    """Paint the blurred shadows of large leaves on the wall."""
    width, height = scene.size
    mask = Image.new("L", scene.size)
    side = 0.0 if scene.light_from_left else 1.0
    for place in range(9):
        size = max(round(scene.unit * scene.roll.uniform(0.26, 0.40)), 8)
        leaf = sprites.mask_of(sprites.outline("leaf"), size)
        leaf = leaf.rotate(scene.roll.uniform(-150, 150), Image.Resampling.BICUBIC, expand=True)
        x = width * abs(side - scene.roll.uniform(-0.05, 0.42))
        y = height * (0.02 + 0.07 * place)
        mask.paste(255, (round(x - leaf.width / 2), round(y - leaf.height / 2)), leaf)
    soft = brush.blur(mask, scene.unit * 0.016)
    brush.shade(scene.picture, scene.mood.near.mix(scene.mood.haze, 0.55).rgb, brush.dim(soft, 0.45))


def _bokeh(scene: Scene, wall: Lch) -> None:
    """Paint blurred lights on the wall."""
    width, height = scene.size
    for _ in range(10 + 8 * scene.detail):
        radius = scene.unit * scene.roll.uniform(0.02, 0.085)
        centre = (scene.roll.random() * width, scene.roll.random() ** 1.2 * height * 0.62)
        colour = Lch(0.78, 0.11, scene.roll.choice((60, 80, 40, wall.hue)) + scene.roll.uniform(-12, 12))
        disc = brush.disc(scene.size, centre, (radius, radius))
        inner = brush.disc(scene.size, centre, (radius * 0.9, radius * 0.9))
        mask = ImageChops.subtract(brush.dim(disc, 0.5), brush.dim(inner, 0.16))
        brush.shine(
            scene.picture, colour.rgb, brush.dim(brush.blur(mask, radius * 0.07), scene.roll.uniform(0.25, 0.8))
        )


def _arch(scene: Scene, wall: Lch, edge: float) -> None:
    """Paint a lit arch in the wall."""
    width = scene.size[0]
    half = min(scene.unit * 0.36, width * 0.42)
    middle = width * (0.5, 0.46, 0.54, 0.5)[scene.variant % 4]
    top = max(edge - scene.unit * 0.58, half * 1.05)
    mask = brush.disc(scene.size, (middle, top), (half, half))
    mask.paste(255, (round(middle - half), round(top), round(middle + half), round(edge) + 2))
    shadow = ImageChops.offset(
        mask, round(scene.unit * 0.02) * (1 if scene.light_from_left else -1), round(scene.unit * 0.015)
    )
    inside = brush.downwards(scene.size, even(wall.but(light=-0.13, chroma=1.5), wall.but(light=0.05, chroma=1.3)))
    scene.picture.paste(inside, (0, 0), mask)
    dark = ImageChops.multiply(mask, ImageChops.invert(brush.blur(shadow, scene.unit * 0.02)))
    brush.shade(scene.picture, wall.but(light=-0.3).rgb, brush.dim(dark, 0.8))


def _table(scene: Scene, name: str, edge: float, wall: Lch) -> Lch:
    """Paint the table. Return the colour of the shadows on it."""
    width, height = scene.size
    size = (width, height - round(edge))
    kind = scene.brief.surface or ("wood" if name in WOODEN and scene.variant % 2 == 0 else "cloth")
    night = scene.mood.hour == "night"
    if kind == "wood":
        light = Lch(0.66, 0.075, 62).mix(scene.mood.sky[-1], 0.12)
        light = light.but(light=-0.25) if night else light
        top = _wood(scene, size, light)
    elif kind == "white":
        light = Lch(0.95, 0.008, 85).but(light=-0.35 if night else 0)
        top = brush.downwards(size, even(light.but(light=-0.03), light))
    elif kind == "marble":
        light = Lch(0.93, 0.008, 80).but(light=-0.35 if night else 0)
        top = _marble(scene, size, light)
    else:
        light = wall.but(light=0.05, chroma=1.1)
        top = brush.downwards(size, even(light, light.but(light=-0.07)))
        weave = brush.noise(size, scene.roll, cells=(200, 160), octaves=1)
        brush.shade(top, light.but(light=-0.15).rgb, brush.dim(weave, 0.12 * scene.detail / 3))
    reach = width * 0.75
    spot = (width * (0.3 if scene.light_from_left else 0.7), size[1] * 0.15)
    brush.shine(
        top,
        scene.mood.light.but(light=-0.3).rgb,
        brush.glow(size, spot, (reach, size[1] * 1.3), power=0.6, strength=0.42),
    )
    dark = 0.55 if kind != "white" else 0.2
    brush.shade(top, light.but(light=-0.2).rgb, brush.dim(brush.fade(size, 0.3, 1.15), dark))
    scene.picture.paste(top, (0, round(edge)))
    # The far edge of the table is blurred.
    band = (0, round(edge - scene.unit * 0.02), width, round(edge + scene.unit * 0.02))
    scene.picture.paste(brush.blur(scene.picture.crop(band), scene.unit * 0.0035), band)
    return light.but(light=-0.42, chroma=1.2)


def _wood(scene: Scene, size: tuple[int, int], light: Lch) -> Image.Image:
    texture = brush.noise((size[0], size[1] * 2), scene.roll, cells=(5, 90), octaves=2 + scene.detail)
    rings = brush.noise((size[0], size[1] * 2), scene.roll, cells=(3, 22), octaves=2)
    texture = Image.blend(texture, rings, 0.4)
    draw = ImageDraw.Draw(texture)
    boards = 5
    for board in range(boards):
        y, next_y = round(size[1] * 2 * board / boards), round(size[1] * 2 * (board + 1) / boards)
        tone = texture.crop((0, y, size[0], next_y)).point(
            [min(max(v + (board * 47 % 5 - 2) * 14, 0), 255) for v in range(256)]
        )
        texture.paste(tone, (0, y))
        draw.line((0, y, size[0], y), fill=0, width=max(size[1] // 90, 1))
    flat = plane(texture, size, 1.7)
    return ImageOps.colorize(flat, light.but(light=-0.22).rgb, light.but(light=0.10).rgb, light.rgb)


def _marble(scene: Scene, size: tuple[int, int], light: Lch) -> Image.Image:
    large = (size[0], size[1] * 2)
    one = brush.noise(large, scene.roll, cells=(2.5, 3), octaves=3 + scene.detail)
    two = brush.noise(large, scene.roll, cells=(3, 4), octaves=3 + scene.detail)
    veins = plane(ImageChops.difference(one, two), size, 1.8)
    top = Image.new("RGB", size, light.rgb)
    brush.shade(
        top,
        light.but(light=-0.12).rgb,
        plane(one, size, 1.8).point(brush.curve(lambda v: 0.6 * brush.smooth(0.4, 0.9)(v))),
    )
    brush.shade(top, light.but(light=-0.34).rgb, veins.point(brush.curve(lambda v: 0.75 * brush.smooth(0.05, 0.0)(v))))
    brush.shade(top, light.but(light=-0.16).rgb, veins.point(brush.curve(lambda v: 0.5 * brush.smooth(0.16, 0.0)(v))))
    return top


def _company(scene: Scene, name: str, edge: float, tint: Lch) -> None:
    """Paint one more thing further back, blurred."""
    others = [other for other in ("plant", "book", "apple", "vase", "candle") if other != name]
    other = others[(scene.variant + scene.roll.randrange(2)) % len(others)]
    width, height = scene.size
    size = max(round(min(scene.unit * stage.TALL[other] * 0.62, edge * 0.8)), 8)
    x = width * (0.84, 0.16, 0.82, 0.18)[scene.variant % 4]
    thing = stage.lit(scene, stage.sprite(scene, other, size), away=0.18, indoors=True)
    room = Image.new("RGBA", (size + size // 4, size + size // 8))
    room.paste(thing, (size // 8, size // 8))
    # The blur needs colours that are multiplied by alpha. Otherwise the outline would turn dark.
    soft = brush.blur(room.convert("RGBa"), size * 0.018).convert("RGBA")
    foot = edge + (height - edge) * 0.16
    stage.shadow(scene, thing, x, foot, colour=tint.rgb, strength=0.45)
    stage.put(scene, soft, x, foot)


def _things(scene: Scene, names: list[str], edge: float, tint: Lch) -> None:
    """Paint the things with their shadows, and with reflections on marble. The first is in front and largest."""
    width, height = scene.size
    base = edge + (height - edge) * 0.52
    first = (0.5, 0.36, 0.5, 0.64)[scene.variant % 4] if len(names) == 1 else (0.40, 0.60)[scene.variant % 2]
    places = [
        (first, base, 1.0),
        (1.02 - first, base - (height - edge) * 0.26, 0.85),
        (0.5 + (0.5 - first) * 3.0, base - (height - edge) * 0.1, 0.6),
    ]
    for name, (x, foot, scale) in reversed(list(zip(names, places, strict=False))):
        size = round(min(scene.unit * stage.TALL[name] * scale, foot * 0.95))
        size = round(size * (1.0, 1.16, 0.84, 1.15)[scene.variant % 4])
        thing = stage.lit(scene, stage.sprite(scene, name, max(size, 8)), ambient=0.2, indoors=True)
        stage.shadow(scene, thing, width * x, foot, colour=tint.rgb)
        if scene.brief.surface == "marble":
            mirror = thing.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            mirror.putalpha(
                ImageChops.multiply(mirror.getchannel("A"), brush.dim(brush.fade(mirror.size, 0.45, 0.0), 0.28))
            )
            scene.picture.paste(mirror, (round(width * x - size / 2), round(foot - size * 0.01)), mirror)
        stage.put(scene, thing, width * x, foot)
        stage.glowing(scene, thing, width * x, foot, name)
        if name in {"cup", "mug", "bowl"} and scene.detail > 1:
            stage.steam(scene, width * x, foot - size * {"cup": 0.56, "mug": 0.70, "bowl": 0.52}[name], size * 0.75)
