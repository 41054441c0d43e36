"""The city: rows of buildings, windows, signs, a tower, and a street or water in front."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageDraw

from playground.sandbox.painter import brush, sky, sprites, stage, water
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene

CROWD = ((0.30, 0.20), (0.38, 0.15), (0.57, 0.13), (0.64, 0.17), (0.47, 0.09), (0.71, 0.26))


def paint(scene: Scene) -> None:
    """Paint everything from the skyline to the street over a sky that is already there."""
    if scene.has("street") and scene.variant % 2:
        _alley(scene)
        return
    width, height = scene.size
    ground = height * (0.74, 0.70, 0.80, 0.66)[scene.variant % 4]
    count = 2 + scene.detail
    for layer in range(count):
        near = (layer + 1) / count
        _row(scene, ground, near)
        if layer == max(count - 3, 0):
            _tower(scene, ground)
        if layer < count - 1:
            thick = 0.65 if scene.has("rain", "mist") else 0.35
            sky.mist(scene, ground - scene.unit * 0.28, ground + scene.unit * 0.1, thick)
    street = scene.variant % 2 == 0
    if street:
        _signs(scene, _along_the_row(scene, ground))
        _lamps(scene, (width * 0.5, ground))
    wet = scene.has("rain") or not street
    tint = scene.mood.near.mix(scene.mood.haze, 0.2)
    water.lake(scene, ground, still=0.72 if not street else 0.15, tint=tint, share=0.02 if wet else 0.62)
    if street:
        _passers(scene, ground, CROWD[: 3 + scene.detail])


def _alley(scene: Scene) -> None:
    """Paint a narrow street between two walls of houses that lead to a far light. The index chooses the view."""
    width, height = scene.size
    left = scene.variant % 4 == 1
    ground = height * (0.66 if left else 0.78)
    middle = width * (0.36 if left else 0.54)
    _row(scene, ground, 0.3)
    steps = 4 + scene.detail
    halves = [scene.unit * (0.03 + (0.42 if left else 0.34) * ((step + 1) / steps) ** 1.6) for step in range(steps)]
    for step, half in enumerate(halves):
        near = (step + 1) / steps
        for side in (-1, 1):
            outer = half + scene.unit * (0.12 + 0.25 * near) if step < steps - 1 else float(width)
            tall = height * (0.20 + 0.52 * near ** (0.8 if left else 1.2)) * scene.roll.uniform(0.85, 1.1)
            face = scene.depth(0.30 + 0.55 * near).but(light=scene.roll.uniform(-0.02, 0.03))
            edges = sorted((middle + side * half, middle + side * outer))
            box = (max(edges[0], -2.0), max(ground - tall, -2.0), min(edges[1], width + 2.0), ground)
            _building(scene, ImageDraw.Draw(scene.picture), box, face, near)
        if step < steps - 2:
            sky.mist(scene, ground - scene.unit * 0.2, ground + scene.unit * 0.05, 0.3)
    _lamps(scene, (middle, ground))
    _signs(scene, _in_the_alley(scene, middle, ground, halves))
    tint = scene.mood.near.mix(scene.mood.haze, 0.2)
    wet = scene.has("rain")
    water.lake(scene, ground, still=0.3 if wet else 0.15, tint=tint, share=0.02 if wet else 0.62)
    at = middle / width
    _passers(scene, ground, ((at + 0.10, 0.24), (at - 0.05, 0.12)) if left else ((at - 0.04, 0.15),))


def _in_the_alley(scene: Scene, middle: float, ground: float, halves: list[float]) -> list[brush.Box]:
    """Return the places of signs that stand out from the walls into the street: left, top, width and height."""
    roll, places = scene.roll, []
    for step, half in enumerate(halves):
        near = (step + 1) / len(halves)
        for side in (-1, 1):
            for level in range(1 + (near > 0.3)):
                high = scene.unit * (0.05 + 0.20 * near) * roll.uniform(0.7, 1.15)
                wide = high * roll.uniform(0.24, 0.36)
                x = middle + side * half - (wide * 0.85 if side > 0 else wide * 0.15)
                y = ground - scene.unit * (0.06 + 0.30 * near) - level * high * 1.15 - high * roll.uniform(0, 0.3)
                if -wide < x < scene.size[0] and y > -high * 0.5:
                    places.append((x, y, wide, high))
    return places


def _row(scene: Scene, ground: float, near: float) -> None:
    """Paint one row of buildings. The nearest rows are low in the middle, where the street is."""
    roll, (width, _) = scene.roll, scene.size
    draw = ImageDraw.Draw(scene.picture)
    tall = scene.unit * (0.26 + 0.30 * near)
    x = -roll.uniform(0, 0.1) * scene.unit
    while x < width:
        wide = scene.unit * roll.uniform(0.06, 0.13) * (0.6 + 0.9 * near)
        centre = abs((x + wide / 2) / width - 0.5) * 2
        high = tall * roll.uniform(0.45, 1.0) * (0.30 + 0.80 * centre**0.8 if near > 0.5 else 1 - 0.25 * centre)
        face = scene.depth(0.18 + 0.66 * near).but(light=roll.uniform(-0.03, 0.03))
        if scene.mood.hour in {"day", "morning", "dawn", "grey"}:
            face = face.but(light=0.10, hue=roll.uniform(-30, 50))
        _building(scene, draw, (x, ground - high, x + wide, ground), face, near)
        x += wide + scene.unit * roll.choice((0.0, 0.0, 0.004, 0.03)) * near


def _building(scene: Scene, draw: ImageDraw.ImageDraw, box: brush.Box, face: Lch, near: float) -> None:
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 3 or bottom - top < 3:
        return
    size = (right - left, bottom - top)
    scene.picture.paste(
        brush.downwards(size, [(0, face), (1, face.mix(scene.mood.haze, 0.45 * (1 - near) + 0.1))]), (left, top)
    )
    side = max(round(size[0] * 0.22), 1)
    dark = face.mix(scene.mood.near, 0.35)
    edge = (right - side, top, right, bottom) if scene.light_from_left else (left, top, left + side, bottom)
    scene.picture.paste(dark.rgb, edge)
    roof = scene.roll.random()
    if roof < 0.35:
        x = left + size[0] * scene.roll.uniform(0.3, 0.7)
        draw.line((x, top - scene.unit * 0.05 * near, x, top), fill=face.rgb, width=max(round(scene.unit * 0.002), 1))
    elif roof < 0.6:
        draw.rectangle((left + size[0] * 0.25, top - scene.unit * 0.015, left + size[0] * 0.6, top), fill=dark.rgb)
    if (near > 0.3 and scene.detail > 1) or near > 0.6:
        _windows(scene, draw, (left, top, right, bottom), face, near)


def _windows(scene: Scene, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], face: Lch, near: float) -> None:
    """Paint a grid of windows. Some of them are lit when it is dark."""
    roll = scene.roll
    left, top, right, bottom = box
    step_x = max(scene.unit * 0.0125 * (0.6 + 0.6 * near), 3)
    step_y = max(scene.unit * roll.choice((0.015, 0.019)) * (0.6 + 0.6 * near), 4)
    share = {"night": 0.5, "sunset": 0.32, "grey": 0.16, "dawn": 0.1}.get(scene.mood.hour, 0.0)
    tint = roll.choice((78, 70, 85, 60, 215))
    strips = roll.random() < 0.3
    y = top + step_y
    while y < bottom - step_y:
        x = left + step_x * 0.7
        on = roll.random() < share
        while x < right - step_x:
            lit = on if strips else roll.random() < share
            glass = face.but(light=-0.07) if scene.mood.lamps else face.mix(scene.mood.sky[1], 0.5).but(light=-0.05)
            if lit:
                glass = Lch(roll.uniform(0.70, 0.92), 0.10, tint).mix(face, 0.35 * (1 - near))
            draw.rectangle((x, y, x + step_x * (0.95 if strips else 0.55), y + step_y * 0.5), fill=glass.rgb)
            x += step_x
        y += step_y


def _tower(scene: Scene, ground: float) -> None:
    """Paint a tower between the rows."""
    size = max(round(scene.unit * 0.68), 16)
    tower = stage.lit(scene, sprites.render("tower", size), away=0.12, ambient=0.3)
    x = scene.size[0] * (0.44, 0.62, 0.56, 0.42)[scene.variant % 4]
    stage.put(scene, tower, x, ground)
    stage.glowing(scene, tower, x, ground, "tower")


def _along_the_row(scene: Scene, ground: float) -> list[brush.Box]:
    """Return the places of signs on both sides of the street: left, top, width and height."""
    roll, places = scene.roll, []
    for place in range(6 + 3 * scene.detail):
        out = roll.uniform(0.04, 0.36)
        x = scene.size[0] * (1 - out if place % 2 else out)
        high = scene.unit * roll.uniform(0.10, 0.22) * (1.25 - out * 1.6)
        wide = high * roll.uniform(0.22, 0.32)
        y = ground - scene.unit * roll.uniform(0.08, 0.40) * (1.3 - out * 1.8) - high * 0.6
        places.append((x, y, wide, high))
    return places


def _signs(scene: Scene, places: list[brush.Box]) -> None:
    """Paint upright signs at the places. They glow when it is dark."""
    roll = scene.roll
    hues = (350, 25, 195, 300, 150, 75)
    for x, y, wide, high in places:
        colour = Lch(0.66, 0.20, roll.choice(hues))
        if not scene.mood.lamps:
            colour = colour.mix(scene.mood.haze, 0.35)
        box = (round(x), round(y), round(x + wide), round(y + high))
        draw = ImageDraw.Draw(scene.picture)
        if scene.mood.lamps:
            brush.shine(
                scene.picture,
                colour.rgb,
                brush.glow(
                    scene.size, (x + wide / 2, y + high / 2), (high * 1.5, high * 1.3), power=1.0, strength=0.55
                ),
            )
        draw.rounded_rectangle(
            box,
            max(wide * 0.12, 1),
            fill=colour.but(light=-0.12 if scene.mood.lamps else 0).rgb,
            outline=colour.but(light=0.2).rgb,
            width=max(round(wide * 0.06), 1),
        )
        cell = wide * 0.62
        down = y + wide * 0.25
        while down + cell < y + high - wide * 0.1 and cell > 2:
            _letter(draw, roll, x + wide * 0.19, down, cell, colour.but(light=0.30, chroma=0.35))
            down += cell * 1.25


def _letter(draw: ImageDraw.ImageDraw, roll: random.Random, x: float, y: float, cell: float, colour: Lch) -> None:
    """Paint a few strokes that look like a letter from afar."""
    width = max(round(cell * 0.13), 1)
    for _ in range(3):
        at = y + cell * roll.choice((0.1, 0.4, 0.7, 0.95))
        draw.line(
            (x + cell * roll.choice((0, 0.2)), at, x + cell * roll.choice((0.8, 1)), at), fill=colour.rgb, width=width
        )
    middle = x + cell * roll.choice((0.3, 0.5, 0.7))
    draw.line((middle, y, middle, y + cell), fill=colour.rgb, width=width)


def _lamps(scene: Scene, end: brush.Point) -> None:
    """Paint two lines of street lamps, and a glow at the end of the street, which is at `end` in pixels."""
    if not scene.mood.lamps:
        return
    width = scene.size[0]
    middle, ground = end
    glow = brush.glow(scene.size, (middle, ground - scene.unit * 0.03), (width * 0.34, scene.unit * 0.2), strength=0.75)
    brush.shine(scene.picture, Lch(0.80, 0.13, 62).rgb, glow)
    for place in range(12):
        near = (place // 2 + 1) / 6
        x = middle + width * (0.03 + 0.34 * near**1.6) * (1 if place % 2 else -1)
        y = ground - scene.unit * (0.02 + 0.10 * near)
        reach = scene.unit * (0.012 + 0.05 * near)
        brush.shine(scene.picture, Lch(0.86, 0.11, 70).rgb, brush.glow(scene.size, (x, y), (reach, reach), power=1.5))


def _passers(scene: Scene, ground: float, spots: Sequence[brush.Point]) -> None:
    """Paint people in the street: at which share of the width, and how tall. They have umbrellas when it rains."""
    width, height = scene.size
    name = "stroller" if scene.has("rain", "umbrella") else "walker"
    for x, tall in sorted(spots, key=lambda spot: spot[1]):
        size = max(round(scene.unit * tall), 8)
        colour = {"main": scene.mood.near.but(light=0.03), "accent": Lch(0.55, 0.17, scene.roll.random() * 360)}
        person = stage.lit(scene, sprites.render(name, size, tones=colour), ambient=0.5, away=max(0.16 - tall, 0) * 2)
        foot = ground + (height - ground) * (tall - 0.06) * 3.2
        at = width * (x + scene.roll.uniform(-0.02, 0.02))
        mirror = Image.new("RGBA", person.size)
        mirror.paste(person.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
        mirror.putalpha(brush.dim(mirror.getchannel("A"), 0.35))
        scene.picture.paste(mirror, (round(at - size / 2), round(foot)), mirror)
        stage.put(scene, person, at, foot)
