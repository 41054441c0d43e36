"""Abstract pictures: paper waves, discs, silk, contour lines."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.painter import brush
from playground.sandbox.painter.colour import Lch, even
from playground.sandbox.painter.mood import FEELINGS
from playground.sandbox.painter.scene import Scene


def paint(scene: Scene) -> None:
    """Paint one of four kinds of abstract picture. The index of the picture chooses the kind."""
    manners = (_paper, _discs, _silk, _contours)
    start = brush.dice(scene.brief.prompt).randrange(4)
    manners[(start + scene.variant) % 4](scene, _colours(scene))


def _colours(scene: Scene) -> list[Lch]:
    """Return five colours that fit together: neighbours and one opposite, or those that the prompt names."""
    named = list(scene.brief.colours)
    if named:
        return [named[i % len(named)].but(light=(i - 2) * 0.05, hue=(i // len(named)) * 14) for i in range(5)]
    hue, chroma = _temper(scene)
    step = scene.roll.choice((28, 36, -32)) if not scene.brief.feelings else scene.roll.choice((12, -10))
    dark = scene.mood.hour == "night"
    lights = (0.30, 0.44, 0.60, 0.72, 0.84) if dark else (0.46, 0.60, 0.72, 0.82, 0.92)
    chromas = (0.12, 0.16, 0.16, 0.12, 0.05)
    colours = [
        Lch(light, own * chroma, (hue + step * i) % 360)
        for i, (light, own) in enumerate(zip(lights, chromas, strict=True))
    ]
    opposite = 175 if not scene.brief.feelings else 40
    colours[2] = Lch(colours[2].light + 0.05, 0.17 * chroma, (hue + opposite) % 360)
    return colours


def _temper(scene: Scene) -> tuple[float, float]:
    """Return the first hue and a factor for all chromas: those of the feelings, hour and weather of the prompt."""
    felt = [FEELINGS[name] for name in scene.brief.feelings]
    chroma = math.prod(feeling.chroma**2 for feeling in felt)
    hues = [feeling.hue for feeling in felt if feeling.hue is not None]
    if hues:
        return (hues[0] + scene.roll.uniform(-16, 16)) % 360, chroma
    if scene.brief.hour or scene.brief.weather:
        return scene.mood.sky[scene.roll.randrange(len(scene.mood.sky))].hue, chroma
    return scene.roll.random() * 360, chroma


def _paper(scene: Scene, colours: list[Lch]) -> None:
    """Paint sheets of paper with wavy edges. Each sheet throws a shadow on the one below."""
    width, height = scene.size
    order = [colours[4], colours[3], colours[2], colours[1], colours[0]]
    scene.picture.paste(brush.downwards(scene.size, even(order[0], order[1])))
    count = 4 + 2 * scene.detail
    lean = scene.roll.choice((-1, 1)) * 0.22
    for sheet in range(count):
        share = (sheet + 0.6) / count
        phase, tempo = scene.roll.uniform(0, 6.3), scene.roll.uniform(0.7, 1.5)
        edge = []
        for i in range(121):
            x = i / 120
            wave = math.sin(x * 6.3 * tempo + phase) + 0.4 * math.sin(x * 6.3 * tempo * 2.1 + phase * 1.7)
            edge.append((width * x, height * (share + lean * (x - 0.5) + 0.06 * wave)))
        mask = brush.shape(scene.size, [*edge, (width + 1, height + 1), (-1, height + 1)])
        shadow = brush.blur(brush.moved(mask, 0, -round(scene.unit * 0.014)), scene.unit * 0.018)
        brush.shade(scene.picture, order[-1].but(light=-0.25).rgb, brush.dim(shadow, 0.55))
        place = share * 4
        colour = order[int(place)].mix(order[min(int(place) + 1, 4)], place % 1)
        gradient = brush.across(scene.size, even(colour.but(light=0.05), colour.but(light=-0.05, hue=10)))
        brush.lay(scene.picture, gradient, mask)


def _discs(scene: Scene, colours: list[Lch]) -> None:
    """Paint discs, halves, quarters and rings of different sizes on a grid."""
    width, height = scene.size
    scene.picture.paste(
        brush.downwards(scene.size, even(Lch(0.955, 0.015, colours[0].hue), Lch(0.92, 0.025, colours[1].hue)))
    )
    cell = scene.unit / (2.5, 3.5, 4.5)[scene.detail - 1]
    spots = [(column, row) for row in range(math.ceil(height / cell)) for column in range(math.ceil(width / cell))]
    for column, row in spots:
        kind = scene.roll.choice(("disc", "half", "quarter", "ring", "none", "disc"))
        if kind == "none":
            continue
        reach = cell * scene.roll.choice((0.5, 0.5, 0.5, 0.25, 1.0))
        centre = ((column + 0.5) * cell, (row + 0.5) * cell)
        mask = brush.disc(scene.size, centre, (reach, reach))
        if kind == "ring":
            mask = ImageChops.subtract(mask, brush.disc(scene.size, centre, (reach * 0.55, reach * 0.55)))
        elif kind in {"half", "quarter"}:
            cut = Image.new("L", scene.size)
            outer = centre[0] + scene.roll.choice((-1, 1)) * reach * 2
            top = centre[1] - reach * 2 if kind == "half" else centre[1]
            box = (min(centre[0], outer), top, max(centre[0], outer), centre[1] + reach * 2)
            ImageDraw.Draw(cut).rectangle(box, fill=255)
            mask = ImageChops.multiply(mask, cut)
        colour = scene.roll.choice(colours)
        gradient = brush.downwards(scene.size, even(colour.but(light=0.06), colour.but(light=-0.08, hue=15)))
        shade = brush.blur(brush.moved(mask, round(cell * 0.03), round(cell * 0.03)), cell * 0.05)
        brush.shade(scene.picture, colours[0].but(light=-0.1).rgb, brush.dim(shade, 0.35))
        brush.lay(scene.picture, gradient, brush.dim(mask, 0.93))


def _silk(scene: Scene, colours: list[Lch]) -> None:
    """Paint fields of colour that flow into each other and have folds like cloth."""
    scene.picture.paste(brush.downwards(scene.size, even(colours[0], colours[1])))
    for place in range(3 + scene.detail):
        field = brush.noise(scene.size, scene.roll, cells=(1.6, 1.3), octaves=2)
        mask = field.point(brush.curve(brush.smooth(0.35, 0.75)))
        brush.lay(scene.picture, colours[(place + 1) % 5].rgb, brush.dim(mask, 0.85))
    height = brush.blur(brush.noise(scene.size, scene.roll, cells=(1.8, 1.5), octaves=2), scene.unit * 0.02)
    folds = height.point(brush.curve(lambda v: 0.5 + 0.5 * math.sin(v * (8 + 4 * scene.detail))))
    folds = brush.blur(folds, scene.unit * 0.006)
    brush.shine(
        scene.picture, (255, 250, 240), folds.point(brush.curve(lambda v: 0.42 * brush.smooth(0.55, 1.0)(v) ** 1.5))
    )
    brush.shade(
        scene.picture,
        colours[0].but(light=-0.2).rgb,
        folds.point(brush.curve(lambda v: 0.6 * brush.smooth(0.45, 0.0)(v))),
    )


def _contours(scene: Scene, colours: list[Lch]) -> None:
    """Paint the height lines of an invented map. Each step has its own tone and a thin shadow."""
    terrain = brush.blur(brush.noise(scene.size, scene.roll, cells=(2.2, 2.2), octaves=3), scene.unit * 0.012)
    steps = 4 + 3 * scene.detail
    scene.picture.paste(colours[0].rgb, (0, 0, *scene.size))
    for step in range(1, steps):
        level = step / steps * 0.9 + 0.03
        # The noise has only 256 heights, so a single threshold would leave stairs along the edge.
        mask = brush.blur(terrain.point(brush.curve(brush.smooth(level - 0.015, level + 0.015))), scene.unit * 0.004)
        mask = mask.point(brush.curve(brush.smooth(0.35, 0.65)))
        shadow = brush.blur(brush.moved(mask, round(scene.unit * 0.008), round(scene.unit * 0.010)), scene.unit * 0.010)
        brush.shade(scene.picture, colours[0].but(light=-0.2).rgb, brush.dim(shadow, 0.5))
        place = step / steps * 4
        colour = colours[int(place)].mix(colours[min(int(place) + 1, 4)], place % 1)
        brush.lay(scene.picture, colour.rgb, mask)
