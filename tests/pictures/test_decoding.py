"""What is known of a picture that EvoLink drew, whatever its file is like."""

import io
import struct
import zlib

import pytest
from PIL import Image

from playground.pictures.decoding import LARGER, SMALLER, NotAPicture, Picture, read_picture, recognised
from tests.drawing import drawing, encoded, exif
from tests.references.files import PROFILE, after_header, chunk, header, readable
from tests.references.foreign import CUT_EXIF, after_start, segment

CAP = 1_000_000
KINDS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}


def read(data: bytes) -> Picture:
    return read_picture(io.BytesIO(data), max_pixels=CAP)


def told(data: bytes) -> tuple[str, str, int | None, int | None]:
    picture = recognised(io.BytesIO(data))
    assert picture.thumbnails == {}
    return picture.extension, picture.content_type, picture.width, picture.height


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_result_has_the_sides_and_the_thumbnails_that_browsers_show(kind: str, orientation: int) -> None:
    picture = read(encoded(drawing(960, 480), kind, exif=exif(orientation)))
    assert (picture.width, picture.height) == ((480, 960) if orientation > 4 else (960, 480))
    for side in (LARGER, SMALLER):
        small = readable(picture.thumbnails[side])
        assert small.size == ((side // 2, side) if orientation > 4 else (side, side // 2))
        # The drawing is blue at its top. There is a corner where that is so after the turn.
        right, lower = {3: (0, 1), 4: (0, 1), 6: (1, 0), 7: (1, 0)}.get(orientation, (0, 0))
        place = (right * (small.width - 9) + 4, lower * (small.height - 9) + 4)
        red, green, blue = small.convert("RGB").getpixel(place)  # type: ignore[misc]
        assert blue > 200
        assert max(red, green) < 50


def test_sixteen_bits_of_grey_keep_their_tones() -> None:
    grey = Image.new("I;16", (256, 64))
    grey.putdata([value * 257 for _row in range(64) for value in range(256)])
    for turned in (1, 3):
        small = readable(read(encoded(grey, "PNG", exif=exif(turned))).thumbnails[SMALLER]).convert("L")
        for place in range(4, 256, 16):
            assert abs(int(small.getpixel((place, 32))) - (place if turned == 1 else 255 - place)) <= 6  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_keeps_its_tones(mode: str) -> None:
    """A checkerboard of single pixels becomes grey, not black or white."""
    board = Image.new("L", (1280, 1280))
    board.frombytes((b"\x00\xff" * 640 + b"\xff\x00" * 640) * 640)
    if mode == "I;16":
        board = Image.frombytes("I;16", board.size, bytes(value for tone in board.tobytes() for value in (tone, tone)))
    else:
        board = board.convert(mode)
    small = readable(read_picture(io.BytesIO(encoded(board)), max_pixels=2_000_000).thumbnails[SMALLER]).convert("L")
    assert abs(int(small.getpixel((100, 100))) - 128) <= 3  # type: ignore[arg-type]


def test_a_colour_that_stands_for_nothing_is_transparent() -> None:
    """Also where each colour has 16 bits."""
    small = readable(read(encoded(drawing(), transparency=(255, 0, 0))).thumbnails[SMALLER])
    assert small.convert("RGBA").getpixel((5, 30))[3] == 0  # type: ignore[index]
    row = b"\x00" + struct.pack(">3H", 0x8080, 0x8080, 0x8080) * 4
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)) + chunk(
        b"tRNS", struct.pack(">3H", *[0x8080] * 3)
    )
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(row * 4)) + chunk(b"IEND", b"")
    assert readable(read(data).thumbnails[SMALLER]).convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]


def test_thumbnails_keep_the_colours_of_a_screen_and_no_others() -> None:
    assert readable(read(encoded(icc_profile=PROFILE)).thumbnails[LARGER]).info["icc_profile"] == PROFILE
    grey = PROFILE[:16] + b"GRAY" + PROFILE[20:]
    assert "icc_profile" not in readable(read(encoded(drawing(mode="L"), icc_profile=grey)).thumbnails[LARGER]).info


def test_a_result_is_read_whatever_its_exif_is_like() -> None:
    plain = encoded(drawing(), "JPEG")
    for length in range(6, len(CUT_EXIF)):
        picture = read(after_start(plain, segment(0xE1, CUT_EXIF[:length])))
        turned = length >= len(CUT_EXIF) - 5
        assert (picture.width, picture.height) == ((40, 60) if turned else (60, 40)), length


class TestRecognised:
    """The original of a picture is kept even if there is no thumbnail of it."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_first_bytes_decide(self, kind: str) -> None:
        data = encoded(drawing(), kind, exif=exif(6))
        assert told(data) == (*KINDS[kind], 40, 60)

    @pytest.mark.parametrize(("kind", "enough"), [("PNG", 33), ("JPEG", 250), ("WEBP", 30)])
    def test_the_rest_may_be_missing(self, kind: str, enough: int) -> None:
        data = encoded(drawing(), kind)
        with pytest.raises(NotAPicture):
            read(data[:enough])
        assert told(data[:enough]) == (*KINDS[kind], 60, 40)
        assert told(data[:12]) == (*KINDS[kind], None, None)

    def test_the_rest_may_be_garbage_or_too_large(self) -> None:
        assert told(b"\x89PNG\r\n\x1a\n" + b"garbage" * 100) == ("png", "image/png", None, None)
        assert told(b"\xff\xd8\xff" + bytes(1000)) == ("jpg", "image/jpeg", None, None)
        assert told(b"\x89PNG\r\n\x1a\n" + header(60_000, 60_000)) == ("png", "image/png", 60_000, 60_000)
        assert told(after_header(encoded(), chunk(b"acTL", b"x"))) == ("png", "image/png", 60, 40)

    def test_without_the_first_bytes_it_is_no_picture(self) -> None:
        for data in (b"", b"\xff\xd8", b"GIF89a" + bytes(100), b"<html>", b"RIFF\x00\x00\x00\x00WAVE"):
            with pytest.raises(NotAPicture) as refusal:
                recognised(io.BytesIO(data))
            assert refusal.value.code == "not_a_picture"


@pytest.mark.parametrize("kind", KINDS)
def test_no_cut_and_no_single_wrong_byte_raises_anything_else(kind: str) -> None:
    data = encoded(drawing(40, 24), kind, exif=exif(6))
    broken = [data[:length] for length in range(0, len(data), 7)]
    broken += [data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :] for place in range(0, len(data), 5)]
    for file in broken:
        for asked in (read, told):
            try:
                asked(file)
            except NotAPicture:
                continue
