"""The inputs of a task that are kept for painting."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps

from playground.sandbox.state.world import World

MASK: Final = -1  # the place of the mask among the inputs


def load(world: World, task_id: str) -> tuple[list[Image.Image], Image.Image | None]:
    """Return the reference images in order, and the mask."""
    with world.store.reading() as connection:
        rows = connection.execute("select place, path from inputs where task = ? order by place", (task_id,)).fetchall()
    images = {row["place"]: Image.open(io.BytesIO((world.directory / row["path"]).read_bytes())) for row in rows}
    mask = images.pop(MASK, None)
    return list(images.values()), mask


def through_mask(content: bytes, reference: Image.Image, mask: Image.Image) -> bytes:
    """Return a picture: the painted one where the mask is transparent, the first reference elsewhere."""
    picture = Image.open(io.BytesIO(content))
    kept = ImageOps.fit(reference.convert(picture.mode), picture.size)
    alpha = ImageOps.fit(mask.getchannel("A"), picture.size)
    into = io.BytesIO()
    Image.composite(kept, picture, alpha).save(into, picture.format)
    return into.getvalue()
