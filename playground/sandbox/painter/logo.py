"""Logos: one glyph in flat colours on a plain ground. The index of the picture chooses the frame.

A logo of places and lights of the sky has two inks and the paper. So has every logo whose prompt asks for two colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from playground.sandbox.painter import brush, sprites, stage
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.scene import Scene

LAND = ("mountain", "sea", "lake", "forest", "tree", "city", "street", "field", "desert")
SKY = ("sun", "moon", "stars")
SAME = {"lake": "sea", "street": "city"}
# Where the light of the sky stands behind the land, in hundredths: left, top and size of its box.
RISING = ((46, 10, 52), (0, 6, 50), (60, 0, 40), (14, 4, 72))
FLOATING = ((58, 2, 34), (36, 0, 30), (4, 2, 34), (34, 0, 32))  # the moon and stars, which nothing may cut


@dataclass(frozen=True)
class Inks:
    """The colours of a logo: `main` and `accent` on the `ground`."""

    main: Lch
    accent: Lch
    ground: Lch


def emblematic(scene: Scene) -> bool:
    """Return whether the logo shows places or lights of the sky and no creature or thing."""
    return not scene.brief.subjects and scene.has(*LAND, *SKY)


def mark(scene: Scene, size: int, inks: Inks | None = None) -> Image.Image:
    """Return the glyph of the logo alone, as RGBA of `size` × `size`, in its own colours unless `inks` are given."""
    inks = inks or _inks(scene)
    if emblematic(scene):
        return _emblem(scene, size, inks)
    glyph = _glyph(scene, size)
    return _reduced(glyph, inks) if scene.brief.inks else glyph


def _emblem(scene: Scene, size: int, inks: Inks) -> Image.Image:
    """Return the land in front of the light of the sky, in two inks."""
    picture = Image.new("RGBA", (size, size))
    tones = {"main": inks.main, "accent": inks.accent, "paper": inks.ground}
    lands = [name for name in LAND if scene.has(name)]
    lights = [name for name in SKY if scene.has(name)] or ["sun"]
    left, top, share = (RISING if lights[0] == "sun" else FLOATING)[scene.variant % 4]
    name = "rays" if lights[0] == "sun" and (scene.variant % 4 == 2 or not lands) else lights[0]
    box = (left, top, share) if lands else (0, 0, 100)
    light = sprites.render(f"emblem.{name}", max(round(size * box[2] / 100), 1), tones=tones, flat=True)
    picture.alpha_composite(light, (round(size * box[0] / 100), round(size * box[1] / 100)))
    if lands:
        land = "peak" if lands[0] == "mountain" and scene.variant % 4 == 3 else SAME.get(lands[0], lands[0])
        picture.alpha_composite(sprites.render(f"emblem.{land}", size, tones=tones, flat=True))
    return picture


def _reduced(glyph: Image.Image, inks: Inks) -> Image.Image:
    """Return the glyph in two inks: its dark parts in the main one, its light parts in the ground."""
    grey = glyph.convert("RGB").convert("L")
    shown = Image.new("RGB", glyph.size, inks.main.rgb)
    shown.paste(inks.accent.rgb, (0, 0), grey.point([255 if value > 110 else 0 for value in range(256)]))
    shown.paste(inks.ground.rgb, (0, 0), grey.point([255 if value > 190 else 0 for value in range(256)]))
    shown.putalpha(glyph.getchannel("A"))
    return shown


def _inks(scene: Scene) -> Inks:
    """Return the two inks: those that the prompt names, or a deep one and the colour of the light."""
    named = scene.brief.colours
    sky = Lch(0.70, 0.17, 48) if scene.has("sun") or not scene.has("moon", "stars") else Lch(0.80, 0.13, 85)
    deep = Lch(0.36, 0.09, (255, 268, 240, 190)[scene.variant % 4])
    paper = Lch(0.965, 0.012, 85)
    if not named:
        return Inks(deep, deep if scene.brief.inks == "one" else sky, paper)
    return Inks(named[0], named[1] if len(named) > 1 else deep if scene.brief.inks != "one" else named[0], paper)


def _glyph(scene: Scene, size: int) -> Image.Image:
    """Return the glyph of the first subject, or a geometric mark."""
    subject = next((name for name in scene.brief.subjects if name not in {"vase", "flower"}), None)
    if scene.has("flower", "vase"):
        return _rosette(scene, size, petals=(6, 8, 5, 12)[scene.variant % 4])
    if subject is None:
        return _rosette(scene, size, petals=(3, 4, 6, 2)[scene.variant % 4])
    name = stage.glyph_name(scene, subject)
    name = f"{name}.head" if f"{name}.head" in sprites.GLYPHS else name
    colours = {"main": scene.brief.colours[0]} if scene.brief.colours else {}
    return sprites.render(name, size, tones=colours, flat=True)


def _rosette(scene: Scene, size: int, *, petals: int) -> Image.Image:
    """Return a geometric mark: transparent petals around a point."""
    colour = _colour(scene)
    picture = Image.new("RGBA", (size, size))
    middle = size / 2
    for petal in range(petals):
        angle = 2 * math.pi * petal / petals - math.pi / 2
        reach = size * 0.24
        centre = (middle + math.cos(angle) * reach, middle + math.sin(angle) * reach)
        mask = brush.disc((size, size), centre, (size * 0.235, size * 0.235))
        layer = Image.new("RGBA", (size, size), (*colour.but(hue=petal * 90 / petals, light=0.02 * (petal % 2)).rgb, 0))
        layer.putalpha(brush.dim(mask, 0.82))
        picture.alpha_composite(layer)
    return picture


def _colour(scene: Scene) -> Lch:
    """Return the first colour that the prompt names, or a random one."""
    if scene.brief.colours:
        return scene.brief.colours[0]
    return Lch(0.64, 0.17, brush.dice(scene.brief.prompt, "logo").random() * 360)


def paint(scene: Scene) -> None:
    """Paint the logo on its ground."""
    if emblematic(scene) or scene.brief.inks:
        _printed(scene, _inks(scene))
    else:
        _coloured(scene)


def _printed(scene: Scene, inks: Inks) -> None:
    """Paint the logo in two inks on paper: bare, in a ring on a dark ground, on a tile, or in a disc on a ground."""
    centre = (scene.size[0] / 2, scene.size[1] / 2)
    reach = scene.unit * 0.40
    frame = scene.variant % 4
    scene.picture.paste((inks.ground, inks.main, inks.ground, inks.accent)[frame].rgb, (0, 0, *scene.size))
    if frame == 1:
        brush.lay(scene.picture, inks.ground.rgb, brush.disc(scene.size, centre, (reach, reach)))
        brush.lay(scene.picture, inks.main.rgb, brush.disc(scene.size, centre, (reach * 0.955, reach * 0.955)))
        inks = Inks(inks.ground, inks.accent, inks.main)
    elif frame == 2:
        left, top, side = centre[0] - reach, centre[1] - reach, reach * 2
        (tile,) = sprites.outlines(f"R {left:.2f} {top:.2f} {side:.2f} {side:.2f} {reach * 0.42:.2f}")
        brush.lay(scene.picture, inks.main.rgb, brush.shape(scene.size, tile))
        inks = Inks(inks.ground, inks.accent, inks.main)
    elif frame == 3:
        brush.lay(scene.picture, inks.ground.rgb, brush.disc(scene.size, centre, (reach, reach)))
    glyph = mark(scene, max(round(scene.unit * (0.66, 0.52, 0.52, 0.54)[frame]), 8), inks)
    _centred(scene, glyph, centre)


def _centred(scene: Scene, glyph: Image.Image, centre: brush.Point) -> None:
    """Paste the glyph with the middle of its outline at `centre`, in pixels."""
    box = glyph.getbbox() or (0, 0, *glyph.size)
    left, top = centre[0] - (box[0] + box[2]) / 2, centre[1] - (box[1] + box[3]) / 2
    scene.picture.paste(glyph, (round(left), round(top)), glyph)


def _coloured(scene: Scene) -> None:
    """Paint the logo in its own colours."""
    width, height = scene.size
    subject = next((name for name in scene.brief.subjects), None)
    own = (
        scene.brief.colours[0]
        if scene.brief.colours
        else (
            sprites.glyph(stage.glyph_name(scene, subject)).main if subject and subject != "flower" else _colour(scene)
        )
    )
    paper = Lch(0.965, 0.012, own.hue)
    deep = Lch(0.27, 0.05, (own.hue + 190) % 360)
    pale = Lch(0.88, 0.06, (own.hue + 175) % 360)
    frame = scene.variant % 4
    ground = (paper, deep, paper, pale)[frame]
    scene.picture.paste(brush.downwards(scene.size, even(ground.but(light=0.012), ground.but(light=-0.015))))
    centre = (width / 2, height / 2)
    reach = scene.unit * 0.34
    if frame == 1:
        for ring in (1.0, 0.955):
            mask = brush.disc(scene.size, centre, (reach * ring, reach * ring))
            brush.lay(scene.picture, (Lch(0.93, 0.03, own.hue) if ring == 1.0 else deep.but(light=0.04)).rgb, mask)
    elif frame == 2:
        _tile(scene, centre, reach, pale.mix(own, 0.08), deep)
    elif frame == 3:
        brush.lay(scene.picture, paper.rgb, brush.disc(scene.size, centre, (reach, reach)))
    size = max(round(scene.unit * (0.52, 0.40, 0.40, 0.42)[frame]), 8)
    _centred(scene, mark(scene, size), centre)


def _tile(scene: Scene, centre: brush.Point, reach: float, colour: Lch, deep: Lch) -> None:
    """Paint a tile with round corners and a shadow, like the icon of an application."""
    mask = Image.new("L", scene.size)
    box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
    ImageDraw.Draw(mask).rounded_rectangle(box, reach * 0.42, fill=255)
    mask = brush.blur(mask, scene.unit * 0.0008)
    shadow = brush.blur(brush.moved(mask, 0, round(scene.unit * 0.03)), scene.unit * 0.035)
    brush.shade(scene.picture, deep.but(light=0.1).rgb, brush.dim(shadow, 0.4))
    scene.layer(colour.but(light=0.05), colour.but(light=-0.07), mask)
