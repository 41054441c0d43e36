"""What picture files consist of, as their formats say it. No pixel is decoded here."""

from playground.pictures.formats import jpeg, png, webp
from playground.pictures.formats.parts import Parts


def look(data: memoryview) -> Parts | None:
    """The parts of a PNG, JPEG or WebP file, however damaged. None if its first bytes are of something else."""
    if data[:8] == png.SIGNATURE:
        return png.look(data)
    if data[:3] == jpeg.SIGNATURE:
        return jpeg.look(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return webp.look(data)
    return None
