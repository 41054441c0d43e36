"""The rules for free sizes, and the token formula. Pure functions."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Final

SIDE_MULTIPLE: Final = 16
SIDE_MIN, SIDE_MAX = 16, 3840
AREA_MIN, AREA_MAX = 655_360, 8_294_400
RATIO_MAX: Final = 3
_PIXELS: Final = re.compile(r"([1-9][0-9]{0,4})[x×]([1-9][0-9]{0,4})")


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal: the field of the request, a code, and the figures for the sentence that people see.

    The application writes the sentence. Codes:
    required, not_text, too_long (limit, length), too_many_bytes (limit, length, excess), not_accepted,
    unknown_choice (choices), out_of_range (minimum, maximum), size_multiple (multiple),
    size_side (minimum, maximum), size_area (minimum, maximum), size_ratio (maximum),
    needs_alpha_format (formats), too_many (limit), not_http_url, not_https.
    """

    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


def parse_pixels(size: str) -> tuple[int, int] | None:
    """(width, height) of `WIDTHxHEIGHT` (or with ×). None for anything else."""
    found = _PIXELS.fullmatch(size)
    return (int(found[1]), int(found[2])) if found else None


def formula_tokens(width: int, height: int, grid: int) -> int:
    """The output tokens of one image of gpt-image-2 or a later model. `grid`: patches along the long side."""
    long, short = max(width, height), min(width, height)
    other = (2 * grid * short + long) // (2 * long)
    return -(-grid * other * (2_000_000 + width * height) // 4_000_000)


def free_size_problem(width: int, height: int) -> Problem | None:
    """The first of the four rules for free sizes that `width` x `height` (pixels) breaks. None if it keeps all."""
    if width % SIDE_MULTIPLE or height % SIDE_MULTIPLE:
        return Problem("size", "size_multiple", {"multiple": SIDE_MULTIPLE})
    if min(width, height) < SIDE_MIN or max(width, height) > SIDE_MAX:
        return Problem("size", "size_side", {"minimum": SIDE_MIN, "maximum": SIDE_MAX})
    if not AREA_MIN <= width * height <= AREA_MAX:
        return Problem("size", "size_area", {"minimum": AREA_MIN, "maximum": AREA_MAX})
    if max(width, height) > RATIO_MAX * min(width, height):
        return Problem("size", "size_ratio", {"maximum": RATIO_MAX})
    return None
