"""Opening pictures that strangers made. Content decides, never a name or a declared type."""

import io
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

# A phone's JPEG may carry a second picture and then opens as MPO; to everybody but Pillow it is a JPEG.
_OPENS = ("PNG", "JPEG", "WEBP")
_KINDS = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "MPO": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
}
# What damaged files make Pillow raise, measured on a corpus; anything else is a fault of ours.
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, NotImplementedError, Warning)
THUMBNAIL_SIDE = 512


class NotAPicture(Exception):
    """The bytes are not a whole PNG, JPEG or WebP picture within the pixel limit."""


@dataclass(frozen=True)
class Picture:
    """What a file turned out to be; `thumbnail` is a WebP that fits into a 512-pixel square."""

    extension: str
    content_type: str
    width: int
    height: int
    thumbnail: bytes


def _has_magic(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def read_picture(file: IO[bytes], *, max_pixels: int) -> Picture:
    """Decode the whole file. Raises `NotAPicture`; takes memory for `max_pixels` at the most."""
    file.seek(0)
    if not _has_magic(file.read(16)):
        raise NotAPicture("It is not a PNG, JPEG or WebP file.")
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with Image.open(file, formats=_OPENS) as image:
                if image.width * image.height > max_pixels:
                    raise NotAPicture(f"It has {image.width} × {image.height} pixels.")
                image.load()
                extension, content_type = _KINDS[str(image.format)]
                return Picture(extension, content_type, image.width, image.height, _thumbnail(image))
        except Image.DecompressionBombError as error:
            raise NotAPicture("It has too many pixels.") from error
        except MemoryError as error:
            raise NotAPicture("It needs too much memory.") from error
        except _DAMAGED as error:
            raise NotAPicture("The file is damaged or cut off.") from error


def _thumbnail(image: Image.Image) -> bytes:
    small = ImageOps.exif_transpose(image)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    if small.mode not in ("RGB", "RGBA"):
        small = small.convert("RGBA" if "transparency" in small.info or "A" in small.getbands() else "RGB")
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
