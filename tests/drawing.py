"""Draws pictures for tests."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

ORIENTATION = 0x0112
GPS = 0x8825
MAKE, ARTIST = 0x010F, 0x013B


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF data as a phone writes it: orientation, owner and place."""
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[MAKE] = "SecretCamera"
    data[ARTIST] = "SecretName"
    data.get_ifd(GPS).update({1: "N", 2: (35.0, 41.0, 22.0), 3: "E", 4: (139.0, 41.0, 30.0)})
    return data


def drawing(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red on the left, green on the right, blue at the top, so that every rotation looks different."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("green", (width // 2, 0, width, height))
    image.paste("blue", (0, 0, width, max(1, height // 4)))
    return image.convert(mode)


def encoded(image: Image.Image | None = None, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    (image or drawing()).save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def upload(name: str = "photo.png", data: bytes | None = None, content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded() if data is None else data, content_type)
