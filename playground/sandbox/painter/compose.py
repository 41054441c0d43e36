"""Composition: the brief chooses the kind of picture. Transparent pictures show the subject alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PIL import Image, ImageChops

from playground.sandbox.painter import (
    abstract,
    brush,
    collage,
    figure,
    finish,
    landscape,
    logo,
    palette,
    stage,
    still,
    styles,
)
from playground.sandbox.painter.scene import Scene


def manner(scene: Scene) -> Callable[[Scene], None]:
    """Return the function that paints the kind of picture in the brief. A brief without known words is abstract."""
    brief = scene.brief
    subjects = set(brief.subjects)
    if brief.genre == "logo":
        return logo.paint
    if brief.genre == "abstract" and not subjects and not brief.places:
        return abstract.paint
    if subjects & set(stage.BEINGS) and (not brief.places or subjects & set(stage.BUSTS) or brief.genre == "portrait"):
        return figure.paint
    if (
        subjects & set(stage.TALL)
        and (not brief.places or brief.genre == "product")
        and not subjects & set(stage.OUTDOORS)
    ):
        return still.paint
    if subjects or brief.places or brief.weather or brief.hour:
        return landscape.paint
    return abstract.paint


def picture(scene: Scene, references: Sequence[Image.Image]) -> Image.Image:
    """Return the finished RGB picture, without grain and mark.

    With references, a prompt that names something to paint gets that in their colours. A prompt that names nothing, or
    speaks of a change, gets the references themselves.
    """
    if shows_references(scene, references):
        collage.paint(scene, references)
        return finish.develop(scene.picture, scene.detail, corners=0.18)
    paint = manner(scene)
    paint(scene)
    if references:
        scene.picture = palette.dressed(scene.picture, references)
    if flat(scene):
        return scene.picture
    plain = paint in {logo.paint, abstract.paint}
    corners = 0.10 if plain else 0.14 if scene.brief.surface == "white" else 0.30
    developed = finish.develop(scene.picture, 1 if plain else scene.detail, corners=corners)
    return styles.apply(developed, scene.brief, scene.roll)


def shows_references(scene: Scene, references: Sequence[Image.Image]) -> bool:
    """Return whether the picture shows the references themselves, and not only their colours."""
    brief = scene.brief
    named = brief.subjects or brief.places or brief.genre in {"logo", "abstract"}
    return bool(references) and (brief.changes or not named)


def flat(scene: Scene) -> bool:
    """Return whether the picture has areas of one colour each, which no light, style or grain may touch."""
    hands = {"watercolour", "oil", "sketch", "pixel", "mono", "sepia", "neon"}
    inked = bool(scene.brief.inks) or logo.emblematic(scene)
    return scene.brief.genre == "logo" and inked and not hands & set(scene.brief.styles)


def cutout(scene: Scene, references: Sequence[Image.Image]) -> Image.Image:
    """Return the subject alone as RGBA. A scene without a subject becomes an ellipse with a soft edge."""
    size = round(scene.unit * (0.80, 0.72, 0.84, 0.76)[scene.variant % 4])
    if shows_references(scene, references) or not scene.brief.subjects:
        whole = picture(scene, references).convert("RGBA")
        width, height = scene.size
        radii = (width * 0.46, height * 0.46)
        mask = brush.disc(scene.size, (width / 2, height / 2), radii)
        torn = brush.noise(scene.size, scene.roll, cells=(7, 7), octaves=4)
        soft = ImageChops.add(brush.blur(mask, scene.unit * 0.035), torn, 1.5, -58)
        whole.putalpha(ImageChops.multiply(soft.point(brush.curve(brush.smooth(0.35, 0.55))), mask))
        return whole
    sheet = Image.new("RGBA", scene.size)
    names = scene.brief.subjects[:3]
    if scene.brief.genre == "logo":
        things = [logo.mark(scene, size)]
    else:
        scale = (1.0, 0.74, 0.56)[len(names) - 1]
        things = [
            stage.lit(scene, stage.sprite(scene, name, max(round(size * scale), 8)), ambient=0.12, indoors=True)
            for name in names
        ]
    for place, thing in enumerate(things):
        box = thing.getbbox() or (0, 0, *thing.size)
        share = (place + 1) / (len(things) + 1) if len(things) > 1 else 0.5
        x = scene.size[0] / 2 + (share - 0.5) * min(scene.unit * 1.5, scene.size[0]) - (box[0] + box[2]) / 2
        y = scene.size[1] / 2 - (box[1] + box[3]) / 2
        layer = Image.new("RGBA", scene.size)
        layer.paste(thing, (round(x), round(y)))
        sheet.alpha_composite(layer)
    if references:
        sheet = palette.dressed(sheet, references)
    alpha = sheet.getchannel("A")
    body = styles.apply(sheet.convert("RGB"), scene.brief, scene.roll)
    body.putalpha(alpha)
    return body
