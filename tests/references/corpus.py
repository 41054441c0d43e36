"""Over three hundred files that are pictures or look like pictures, each with the expected result.

Every good picture contains "Secret" wherever its format allows text, and a colour profile if its format allows one.
"""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.drawing import drawing, encoded, exif
from tests.references import foreign, incomplete
from tests.references.files import PROFILE, Case, after_header, chunk, header, jpeg, png, webp, with_chunk

SIDEWAYS = (5, 6, 7, 8)


def cases() -> Iterator[Case]:
    yield from turned()
    yield from moded()
    yield from sized()
    yield from special()
    yield from damaged()
    yield from bombs()
    yield from polyglots()
    yield from others()
    yield from foreign.pngs()
    yield from foreign.jpegs()
    yield from foreign.webps()
    yield from incomplete.cases()


def turned() -> Iterator[Case]:
    """Every orientation in every format, with and without a colour profile."""
    for kind, make in (("jpeg", jpeg), ("png", png), ("webp", webp)):
        for orientation in range(1, 9):
            size = (40, 60) if orientation in SIDEWAYS else (60, 40)
            for profile in (None, PROFILE):
                data = make(exif=exif(orientation), icc_profile=profile)
                yield Case(f"{kind} turned {orientation} {'profile' if profile else ''}", data, "", size, profile)


def moded() -> Iterator[Case]:
    """Every colour mode, upright and turned."""
    for orientation in (1, 6, 3):
        size = (40, 60) if orientation == 6 else (60, 40)
        mark = exif(orientation)
        for mode in ("L", "RGB", "CMYK"):
            yield Case(f"jpeg {mode} {orientation}", jpeg(drawing(mode=mode), exif=mark), "", size)
        for mode in ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"):
            if mode != "PA":
                yield Case(
                    f"png {mode} {orientation}",
                    png(drawing(mode="L" if mode == "I;16" else mode).convert(mode), exif=mark),
                    "",
                    size,
                )
        transparent = drawing().quantize(8)
        yield Case(f"png transparent palette {orientation}", png(transparent, transparency=0, exif=mark), "", size)
        yield Case(f"png transparent colour {orientation}", png(transparency=(255, 0, 0), exif=mark), "", size)
        for mode in ("RGB", "RGBA"):
            for lossless in (True, False):
                yield Case(
                    f"webp {mode} {lossless} {orientation}",
                    webp(drawing(mode=mode), lossless=lossless, exif=mark),
                    "",
                    size,
                )
        yield Case(f"jpeg progressive {orientation}", jpeg(progressive=True, exif=mark), "", size)
        for sampling in (0, 1, 2):
            yield Case(f"jpeg sampling {sampling} {orientation}", jpeg(subsampling=sampling, exif=mark), "", size)
        yield Case(f"jpeg optimised {orientation}", jpeg(optimize=True, restart_marker_blocks=2, exif=mark), "", size)


def sized() -> Iterator[Case]:
    """From one pixel to the limit, and one row more."""
    for kind, make in (("jpeg", jpeg), ("png", png), ("webp", webp)):
        for size in ((1, 1), (1, 1000), (1000, 1), (17, 23), (255, 257), (400, 250)):
            yield Case(f"{kind} {size}", make(drawing(*size)), "", size)
        yield Case(f"{kind} over the cap", make(drawing(400, 251)), "too_many_pixels", (400, 251))


