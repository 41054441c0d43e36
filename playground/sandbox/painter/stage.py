"""Things in a picture: their colours from the prompt, their light, their shadow, their place."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush, flowers, sprites
from playground.sandbox.painter.colour import RGB, Lch, even
from playground.sandbox.painter.scene import Scene

BEINGS = ("cat", "dog", "fox", "bear", "rabbit", "bird", "fish", "butterfly", "astronaut", "robot", "person", "people")
BUSTS = ("astronaut", "robot", "person", "people")  # figures without legs: they stand on the lower edge of the picture
HELD = ("book", "cup", "mug", "phone", "camera", "heart", "apple", "icecream", "box", "flower", "candle", "bowl")
OUTDOORS = ("car", "bicycle", "train", "house", "torii", "castle", "boat", "balloon", "rocket", "palm", "umbrella")
# The height of a thing on a table, as a share of the shorter side.
TALL = {
    "cup": 0.54, "mug": 0.50, "perfume": 0.56, "bottle": 0.68, "vase": 0.75, "flower": 0.75, "book": 0.50,
    "phone": 0.56, "laptop": 0.62, "bowl": 0.56, "cake": 0.56, "dish": 0.68, "sushi": 0.64, "burger": 0.54,
    "apple": 0.38,
    "icecream": 0.58, "plant": 0.60, "candle": 0.46, "lamp": 0.54, "box": 0.50, "watch": 0.54, "shoe": 0.58,
    "headphones": 0.54, "camera": 0.48, "heart": 0.44,
}  # fmt: skip
# Things that give light, and where: a share of the height of the thing.
LAMPS = {
    "house": 0.45, "castle": 0.45, "candle": 0.75, "lamp": 0.6, "lighthouse": 0.85, "tower": 0.6, "cake": 0.9,
    "rocket": 0.1, "car": 0.2,
}  # fmt: skip
MANY_COLOURED = (
    "vase", "book", "box", "butterfly", "balloon", "umbrella", "car", "candle", "shoe", "perfume", "bottle",
)  # fmt: skip
GLAZES = (Lch(0.75, 0.055, 165), Lch(0.66, 0.085, 40), Lch(0.62, 0.055, 250), Lch(0.86, 0.035, 85))
HAIR = {
    "short": ("man", "boy", "businessman", "samurai", "男", "少年", "侍", "会社員"),
    "long": ("woman", "girl", "lady", "女", "少女"),
}


def glyph_name(scene: Scene, subject: str) -> str:
    """Return the glyph of a subject. The words of the prompt, or else the index, choose between glyphs of people."""
    if subject not in {"person", "people"}:
        return subject
    padded = f" {scene.brief.prompt} "
    for hair, words in HAIR.items():
        if any((f" {word}" in padded or f"-{word}" in padded) if word.isascii() else word in padded for word in words):
            return "person.short" if hair == "short" else ("person.long", "person.bun")[scene.variant % 2]
    return ("person.long", "person.short", "person.bun")[scene.variant % 3]


def tones(scene: Scene, subject: str) -> dict[str, Lch]:
    """Return the colours of a thing: those that the prompt names, or its own with random clothes and accents."""
    hue = scene.roll.random() * 360
    chosen = {"accent": Lch(0.70, 0.15, hue), "cloth": Lch(0.48, 0.10, (hue + 150) % 360)}
    if scene.brief.colours:
        first, *rest = scene.brief.colours
        chosen["cloth" if subject in BUSTS else "main"] = first
        chosen["accent"] = rest[0] if rest else first.but(light=0.12 if first.light < 0.6 else -0.2, hue=30)
    elif subject == "mug":
        chosen["main"] = GLAZES[scene.variant % len(GLAZES)]
    elif subject in MANY_COLOURED:
        own = sprites.glyph(subject).main
        chosen["main"] = own.but(hue=scene.roll.choice((0, 0, 25, -25, 160)) if scene.variant else 0)
    return chosen


def sprite(scene: Scene, subject: str, size: int, *, flat: bool = False) -> Image.Image:
    """Return a subject as RGBA of `size` × `size`."""
    colours = tones(scene, subject)
    if subject in {"vase", "flower"}:
        return flowers.bouquet(scene, size, colours.get("main"), vase=subject == "vase")
    if subject == "people":
        return _group(scene, size)
    return sprites.render(glyph_name(scene, subject), size, tones=colours, flat=flat, from_left=scene.light_from_left)


def _group(scene: Scene, size: int) -> Image.Image:
    """Return three people side by side as RGBA. The one in the middle stands in front."""
    picture = Image.new("RGBA", (size, size))
    faces = ["person.long", "person.short", "person.bun"]
    turn = scene.variant % 3
    share = round(size * 0.66)
    for place, name in zip((0.0, 0.34, 0.17), faces[turn:] + faces[:turn], strict=True):
        colours = {**tones(scene, "person"), "cloth": Lch(0.5, 0.10, scene.roll.random() * 360)}
        person = sprites.render(name, share, tones=colours, from_left=scene.light_from_left)
        picture.alpha_composite(person, (round(size * place), size - share - (0 if place == 0.17 else size // 14)))
    # The two people behind end above the lower edge, so the picture is cut there.
    return picture.crop((0, 0, size, size - size // 14)).resize((size, size))


def lit(
    scene: Scene, thing: Image.Image, *, away: float = 0.0, ambient: float = 0.35, indoors: bool = False
) -> Image.Image:
    """Return the thing in the light of the scene.

    It is darker at dark hours, but less so indoors. It is paler the further `away` it is (0..1). `ambient` (0..1) is
    how much of the scene's colour it takes.
    """
    alpha = thing.getchannel("A")
    body = thing.convert("RGB")
    mood = scene.mood
    if "storybook" in scene.brief.styles:
        ambient *= 0.5
    shaded = 0.25 if indoors else 0.4 if "storybook" in scene.brief.styles else 1.0
    dark = shaded * {"night": 0.55, "sunset": 0.35, "grey": 0.15, "dawn": 0.12}.get(mood.hour, 0.0)
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
    """Paste a thing with the middle of its foot at (x, base), in pixels."""
    scene.picture.paste(thing, (round(x - thing.width / 2), round(base - thing.height)), thing)


def glowing(scene: Scene, thing: Image.Image, x: float, base: float, name: str) -> None:
    """Paint the lights of a thing (windows, flames) over it, and a glow around it, when it is dark."""
    if not scene.mood.lamps or name not in LAMPS:
        return
    centre, reach = (x, base - thing.height * LAMPS[name]), thing.width * 0.9
    around = brush.glow(scene.size, centre, (reach, reach), power=1.2, strength=0.45)
    brush.shine(scene.picture, Lch(0.82, 0.13, 75).rgb, around)
    put(scene, sprites.lights(name, thing.width), x, base)


def shadow(scene: Scene, thing: Image.Image, x: float, base: float, *, colour: RGB, strength: float = 0.6) -> None:
    """Paint the shadow under a thing, and the shadow it throws to the front and away from the light."""
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


def steam(scene: Scene, x: float, base: float, tall: float) -> None:
    """Paint steam that rises from (x, base) and is `tall` pixels high."""
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
    brush.shine(scene.picture, (255, 252, 246), soft.point(brush.curve(lambda v: min(v * 1.5, 1))))


def backdrop(scene: Scene, colour: Lch) -> Image.Image:
    """Return a wall of one colour, lit from the side of the light."""
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


def hold(scene: Scene, name: str, who: str, x: float, base: float, size: int) -> None:
    """Paint the thing that somebody holds, and the two hands that hold it."""
    share = 0.52 if name == "book" else 0.34
    thing_size = max(round(size * share), 8)
    if name == "book":
        colours = {"main": tones(scene, "book").get("main", Lch(0.5, 0.16, 30))}
        if not scene.brief.colours:
            colours["main"] = Lch(0.52, 0.17, 28)
        thing = sprites.render("openbook", thing_size, tones=colours, from_left=scene.light_from_left)
    else:
        thing = sprite(scene, name, thing_size)
    thing = lit(scene, thing, ambient=0.25, indoors=True)
    at = x if name == "book" else x + size * 0.16 * (1 if scene.light_from_left else -1)
    foot = base - size * (0.02 if who in BUSTS else 0.0)
    room = Image.new("L", scene.size)
    room.paste(thing.getchannel("A"), (round(at - thing_size / 2), round(foot - thing_size + size * 0.02)))
    brush.shade(scene.picture, scene.mood.near.rgb, brush.dim(brush.blur(room, scene.unit * 0.014), 0.6))
    put(scene, thing, at, foot)
    gloves = {"astronaut": Lch(0.90, 0.01, 250), "robot": Lch(0.72, 0.03, 220)}
    colour = gloves.get(who) or (sprites.TONES["deepskin"] if who in BUSTS else sprites.glyph(who).main)
    for side in (-1, 1):
        centre = (at + side * thing_size * (0.46 if name == "book" else 0.28), foot - thing_size * 0.30)
        mask = brush.disc(scene.size, centre, (size * 0.052, size * 0.060))
        light, dark = colour.but(light=0.05), colour.but(light=-0.14)
        brush.shade(scene.picture, scene.mood.near.rgb, brush.dim(brush.blur(mask, scene.unit * 0.008), 0.5))
        scene.layer(light, dark, mask)
