"""Copies pictures without the data about people: place, time, camera, names, comments, earlier versions.

The compressed pixels are copied unchanged, so the picture loses nothing. Only known parts are kept: unknown parts and
everything after the end are dropped. Colour profiles are kept. The file must have been decoded completely before.
"""

import mmap
import re
import struct
from collections.abc import Callable, Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pixels, palette, transparency, and how to read the colours. Without acTL an animation shows its first picture only.
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD"}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}
WEBP_EXIF_XMP_ANIMATION = 0x08 | 0x04 | 0x02
# In compressed data 0x00 or a restart mark follows 0xFF. Any other byte after 0xFF begins the next segment.
JPEG_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
JPEG_END, JPEG_SCAN, JPEG_COMMENT = 0xD9, 0xDA, 0xFE


class Unreadable(ValueError):
    """The file does not follow its format. It must be encoded again."""


def strip(extension: str, data: bytes | mmap.mmap) -> Iterator[bytes]:
    """The parts of the clean copy, in order. May raise `Unreadable` after the first parts."""
    strippers: dict[str, Callable[[memoryview], Iterator[bytes]]] = {"png": _png, "jpg": _jpeg, "webp": _webp}
    try:
        yield from strippers[extension](memoryview(data))
    except (struct.error, IndexError) as error:
        raise Unreadable("The file ends too early.") from error


def _png(data: memoryview) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    place = len(PNG_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        end = place + 12 + length
        if end > len(data):
            raise Unreadable("A chunk ends behind the file.")
        if kind in PNG_KEPT:
            yield bytes(data[place:end])
        place = end


def _jpeg(data: memoryview) -> Iterator[bytes]:
    yield bytes(data[:2])
    place = 2
    while True:
        if data[place] != 0xFF:
            raise Unreadable("A segment does not begin where it should.")
        mark = data[place + 1]
        if mark == 0xFF:
            place += 1
        elif mark == JPEG_END:
            yield bytes(data[place : place + 2])
            return
        else:
            end = place + 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
            if mark == JPEG_SCAN:
                found = JPEG_NEXT.search(data, end)
                end = found.start() if found else len(data)
            if end >= len(data):
                raise Unreadable("A segment ends behind the file.")
            if _jpeg_kept(mark, bytes(data[place + 4 : place + 16])):
                yield bytes(data[place:end])
            place = end


def _jpeg_kept(mark: int, head: bytes) -> bool:
    """Whether to keep a segment. Of the application segments only JFIF (density), ICC (colours) and Adobe (colour
    coding)."""
    if 0xE0 <= mark <= 0xEF:
        return (mark, head[:5]) in ((0xE0, b"JFIF\x00"), (0xEE, b"Adobe")) or (mark, head) == (0xE2, b"ICC_PROFILE\x00")
    return mark != JPEG_COMMENT


def _webp(data: memoryview) -> Iterator[bytes]:
    chunks = list(_webp_chunks(data))
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(chunk) for chunk in chunks)) + b"WEBP"
    yield from chunks


def _webp_chunks(data: memoryview) -> Iterator[bytes]:
    place, end = 12, 8 + struct.unpack("<I", data[4:8])[0]
    if end > len(data):
        raise Unreadable("The file is shorter than it says.")
    while place + 8 <= end:
        kind, length = struct.unpack("<4sI", data[place : place + 8])
        after = place + 8 + length + length % 2
        if after > end:
            raise Unreadable("A chunk ends behind the file.")
        if kind == b"VP8X":
            flags = data[place + 8] & ~WEBP_EXIF_XMP_ANIMATION
            yield bytes(data[place : place + 8]) + bytes((flags,)) + bytes(data[place + 9 : after])
        elif kind in WEBP_KEPT:
            yield bytes(data[place:after])
        place = after