def special() -> Iterator[Case]:
    """Other things that phones and programs write."""
    two = [drawing(), drawing(30, 20)]
    yield Case("phone: two pictures in one", encoded(two[0], "MPO", save_all=True, append_images=two[1:], exif=exif()))
    yield Case(
        "phone: two pictures, turned",
        encoded(two[0], "MPO", save_all=True, append_images=two[1:], exif=exif(6)),
        "",
        (40, 60),
    )
    frames = [drawing(), drawing().transpose(Image.Transpose.ROTATE_180)]
    yield Case("animated png", png(frames[0], save_all=True, append_images=frames[1:]))
    yield Case("animated webp", webp(frames[0], save_all=True, append_images=frames[1:], exif=exif().tobytes()))
    for kind, make in (("jpeg", jpeg), ("webp", webp), ("png", png)):
        yield Case(f"{kind} with unreadable exif", make(exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff Secret"))
        yield Case(f"{kind} with an orientation that does not exist", make(exif=exif(99)))
    yield Case("jpeg with filling bytes", jpeg()[:2] + b"\xff\xff\xff" + jpeg()[2:])
    yield Case(
        "jpeg with a broken profile", jpeg(icc_profile=b"Broken profile" * 10), "", (60, 40), b"Broken profile" * 10
    )
    yield Case("cmyk with a broken profile", jpeg(drawing(mode="CMYK"), icc_profile=b"Broken profile" * 10))
    yield Case("webp, the simplest kind", encoded(drawing(), "WEBP"))
    yield Case("png with an unknown chunk", with_chunk(png(), b"seCr", b"Secret"))
    yield Case("png with hidden exif", with_chunk(png(), b"eXIf", exif(1).tobytes()[6:]))


def damaged() -> Iterator[Case]:
    for kind, data in (("jpeg", jpeg()), ("png", encoded()), ("webp", webp(lossless=True))):
        verdict = "incomplete" if kind == "jpeg" else "damaged"
        yield Case(f"{kind} with nothing behind its head", data[:16] + bytes(200), verdict)
    data = encoded(drawing(200, 200))
    place = data.index(b"IDAT") + 8
    yield Case("png with wrong pixels", data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :], "damaged")
    yield Case("png without pixels", data[: data.index(b"IDAT") - 4] + chunk(b"IEND", b""), "incomplete")
    coloured = encoded(drawing().quantize(8))
    yield Case("png without its palette", coloured.replace(b"PLTE", b"pLTE"), "damaged")
    yield Case("png of no width", b"\x89PNG\r\n\x1a\n" + header(0, 10) + chunk(b"IEND", b""), "damaged")


def bombs() -> Iterator[Case]:
    huge = b"\x89PNG\r\n\x1a\n" + header(60_000, 60_000) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    yield Case("png of 3.6 billion pixels", huge + chunk(b"IEND", b""), "too_many_pixels", (60_000, 60_000))
    yield Case("png just beyond the cap", encoded(Image.new("1", (1000, 101))), "too_many_pixels", (1000, 101))
    # Between the sizes at which Pillow warns and refuses.
    large = b"\x89PNG\r\n\x1a\n" + header(10_000, 10_000) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    yield Case("png of 100 million pixels", large, "too_many_pixels", (10_000, 10_000))
    for size in ((65_535, 65_535), (20_000, 20_000)):
        data = bytearray(jpeg())
        place = data.index(b"\xff\xc0") + 5
        data[place : place + 4] = struct.pack(">HH", *size)
        yield Case(f"jpeg that says {size}", bytes(data), "too_many_pixels", size)
    data = bytearray(encoded(drawing(mode="RGBA"), "WEBP", exif=exif().tobytes()))
    place = data.index(b"VP8X") + 12
    data[place : place + 6] = b"\xff\x3f\x00\xff\x3f\x00"
    yield Case("webp that says 16384 × 16384", bytes(data), "too_many_pixels", (16_384, 16_384))
    colours = chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(100_000_000), 9))
    yield Case("png whose profile becomes 100 MB", after_header(encoded(), colours), "bomb")


def polyglots() -> Iterator[Case]:
    """Files that are two things at once: only the picture is kept, or the file is refused."""
    page, archive = b"<html><script>Secret()</script>", b"PK\x03\x04 Secret PK\x05\x06" + bytes(18)
    for kind, data in (("jpeg", jpeg()), ("png", png()), ("webp", webp())):
        for name, tail in (("page", page), ("archive", archive), ("zeros", bytes(100_000))):
            yield Case(f"{kind} and then a {name}", data + tail)
        for name, head in (("page", page), ("archive", archive), ("pdf", b"%PDF-1.4 ")):
            yield Case(f"{name} and then a {kind}", head + data, "not_a_picture")
    yield Case("jpeg whose comment is a page", jpeg(comment=page))
    yield Case("gif that begins like a comment", b"GIF89a/*" + jpeg(), "not_a_picture")


def others() -> Iterator[Case]:
    """Real files of other formats, with any name."""
    for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "ICNS", "JPEG2000", "AVIF", "DDS", "PDF"):
        if kind in Image.SAVE:
            yield Case(f"really {kind}", encoded(drawing(64, 64), kind), "not_a_picture")
    heads = {
        "heic": b"\x00\x00\x00\x18ftypheic",
        "photoshop": b"8BPS\x00\x01",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        "text": b"A lighthouse",
        "page": b"<!doctype html>",
        "program": b"\x7fELF",
        "one byte": b"\xff",
        "riff that is sound": b"RIFF\x00\x00\x00\x00WAVE",
        "zeros": bytes(1000),
    }
    for name, head in heads.items():
        yield Case(name, head + bytes(40 if len(head) > 1 else 0), "not_a_picture")
