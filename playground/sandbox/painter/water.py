"""Water: the sea, the beach, and reflections in a lake or on a wet street."""

from __future__ import annotations

from PIL import Image, ImageChops

from playground.sandbox.painter import brush
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.scene import Scene
from playground.sandbox.painter.sky import plane


def sea(scene: Scene) -> None:
    """Paint the sea from the horizon down: the colours of the sky, waves, and the light of the sun on them."""
    width, height = scene.size
    top = round(scene.horizon)
    size = (width, height - top)
    above = (
        scene.picture.crop((0, max(top - size[1], 0), width, top))
        .resize(size)
        .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    )
    water = brush.blur(above, (scene.unit * 0.06, scene.unit * 0.02))
    deep = _deep(scene)
    depth = brush.downwards(
        size, [(0, deep.mix(scene.mood.haze, 0.55)), (0.35, deep), (1, deep.mix(scene.mood.near, 0.55))]
    )
    water = Image.composite(depth, water, brush.fade(size, -0.25, 0.95).point(brush.curve(lambda v: 0.30 + 0.6 * v)))
    waves = plane(
        brush.noise((width, max(size[1], 64)), scene.roll, cells=(44, 120), octaves=2 + scene.detail), size, 8
    )
    glint = scene.mood.sky[-1].mix(scene.mood.light, 0.25)
    brush.shine(water, glint.rgb, waves.point(brush.curve(lambda v: 0.42 * brush.smooth(0.55, 0.85)(v))))
    brush.shade(
        water, deep.mix(scene.mood.near, 0.6).rgb, waves.point(brush.curve(lambda v: 0.6 * brush.smooth(0.5, 0.2)(v)))
    )
    _path(scene, water)
    # a line of haze at the horizon
    brush.lay(water, scene.mood.sky[-1].mix(scene.mood.haze, 0.5).rgb, brush.dim(brush.fade(size, 0.10, 0.0), 0.7))
    scene.picture.paste(water, (0, top))


def _deep(scene: Scene) -> Lch:
    if scene.mood.hour in {"day", "morning"}:
        return Lch(0.50, 0.10, 232)
    if scene.mood.hour == "grey":
        return Lch(0.45, 0.04, 225)
    return scene.mood.sky[0].mix(scene.mood.sky[1], 0.5)


def _path(scene: Scene, water: Image.Image) -> None:
    """Paint the light of the sun on the waves."""
    width, high = water.size
    x = scene.sun[0]
    spread = scene.unit * (0.05 if scene.mood.height < 0.3 else 0.12)
    wedge = [(x - spread, 0), (x + spread, 0), (x + spread * 4.2, high), (x - spread * 4.2, high)]
    column = brush.blur(brush.shape(water.size, wedge, fine=1), (scene.unit * 0.05, scene.unit * 0.01))
    sparks = plane(brush.noise((width, max(high, 64)), scene.roll, cells=(90, 190), octaves=2), water.size, 8)
    low = 0.42 if scene.mood.height < 0.3 else 0.58
    broken = ImageChops.multiply(column, sparks.point(brush.curve(brush.smooth(low, low + 0.22))))
    strength = 0.5 if scene.mood.hour == "grey" else 1.0
    brush.shine(water, scene.mood.sky[-1].mix(scene.mood.light, 0.5).rgb, brush.dim(column, 0.45 * strength))
    brush.shine(water, scene.mood.light.rgb, brush.dim(broken, strength))


