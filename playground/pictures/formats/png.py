"""The chunks of PNG files."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from playground.pictures.formats import exif
from playground.pictures.formats.parts import Parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The longest side that the format allows, in pixels.
SIDE_MAX = 2**31 - 1
# The largest colour profile, in bytes. It is libpng's own limit for a chunk.
PROFILE_BYTES = 8_000_000
# Where the packed pixels and the header are in the clean file, of which each chunk is three pieces.
PIXELS, HEADER = -5, 2
# How much is unpacked at a time, in bytes: of the file, and of what comes out at most.
STEP, UNPACKED_STEP = 2**16, 2**20
# By colour type: how many values a pixel has.
PALETTE = 3
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# How long a chunk is, in bytes, by colour type where that matters. Browsers ignore others of these chunks.
LENGTHS: dict[bytes, dict[int, int]] = {
    b"gAMA": dict.fromkeys(CHANNELS, 4),
    b"cHRM": dict.fromkeys(CHANNELS, 32),
    b"sRGB": dict.fromkeys(CHANNELS, 1),
    b"cICP": dict.fromkeys(CHANNELS, 4),
    b"sBIT": {0: 1, 2: 3, 3: 3, 4: 2, 6: 4},
    b"bKGD": {0: 2, 2: 6, 3: 1, 4: 2, 6: 6},
    b"tRNS": {0: 2, 2: 6},
}
# Adam7: where the pixels of each pass begin and how far apart they are, across and down.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True)
class Header:
    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @classmethod
    def read(cls, content: memoryview) -> "Header":
        width, height, depth, colour, _compression, _filter, interlace = struct.unpack(">IIBBBBB", content)
        return cls(width, height, depth, colour, bool(interlace))

    def raw_bytes(self) -> int:
        """The length of the unpacked pixels: each row has one byte for its filter."""
        bits = self.depth * CHANNELS.get(self.colour, 0)
        if not self.interlaced:
            return self.height * (1 + (self.width * bits + 7) // 8)
        total = 0
        for left, top, across, down in PASSES:
            width, height = -(-(self.width - left) // across), -(-(self.height - top) // down)
            if width > 0 and height > 0:
                total += height * (1 + (width * bits + 7) // 8)
        return total


def look(data: memoryview) -> Parts:
    parts, palette, seen = Parts("PNG", [SIGNATURE]), 0, set[bytes]()
    # One chunk for all pixels: hostile files have millions of them.
    header, pixels = None, bytearray()
    for kind, content, sound in _chunks(data, parts):
        if header is None:
            if kind != b"IHDR" or len(content) != 13 or not sound:
                break
            header = Header.read(content)
            sides = (header.width, header.height)
            parts.size = sides if all(0 < side <= SIDE_MAX for side in sides) else None
        elif kind == b"IDAT":
            # Its compressed data have a checksum of their own.
            parts.regular &= sound
            seen.add(kind)
            pixels += content
            continue
        elif kind == b"PLTE" and header.colour == PALETTE and kind not in seen:
            if not sound:
                break
            palette = len(content) // 3
        elif kind == b"eXIf":
            parts.orientation = exif.orientation(bytes(content)) if sound else 1
            continue
        elif kind in seen or not sound or not _kept(kind, content, header.colour, palette, b"IDAT" in seen):
            continue
        elif kind == b"iCCP":
            parts.bomb |= _too_large(content)
        seen.add(kind)
        parts.clean += _chunk(kind, content)
    parts.regular &= not parts.ends_early
    parts.clean += [*_chunk(b"IDAT", memoryview(pixels)), *_chunk(b"IEND", b"")]
    return parts


def _chunks(data: memoryview, parts: Parts) -> Iterator[tuple[bytes, memoryview, bool]]:
    """Kind, content, and whether the checksum is right. Of pixels that are cut off, what is there."""
    place = len(SIGNATURE)
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if kind == b"IEND" or not kind.isalpha():
            return
        if end > len(data):
            if kind == b"IDAT":
                yield kind, data[place + 8 : place + 8 + length], False
            break
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        yield kind, data[place + 8 : end - 4], zlib.crc32(data[place + 4 : end - 4]) == checksum
        place = end
    parts.ends_early = True


def _kept(kind: bytes, content: memoryview, colour: int, palette: int, behind_pixels: bool) -> bool:
    """Whether an ancillary chunk says how to read the colours, and is as long as it has to be, where it has to be.
    Without acTL an animation shows its first picture only."""
    if behind_pixels:
        return False
    if kind == b"iCCP":
        return _profile(content) is not None
    if kind == b"tRNS" and colour == PALETTE:
        return 0 < len(content) <= palette
    return kind in LENGTHS and LENGTHS[kind].get(colour) == len(content)


def _profile(content: memoryview) -> bytes | None:
    """The colour profile, up to one byte more than it may have. None if it cannot be unpacked."""
    name, _zero, rest = bytes(content).partition(b"\x00")
    if not 1 <= len(name) <= 79 or rest[:1] != b"\x00":
        return None
    try:
        return zlib.decompressobj().decompress(rest[1:], PROFILE_BYTES + 1)
    except zlib.error:
        return None


def _too_large(content: memoryview) -> bool:
    return len(_profile(content) or b"") > PROFILE_BYTES


def _chunk(kind: bytes, content: bytes | memoryview) -> list[bytes | memoryview]:
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return [struct.pack(">I4s", len(content), kind), content, struct.pack(">I", checksum)]


def header_of(parts: Parts) -> Header:
    """The header of the clean file."""
    return Header.read(memoryview(parts.clean[HEADER]))


def unpacked(parts: Parts) -> Iterator[bytes]:
    """The unpacked pixels, as many as the header announces or as there are, without a look at their checksum. Raises
    `zlib.error` for data that are not compressed."""
    left = header_of(parts).raw_bytes()
    # Raw deflate: behind the two bytes of the zlib header, and without the checksum at its end.
    inflate, content = zlib.decompressobj(-zlib.MAX_WBITS), parts.clean[PIXELS]
    for place in range(2, len(content), STEP):
        packed: bytes | memoryview = content[place : place + STEP]
        while left > 0 and not inflate.eof and (some := inflate.decompress(packed, min(left, UNPACKED_STEP))):
            packed = inflate.unconsumed_tail
            left -= len(some)
            yield some


def packed_again(parts: Parts) -> bytes:
    """The clean file with its pixels packed anew, for pixels that are all there but whose packing is damaged."""
    pack = zlib.compressobj(1)
    packed = b"".join([*(pack.compress(some) for some in unpacked(parts)), pack.flush()])
    return b"".join([*parts.clean[: PIXELS - 1], *_chunk(b"IDAT", packed), *parts.clean[PIXELS + 2 :]])
