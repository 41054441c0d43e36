"""Portraits: a person, an animal or an astronaut in front of a wall or a blurred place."""

from __future__ import annotations

from PIL import Image, ImageChops

from playground.sandbox.painter import brush, landscape, space, sprites, stage
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene


def paint(scene: Scene) -> None:
    """Paint the whole portrait."""
    width, height = scene.size
    who = next(name for name in scene.brief.subjects if name in stage.BEINGS)
    held = [name for name in scene.brief.subjects if name in stage.HELD][:1]
    _behind(scene, who)
    bust = who in stage.BUSTS
    share = ((0.86, 0.74, 0.94, 0.80) if bust else (0.68, 0.54, 0.90, 0.60))[scene.variant % 4]
    size = round(min(scene.unit * share, height * 0.92))
    x = width * (0.5, 0.36, 0.56, 0.65)[scene.variant % 4]
    floating = who in {"fish", "butterfly", "bird"}
    base = height + scene.unit * 0.004 if bust else height * (0.80 if floating else 0.94)
    thing = stage.lit(scene, stage.sprite(scene, who, size), ambient=0.25, indoors=not scene.brief.places)
    if bust:
        _aura(scene, thing, x, base)
    elif not floating:
        stage.shadow(scene, thing, x, base, colour=scene.mood.near.rgb, strength=0.5)
    stage.put(scene, thing, x, base)
    for name in [name for name in scene.brief.subjects if name in stage.BEINGS and name != who][:1]:
        side = 1 if x <= width / 2 else -1
        friend = stage.lit(
            scene, stage.sprite(scene, name, round(size * 0.5)), ambient=0.25, indoors=not scene.brief.places
        )
        foot = base if name in stage.BUSTS else height * 0.98
        stage.put(scene, friend, x + side * size * 0.40, foot)
    for name in held:
        stage.hold(scene, name, who, x, base, size)


def _behind(scene: Scene, who: str) -> None:
    """Paint the place that the prompt names, blurred. Without a place, paint a wall with a disc of light."""
    if scene.has("space") or (who == "astronaut" and not scene.brief.places):
        space.paint(scene)
        return
    if scene.brief.places or scene.brief.hour:
        landscape.scenery(scene)
        scene.picture = brush.blur(scene.picture, scene.unit * 0.010)
        return
    own = scene.brief.colours[0] if scene.brief.colours else Lch(0.7, 0.09, scene.roll.random() * 360)
    light = {"night": 0.32, "sunset": 0.62}.get(scene.mood.hour, 0.76)
    wall = Lch(light, min(own.chroma, 0.09), (own.hue + 165 + scene.roll.uniform(-25, 25)) % 360)
    scene.picture.paste(stage.backdrop(scene, wall))
    width, height = scene.size
    x = width * (0.5, 0.66, 0.30, 0.34)[scene.variant % 4]
    y = height * (0.46, 0.36, 0.80, 0.56)[scene.variant % 4]
    radius = scene.unit * (0.40, 0.26, 0.62, 0.40)[scene.variant % 4]
    disc = brush.disc(scene.size, (x, y), (radius, radius))
    shades = brush.downwards(
        scene.size, [(0.1, wall.but(light=0.12, chroma=1.5, hue=35)), (0.9, wall.but(light=0.02, chroma=1.8, hue=-25))]
    )
    brush.lay(scene.picture, shades, disc)
    if scene.detail > 1:
        _foliage(scene, wall)


def _foliage(scene: Scene, wall: Lch) -> None:
    """Paint large leaves at the left and right edges."""
    width, height = scene.size
    for place in range(5 + 2 * scene.detail):
        size = max(round(scene.unit * scene.roll.uniform(0.22, 0.40)), 8)
        colour = wall.but(light=-0.16 - 0.1 * scene.roll.random(), chroma=1.4, hue=scene.roll.uniform(-30, 30))
        leaf = sprites.render("leaf", size, tones={"main": colour})
        leaf = leaf.rotate(scene.roll.uniform(-170, 170), Image.Resampling.BICUBIC, expand=True)
        x = width * (scene.roll.uniform(-0.02, 0.12) if place % 2 else scene.roll.uniform(0.88, 1.02))
        stage.put(scene, leaf, x, height * scene.roll.uniform(0.45, 1.05) + size * 0.5)


def _aura(scene: Scene, thing: Image.Image, x: float, base: float) -> None:
    """Paint a soft shadow around the figure, so that it stands out from the background."""
    room = Image.new("L", scene.size)
    room.paste(thing.getchannel("A"), (round(x - thing.width / 2), round(base - thing.height)))
    around = brush.blur(room, scene.unit * 0.03)
    brush.shade(scene.picture, scene.mood.near.rgb, brush.dim(ImageChops.subtract(around, brush.dim(room, 0.2)), 0.55))