def beach(scene: Scene) -> None:
    """Paint sand in the foreground, a wet edge and foam."""
    width, height = scene.size
    line = brush.ridge(scene.roll, 60, rough=0.32)
    base, lean = height * 0.86, scene.roll.choice((-1, 1)) * 0.07

    def shore(drop: float) -> Image.Image:
        edge = [
            (width * i / 60, base + height * (lean * (i / 60 - 0.5) * 2 + 0.022 * y + drop)) for i, y in enumerate(line)
        ]
        return brush.shape(scene.size, [*edge, (width, height), (0, height)])

    sand = (
        Lch(0.80, 0.06, 80).mix(scene.mood.haze, 0.35).mix(scene.mood.near, 0.12 if scene.mood.height > 0.3 else 0.45)
    )
    if scene.mood.hour == "night":
        sand = sand.mix(scene.mood.near, 0.5)
    brush.lay(scene.picture, (255, 255, 255), brush.dim(brush.blur(shore(-0.016), scene.unit * 0.004), 0.35))
    scene.layer(sand.mix(scene.mood.sky[-1], 0.35).but(light=-0.1), sand.but(light=-0.04), shore(0.0))
    scene.layer(sand, sand.but(light=-0.08), brush.blur(shore(0.045), scene.unit * 0.012))
    grit = brush.noise(scene.size, scene.roll, cells=(400, 400), octaves=1)
    brush.shade(scene.picture, sand.but(light=-0.15).rgb, ImageChops.multiply(brush.dim(grit, 0.25), shore(0.03)))
    foam = ImageChops.subtract(shore(-0.008), shore(0.006))
    lace = brush.noise(scene.size, scene.roll, cells=(70, 160), octaves=3).point(brush.curve(brush.smooth(0.15, 0.5)))
    brush.lay(scene.picture, scene.mood.light.but(chroma=0.4).rgb, brush.dim(ImageChops.multiply(foam, lace), 0.9))


def lake(scene: Scene, shore: float, *, still: float = 1.0, tint: Lch | None = None, share: float = 0.22) -> None:
    """Replace everything below `shore` (pixels from the top) with a reflection of what is above it.

    `still` is 1 for a mirror with faint ripples and 0.2 for a wet street. `share` (0..1) is the part of the tint at the
    shore; it grows towards the lower edge.
    """
    width, height = scene.size
    top = round(shore)
    size = (width, height - top)
    high = min(top, round(size[1] * 1.25))
    mirror = scene.picture.crop((0, top - high, width, top)).transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(size)
    smear = scene.unit * (0.004 + 0.05 * (1 - still))
    mirror = brush.blur(mirror, (scene.unit * (0.001 + 0.006 * (1 - still)), smear))
    mirror = _rippled(scene, mirror, still)
    deep = tint or _deep(scene).mix(scene.mood.near, 0.3)
    mask = brush.fade(size, -0.2, 1.1).point(brush.curve(lambda v: share + 0.5 * v))
    mirror = Image.composite(Image.new("RGB", size, deep.rgb), mirror, mask)
    waves = plane(brush.noise((width, max(size[1], 64)), scene.roll, cells=(9, 46), octaves=2 + scene.detail), size, 6)
    light = scene.mood.sky[-1].mix(scene.mood.light, 0.3)
    streaks = waves.point(brush.curve(lambda v: 0.28 * brush.smooth(0.62, 0.9)(v)))
    brush.shine(mirror, light.rgb, streaks)
    brush.lay(
        mirror, scene.mood.haze.mix(scene.mood.light, 0.4).rgb, brush.dim(brush.fade(size, 0.035, 0.0), 0.5 * still)
    )
    scene.picture.paste(mirror, (0, top))


def _rippled(scene: Scene, mirror: Image.Image, still: float) -> Image.Image:
    """Return the reflection with ripples: each row moves sideways, nearer rows move more."""
    width, high = mirror.size
    step = max(high // 90, 2)
    mesh = []
    for y in range(0, high, step):
        end = min(y + step, high)
        reach = scene.unit * (0.002 + 0.010 * y / high) * (1.6 - still)
        push = scene.roll.uniform(-reach, reach)
        mesh.append(((0, y, width, end), (push, y, push, end, width + push, end, width + push, y)))
    moved = mirror.transform(mirror.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    # A row that moves leaves black at the edge. The picture without ripples fills it.
    seen = Image.new("L", mirror.size, 255).transform(mirror.size, Image.Transform.MESH, mesh)
    return Image.composite(moved, mirror, seen)
