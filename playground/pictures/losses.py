"""How much of a picture is missing in its file. Not every decoder says so: some paint the missing part grey."""

import io
import zlib

from PIL import Image, ImageChops, JpegImagePlugin

from playground.pictures.formats import jpeg, png
from playground.pictures.formats.parts import Parts

# Browsers show a picture whose last few bytes are missing, and nobody sees the difference: so much of it may be
# missing, or so many of the blocks, if it is a small one.
TOLERATED, TOLERATED_BLOCKS, TOLERATED_OF_SMALL = 0.03, 2, 0.25
# The side of a block of pixels that are packed together, before the colours are sampled.
BLOCK = 8
SMOOTHED_ROWS = 2
# How much smaller JPEGs are decoded: every block becomes one pixel. Where passes add details, these must be seen.
QUICK, DETAILED = 8, 2


def of_png(parts: Parts) -> float:
    """The share of the pixels that is missing, in the order in which they are packed. Raises `zlib.error`."""
    wanted = png.header(parts).raw_bytes()
    return 1 - sum(len(some) for some in png.unpacked(parts)) / wanted if wanted else 1.0


def lacks_details(parts: Parts) -> bool:
    """Whether a JPEG ends before the passes that add its details."""
    return parts.ends_early and parts.progressive and parts.passes > 1 and not parts.all_details


def of_jpeg(parts: Parts) -> float:
    """The share of the pixels that is missing below, or 0 if it is too little to be seen. Raises what Pillow raises for
    damaged files."""
    detailed = parts.progressive and parts.passes > 1
    if detailed and not parts.ends_early:
        return 0.0
    scale = DETAILED if detailed else QUICK
    plain = _small(b"".join(parts.clean), scale)
    difference = ImageChops.difference(plain, _small(jpeg.with_noise(parts), scale))
    box = difference.getbbox()
    if box is None:
        return 0.0
    width, height = plain.size
    across, down = _block(plain)
    # Blocks are packed in rows, from left to right. All blocks from the first that differs on are missing.
    top = box[1] // down * down
    row = difference.crop((0, top, width, min(top + down, height))).getbbox()
    left = row[0] // across * across if row else 0
    missing = (width - left) * min(down, height - top) + width * max(0, height - top - down)
    if parts.progressive and not detailed:
        # Of a first pass the decoder makes the blocks above smoother too.
        missing -= min(missing, SMOOTHED_ROWS * down * width)
    share = missing / (width * height)
    few = missing <= TOLERATED_BLOCKS * across * down and share <= TOLERATED_OF_SMALL
    parts.regular = False
    return 0.0 if few or share <= TOLERATED or parts.refined else share


def _small(data: bytes, scale: int) -> JpegImagePlugin.JpegImageFile:
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        raise TypeError("Pillow has found something else than a JPEG in it.")
    image.draft(None, (max(1, image.width // scale), max(1, image.height // scale)))
    image.load()
    return image


def _block(image: JpegImagePlugin.JpegImageFile) -> tuple[int, int]:
    """Width and height, in pixels of the smaller picture, of a block of all colours."""
    layers = image.layer
    across, down = (max(layer[side] for layer in layers) if len(layers) > 1 else 1 for side in (1, 2))
    scale = image.decoderconfig[0]
    return max(1, BLOCK * across // scale), max(1, BLOCK * down // scale)


def why_not_png(parts: Parts) -> tuple[str, float]:
    """The code for a PNG that could not be decoded, and the share of it that is missing."""
    if parts.size is None:
        return ("incomplete", 1.0) if parts.ends_early else ("damaged", 0.0)
    try:
        missing = of_png(parts)
    except zlib.error:
        return "damaged", 0.0
    if 0 < missing < 1 and png.header(parts).interlaced:
        return "coarse", 0.0
    return ("incomplete", missing) if missing else ("damaged", 0.0)


def why_not(parts: Parts) -> tuple[str, float]:
    """The code for a file that could not be decoded, and the share of it that is missing."""
    if parts.format == "PNG":
        return why_not_png(parts)
    if parts.format == "JPEG":
        return ("incomplete", 1.0) if parts.ends_early and not parts.passes else ("damaged", 0.0)
    return ("cut_off", parts.missing_bytes) if parts.missing_bytes else ("damaged", 0.0)
