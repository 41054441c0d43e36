"""Opens pictures from strangers. Only the content of a file decides what it is, not its name or its declared type.

Whatever browsers show is a picture: a file is first reduced to what its pixels need (`formats`), so that nothing else
in it can be wrong.
"""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass, field, replace
from typing import IO

# Pillow knows a format in `formats` only after its plugin was imported.
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from playground.pictures import losses
from playground.pictures.formats import look, png
from playground.pictures.formats.parts import KINDS, Parts

_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
# Of the texts that Pillow bounds with this number only colour profiles are left, which `formats` has measured.
PngImagePlugin.MAX_TEXT_CHUNK = png.PROFILE_BYTES
# Pillow raises these for damaged files (measured on a corpus). Any other exception is our own fault.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
    Warning,
)
# The longest side of the two thumbnails, in pixels. The smaller one fills a cell of a grid.
LARGER, SMALLER = 640, 320
# By EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


# The codes of `NotAPicture` with which another download may help.
CUT_SHORT = ("incomplete", "coarse", "cut_off")


class NotAPicture(Exception):
    """The file is not a PNG, JPEG or WebP picture with all its pixels and within the pixel limit. `code` says what is
    wrong, `facts` how large the picture is, or how much is missing in percent."""

    def __init__(self, code: str, message: str, **facts: int) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Picture:
    """What a file is. `width` and `height` are in pixels, as browsers show it: turned upright. They are None, and there
    are no `thumbnails`, if the file could not be read. `thumbnails` are WebP files by the side, in pixels, of the
    square that they fit into."""

    extension: str
    content_type: str
    width: int | None
    height: int | None
    thumbnails: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Decoded:
    """A decoded picture, not yet turned upright, and the parts of its file."""

    image: Image.Image
    parts: Parts

    @property
    def turn(self) -> Image.Transpose | None:
        return TURNS.get(self.parts.orientation)


def decoded(file: IO[bytes], *, max_pixels: int) -> Decoded:
    """The completely decoded picture in `file`. Raises `NotAPicture`. Needs memory for `max_pixels` at most."""
    parts = _parts(file)
    if parts.size and parts.size[0] * parts.size[1] > max_pixels:
        raise _too_many_pixels(*parts.size)
    if parts.bomb:
        raise NotAPicture("bomb", "A small part of it unpacks to a huge one.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The pixels are counted here, and the limit is ours.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Decoded(_image(parts, max_pixels), parts)
        except (MemoryError, Image.DecompressionBombError) as error:
            raise NotAPicture("too_costly", "It needs too much memory.") from error
        except _DAMAGED as error:
            raise _incomplete(*losses.why_not(parts)) from error


def _parts(file: IO[bytes]) -> Parts:
    file.seek(0)
    parts = look(memoryview(file.read()))
    if parts is None:
        raise NotAPicture("not_a_picture", "It is not a PNG, JPEG or WebP file.")
    return parts


def _image(parts: Parts, max_pixels: int) -> Image.Image:
    """The decoded picture. Raises `NotAPicture` for one that has only a part of its pixels, and what Pillow raises."""
    if parts.format == "JPEG" and parts.size and parts.passes and (flaw := losses.flaw_of_jpeg(parts)):
        raise _incomplete(*flaw)
    try:
        return _loaded(b"".join(parts.clean), max_pixels)
    except _DAMAGED:
        if parts.format != "PNG" or parts.size is None or losses.of_png(parts):
            raise
        parts.regular = False
        return _loaded(png.packed_again(parts), max_pixels)


def _loaded(data: bytes, max_pixels: int) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=tuple(KINDS))
    if image.width * image.height > max_pixels:
        raise _too_many_pixels(image.width, image.height)
    image.load()
    if image.mode == "P" and image.palette is None:
        raise SyntaxError("Its palette is missing.")
    return image


def _too_many_pixels(width: int, height: int) -> NotAPicture:
    return NotAPicture("too_many_pixels", f"It has {width} × {height} pixels.", width=width, height=height)


def _incomplete(code: str, missing: float) -> NotAPicture:
    """The refusal of a file that is damaged or not complete."""
    if not missing:
        return NotAPicture(code, "The file is damaged or not complete.")
    percent = max(1, round(missing * 100))
    return NotAPicture(code, f"{percent} % of it is missing.", missing=percent)


def read_picture(file: IO[bytes], *, max_pixels: int) -> Picture:
    """The picture in `file` with its thumbnails. Raises `NotAPicture`."""
    found = decoded(file, max_pixels=max_pixels)
    try:
        thumbnails = {side: thumbnail(found.image, found.turn, side) for side in (LARGER, SMALLER)}
    except MemoryError as error:
        raise NotAPicture("too_costly", "It needs too much memory.") from error
    return replace(_told(found.parts), thumbnails=thumbnails)


def recognised(file: IO[bytes]) -> Picture:
    """What a file is by its first bytes, also if it is damaged behind them or too large. It has no thumbnails. Raises
    `NotAPicture` if these bytes are not those of a PNG, JPEG or WebP file."""
    return _told(_parts(file))


def _told(parts: Parts) -> Picture:
    width, height = parts.upright_size or (None, None)
    return Picture(*KINDS[parts.format], width, height)


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height, in pixels, of a picture that fits into a square. It keeps its proportions and never grows."""
    scale = min(side / max(width, height), 1)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def thumbnail(image: Image.Image, turn: Image.Transpose | None, side: int) -> bytes:
    """A WebP file of the picture, turned and shrunk into a square. It shrinks `image` itself where that is possible."""
    small = _plain(image)
    small.thumbnail((side, side))
    if small.mode not in ("RGB", "RGBA"):
        small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    if turn is not None:
        small = small.transpose(turn)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80, method=4, icc_profile=_screen_profile(image))
    return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """The picture with eight bits for each value, in a mode that can be shrunk smoothly."""
    if image.mode.startswith("I;16"):
        # A screen shows the upper eight of the sixteen bits. Pillow would cut off what is larger than 255.
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.mode in ("1", "P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _screen_profile(image: Image.Image) -> bytes:
    """The colour profile, if it describes the colours of a screen and not those of greys or inks."""
    profile: bytes = image.info.get("icc_profile") or b""
    return profile if profile[16:20] == b"RGB " else b""
