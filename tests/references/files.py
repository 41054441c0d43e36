"""Makes picture files, sound or not, and says what is expected of each."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from tests.drawing import encoded

CAP = 100_000  # pixels; the limit for the corpus
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>SecretName</dc:creator></x:xmpmeta>'


@dataclass(frozen=True)
class Case:
    """`verdict` is empty for a good picture, or else the code of the refusal. `size` is that of the upright picture, or
    of one that is too large. `shown` is a sound file that looks the same, for one that only browsers read. `missing`
    is how much is missing, in percent."""

    name: str
    data: bytes
    verdict: str = ""
    size: tuple[int, int] = (60, 40)
    profile: bytes | None = None
    shown: bytes = b""
    missing: int | None = None


def jpeg(image: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(image, "JPEG", **({"comment": b"SecretComment", "xmp": XMP, "quality": 90} | options))


def png(image: Image.Image | None = None, **options: Any) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SecretName")
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    words.add_text("Comment", "SecretComment" * 50, zip=True)
    return encoded(image, "PNG", pnginfo=words, **options)


def webp(image: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(image, "WEBP", **({"xmp": XMP, "quality": 90} | options))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def after_header(data: bytes, inserted: bytes) -> bytes:
    return data[:33] + inserted + data[33:]


def with_chunk(data: bytes, kind: bytes, content: bytes) -> bytes:
    return after_header(data, chunk(kind, content))


def readable(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
        image.load()
    return image
