"""The chunks of WebP files."""

import struct

from playground.pictures.formats import exif
from playground.pictures.formats.parts import Parts

EXIF_XMP_ANIMATION = 0x08 | 0x04 | 0x02
PIXELS = (b"VP8 ", b"VP8L")
KEPT = (*PIXELS, b"ALPH", b"ICCP")


def look(data: memoryview) -> Parts:
    parts, chunks, moves = Parts("WEBP"), list[bytes | memoryview](), False
    place, end = 12, _end(data)
    while place + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, place)
        behind = place + 8 + length
        content = data[place + 8 : min(behind, len(data))]
        parts.size = parts.size or _size(kind, content)
        if behind > len(data):
            parts.ends_early = True
            break
        moves |= kind == b"ANIM"
        if kind == b"EXIF":
            parts.orientation = exif.orientation(bytes(content))
        elif kind == b"VP8X" and length >= 10:
            chunks += _chunk(kind, bytes((content[0] & ~EXIF_XMP_ANIMATION,)) + bytes(content[1:]))
        elif kind in KEPT:
            chunks += _chunk(kind, content)
        place = behind + length % 2
    (announced,) = struct.unpack_from("<I", data, 4)
    parts.ends_early |= not moves and not any(bytes(chunk[:4]) in PIXELS for chunk in chunks[::3])
    parts.missing_bytes = max(0.0, 1 - len(data) / (8 + announced))
    # The first picture of an animation cannot be taken out alone.
    parts.clean = [data] if moves else [_start(chunks), *chunks]
    parts.regular = not moves
    return parts


def _end(data: memoryview) -> int:
    """Where the chunks end. What a file says that is longer than it says goes before what stands behind."""
    (announced,) = struct.unpack_from("<I", data, 4)
    return min(8 + int(announced), len(data))


def _start(chunks: list[bytes | memoryview]) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(len(chunk) for chunk in chunks)) + b"WEBP"


def _chunk(kind: bytes, content: bytes | memoryview) -> list[bytes | memoryview]:
    return [struct.pack("<4sI", kind, len(content)), content, bytes(len(content) % 2)]


def _size(kind: bytes, content: memoryview) -> tuple[int, int] | None:
    """Width and height in pixels, from the first chunk that says them."""
    if kind == b"VP8X" and len(content) >= 10:
        return 1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")
    if kind == b"VP8 " and len(content) >= 10 and bytes(content[3:6]) == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 6)
        return (width & 0x3FFF, height & 0x3FFF) if width and height else None
    if kind == b"VP8L" and len(content) >= 5 and content[0] == 0x2F:
        bits = int.from_bytes(content[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
