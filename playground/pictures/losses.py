"""How much of a picture is missing in its file. Not every decoder says so: some paint the missing part grey."""

import io
import zlib

from PIL import Image, ImageChops

from playground.pictures.formats import jpeg, png
from playground.pictures.formats.parts import Parts

# Browsers show a picture whose last few bytes are missing, and nobody sees the difference: so much of it may be
# missing, or so many of the blocks, if it is a small one.
TOLERATED, TOLERATED_BLOCKS, TOLERATED_OF_SMALL = 0.03, 2, 0.25
# So many rows of blocks above the last one look different when those below it are missing from a first pass.
SMOOTHED_ROWS = 2
# How much smaller JPEGs are decoded: every block becomes one pixel. Where passes add details, these must be seen.
QUICK, DETAILED = 8, 2


def of_png(parts: Parts) -> float:
    """The share of the pixels that is missing, in the order in which they are packed. Raises `zlib.error`."""
    wanted = png.header_of(parts).raw_bytes()
    return 1 - sum(len(some) for some in png.unpacked(parts)) / wanted if wanted else 1.0


def flaw_of_jpeg(parts: Parts) -> tuple[str, float] | None:
    """The code for a JPEG that a decoder would paint incomplete, and the share of it that is missing. None for one that
    is complete, or nearly. Raises what Pillow raises for damaged files."""
    lacks_details = parts.ends_early and not parts.all_details
    if lacks_details and parts.passes > 1:
        return "coarse", 0.0
    if missing := of_jpeg(parts):
        return "incomplete" if parts.passes == 1 else "coarse", missing
    return ("coarse", 0.0) if lacks_details else None


def of_jpeg(parts: Parts) -> float:
    """The share of the pixels that is missing below, or 0 if it is too little to be seen. Raises what Pillow raises for
    damaged files."""
    detailed = parts.progressive and parts.passes > 1
    if detailed and not parts.ends_early:
        return 0.0
    scale = DETAILED if detailed else QUICK
    plain, scale = _small(b"".join(parts.clean), scale)
    difference = ImageChops.difference(plain, _small(jpeg.with_noise(parts), scale)[0])
    box = difference.getbbox()
    if box is None:
        return 0.0
    width, height = plain.size
    across, down = (max(1, side // scale) for side in parts.block)
    # Blocks are packed in rows, from left to right. All blocks from the first that differs on are missing.
    top = box[1] // down * down
    row = difference.crop((0, top, width, min(top + down, height))).getbbox()
    left = row[0] // across * across if row else 0
    missing = (width - left) * min(down, height - top) + width * max(0, height - top - down)
    if parts.progressive and not detailed:
        missing -= min(missing, SMOOTHED_ROWS * down * width)
    share = missing / (width * height)
    few = missing <= TOLERATED_BLOCKS * across * down and share <= TOLERATED_OF_SMALL
    parts.regular = False
    return 0.0 if few or share <= TOLERATED or parts.refined else share


def _small(data: bytes, scale: int) -> tuple[Image.Image, int]:
    """A JPEG, decoded smaller, and by what it became smaller: `scale`, or less for a picture of a few pixels."""
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    width = image.width
    drafted = image.draft(None, (max(1, image.width // scale), max(1, image.height // scale)))
    image.load()
    return image, round(width / drafted[1][2]) if drafted else 1


def why_not_png(parts: Parts) -> tuple[str, float]:
    """The code for a PNG that could not be decoded, and the share of it that is missing."""
    if parts.size is None:
        return ("incomplete", 1.0) if parts.ends_early else ("damaged", 0.0)
    try:
        missing = of_png(parts)
    except zlib.error:
        return "damaged", 0.0
    if 0 < missing < 1 and png.header_of(parts).interlaced:
        return "coarse", 0.0
    return ("incomplete", missing) if missing else ("damaged", 0.0)


def why_not(parts: Parts) -> tuple[str, float]:
    """The code for a file that could not be decoded, and the share of it that is missing."""
    if parts.format == "PNG":
        return why_not_png(parts)
    if parts.format == "JPEG":
        return ("incomplete", 1.0) if parts.ends_early and not parts.passes else ("damaged", 0.0)
    return ("cut_off", parts.missing_bytes) if parts.missing_bytes else ("damaged", 0.0)
