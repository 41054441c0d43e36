"""What picture files consist of, as their formats say it. No pixel is decoded here."""

from playground.pictures.formats import jpeg, png, webp
from playground.pictures.formats.parts import Parts


def look(data: memoryview) -> Parts | None:
    """The parts of a PNG, JPEG or WebP file, however damaged. None if its first bytes are of something else."""
    head = bytes(data[:12])
    if head.startswith(png.SIGNATURE):
        return png.look(data)
    if head.startswith(jpeg.SIGNATURE):
        return jpeg.look(data)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return webp.look(data)
    return None
