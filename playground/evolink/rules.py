"""The rules that decide whether EvoLink accepts a request, and the token formula. Pure functions."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playground.evolink.limits import CALLBACK_LENGTH_MAX
from playground.evolink.types import GenerationRequest

if TYPE_CHECKING:
    from playground.evolink.catalogue import Model
    from playground.evolink.parameters import Parameter

SIDE_MULTIPLE: Final = 16
SIDE_MIN, SIDE_MAX = 16, 3840
AREA_MIN, AREA_MAX = 655_360, 8_294_400
RATIO_MAX: Final = 3
ALPHA_FORMATS: Final = ("png", "webp")
_PIXELS: Final = re.compile(r"([1-9][0-9]{0,4})[x×]([1-9][0-9]{0,4})")


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal: the field of the request, a code, and the figures for the sentence that people see.

    The application writes the sentence. Codes:
    required, not_text, too_long (limit, length), too_many_bytes (limit, length), not_accepted,
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


def problems(model: "Model", request: GenerationRequest) -> Iterator[Problem]:
    """Everything in `request` that `model` does not accept."""
    yield from _prompt_problems(model, request.prompt)
    taken = {parameter.name: parameter for parameter in model.settings}
    for name, value in request.settings().items():
        if value is not None and (problem := _setting_problem(name, value, taken.get(name))):
            yield problem
    if request.background == "transparent" and request.output_format not in (None, *ALPHA_FORMATS):
        yield Problem("background", "needs_alpha_format", {"formats": ALPHA_FORMATS})
    if len(request.image_urls) > model.references_max:
        yield Problem("image_urls", "too_many", {"limit": model.references_max})
    if not all(_has_host(url, ("http", "https")) for url in request.image_urls):
        yield Problem("image_urls", "not_http_url")
    if request.mask_url is not None:
        yield from _mask_problems(model, request.mask_url)
    yield from _callback_problems(request.callback_url)


def _prompt_problems(model: "Model", prompt: str) -> Iterator[Problem]:
    if not prompt.strip():
        yield Problem("prompt", "required")
    if len(prompt) > model.prompt_limit:
        yield Problem("prompt", "too_long", {"limit": model.prompt_limit, "length": len(prompt)})
    try:
        length = len(prompt.encode())
    except UnicodeEncodeError:
        yield Problem("prompt", "not_text")
        return
    if model.prompt_bytes_limit is not None and length > model.prompt_bytes_limit:
        yield Problem("prompt", "too_many_bytes", {"limit": model.prompt_bytes_limit, "length": length})


def _setting_problem(name: str, value: Any, parameter: "Parameter | None") -> Problem | None:
    """What is wrong with a setting. `parameter` is the model's parameter of this name. None if it has none."""
    if parameter is None:
        return Problem(name, "not_accepted")
    if parameter.accepts(value.upper() if name == "resolution" else value):
        return None
    if parameter.type == "integer":
        return Problem(name, "out_of_range", {"minimum": parameter.minimum, "maximum": parameter.maximum})
    pixels = parse_pixels(value) if parameter.open else None
    broken = free_size_problem(*pixels) if pixels else None
    return broken or Problem(name, "unknown_choice", {"choices": parameter.choices})


def _mask_problems(model: "Model", url: str) -> Iterator[Problem]:
    """A mask without reference images is allowed: EvoLink ignores it silently."""
    if not model.takes_mask:
        yield Problem("mask_url", "not_accepted")
    elif not _has_host(url, ("http", "https")):
        yield Problem("mask_url", "not_http_url")


def _callback_problems(url: str | None) -> Iterator[Problem]:
    if url is None:
        return
    if len(url) > CALLBACK_LENGTH_MAX:
        yield Problem("callback_url", "too_long", {"limit": CALLBACK_LENGTH_MAX, "length": len(url)})
    if not _has_host(url, ("https",)):
        yield Problem("callback_url", "not_https")


def _has_host(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        return False
