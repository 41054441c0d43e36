"""The segments of JPEG files."""

import hashlib
import re
import struct
from dataclasses import dataclass, field

from playground.pictures.formats import exif
from playground.pictures.formats.parts import Parts

SIGNATURE = b"\xff\xd8\xff"
# In compressed data 0x00 or a restart mark follows 0xFF. Any other byte after 0xFF begins the next segment.
NEXT_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START, END, SCAN, RESTART = 0xD8, 0xD9, 0xDA, 0xD0
# Frame headers, each for one way to pack pixels, without the three numbers in between that mean something else.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
# What a decoder needs besides frames and scans: Huffman and arithmetic tables, quantization, number of lines, restarts.
TABLES = (0xC4, 0xCC, 0xDB, 0xDC, 0xDD)
JFIF, EXIF, PROFILE, ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
# The bytes of density and colour coding. Whatever follows is a thumbnail or a hiding place.
JFIF_BYTES, ADOBE_BYTES = 14, 12
# The side of a block of one colour, in pixels, and the number of its values.
BLOCK, COEFFICIENTS = 8, 64


@dataclass
class Passes:
    """How exact each coefficient of each component is after the passes so far: how many of its lowest bits are
    missing."""

    missing_bits: dict[int, list[int]] = field(default_factory=dict)
    # Whether the last pass only refines.
    refines: bool = False

    def begin(self, components: bytes) -> None:
        self.missing_bits = {component: [99] * COEFFICIENTS for component in components}

    def add(self, content: memoryview, *, progressive: bool) -> None:
        count = content[0]
        first, last, bits = content[1 + 2 * count : 4 + 2 * count] if progressive else (0, COEFFICIENTS - 1, 0)
        # The upper four bits: how many were missing before.
        self.refines = bits >> 4 > 0
        for component in content[1 : 1 + 2 * count : 2]:
            if component in self.missing_bits:
                for index in range(first, min(last, COEFFICIENTS - 1) + 1):
                    self.missing_bits[component][index] = bits & 0x0F

    def complete(self) -> bool:
        return all(not any(bits) for bits in self.missing_bits.values())


def look(data: memoryview) -> Parts:
    parts = Parts("JPEG", [SIGNATURE[:2]], ends_early=True)
    passes, place = Passes(), 2
    while found := NEXT_MARK.search(data, place):
        place, mark = found.start(), data[found.start() + 1]
        if mark == END:
            parts.ends_early = False
            break
        if mark in (START, 0x01):
            place += 2
            continue
        content, place = _content(data, place)
        if content is None:
            break
        if mark in FRAMES and len(content) >= 6:
            height, width = struct.unpack_from(">HH", content, 1)
            parts.size = (width, height) if width and height else None
            parts.progressive = mark in PROGRESSIVE
            parts.block = _block(bytes(content[7::3]))
            passes.begin(bytes(content[6::3]))
        if mark == SCAN:
            if len(content) < 1 or len(content) < 4 + 2 * content[0]:
                break
            passes.add(content, progressive=parts.progressive)
            parts.passes += 1
            start, place = place, _end_of_pixels(data, place)
            parts.clean += [*_segment(mark, content), data[start:place]]
        elif mark == EXIF and bytes(content[:6]) == b"Exif\x00\x00" and parts.orientation == 1:
            parts.orientation = exif.orientation(bytes(content))
        else:
            parts.clean += _kept(mark, content)
    parts.all_details, parts.refined = passes.complete(), passes.refines and passes.complete()
    parts.clean.append(bytes((0xFF, END)))
    return parts


def _block(samplings: bytes) -> tuple[int, int]:
    """Width and height, in pixels, of a block of all colours: each says how often it is there, across and down."""
    if len(samplings) < 2:
        return BLOCK, BLOCK
    return BLOCK * max(byte >> 4 for byte in samplings), BLOCK * max(byte & 0x0F for byte in samplings)


def _content(data: memoryview, place: int) -> tuple[memoryview | None, int]:
    """What stands in the segment at `place`, and the place behind it. None if the segment is not complete."""
    if place + 4 > len(data):
        return None, place
    (length,) = struct.unpack_from(">H", data, place + 2)
    end = place + 2 + length
    return (data[place + 4 : end], end) if length >= 2 and end <= len(data) else (None, place)


def _end_of_pixels(data: memoryview, place: int) -> int:
    """Where the compressed pixels end. Half a mark at the end of the file is none of them."""
    if found := NEXT_MARK.search(data, place):
        return found.start()
    end = len(data)
    while end > place and data[end - 1] == 0xFF:
        end -= 1
    return end


def _kept(mark: int, content: memoryview) -> list[bytes | memoryview]:
    """What the clean file gets of a segment. Of the application segments: density, colours and colour coding."""
    if mark in FRAMES or mark in TABLES or (mark == PROFILE and bytes(content[:12]) == b"ICC_PROFILE\x00"):
        return _segment(mark, content)
    if mark == JFIF and bytes(content[:5]) == b"JFIF\x00" and len(content) >= JFIF_BYTES:
        return _segment(mark, bytes(content[: JFIF_BYTES - 2]) + b"\x00\x00")
    if mark == ADOBE and bytes(content[:5]) == b"Adobe" and len(content) >= ADOBE_BYTES:
        return _segment(mark, content[:ADOBE_BYTES])
    return []


def _segment(mark: int, content: bytes | memoryview) -> list[bytes | memoryview]:
    return [struct.pack(">BBH", 0xFF, mark, len(content) + 2), content]


def with_noise(parts: Parts) -> bytes:
    """The clean file with noise behind its last compressed byte. A decoder that has found every pixel does not read
    it. For others the noise becomes pixels, where without it they are grey."""
    # SHA-512 gives bytes without a pattern, the same ones each time. 0xFF would be a mark.
    noise = hashlib.sha512(b"noise").digest().replace(b"\xff", b"\x00")
    body = b"".join(parts.clean[:-1])
    restarts = re.findall(rb"\xff([\xd0-\xd7])", body[-2 * 2**20 :])
    last = restarts[-1][0] - RESTART if restarts else 7
    more = (bytes((0xFF, RESTART + (last + 1 + turn) % 8)) + noise for turn in range(8))
    return b"".join([body, noise, *more, parts.clean[-1]])
