"""The sandbox bills every request that it accepts within the estimate beside the button."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.evolink import BUILT_IN, MODELS, GenerationRequest, pricing
from playground.evolink.validation import problems
from playground.sandbox.state import billing
from playground.sandbox.state.world import credits
from tests.sandbox.conftest import Reached


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """Any model with any values that a person could choose. Some of them are refused."""
    model = draw(st.sampled_from(list(MODELS.values())))
    sizes = [None, *model.size_choices, "1024x640", "2880x2880", "3840×1280", "7x7"]
    letters = st.text(st.sampled_from("a b,.é山描く🦊\n"), min_size=1, max_size=300)
    return GenerationRequest(
        model=model.id,
        prompt=draw(letters),
        size=draw(st.sampled_from(sizes)),
        quality=draw(st.sampled_from([None, *model.qualities])),
        resolution=draw(st.sampled_from([None, *model.resolutions])),
        n=draw(st.integers(1, model.n_max)),
    )


@given(requests(), st.integers(0, 16))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_bill_of_any_accepted_request_is_within_its_estimate(
    alone: Reached, request: GenerationRequest, references: int
) -> None:
    response = alone.client.post("/v1/images/generations", json=request.to_json())
    assert (response.status_code == 200) == (not problems(MODELS[request.model], request)), response.text
    if response.status_code != 200:
        return
    estimate = pricing.estimate(request)
    assert response.json()["usage"]["credits_reserved"] == float(estimate.high)
    alone.clock.advance(600)
    alone.task(response.json()["id"])
    [billed] = [entry.credits for entry in alone.sandbox.billing_log() if entry.task_id == response.json()["id"]]
    assert estimate.low <= billed <= estimate.high

    # The same request with reference images, which the sandbox would have to fetch first.
    count = min(references, MODELS[request.model].references_max)
    referring = replace(request, image_urls=("https://example.com/a.png",) * count)
    width, height = MODELS[request.model].drawable(request.size, request.resolution)[0]
    _usage, units = billing.bill(referring, BUILT_IN, width=width, height=height, pictures=request.n)
    range_with = pricing.estimate(referring)
    assert range_with.low <= credits(units) <= range_with.high
    assert range_with == pricing.estimate(request, references=count)
    assert range_with.high - estimate.high >= Decimal(0)
