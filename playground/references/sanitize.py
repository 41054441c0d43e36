"""Makes a public copy of a stranger's picture, in its own process (`python -m` with DIRECTORY and PIXELS).

Reads the file from standard input, writes `public` and `thumbnail.webp` into DIRECTORY, and prints what it found as
JSON. It is a process, because only that limits the memory and time that a malicious file can take, and because a crash
of a decoder ends nothing else. It does not use Django and gets no secrets.
"""

import io
import json
import re
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from PIL import Image, JpegImagePlugin

from playground.pictures.decoding import Decoded, NotAPicture, decoded, thumbnail
from playground.pictures.formats.parts import KINDS

THUMBNAIL_SIDE = 512
CPU_SECONDS = 40
# Bytes: for the interpreter, its libraries and the file; and for each pixel of the worst format (measured).
MEMORY_BASE, MEMORY_PER_PIXEL = 400 * 2**20, 16
# Text that a web server might run if it took the public copy for a program: PHP, ASP, JSP, ColdFusion, server-side
# includes, scripts. Behind the short marks some more text is needed, because these occur in any pixels by chance.
PROGRAM = re.compile(
    rb"<(?i:\?(?:php|=[\s -~]{6}|\s[\s -~]{6})|%[\s -~]{12}|script|jsp:|!--#|cf(?:script|execute|output|set|include))"
)
# It begins the data of an archive of PHP programs.
ARCHIVE = re.compile(rb"__(?i:halt_compiler)")
# How often a copy is encoded, each time a little differently, until there is no such text in it.
ENCODINGS = 8


@dataclass(frozen=True)
class Prepared:
    """What the file is. `width` and `height` are in pixels, after the picture was turned upright."""

    extension: str
    content_type: str
    width: int
    height: int


def prepare(file: IO[bytes], directory: Path, *, max_pixels: int) -> Prepared:
    """Writes the public copy and the thumbnail into `directory`. Raises `NotAPicture`."""
    found = decoded(file, max_pixels=max_pixels)
    upright = _upright(found)
    _publish(found, upright, directory / "public")
    size = upright.size
    (directory / "thumbnail.webp").write_bytes(thumbnail(upright, None, THUMBNAIL_SIDE))
    return Prepared(*KINDS[found.parts.format], *size)


def _upright(found: Decoded) -> Image.Image:
    """The picture turned upright and in screen colours. The same object if nothing had to change."""
    image, profile = found.image, found.image.info.get("icc_profile") or b""
    if image.mode == "CMYK" or _runs(profile):
        image = _in_screen_colours(image, profile)
    return image if found.turn is None else image.transpose(found.turn)


def _in_screen_colours(image: Image.Image, profile: bytes) -> Image.Image:
    """Converts the colours to sRGB, with the picture's colour profile if that is usable. The copy has no profile."""
    from PIL import ImageCms  # rarely needed and slow to import

    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode == "I;16":
        # Greys need no conversion, and there is none that keeps sixteen bits.
        screen = image.copy()
    else:
        plain = image if image.mode == "CMYK" else image.convert(mode)
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.profileToProfile(plain, meant, ImageCms.createProfile("sRGB"), outputMode=mode) or plain
        except (ImageCms.PyCMSError, OSError):
            screen = plain.convert(mode)
    screen.info.pop("icc_profile", None)
    return screen


def _publish(found: Decoded, upright: Image.Image, target: Path) -> None:
    """Writes the public copy: the compressed pixels as they are, if that is possible, or else encoded again. Raises
    `NotAPicture`."""
    if upright is found.image and found.parts.regular:
        with target.open("wb") as out:
            out.writelines(found.parts.clean)
        if _harmless(target):
            return
    for attempt in range(ENCODINGS):
        _encode(upright, found, target, attempt)
        if _harmless(target):
            return
    raise NotAPicture("damaged", "Its pixels read as a program, however they are packed.")


def _harmless(target: Path) -> bool:
    return not _runs(target.read_bytes())


def _runs(data: bytes) -> bool:
    return bool(PROGRAM.search(data) or ARCHIVE.search(data))


def _encode(upright: Image.Image, found: Decoded, target: Path, attempt: int) -> None:
    """Encodes in the same format, as close to the original as possible. Keeps its colours and no other data. Each
    further attempt gives other bytes."""
    kind, image = found.parts.format, upright
    options: dict[str, Any] = {"format": kind, "icc_profile": upright.info.get("icc_profile")}
    if kind == "JPEG":
        options |= _jpeg_options(found.image, attempt)
    elif kind == "WEBP":
        options |= {"quality": 95 - attempt, "method": 2}
    else:
        options |= {"compress_level": 3 + attempt % 7}
        if attempt and image.mode in ("P", "PA"):
            # The palette itself may be the text.
            image = image.convert("RGBA")
    image.save(target, **options)


def _jpeg_options(original: Image.Image, attempt: int) -> dict[str, Any]:
    """The original's quantization tables, so that the copy is not worse or larger. CMYK has no use for them, because
    its colours were converted."""
    if not attempt and original.mode != "CMYK" and isinstance(original, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(original)
        if sampling >= 0:
            return {"qtables": original.quantization, "subsampling": sampling}
    return {"quality": 95 - attempt, "subsampling": 0}


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
