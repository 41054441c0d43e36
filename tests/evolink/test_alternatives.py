"""Which other model can draw the same, when the chosen one is out of reach."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from playground.evolink import MODELS, GenerationRequest, UnknownModelError, alternatives, get_model, pricing
from playground.evolink.validation import problems

from .test_pricing import accepted_requests

BEFORE, TODAY = date(2026, 10, 1), date(2026, 12, 1)
LINK = "https://h/x.png"


def found(
    model: str, *, today: date = TODAY, references: int | None = None, **values: Any
) -> dict[str, GenerationRequest]:
    request = GenerationRequest(**{"model": model, "prompt": "a cat", **values})
    return {other.model: other for other in alternatives(request, today=today, references=references)}


def test_the_cheapest_that_can_do_the_same_comes_first() -> None:
    others = found("gpt-image-1", quality="medium", size="1024x1536", today=BEFORE)
    assert list(others) == ["gpt-image-2.5-flare", "gpt-image-2.5-sunburst", "gpt-image-2", "gpt-image-1.5"]
    assert others["gpt-image-2"].size == "1024x1536", "its own 2:3 has other pixels"


def test_a_square_is_a_square_for_everybody() -> None:
    others = found("gpt-image-1", quality="medium", today=BEFORE)
    assert list(others) == [
        "gpt-image-2.5-flare",
        "gpt-image-2.5-sunburst",
        "gpt-image-2-beta",
        "gpt-image-1.5",
        "gpt-image-2",
    ]
    assert (others["gpt-image-2"].size, others["gpt-image-2"].resolution) == ("1:1", "1K")
    assert others["gpt-image-2-beta"].quality is None
    assert others["gpt-image-1.5"].size == "1024x1024"


def test_retired_models_are_none() -> None:
    assert {"gpt-image-1", "gpt-image-1.5"}.isdisjoint(found("gpt-image-2", size="1024x1024"))
    assert "gpt-image-1.5" in found("gpt-image-2", size="1024x1024", today=date(2026, 11, 30))


NEWEST = {"gpt-image-2.5-flare", "gpt-image-2.5-sunburst"}
WITH_BETA = {*NEWEST, "gpt-image-2-beta"}


@pytest.mark.parametrize(
    ("values", "models"),
    [
        ({"n": 2}, NEWEST),
        ({"size": "auto"}, WITH_BETA),
        ({"size": "16:9", "resolution": "4K"}, NEWEST),
        ({"size": "16:9"}, WITH_BETA),
        ({"background": "transparent"}, NEWEST),
        ({"background": "opaque", "output_format": "png"}, WITH_BETA),
        ({"output_format": "webp"}, NEWEST),
        ({"mask_url": LINK, "image_urls": (LINK,)}, NEWEST),
        ({"image_urls": (LINK,) * 16}, WITH_BETA),
        ({"prompt": "x" * 2001}, NEWEST),
    ],
)  # fmt: skip
def test_what_the_request_asks_for_decides(values: dict[str, Any], models: set[str]) -> None:
    assert set(found("gpt-image-2", **values)) == models


def test_references_without_an_address_are_counted() -> None:
    assert found("gpt-image-2", references=16)
    assert not found("gpt-image-2", references=17)
    with_references = list(found("gpt-image-2", quality="low", size="1:1", references=4))
    assert with_references[0] == "gpt-image-2-beta", "its references cost nothing"


def test_a_quality_of_another_name_becomes_the_highest() -> None:
    assert found("gpt-image-2.5-flare", quality="max", size="1:1")["gpt-image-2"].quality == "high"
    assert found("gpt-image-2", size="1:1")["gpt-image-2.5-flare"].quality == "medium", "the default, named"
    assert found("gpt-image-2-beta", size="1:1")["gpt-image-2"].quality is None


def test_an_unknown_model_has_none() -> None:
    with pytest.raises(UnknownModelError):
        found("dall-e-3")


@given(accepted_requests())
@settings(max_examples=200, deadline=None)
def test_an_alternative_draws_the_same_and_can_be_sent(request: GenerationRequest) -> None:
    if problems(get_model(request.model), request):
        return
    others = alternatives(request, today=BEFORE)
    costs = [pricing.estimate(other).high for other in others]
    assert costs == sorted(costs)
    for other in others:
        model = MODELS[other.model]
        assert problems(model, other) == ()
        assert other.model != request.model
        assert model.pixels(other.size, other.resolution) == MODELS[request.model].pixels(
            request.size, request.resolution
        )
        same = ("prompt", "n", "image_urls", "mask_url", "callback_url")
        assert all(getattr(other, name) == getattr(request, name) for name in same)
