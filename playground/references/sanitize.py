"""Makes a public copy of a stranger's picture, in its own process (`python -m` with DIRECTORY and PIXELS).

Reads the file from standard input, writes `public` and `thumbnail.webp` into DIRECTORY, and prints what it found as
JSON. It is a process, because only that limits the memory and time that a malicious file can take, and because a crash
of a decoder ends nothing else. It does not use Django and gets no secrets.
"""

import io
import json
import mmap
import resource
import sys
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from PIL import Image, JpegImagePlugin

from playground.pictures.decoding import KINDS, NotAPicture, decoded
from playground.references.metadata import Unreadable, strip

THUMBNAIL_SIDE = 512
CPU_SECONDS = 40
# Bytes: for the interpreter, its libraries and the file; and for each pixel of the worst format (measured).
MEMORY_BASE, MEMORY_PER_PIXEL = 400 * 2**20, 16
_ENCODERS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "WEBP": "WEBP"}
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Prepared:
    """What the file is. `width` and `height` are in pixels, after the picture was turned upright."""

    extension: str
    content_type: str
    width: int
    height: int


def prepare(file: IO[bytes], directory: Path, *, max_pixels: int) -> Prepared:
    """Writes the public copy and the thumbnail into `directory`. Raises `NotAPicture`."""
    with decoded(file, max_pixels=max_pixels) as image:
        extension, content_type = KINDS[str(image.format)]
        turn = TURNS.get(_orientation(image))
        upright, profile = _upright(image, turn), image.info.get("icc_profile")
        if turn is not None or upright is not image or _moves(image):
            _encode(upright, image, directory / "public")
        else:
            _copy(file, extension, image, directory / "public")
        size = upright.size
        _thumbnail(upright, None if image.mode == "CMYK" else profile, directory / "thumbnail.webp")
        return Prepared(extension, content_type, *size)


def _upright(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """The picture turned upright and in screen colours. The same object if nothing had to change."""
    meant = _in_screen_colours(image) if image.mode == "CMYK" else image
    return meant if turn is None else meant.transpose(turn)


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """Converts CMYK to sRGB, with the picture's colour profile if that is usable."""
    from PIL import ImageCms  # rarely needed and slow to import

    profile = image.info.get("icc_profile")
    if profile:
        try:
            inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.profileToProfile(image, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            screen = None
        if screen is not None:
            return screen
    return image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation. 1 if it is unreadable, because then other programs cannot read it either."""
    exif = Image.Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif.load(image.info.get("exif", b""))
            return int(exif.get(ORIENTATION, 1))
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError):
            return 1


def _moves(image: Image.Image) -> bool:
    """Whether it is an animated WebP. Its first picture cannot be copied alone, as in a PNG or an MPO."""
    return image.format == "WEBP" and getattr(image, "n_frames", 1) > 1


def _copy(file: IO[bytes], extension: str, image: Image.Image, target: Path) -> None:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            _write(strip(extension, data), target)
            with Image.open(target) as copy:
                faithful = copy.size == image.size
        except (Unreadable, OSError, SyntaxError):
            faithful = False
    if not faithful:
        _encode(image, image, target)


def _write(parts: Iterable[bytes], target: Path) -> None:
    with target.open("wb") as out:
        out.writelines(parts)


def _encode(upright: Image.Image, original: Image.Image, target: Path) -> None:
    """Encodes in the same format, as close to the original as possible. Keeps its colours and no other data."""
    options: dict[str, Any] = {"format": _ENCODERS[str(original.format)]}
    if original.mode != "CMYK":
        options["icc_profile"] = original.info.get("icc_profile")
    if isinstance(original, JpegImagePlugin.JpegImageFile):
        options |= _jpeg_options(original)
    elif original.format == "WEBP":
        options |= {"quality": 95, "method": 2}
    else:
        options |= {"compress_level": 3}
    upright.info = {name: value for name, value in upright.info.items() if name in ("transparency", "gamma")}
    upright.save(target, **options)


def _jpeg_options(original: JpegImagePlugin.JpegImageFile) -> dict[str, Any]:
    """The original's quantization tables, so that the copy is not worse or larger. CMYK has no use for them, because
    its colours were converted."""
    sampling = JpegImagePlugin.get_sampling(original)
    if original.mode == "CMYK" or sampling < 0:
        return {"quality": 95, "subsampling": 0}
    return {"qtables": original.quantization, "subsampling": sampling}


def _thumbnail(upright: Image.Image, profile: bytes | None, target: Path) -> None:
    """Writes the thumbnail. It shrinks `upright` itself."""
    small = upright
    if small.mode.startswith("I"):
        # The picture has 16 bits for each pixel. A screen shows the upper eight.
        small = small.point(lambda value: value / 256).convert("L")
        profile = None
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    if small.mode not in ("RGB", "RGBA"):
        small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.save(target, "WEBP", quality=80, method=4, icc_profile=profile or b"")


def _bound(max_pixels: int) -> None:
    """Asks the system to end this process if it takes too much memory or time."""
    memory = MEMORY_BASE + MEMORY_PER_PIXEL * max_pixels
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> None:
    directory, max_pixels = Path(sys.argv[1]), int(sys.argv[2])
    _bound(max_pixels)
    try:
        found: dict[str, Any] = asdict(prepare(sys.stdin.buffer, directory, max_pixels=max_pixels))
    except NotAPicture as error:
        found = {"refused": error.code, **error.facts}
    except MemoryError:
        found = {"refused": "too_costly"}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
