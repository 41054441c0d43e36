"""Make a stranger's picture fit for the public, in a process of its own (`-m`, with DIRECTORY and PIXELS).

Reads the file from standard input, writes `public` and `thumbnail.webp` into DIRECTORY, and says on standard output
what it found, as JSON. A process, because nothing less bounds the memory and the time that a malicious file can take,
and because a decoder that crashes takes nothing with it. Knows no Django and is given no secrets.
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
# The interpreter, its libraries and the file itself; then what the worst format takes for one pixel (measured).
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
    """What was found; `width` and `height` are those of the upright picture."""

    extension: str
    content_type: str
    width: int
    height: int


def prepare(file: IO[bytes], directory: Path, *, max_pixels: int) -> Prepared:
    """Write the public copy and the thumbnail. Raises `NotAPicture`."""
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
    """As it is meant to be seen, in colours that a screen has. The same object when nothing had to be done."""
    meant = _in_screen_colours(image) if image.mode == "CMYK" else image
    return meant if turn is None else meant.transpose(turn)


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """Printing inks as sRGB: through the profile where there is a usable one."""
    from PIL import ImageCms  # rarely needed, and slow to load

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
    """How the camera was held; 1 where that cannot be read, because then nobody else can read it either."""
    exif = Image.Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif.load(image.info.get("exif", b""))
            return int(exif.get(ORIENTATION, 1))
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError):
            return 1


def _moves(image: Image.Image) -> bool:
    """An animated WebP has no first picture that could be copied by itself; a PNG and an MPO have one."""
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
    """In the same format, as close to the original as the format allows, with its colours and nothing else."""
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
    """The original's own tables, so that the copy is neither coarser nor larger. Inks became other colours."""
    sampling = JpegImagePlugin.get_sampling(original)
    if original.mode == "CMYK" or sampling < 0:
        return {"quality": 95, "subsampling": 0}
    return {"qtables": original.quantization, "subsampling": sampling}


def _thumbnail(upright: Image.Image, profile: bytes | None, target: Path) -> None:
    """Made in place: `upright` is small afterwards."""
    small = upright
    if small.mode.startswith("I"):
        # 16 bits for each pixel: the upper eight are what a screen shows.
        small = small.point(lambda value: value / 256).convert("L")
        profile = None
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    if small.mode not in ("RGB", "RGBA"):
        small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.save(target, "WEBP", quality=80, method=4, icc_profile=profile or b"")


def _bound(max_pixels: int) -> None:
    """Ask the system to end this process before it takes more than its share."""
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
