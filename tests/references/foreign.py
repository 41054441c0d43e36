"""Files that browsers show although something in them is wrong, missing or from another program."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.drawing import drawing, encoded, exif
from tests.references.files import PROFILE, Case, after_header, chunk, jpeg, png, webp, with_chunk

PROGRAM = b"<?php system($_GET['Secret']); ?>"
# EXIF data whose first entry is the orientation 6, and whose second entry is cut off.
CUT_EXIF = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x05" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + b"\x01\x0f\x00"


def wrong(data: bytes) -> bytes:
    """A chunk whose checksum is wrong."""
    return data[:-1] + bytes([data[-1] ^ 1])


def pngs() -> Iterator[Case]:
    plain = encoded()
    for name, inserted in control_chunks().items():
        yield Case(f"animated png: {name}", after_header(png(), inserted), shown=plain)
    for kind, content in {
        b"tEXt": b"Author\x00Secret",
        b"zTXt": b"Author\x00\x00" + zlib.compress(b"Secret"),
        b"pHYs": bytes(9),
        b"gAMA": bytes(4),
        b"iCCP": b"p\x00\x00" + zlib.compress(PROFILE),
        b"eXIf": exif(6).tobytes()[6:],
        b"seCr": b"Secret",
    }.items():
        yield Case(
            f"png: wrong checksum of {kind!r}", after_header(png(), wrong(chunk(kind, content))), "", shown=plain
        )
    huge = b"Secret" * 200_000
    for kind, content in {
        b"tEXt": b"Author\x00" + huge,
        b"zTXt": b"Author\x00\x00" + zlib.compress(bytes(100_000_000), 9),
        b"iTXt": b"Author\x00\x01\x00\x00\x00" + zlib.compress(huge),
        b"seCr": huge,
    }.items():
        yield Case(f"png: over 1 MB of {kind!r}", with_chunk(png(), kind, content), shown=plain)
    for mode, short in (("L", 1), ("RGB", 2), ("RGB", 0), ("P", 0)):
        data = encoded(drawing(mode=mode))
        place = data.index(b"IDAT") - 4
        inserted = chunk(b"tRNS", bytes(short))
        yield Case(f"png {mode}: tRNS of {short}", data[:place] + inserted + data[place:], shown=data)
    for kind, length in ((b"gAMA", 2), (b"cHRM", 5), (b"pHYs", 3), (b"tIME", 2), (b"sRGB", 0), (b"iCCP", 0)):
        yield Case(f"png: {kind!r} of {length}", with_chunk(plain, kind, bytes(length)), shown=plain)
    yield Case("png: profile packed by a method unknown", with_chunk(plain, b"iCCP", b"p\x00\x07Secret"), shown=plain)
    large = PROFILE + bytes(1_500_000)
    yield Case("png: large profile", encoded(icc_profile=large), profile=large)
    yield Case("png: exif that ends too early", with_chunk(plain, b"eXIf", CUT_EXIF[6:]), "", (40, 60), shown=turned())
    yield from ends_of_pngs(plain)
    grey = drawing(mode="L").convert("I;16")
    yield Case(
        "png of 16 bits: profile that is a program", encoded(grey, icc_profile=PROFILE + PROGRAM), shown=encoded(grey)
    )
    coloured = drawing().quantize(64)
    coloured.putpalette((PROGRAM + bytes(768))[:768])
    yield Case("png: palette that is a program", encoded(coloured))


def control_chunks() -> dict[str, bytes]:
    """Chunks of animations that no animation can have."""
    frame = struct.pack(">IIIIIHHBB", 0, 60, 40, 0, 0, 1, 10, 0, 0)
    return {
        "of no frames": chunk(b"acTL", struct.pack(">II", 0, 0)),
        "of 4 billion frames": chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0)),
        "control that is cut": chunk(b"acTL", b"\x00\x00"),
        "two controls": chunk(b"acTL", struct.pack(">II", 2, 0)) * 2,
        "frame that is larger": chunk(b"acTL", struct.pack(">II", 2, 0))
        + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 600, 400, 0, 0, 1, 10, 0, 0)),
        "frames in wrong order": chunk(b"acTL", struct.pack(">II", 2, 0))
        + chunk(b"fcTL", b"\x00\x00\x00\x07" + frame[4:]),
        "frame that is cut": chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", frame[:9]),
        "pixels without a frame": chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fdAT", b"\x00\x00\x00\x00Secret"),
    }


def ends_of_pngs(plain: bytes) -> Iterator[Case]:
    yield Case("png without its end", plain[:-12], shown=plain)
    yield Case("png without its last checksum", plain[:-16], shown=plain)
    yield Case("png without the checksum of its pixels", plain[:-20], shown=plain)
    start, stop = plain.index(b"IDAT") + 4, len(plain) - 16
    pixels = plain[start:stop]
    head, tail = plain[: start - 8], chunk(b"IEND", b"")
    yield Case("png: wrong checksum of pixels", head + wrong(chunk(b"IDAT", pixels)) + tail, shown=plain)
    yield Case("png: wrong checksum within pixels", head + chunk(b"IDAT", wrong(pixels)) + tail, shown=plain)
    parts = [chunk(b"IDAT", pixels[:20]), chunk(b"seCr", b"Secret"), chunk(b"IDAT", pixels[20:])]
    yield Case("png: pixels with something between", head + b"".join(parts) + tail, shown=plain)


def turned() -> bytes:
    return encoded(drawing().transpose(Image.Transpose.ROTATE_270))


def segment(mark: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(content) + 2) + content


def after_start(data: bytes, inserted: bytes) -> bytes:
    return data[:2] + inserted + data[2:]


def jpegs() -> Iterator[Case]:
    plain = encoded(drawing(), "JPEG", quality=90)
    two = encoded(drawing(), "MPO", save_all=True, append_images=[drawing(30, 20)])
    yield Case("phone: second picture is lost", two[: two.index(b"\xff\xd9") + 2], shown=plain)
    yield Case("phone: index of another file", after_start(jpeg(), index_of_pictures(2, 10_000_000)), shown=plain)
    yield Case("phone: index of nothing", after_start(jpeg(), index_of_pictures(0, 0)), shown=plain)
    yield Case("phone: index of garbage", after_start(jpeg(), segment(0xE2, b"MPF\x00Secret")), shown=plain)
    upside = encoded(drawing().transpose(Image.Transpose.ROTATE_270), "JPEG", quality=90)
    for name, data in (("jpeg", after_start(plain, segment(0xE1, CUT_EXIF))), ("webp", webp(exif=CUT_EXIF))):
        yield Case(f"{name}: exif that ends too early", data, "", (40, 60), shown=upside)
    for length in (7, 10, 13, 15, 20):
        yield Case(
            f"jpeg: exif of {length} bytes", after_start(plain, segment(0xE1, CUT_EXIF[:length])), "", shown=plain
        )
    yield from ends_of_jpegs()
    yield Case("jpeg: something between its segments", plain[:20] + b"Secret" + plain[20:], shown=plain)
    yield Case("jpeg: short density", plain.replace(plain[2:20], segment(0xE0, b"JFIF\x00")), shown=plain)
    yield Case("jpeg: short colour coding", after_start(plain, segment(0xEE, b"Adobe\x00")), shown=plain)
    icon = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x02\x01Secret"
    yield Case("jpeg: thumbnail of an earlier version", plain.replace(plain[2:20], segment(0xE0, icon)), shown=plain)
    yield Case("jpeg: segment of no use", after_start(plain, segment(0xF3, b"Secret")), shown=plain)
    yield Case(
        "jpeg: pixels that are a program", text_as_pixels(PROGRAM + b"<?=`Secret`;?><%= Secret.run() %>"), "", (8, 264)
    )
    yield Case("jpeg: profile that is a program", jpeg(icc_profile=PROFILE + PROGRAM), shown=plain)
    yield Case("jpeg: comment that is a program", jpeg(comment=PROGRAM), shown=plain)


def index_of_pictures(count: int, place: int) -> bytes:
    """The index that phones write when a file has several pictures, each `place` bytes on."""
    entries = b"".join(struct.pack("<IIIHH", 0, 1000, place, 0, 0) for _ in range(count))
    head = b"II*\x00" + struct.pack("<IH", 8, 3)
    head += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, count)
    head += struct.pack("<HHIII", 0xB002, 7, len(entries), 50, 0)
    return segment(0xE2, b"MPF\x00" + head + entries)


def ends_of_jpegs() -> Iterator[Case]:
    for name, options in {
        "jpeg": {},
        "progressive jpeg": {"progressive": True},
        "jpeg with restarts": {"restart_marker_blocks": 2},
        "optimised jpeg": {"optimize": True, "subsampling": 0},
    }.items():
        small = jpeg(**options)
        yield Case(f"{name} without its end mark", small[:-2], shown=small)
        yield Case(f"{name} with half an end mark", small[:-1], shown=small)
        large = jpeg(drawing(400, 240), **options)
        for short in (3, 5, 8):
            yield Case(f"{name} {short} bytes short", large[:-short], "", (400, 240), shown=large)


def text_as_pixels(text: bytes) -> bytes:
    """A grey JPEG whose compressed pixels are this text: each byte but 0xFF is a Huffman code for “as before” in its
    first table, and for “nothing more in this block” in the second one."""
    text += b" " * (len(text) % 2)
    every = bytes(7) + b"\xff" + bytes(8) + bytes(255)
    frame = struct.pack(">BHHBBBB", 8, 8 * (len(text) // 2), 8, 1, 1, 0x11, 0)
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xDB, b"\x00" + b"\x10" * 64),
            segment(0xC0, frame),
            segment(0xC4, b"\x00" + every),
            segment(0xC4, b"\x10" + every),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            text,
            b"\xff\xd9",
        ]
    )


def webps() -> Iterator[Case]:
    plain = encoded(drawing(), "WEBP", lossless=True)
    for name, announced in (("more", len(plain) + 100), ("nothing", 4_000_000_000)):
        yield Case(f"webp that announces {name}", plain[:4] + struct.pack("<I", announced) + plain[8:], shown=plain)
    words = webp(lossless=True, exif=exif().tobytes())
    yield Case("webp whose words are cut", words[:-20], shown=plain)
    clear = drawing(mode="RGBA")
    clear.putalpha(100)
    data = encoded(clear, "WEBP", lossless=True, icc_profile=PROFILE + PROGRAM)
    yield Case("webp: profile that is a program, transparent", data, shown=encoded(clear))
    yield Case("webp: profile that is a program", webp(lossless=True, icc_profile=PROFILE + PROGRAM), shown=plain)
