"""Pictures made of reference images, for prompts that change them or name nothing else to paint.

One image is painted over. Several images become a board that shows them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

from playground.sandbox.painter import brush, sky, sprites, stage, styles
from playground.sandbox.painter.colour import Lch, even, from_rgb
from playground.sandbox.painter.scene import Scene

ADDING = ("add ", "put ", "place ", "with a", "追加", "加え", "足し", "置い", "乗せ", "のせ")


def upright(reference: Image.Image) -> Image.Image:
    """Return the reference as RGB, turned by its EXIF orientation, with white behind transparent parts."""
    image = ImageOps.exif_transpose(reference)
    if image.mode.startswith("I"):  # of 16 bits per pixel a screen shows the upper eight
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def paint(scene: Scene, references: Sequence[Image.Image]) -> None:
    """Paint a picture that uses every reference."""
    if len(references) == 1:
        _single(scene, references[0])
    else:
        _board(scene, references)


def _graded(scene: Scene, image: Image.Image) -> Image.Image:
    """Return the reference in the light of the prompt. Brushwork covers it unless the prompt names a style."""
    shown = styles.grade(image, scene.brief)
    if not scene.brief.styles and scene.detail > 1:
        shown = Image.blend(shown, styles.painted(shown, scene.roll), 0.7)
    return shown


def _treated(scene: Scene, image: Image.Image) -> Image.Image:
    """Return the reference in the light and in the styles of the prompt."""
    return styles.apply(_graded(scene, image), scene.brief, scene.roll)


def _single(scene: Scene, reference: Image.Image) -> None:
    """Paint one reference: whole, enlarged, framed on a wall, or as a print with colour chips, by index."""
    manner = scene.variant % 4
    if manner in {0, 2}:
        whole = _cover(reference, scene.size, closer=1.0 if manner == 0 else 1.22, at=(0.5, 0.42))
        scene.picture = _graded(scene, whole)
        _lighting(scene)
        _added(scene)
        sky.weather(scene)
        scene.picture = styles.apply(scene.picture, scene.brief, scene.roll)
        return
    width, height = scene.size
    main = from_rgb(reference.resize((1, 1), Image.Resampling.BOX).tobytes())
    wall = Lch(0.34 if scene.brief.hour == "night" else 0.84, min(main.chroma, 0.05), main.hue)
    scene.picture.paste(stage.backdrop(scene, wall))
    share = 0.70 if manner == 1 else 0.74
    scale = min(width * share / reference.width, height * (share if manner == 1 else 0.62) / reference.height)
    size = (max(round(reference.width * scale), 1), max(round(reference.height * scale), 1))
    image = _treated(scene, reference.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    left, top = (width - size[0]) // 2, round((height - size[1]) * (0.5 if manner == 1 else 0.40))
    if manner == 1:
        _framed(scene, image, left, top)
    else:
        _mounted(scene, image, left, top)
        _swatches(scene, image, left, top + size[1] + round(scene.unit * 0.05), size[0])


def _cover(image: Image.Image, size: brush.Size, *, closer: float = 1.0, at: brush.Point = (0.5, 0.5)) -> Image.Image:
    """Return the image cropped around `at` to fill `size`. A very slim image stays whole, on its own blur."""
    wide = (image.width / image.height) / (size[0] / size[1])
    if max(wide, 1 / wide) < 2.3:
        cut = max((1 - 1 / closer) / 2, 0.0)
        inner = image.crop(
            (
                round(image.width * cut),
                round(image.height * cut),
                max(round(image.width * (1 - cut)), round(image.width * cut) + 1),
                max(round(image.height * (1 - cut)), round(image.height * cut) + 1),
            )
        )
        return ImageOps.fit(inner, size, Image.Resampling.LANCZOS, centering=at)
    ground = brush.blur(ImageOps.fit(image, size, Image.Resampling.BILINEAR), min(size) * 0.05)
    inner = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    ground.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return ground


def _lighting(scene: Scene) -> None:
    """Add the glow of the hour that the prompt names."""
    if scene.brief.hour is None:
        return
    reach = max(scene.size) * 0.7
    strength = 0.28 if scene.mood.hour == "night" else 0.5
    glow = brush.glow(scene.size, (scene.sun[0], scene.size[1] * 0.18), (reach, reach), power=1.0, strength=strength)
    brush.shine(scene.picture, scene.mood.light.mix(scene.mood.sky[-1], 0.6).rgb, glow)


def _added(scene: Scene) -> None:
    """Put the things that the prompt asks to add into the lower third."""
    if not any(word in scene.brief.prompt for word in ADDING):
        return
    names = [name for name in scene.brief.subjects if name in sprites.GLYPHS or name in {"flower", "person"}]
    for place, name in enumerate(names[:2]):
        size = max(round(scene.unit * 0.34), 8)
        thing = stage.lit(scene, stage.sprite(scene, name, size), ambient=0.2, indoors=scene.mood.hour != "night")
        x, base = scene.size[0] * (0.72 - 0.42 * place), scene.size[1] * (1.0 if name in stage.BUSTS else 0.92)
        if name not in stage.BUSTS:
            stage.shadow(scene, thing, x, base, colour=scene.mood.near.rgb, strength=0.5)
        stage.put(scene, thing, x, base)


def _shadowed(scene: Scene, box: tuple[int, int, int, int], deep: float) -> None:
    """Paint a soft shadow under a rectangle of paper. `deep` is a share of the shorter side."""
    mask = Image.new("L", scene.size)
    drop = round(scene.unit * deep)
    ImageDraw.Draw(mask).rectangle((box[0] + drop // 2, box[1] + drop, box[2] + drop // 2, box[3] + drop), fill=255)
    brush.shade(scene.picture, (40, 36, 52), brush.dim(brush.blur(mask, scene.unit * deep * 1.2), 0.6))


def _framed(scene: Scene, image: Image.Image, left: int, top: int) -> None:
    """Paste the image in a paper mount and a thin dark frame."""
    mount, bar = round(scene.unit * 0.045), max(round(scene.unit * 0.012), 1)
    outer = (left - mount - bar, top - mount - bar, left + image.width + mount + bar, top + image.height + mount + bar)
    _shadowed(scene, outer, 0.022)
    draw = ImageDraw.Draw(scene.picture)
    draw.rectangle(outer, fill=(44, 40, 40))
    draw.rectangle((outer[0] + bar, outer[1] + bar, outer[2] - bar, outer[3] - bar), fill=(248, 246, 240))
    line = max(round(scene.unit * 0.003), 1)
    draw.rectangle(
        (left - line, top - line, left + image.width + line - 1, top + image.height + line - 1), fill=(214, 208, 198)
    )
    scene.picture.paste(image, (left, top))


def _mounted(scene: Scene, image: Image.Image, left: int, top: int) -> None:
    """Paste the image as a print with a white edge."""
    edge = max(round(scene.unit * 0.014), 1)
    box = (left - edge, top - edge, left + image.width + edge - 1, top + image.height + edge - 1)
    _shadowed(scene, box, 0.012)
    ImageDraw.Draw(scene.picture).rectangle(box, fill=(252, 251, 247))
    scene.picture.paste(image, (left, top))


def _swatches(scene: Scene, image: Image.Image, left: int, top: int, wide: int) -> None:
    """Paint five colours of the image as a row of chips."""
    few = image.resize((64, 64), Image.Resampling.BOX).quantize(5, Image.Quantize.MAXCOVERAGE)
    palette = few.getpalette() or []
    gap = round(wide * 0.02)
    chip = (wide - 4 * gap) / 5
    draw = ImageDraw.Draw(scene.picture)
    for place in range(min(5, len(palette) // 3)):
        red, green, blue = palette[3 * place : 3 * place + 3]
        x = left + place * (chip + gap)
        draw.rounded_rectangle((x, top, x + chip, top + chip * 0.42), chip * 0.06, fill=(red, green, blue))


def _board(scene: Scene, references: Sequence[Image.Image]) -> None:
    """Paint all references in reading order on one board. The index chooses the arrangement."""
    ground = Lch(0.28 if scene.brief.hour == "night" else 0.93, 0.02, scene.mood.haze.hue)
    if scene.brief.colours:
        ground = Lch(ground.light, 0.05, scene.brief.colours[0].hue)
    scene.picture.paste(brush.downwards(scene.size, even(ground.but(light=0.02), ground.but(light=-0.05))))
    manner = scene.variant % 4
    boxes = _layout(scene, [reference.width / reference.height for reference in references], manner)
    for place, (reference, box) in enumerate(zip(references, boxes, strict=True)):
        size = (max(box[2] - box[0], 1), max(box[3] - box[1], 1))
        image = _treated(scene, _cover(reference, size))
        if manner == 2:
            _tossed(scene, image, box, (-3.2, 2.4, -1.6, 3.0)[place % 4])
        else:
            _mounted(scene, image, box[0], box[1])
    sky.weather(scene)


def _layout(scene: Scene, shapes: list[float], manner: int) -> list[tuple[int, int, int, int]]:
    """Return the boxes of the pictures in reading order. The rows fill the board and crop as little as possible.

    Each shape is a width divided by a height. Manner 1 takes the second best division into rows. Manner 3 gives the
    first picture its own row.
    """
    gap = scene.unit * (0.03 if manner != 2 else 0.05)
    margin = scene.unit * (0.05 if manner != 2 else 0.08)
    shapes = [min(max(shape, 0.5), 2.2) for shape in shapes]

    def heights(rows: list[list[float]]) -> list[float]:
        return [(scene.size[0] - 2 * margin - gap * (len(row) - 1)) / sum(row) for row in rows]

    def loss(rows: list[list[float]]) -> float:
        free = scene.size[1] - 2 * margin - gap * (len(rows) - 1)
        uneven = math.log(max(heights(rows)) / max(min(heights(rows)), 1))
        return abs(math.log(max(sum(heights(rows)), 1) / max(free, 1))) + uneven * (0.12 if manner == 3 else 0.35)

    divisions = sorted(_divisions(shapes), key=loss)
    if manner == 3 and len(shapes) > 2:
        divisions = [rows for rows in divisions if len(rows[0]) == 1]
    rows = divisions[1 if manner == 1 and len(divisions) > 1 and loss(divisions[1]) < 0.6 else 0]
    stretch = (scene.size[1] - 2 * margin - gap * (len(rows) - 1)) / sum(heights(rows))
    boxes: list[tuple[int, int, int, int]] = []
    top = margin
    for row, natural in zip(rows, heights(rows), strict=True):
        left = margin
        for shape in row:
            boxes.append((round(left), round(top), round(left + natural * shape), round(top + natural * stretch)))
            left += natural * shape + gap
        top += natural * stretch + gap
    return boxes


def _divisions(shapes: list[float]) -> list[list[list[float]]]:
    """Return ways to divide the pictures into rows: all ways for up to eight pictures, the even ones for more."""
    count = len(shapes)
    if count <= 8:
        cuts = [[at for at in range(1, count) if bits >> (at - 1) & 1] for bits in range(2 ** (count - 1))]
    else:
        cuts = [[count * row // lines for row in range(1, lines)] for lines in range(1, count)]
        cuts += [[1 + (count - 1) * row // lines for row in range(lines)] for lines in range(1, count - 1)]
    return [[shapes[start:end] for start, end in zip([0, *cut], [*cut, count], strict=True)] for cut in cuts]


def _tossed(scene: Scene, image: Image.Image, box: tuple[int, int, int, int], angle: float) -> None:
    """Paste the image as a print with a white edge, turned by `angle` degrees."""
    edge = max(round(scene.unit * 0.016), 1)
    sheet = Image.new("RGBA", (image.width + 2 * edge, image.height + 2 * edge), (252, 251, 247, 255))
    sheet.paste(image, (edge, edge))
    turned = sheet.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    left = round((box[0] + box[2] - turned.width) / 2)
    top = round((box[1] + box[3] - turned.height) / 2)
    room = Image.new("L", scene.size)
    room.paste(turned.getchannel("A"), (left + round(scene.unit * 0.006), top + round(scene.unit * 0.014)))
    brush.shade(scene.picture, (40, 36, 52), brush.dim(brush.blur(room, scene.unit * 0.016), 0.6))
    scene.picture.paste(turned, (left, top), turned)
