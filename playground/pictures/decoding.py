"""Opening pictures that strangers made. Content decides, never a name or a declared type."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

# Pillow finds a format among `formats` only once its plugin was imported.
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
# A phone’s JPEG may carry a second picture and then calls itself MPO; to everybody but Pillow it is a JPEG.
_OPENS = ("PNG", "JPEG", "WEBP")
KINDS = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "MPO": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
}
# What damaged files make Pillow raise, measured on a corpus; anything else is a fault of ours.
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, NotImplementedError, Warning)
# Thumbnails: the longest side of the two of them, in pixels. The smaller one fills a cell of a grid.
LARGER, SMALLER = 640, 320


class NotAPicture(Exception):
    """The bytes are not a whole PNG, JPEG or WebP picture within the pixel limit. `code` says which of that."""

    def __init__(self, code: str, message: str, **facts: int) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Picture:
    """What a file turned out to be; `thumbnails` are WebP, by the side of the square they fit into."""

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
    """The picture in `file`, decoded whole. Raises `NotAPicture`; takes memory for `max_pixels` at the most."""
    file.seek(0)
    if not _has_magic(file.read(16)):
        raise NotAPicture("not_a_picture", "It is not a PNG, JPEG or WebP file.")
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Notes about the picture that cannot be read do not spoil the picture.
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
    """What the file is, with a thumbnail. Raises `NotAPicture`."""
    with decoded(file, max_pixels=max_pixels) as image:
        extension, content_type = KINDS[str(image.format)]
        return Picture(extension, content_type, image.width, image.height, _thumbnails(image))


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The pixels of a picture made to fit into a square, in its own proportions; never more than it has."""
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
