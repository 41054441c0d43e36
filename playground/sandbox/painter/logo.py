"""Logos: one glyph in flat colours on a plain ground. The index of the picture chooses the frame."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from playground.sandbox.painter import brush, sprites, stage
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.scene import Scene


def mark(scene: Scene, size: int) -> Image.Image:
    """Return the glyph of the logo alone, as RGBA of `size` × `size`."""
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
    glyph = mark(scene, size)
    box = glyph.getbbox() or (0, 0, size, size)
    left, top = centre[0] - (box[0] + box[2]) / 2, centre[1] - (box[1] + box[3]) / 2
    scene.picture.paste(glyph, (round(left), round(top)), glyph)


def _tile(scene: Scene, centre: brush.Point, reach: float, colour: Lch, deep: Lch) -> None:
    """Paint a tile with round corners and a shadow, like the icon of an application."""
    mask = Image.new("L", scene.size)
    box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
    ImageDraw.Draw(mask).rounded_rectangle(box, reach * 0.42, fill=255)
    mask = brush.blur(mask, scene.unit * 0.0008)
    shadow = brush.blur(brush.moved(mask, 0, round(scene.unit * 0.03)), scene.unit * 0.035)
    brush.shade(scene.picture, deep.but(light=0.1).rgb, brush.dim(shadow, 0.4))
    scene.layer(colour.but(light=0.05), colour.but(light=-0.07), mask)
