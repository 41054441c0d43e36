"""Setting things into a picture: chosen from the prompt, tinted by its light, standing in their own shadow."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from . import brush, sprites
from .brush import Point
from .colour import RGB, Lch, even
from .scene import Scene

BEINGS = ("cat", "dog", "fox", "bear", "rabbit", "bird", "fish", "butterfly", "astronaut", "robot", "person")
BUSTS = ("astronaut", "robot", "person")  # cut off below: they stand on the lower edge of the picture
OUTDOORS = ("car", "bicycle", "train", "house", "torii", "castle", "boat", "balloon", "rocket", "palm", "umbrella")
# How tall a thing stands on a table, as a share of the picture's shorter side.
TALL = {
    "cup": 0.54, "perfume": 0.56, "bottle": 0.68, "vase": 0.80, "flower": 0.80, "book": 0.50, "phone": 0.56,
    "laptop": 0.62, "bowl": 0.56, "cake": 0.56, "dish": 0.68, "sushi": 0.64, "burger": 0.54, "apple": 0.38,
    "icecream": 0.58, "plant": 0.60, "candle": 0.46, "lamp": 0.54, "box": 0.50, "watch": 0.54, "shoe": 0.58,
    "headphones": 0.54, "camera": 0.48, "heart": 0.44,
}  # fmt: skip
HAIR = {
    "short": ("man", "boy", "businessman", "samurai", "男", "少年", "侍", "会社員"),
    "long": ("woman", "girl", "lady", "女", "少女"),
}


def glyph_name(scene: Scene, subject: str) -> str:
    """The glyph for a subject: people come in several, chosen by the prompt's words, else by the picture's index."""
    if subject != "person":
        return subject
    padded = f" {scene.brief.prompt} "
    for hair, words in HAIR.items():
        if any((f" {word}" in padded or f"-{word}" in padded) if word.isascii() else word in padded for word in words):
            return "person.short" if hair == "short" else ("person.long", "person.bun")[scene.variant % 2]
    return ("person.long", "person.short", "person.bun")[scene.variant % 3]


def tones(scene: Scene, subject: str) -> dict[str, Lch]:
    """Colours of a thing: those the prompt names, else its own, with clothes and accents varied by chance."""
    hue = scene.roll.random() * 360
    chosen = {"accent": Lch(0.70, 0.15, hue), "cloth": Lch(0.48, 0.10, (hue + 150) % 360)}
    if scene.brief.colours:
        first, *rest = scene.brief.colours
        chosen["cloth" if subject in BUSTS else "main"] = first
        chosen["accent"] = rest[0] if rest else first.but(light=0.12 if first.light < 0.6 else -0.2, hue=30)
    elif subject in {
        "vase",
        "book",
        "box",
        "butterfly",
        "balloon",
        "umbrella",
        "car",
        "candle",
        "shoe",
        "perfume",
        "bottle",
    }:
        own = sprites.glyph(subject).main
        chosen["main"] = own.but(hue=scene.roll.choice((0, 0, 25, -25, 160)) if scene.variant else 0)
    return chosen


def sprite(scene: Scene, subject: str, size: int, *, flat: bool = False) -> Image.Image:
    """A subject as an RGBA picture of `size` × `size`."""
    colours = tones(scene, subject)
    if subject in {"vase", "flower"}:
        return bouquet(scene, size, colours.get("main"), vase=subject == "vase")
    return sprites.render(glyph_name(scene, subject), size, tones=colours, flat=flat, from_left=scene.light_from_left)


def lit(
    scene: Scene, thing: Image.Image, *, away: float = 0.0, ambient: float = 0.35, indoors: bool = False
) -> Image.Image:
    """The thing in the picture's light: tinted, sunk into shadow where that hour is dark, hazed when far `away` (0..1).

    Indoors somebody has lit a lamp.
    """
    alpha = thing.getchannel("A")
    body = thing.convert("RGB")
    mood = scene.mood
    dark = {"night": 0.55, "sunset": 0.35, "grey": 0.15, "dawn": 0.12}.get(mood.hour, 0.0) * (0.25 if indoors else 1)
    tint = (
        Lch(0.98, 0.02, 90)
        .mix(Lch(0.92, 0.06, 70) if indoors else mood.haze.but(light=0.1), ambient)
        .mix(mood.near, dark)
    )
    body = ImageChops.multiply(body, Image.new("RGB", body.size, tint.rgb))
    if away:
        body = Image.blend(body, Image.new("RGB", body.size, mood.haze.rgb), away)
    step = max(thing.width // 60, 1)
    moved = ImageChops.offset(alpha, step if scene.light_from_left else -step, step // 2)
    rim = ImageChops.multiply(brush.blur(ImageChops.subtract(alpha, moved), thing.width / 160), alpha)
    brush.shine(body, mood.light.mix(mood.sky[-1], 0.4).rgb, brush.dim(rim, 0.3 + 0.5 * dark))
    if scene.has("snow") and not indoors:
        cap = ImageChops.subtract(alpha, brush.moved(alpha, 0, max(thing.height // 34, 1)))
        brush.lay(body, Lch(0.95, 0.015, 250).mix(mood.haze, 0.2).mix(mood.near, dark * 0.5).rgb, brush.dim(cap, 0.95))
    body.putalpha(alpha)
    return body


def put(scene: Scene, thing: Image.Image, x: float, base: float) -> None:
    """Paste a sprite with its foot at (x, base), in pixels."""
    scene.picture.paste(thing, (round(x - thing.width / 2), round(base - thing.height)), thing)


def glowing(scene: Scene, thing: Image.Image, x: float, base: float, name: str) -> None:
    """The light that lit windows and flames throw around themselves."""
    if not scene.mood.lamps or name not in {
        "house",
        "castle",
        "candle",
        "lamp",
        "lighthouse",
        "tower",
        "cake",
        "rocket",
        "car",
    }:
        return
    centre = (x, base - thing.height * (0.45 if name in {"house", "castle"} else 0.75 if name != "car" else 0.2))
    reach = thing.width * 0.9
    brush.shine(
        scene.picture, Lch(0.82, 0.13, 75).rgb, brush.glow(scene.size, centre, (reach, reach), power=1.2, strength=0.5)
    )


def shadow(scene: Scene, thing: Image.Image, x: float, base: float, *, colour: RGB, strength: float = 0.6) -> None:
    """The contact shadow under a thing and the one it throws on the table, forward and away from the light."""
    alpha = thing.getchannel("A")
    box = alpha.getbbox()
    if box is None:
        return
    wide, high = thing.size
    side = 1 if scene.light_from_left else -1
    long = max(round(high * 0.42), 1)
    cast = alpha.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((wide, long))
    room = Image.new("L", scene.size)
    lean = 0.9 * side
    full = (wide + long * 2, long)
    cast = cast.transform(full, Image.Transform.AFFINE, (1, -lean, -long, 0, 1, 0))
    room.paste(cast, (round(x - wide / 2) - long, round(base - high * 0.012)))
    fall = brush.fade(scene.size, (base + long) / scene.size[1], base / scene.size[1])
    brush.shade(
        scene.picture,
        colour,
        brush.dim(ImageChops.multiply(brush.blur(room, scene.unit * 0.018), fall), strength * 0.75),
    )
    sole = alpha.crop((0, round(high * 0.93), wide, high)).getbbox() or box
    half, middle = (sole[2] - sole[0]) / 2, x - wide / 2 + (sole[0] + sole[2]) / 2
    for reach, flat, soft, share in ((1.10, 0.13, 0.014, 0.7), (1.0, 0.06, 0.004, 1.0)):
        foot = brush.disc(scene.size, (middle, base - high * 0.005), (half * reach, half * flat))
        brush.shade(scene.picture, colour, brush.dim(brush.blur(foot, scene.unit * soft), strength * share))


def bloom(size: int, colour: Lch, roll: random.Random) -> Image.Image:
    """A flower seen from the front: rings of petals, darker towards the heart."""
    large = Image.new("RGBA", (size * 3, size * 3), (*colour.rgb, 0))
    draw = ImageDraw.Draw(large)
    middle = size * 1.5
    kind = roll.choice(("daisy", "rose", "peony", "cosmos"))
    rings, petals, slim = {"daisy": (2, 14, 0.34), "rose": (5, 5, 1.05), "peony": (4, 9, 0.62), "cosmos": (1, 8, 0.72)}[
        kind
    ]
    for ring in range(rings):
        out = middle * 0.96 * (1 - ring / rings * 0.8)
        turn = roll.random() * 6.28
        for petal in range(petals):
            angle = turn + petal * 2 * math.pi / petals + roll.uniform(-0.08, 0.08)
            shade = colour.but(light=0.05 - 0.045 * ring + roll.uniform(-0.035, 0.035), hue=roll.uniform(-5, 5))
            line = _petal(middle, out * roll.uniform(0.9, 1.0), angle, slim)
            draw.polygon(line, fill=(*shade.rgb, 255))
            draw.line(line, fill=(*shade.but(light=-0.07).rgb, 255), width=max(size // 40, 1))
    if kind in {"daisy", "cosmos"}:
        r = middle * (0.24 if kind == "daisy" else 0.16)
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), fill=(*Lch(0.74, 0.14, 75).rgb, 255))
    flower = large.reduce(3)
    body = flower.convert("RGB")
    heart = brush.glow(flower.size, (size / 2, size / 2), (size * 0.42, size * 0.42), power=0.3, strength=0.55)
    brush.shade(body, colour.but(light=-0.16, chroma=1.2).rgb, heart)
    body.putalpha(flower.getchannel("A"))
    return body


def _petal(middle: float, out: float, angle: float, slim: float) -> list[Point]:
    """The outline of one petal from the middle outwards."""
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
    """Flowers over leaves, in a vase or loose, as an RGBA picture."""
    roll = scene.roll
    picture = Image.new("RGBA", (size, size))
    hue = roll.uniform(-75, 80)  # from violet over pink and red to yellow: flowers are seldom green
    base = scene.brief.colours or (
        Lch(0.72, 0.15, hue),
        Lch(0.84, 0.10, (hue + 40) % 360),
        Lch(0.68, 0.14, (hue - 45) % 360),
    )
    mouth = (size * 0.5, size * (0.62 if vase else 0.98))
    heads = []
    for place in range(7 + 3 * scene.detail):
        # Spread like the seeds of a sunflower, which leaves no holes.
        angle, far = place * 2.39996, size * 0.31 * math.sqrt((place + 0.5) / (7 + 3 * scene.detail))
        heads.append(
            (size * 0.5 + far * 1.12 * math.cos(angle), size * (0.33 if vase else 0.38) + far * 0.85 * math.sin(angle))
        )
    heads.sort(key=lambda head: head[1] + roll.uniform(0, size * 0.2))
    large = Image.new("RGBA", (size * 2, size * 2))
    draw = ImageDraw.Draw(large)
    for x, y in heads:
        stem = [(mouth[0] * 2, mouth[1] * 2), (mouth[0] + x, (mouth[1] + y) * 0.94), (x * 2, y * 2)]
        line = [stem[0], *sprites.bezier(stem)]
        draw.line(line, fill=(*Lch(0.46, 0.09, 140).rgb, 255), width=max(size // 55, 1), joint="curve")
    picture.alpha_composite(large.reduce(2))
    for _ in range(8 + 4 * scene.detail):
        leaf = sprites.render(
            "leaf",
            max(round(size * roll.uniform(0.16, 0.28)), 4),
            tones={"main": Lch(roll.uniform(0.42, 0.60), 0.10, roll.uniform(130, 160))},
        )
        leaf = leaf.rotate(roll.uniform(-100, 100), Image.Resampling.BICUBIC, expand=True)
        x, y = roll.uniform(0.20, 0.80) * size, roll.uniform(0.30, 0.60) * size
        picture.alpha_composite(leaf, (max(round(x - leaf.width / 2), 0), max(round(y - leaf.height / 2), 0)))
    if vase:
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


def steam(scene: Scene, x: float, base: float, tall: float) -> None:
    """Wisps rising from something hot."""
    mask = Image.new("L", scene.size)
    draw = ImageDraw.Draw(mask)
    for wisp in (-1, 0, 1):
        points = [
            (x + tall * (0.14 * wisp + 0.10 * math.sin(step / 40 * 7 + wisp * 2) * step / 40), base - tall * step / 40)
            for step in range(41)
        ]
        draw.line(points, fill=150, width=max(round(tall * 0.035), 1), joint="curve")
    torn = brush.noise(scene.size, scene.roll, cells=(6, 6), octaves=3)
    fall = brush.fade(scene.size, (base - tall) / scene.size[1], (base - tall * 0.3) / scene.size[1])
    soft = ImageChops.multiply(ImageChops.multiply(brush.blur(mask, tall * 0.035), torn), fall)
    brush.shine(scene.picture, (255, 252, 246), brush.dim(soft, 0.95))


def backdrop(scene: Scene, colour: Lch) -> Image.Image:
    """A studio wall: one colour, lit from the picture's side."""
    width, height = scene.size
    wall = brush.downwards(scene.size, even(colour.but(light=0.02), colour.but(light=-0.06)))
    spot = (width * (0.25 if scene.light_from_left else 0.75), height * 0.22)
    reach = max(width, height) * 0.95
    brush.shine(
        wall,
        scene.mood.light.but(light=-0.25, chroma=0.8).rgb,
        brush.glow(scene.size, spot, (reach, reach), power=0.7, strength=0.62),
    )
    return wall
