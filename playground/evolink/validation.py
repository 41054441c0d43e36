"""Whether EvoLink accepts a request."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from playground.evolink.invisible import is_empty
from playground.evolink.limits import CALLBACK_LENGTH_MAX
from playground.evolink.model import Model
from playground.evolink.parameters import Parameter
from playground.evolink.rules import Problem, free_size_problem, parse_pixels
from playground.evolink.types import GenerationRequest

ALPHA_FORMATS: Final = ("png", "webp")


def problems(model: Model, request: GenerationRequest) -> tuple[Problem, ...]:
    """Everything in `request` that EvoLink would refuse for `model`. Empty if the request can be sent."""
    return tuple(_problems(model, request))


def _problems(model: Model, request: GenerationRequest) -> Iterator[Problem]:
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


def _prompt_problems(model: Model, prompt: str) -> Iterator[Problem]:
    if is_empty(prompt):
        yield Problem("prompt", "required")
    try:
        in_bytes = prompt.encode()
    except UnicodeEncodeError:
        yield Problem("prompt", "not_text")
        return
    fitting = _fitting(model, in_bytes)
    if fitting < min(len(prompt), model.prompt_limit):
        figures = {"limit": model.prompt_bytes_limit, "length": len(in_bytes), "excess": len(prompt) - fitting}
        yield Problem("prompt", "too_many_bytes", figures)
    elif len(prompt) > model.prompt_limit:
        yield Problem("prompt", "too_long", {"limit": model.prompt_limit, "length": len(prompt)})


def _fitting(model: Model, prompt: bytes) -> int:
    """How many characters of the prompt, from its beginning, keep the model's limit in bytes."""
    return len(prompt[: model.prompt_bytes_limit].decode(errors="ignore"))


def _setting_problem(name: str, value: Any, parameter: Parameter | None) -> Problem | None:
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


def _mask_problems(model: Model, url: str) -> Iterator[Problem]:
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
