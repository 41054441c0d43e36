"""Opens pictures from strangers. Only the content of a file decides what it is, not its name or its declared type."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

# Pillow knows a format in `formats` only after its plugin was imported.
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
# A JPEG of a phone may contain a second picture. Pillow calls it MPO, all other programs call it JPEG.
_OPENS = ("PNG", "JPEG", "WEBP")
KINDS = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "MPO": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
}
# Pillow raises these for damaged files (measured on a corpus). Any other exception is our own fault.
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, NotImplementedError, Warning)
# The longest side of the two thumbnails, in pixels. The smaller one fills a cell of a grid.
LARGER, SMALLER = 640, 320


class NotAPicture(Exception):
    """The file is not a complete PNG, JPEG or WebP picture within the pixel limit. `code` says what is wrong."""

    def __init__(self, code: str, message: str, **facts: int) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Picture:
    """What a file is. `thumbnails` are WebP files by the side, in pixels, of the square that they fit into."""

    extension: str
    content_type: str
    width: int
    height: int
    thumbnails: dict[int, bytes]


def _has_magic(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


@contextmanager
def decoded(file: IO[bytes], *, max_pixels: int) -> Iterator[Image.Image]:
    """The completely decoded picture in `file`. Raises `NotAPicture`. Needs memory for `max_pixels` at most."""
    file.seek(0)
    if not _has_magic(file.read(16)):
        raise NotAPicture("not_a_picture", "It is not a PNG, JPEG or WebP file.")
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Unreadable metadata does not make the picture unusable.
        warnings.filterwarnings("ignore", module="PIL.TiffImagePlugin")
        try:
            with Image.open(file, formats=_OPENS) as image:
                if image.width * image.height > max_pixels:
                    raise too_many_pixels(image.width, image.height)
                image.load()
                yield image
        except Image.DecompressionBombError as error:
            raise NotAPicture("too_many_pixels", "It has far too many pixels.") from error
        except MemoryError as error:
            raise NotAPicture("too_costly", "It needs too much memory.") from error
        except _DAMAGED as error:
            raise NotAPicture("damaged", "The file is damaged or cut off.") from error


def too_many_pixels(width: int, height: int) -> NotAPicture:
    return NotAPicture("too_many_pixels", f"It has {width} × {height} pixels.", width=width, height=height)


def read_picture(file: IO[bytes], *, max_pixels: int) -> Picture:
    """The picture in `file` with its thumbnails. Raises `NotAPicture`."""
    with decoded(file, max_pixels=max_pixels) as image:
        extension, content_type = KINDS[str(image.format)]
        return Picture(extension, content_type, image.width, image.height, _thumbnails(image))


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height, in pixels, of a picture that fits into a square. It keeps its proportions and never grows."""
    scale = min(side / max(width, height), 1)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _thumbnails(image: Image.Image) -> dict[int, bytes]:
    upright = ImageOps.exif_transpose(image)
    made = {}
    for side in (LARGER, SMALLER):
        upright.thumbnail((side, side))
        small = upright
        if small.mode not in ("RGB", "RGBA"):
            small = small.convert("RGBA" if "transparency" in small.info or "A" in small.getbands() else "RGB")
        out = io.BytesIO()
        small.save(out, "WEBP", quality=80, method=4)
        made[side] = out.getvalue()
    return made
