"""Files whose pixels are really missing, and by how much."""

import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image

from tests.drawing import drawing, encoded
from tests.references.files import Case, chunk

SIZE = (320, 240)


def cases() -> Iterator[Case]:
    yield from flat()
    yield from cut_jpegs()
    for percent in (25, 33, 75):
        data = encoded(noise(), "PNG")
        yield Case(f"png lacks {percent} %", cut(data, data.index(b"IDAT") + 4, percent), "incomplete", missing=percent)
        yield Case(f"png, interlaced, lacks {percent} %", interlaced(noise("L"), percent), "coarse")
        data = encoded(noise(), "WEBP", quality=80)
        yield Case(f"webp lacks {percent} %", cut(data, 12, percent), "cut_off", missing=percent)
    data = encoded(noise(), "PNG")
    end = chunk(b"IEND", b"")
    place = data.index(b"IDAT") + 4
    pixels = data[place : place + (len(data) - place) // 2]
    yield Case(
        "png lacks half, with an end", data[: place - 8] + chunk(b"IDAT", pixels) + end, "incomplete", missing=50
    )


def cut_jpegs() -> Iterator[Case]:
    for name, options in {
        "": {},
        "of full colour": {"subsampling": 0},
        "optimised": {"optimize": True},
        "with restarts": {"restart_marker_blocks": 20},
        "with a restart for each row": {"restart_marker_rows": 1},
    }.items():
        yield from cut_jpeg(f"jpeg {name}", noise(), **options)
    for mode in ("L", "CMYK"):
        yield from cut_jpeg(f"jpeg {mode}", noise(mode))
    data = encoded(noise(), "JPEG", progressive=True)
    for percent in (50, 80):
        yield Case(f"progressive jpeg lacks {percent} % of its bytes", cut(data, 600, percent), "coarse")
    scans = [place for place in range(len(data)) if data[place : place + 2] == b"\xff\xda"]
    yield Case("progressive jpeg without its last pass", data[: scans[-1]], "coarse")
    yield Case("progressive jpeg with nothing but its first pass", data[: scans[1]], "coarse")
    first = data[: (scans[0] + 14 + scans[1]) // 2]
    yield Case("progressive jpeg lacks half of its first pass", first, "incomplete", missing=50)


def cut_jpeg(name: str, image: Image.Image, **options: Any) -> Iterator[Case]:
    data = encoded(image, "JPEG", **options)
    for percent in (10, 33, 66):
        some = cut(data[:-2], data.index(b"\xff\xda"), percent)
        yield Case(f"{name} lacks {percent} %", some, "incomplete", missing=percent)
        yield Case(f"{name} lacks {percent} %, with an end mark", some + b"\xff\xd9", "incomplete", missing=percent)


def flat() -> Iterator[Case]:
    """Pictures of few colours, where a few bytes are much of the picture."""
    for kind in ("jpeg", "png", "webp"):
        data = encoded(drawing(200, 200), kind.upper(), **({"lossless": True} if kind == "webp" else {}))
        verdict = "cut_off" if kind == "webp" else "incomplete"
        for percent in (10, 25, 50, 75, 98):
            yield Case(f"{kind} of few colours cut by {percent} %", cut(data, 0, percent), verdict)
        yield Case(f"{kind}: the magic alone", data[:12], verdict, missing=None if kind == "webp" else 100)
    yield Case(
        "jpeg with a segment that ends nowhere", b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 20, "incomplete", missing=100
    )


def cut(data: bytes, start: int, percent: int) -> bytes:
    """Without so much of what stands behind `start`. Never less than the magic."""
    return data[: max(17, start + (len(data) - start) * (100 - percent) // 100)]


def noise(mode: str = "RGB") -> Image.Image:
    """A picture whose every part needs as many bytes as any other."""
    width, height = SIZE[0] // 4, SIZE[1] // 4
    pixels = Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))
    return pixels.resize(SIZE, Image.Resampling.BICUBIC).convert(mode)


def interlaced(image: Image.Image, percent: int) -> bytes:
    """An interlaced PNG of greys, of which so much is missing."""
    width, height = image.size
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = [
        b"\x00" + image.crop((0, top, width, top + 1)).tobytes()[left::across]
        for left, first, across, down in passes
        for top in range(first, height, down)
    ]
    packed = zlib.compress(b"".join(rows))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed[: len(packed) * (100 - percent) // 100])
