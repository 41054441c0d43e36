"""Makes a `GenerationRequest` from the bytes of a submit, or raises the refusal that EvoLink would send."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from playground.evolink.catalogue import UnknownModelError, get_model, known_parameters
from playground.evolink.model import Model
from playground.evolink.rules import Problem
from playground.evolink.types import GenerationRequest
from playground.evolink.validation import problems
from playground.sandbox.replies import Refusal

BODY_MAX: Final = 1024 * 1024  # bytes of a JSON body

SENTENCES: Final[Mapping[str, str]] = {
    "required": "{field} is required",
    "not_text": "{field} must be valid text",
    "too_long": "{field} must not be longer than {limit} characters",
    "too_many_bytes": "{field} must not be longer than {limit} bytes",
    "not_accepted": "{field} is not supported by this model",
    "unknown_choice": "{field} must be one of: {choices}",
    "out_of_range": "{field} must be between {minimum} and {maximum}",
    "size_multiple": "{field} must have sides that are multiples of {multiple}",
    "size_side": "{field} must have sides between {minimum} and {maximum}",
    "size_area": "{field} must have an area between {minimum} and {maximum} pixels",
    "size_ratio": "{field} must not be more than {maximum} times as long as wide",
    "needs_alpha_format": "{field} transparent needs output_format {formats}",
    "too_many": "{field} takes at most {limit} entries",
    "not_http_url": "{field} must be http or https URLs",
    "not_https": "{field} must be an https URL",
    "internal_address": "{field} must not be an internal address",
}


def wrong(message: str, field: str | None = None, code: str = "invalid_request") -> Refusal:
    return Refusal(400, code, message, "invalid_request_error", field)


def explain(problem: Problem) -> Refusal:
    """Return the 400 refusal for a problem that the catalogue found."""
    params = {key: _words(value) for key, value in problem.params.items()}
    sentence = SENTENCES[problem.code].format(field=problem.field, **params)
    code = "unsupported_parameters" if problem.code == "not_accepted" else "invalid_request"
    return wrong(sentence[0].upper() + sentence[1:], problem.field, code)


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def read_object(content: bytes, *, limit: int = BODY_MAX) -> dict[str, Any]:
    """Return the JSON object in a body of at most `limit` bytes. Raises `Refusal`."""
    if len(content) > limit:
        raise Refusal(413, "request_too_large", "Request body too large", "request_too_large_error")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise wrong("Request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise wrong("Request body must be a JSON object")
    return body


def read_model(body: Mapping[str, Any]) -> Model:
    name = body.get("model")
    if not isinstance(name, str) or not name:
        raise wrong("Model is required", "model")
    try:
        return get_model(name)
    except UnknownModelError:
        message = f"The model {name[:100]!r} does not exist or is not available"
        raise Refusal(404, "model_not_found", message, "invalid_request_error", "model") from None


def read_generation(body: Mapping[str, Any], model: Model, *, exempt: Callable[[str], bool]) -> GenerationRequest:
    """Return the request. Raises `Refusal`. Parameters that no model has are ignored, because nothing forbids them.
    A mask without reference images is ignored, too. A `callback_url` of an `exempt` origin does not need HTTPS.
    """
    prompt = body.get("prompt")
    if prompt is None:
        raise wrong("Prompt is required", "prompt")
    if not isinstance(prompt, str):
        raise wrong("Prompt must be a string", "prompt")
    request = GenerationRequest.from_values(
        {name: _READERS[parameter.type](body, name) for name, parameter in known_parameters().items()}
    )
    for problem in problems(model, request):
        if problem.code != "not_https" or not exempt(request.callback_url or ""):
            raise explain(problem)
    return request if request.image_urls else replace(request, mask_url=None)


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong(f"{name} must be a string", name)
    return value


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise wrong(f"{name} must be an integer", name)
    return value


def _texts(body: Mapping[str, Any], name: str) -> list[str] | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, list) or not all(isinstance(text, str) for text in value)):
        raise wrong(f"{name} must be an array of strings", name)
    return value


_READERS: Final = {"string": _text, "integer": _whole, "array": _texts}
