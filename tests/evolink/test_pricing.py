"""Prices from the published figures, and the promise that a bill stays within its estimate."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.evolink import MODELS, GenerationRequest, Rates, UnknownModelError, Usage, catalogue, get_model, pricing
from playground.evolink.invisible import is_empty
from playground.evolink.pricing import Line, cost, estimate, prompt_tokens, published_range, usage_of, usd
from playground.evolink.validation import problems


def places(amount: Decimal, digits: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    return amount.quantize(Decimal(digits), rounding)


@pytest.mark.parametrize(
    ("model_id", "low", "high", "shown_low", "shown_high"),
    [
        ("gpt-image-1", "0.665856", "30.316032", "0.66586", "30.31603"),
        ("gpt-image-1.5", "0.5326848", "24.2528256", "0.53268", "24.25283"),
        ("gpt-image-2", "0.113832", "55.5804936", "0.11383", "55.58049"),
    ],
)
def test_the_published_ranges(model_id: str, low: str, high: str, shown_low: str, shown_high: str) -> None:
    published = published_range(model_id)
    assert (published.low, published.high) == (Decimal(low), Decimal(high))
    assert places(published.low, "0.00001") == Decimal(shown_low)
    assert places(published.high, "0.00001") == Decimal(shown_high)


def test_the_published_range_in_dollars() -> None:
    published = published_range("gpt-image-1")
    assert places(usd(published.low), "0.0001") == Decimal("0.0098")
    assert places(usd(published.high), "0.001") == Decimal("0.446")


def test_the_range_of_a_model_billed_per_call_is_its_price() -> None:
    published = published_range("gpt-image-2-beta")
    assert (published.low, published.high) == (Decimal("1.02"), Decimal("1.02"))


@pytest.mark.parametrize(
    ("category", "credits", "dollars", "shown"),
    [
        ("image_output", "2.448", "0.036", "0.0360"),
        ("image_input", "0.612", "0.009", "0.0090"),
        ("image_cached_input", "0.153", "0.00225", "0.0022"),
        ("text_input", "0.306", "0.0045", "0.0045"),
        ("text_cached_input", "0.0765", "0.001125", "0.0011"),
    ],
)
def test_the_five_published_rates_in_credits_and_dollars(category: str, credits: str, dollars: str, shown: str) -> None:
    rate = getattr(get_model("gpt-image-1").rates_for("default"), category)
    assert rate == Decimal(credits)
    assert usd(rate) == Decimal(dollars)
    assert places(usd(rate), "0.0001", ROUND_HALF_EVEN) == Decimal(shown)


def test_estimate_term_by_term() -> None:
    request = GenerationRequest(model="gpt-image-1", prompt="x" * 100, size="1:1", quality="low", n=8)
    result = estimate(request, references=2)
    assert result.lines == (
        Line("image_output", 8 * 272, Decimal("2.448"), Decimal("5.3269")),
        Line("image_input", 8 * 2 * 1536, Decimal("0.612"), Decimal("15.0406")),
        Line("text_input", 8 * 100, Decimal("0.306"), Decimal("0.2448")),
    )
    assert result.high == Decimal("20.6123")
    assert result.lines_low[2] == Line("text_input", 8 * 13, Decimal("0.306"), Decimal("0.0319"))
    assert result.low == Decimal("20.3994")
    assert not result.exact


def test_estimate_per_image_is_the_estimate_of_one() -> None:
    eight = estimate(GenerationRequest(model="gpt-image-1", prompt="a cat", n=8))
    one = estimate(GenerationRequest(model="gpt-image-1", prompt="a cat", n=1))
    assert (eight.per_image_low, eight.per_image_high) == (one.low, one.high)
    assert (one.per_image_low, one.per_image_high) == (one.low, one.high)


def test_estimate_counts_the_addresses_unless_told_otherwise() -> None:
    with_urls = GenerationRequest(model="gpt-image-1", prompt="a", image_urls=("https://h/1", "https://h/2"))
    without = GenerationRequest(model="gpt-image-1", prompt="a")
    assert estimate(with_urls) == estimate(without, references=2)
    assert estimate(with_urls, references=0) == estimate(without)


def test_estimate_for_auto_reaches_from_what_may_be_drawn_to_what_evolink_reserves() -> None:
    result = estimate(GenerationRequest(model="gpt-image-2", prompt="a", size="auto", quality="high"))
    counts = [get_model("gpt-image-2").output_tokens(*size.at("1K"), "high") for size in MODELS["gpt-image-2"].sizes]
    assert result.lines_low[0].tokens == min(counts) == 2344
    assert result.lines[0].tokens == get_model("gpt-image-2").output_tokens(2048, 2048, "high") == 14272


@pytest.mark.parametrize("resolution", [None, "1K", "4K"])
def test_auto_at_medium_is_reserved_as_6_55_credits(resolution: str | None) -> None:
    request = GenerationRequest(model="gpt-image-2", prompt="a", resolution=resolution)
    assert places(estimate(request).high, "0.01") == Decimal("6.55")
    assert estimate(request).high == estimate(replace(request, size="auto")).high


def test_auto_of_the_beta_costs_what_its_pictures_cost() -> None:
    result = estimate(GenerationRequest(model="gpt-image-2-beta", prompt="a", size="auto"))
    assert (result.low, result.high) == (Decimal("1.02"), Decimal("1.02"))


def test_estimate_follows_resolution() -> None:
    request = {"model": "gpt-image-2", "prompt": "a", "size": "1:1", "quality": "high"}
    tokens = [
        estimate(GenerationRequest(**request, resolution=resolution)).lines[0].tokens  # type: ignore[arg-type]
        for resolution in (None, "1K", "2k", "4K")
    ]
    assert tokens == [7024, 7024, 14272, 23719]


def test_estimate_of_a_model_billed_per_call() -> None:
    result = estimate(GenerationRequest(model="gpt-image-2-beta", prompt="a", size="16:9"), references=3)
    assert result.exact
    assert result.high == Decimal("1.02")
    assert result.lines == (Line("per_call", 1, Decimal("1.02"), Decimal("1.02")),)


def test_estimate_of_what_cannot_be_sent_raises() -> None:
    with pytest.raises(UnknownModelError):
        estimate(GenerationRequest(model="dall-e-3", prompt="a"))
    with pytest.raises(ValueError, match="no size"):
        estimate(GenerationRequest(model="gpt-image-1", prompt="a", size="16:9"))
    with pytest.raises(ValueError, match="no token count"):
        estimate(GenerationRequest(model="gpt-image-1", prompt="a", quality="max"))
    with pytest.raises(ValueError, match="resolution"):
        estimate(GenerationRequest(model="gpt-image-2-beta", prompt="a", resolution="8K"))


def test_prompt_bounds_are_bytes() -> None:
    assert prompt_tokens("") == (0, 0)
    assert prompt_tokens("a") == (1, 1)
    assert prompt_tokens("a" * 8) == (1, 8)
    assert prompt_tokens("a" * 9) == (2, 9)
    assert prompt_tokens("猫") == (1, 3)
    assert prompt_tokens("\ud800") == (1, 3)


def test_each_component_is_rounded_up_once() -> None:
    usage = Usage(input_text_tokens=1, input_image_tokens=1, output_image_tokens=1)
    bill = cost("gpt-image-1", usage, n=1)
    assert bill is not None
    assert [line.credits for line in bill.lines] == [Decimal("0.0025"), Decimal("0.0007"), Decimal("0.0004")]
    assert bill.credits == Decimal("0.0036")


def test_what_is_even_is_not_rounded() -> None:
    bill = cost("gpt-image-1", Usage(input_tokens=0, output_tokens=1000), n=1)
    assert bill is not None
    assert bill.credits == Decimal("2.448")
    assert bill.lines == (Line("image_output", 1000, Decimal("2.448"), Decimal("2.4480")),)


def test_nothing_costs_nothing() -> None:
    bill = cost("gpt-image-1", Usage(input_tokens=0, output_tokens=0), n=1)
    assert bill is not None
    assert (bill.credits, bill.lines) == (Decimal(0), ())


def test_cached_tokens_are_part_of_the_input_and_cheaper() -> None:
    usage = Usage(
        input_text_tokens=1000,
        cached_text_tokens=400,
        input_image_tokens=2000,
        cached_image_tokens=500,
        output_image_tokens=0,
    )
    bill = cost("gpt-image-1", usage, n=1)
    assert bill is not None
    assert {line.category: (line.tokens, line.credits) for line in bill.lines} == {
        "image_input": (1500, Decimal("0.9180")),
        "image_cached_input": (500, Decimal("0.0765")),
        "text_input": (600, Decimal("0.1836")),
        "text_cached_input": (400, Decimal("0.0306")),
    }


def test_more_cached_than_sent_is_all_cached() -> None:
    usage = Usage(input_text_tokens=10, cached_text_tokens=99, input_image_tokens=0, output_image_tokens=0)
    bill = cost("gpt-image-1", usage, n=1)
    assert bill is not None
    assert [(line.category, line.tokens) for line in bill.lines] == [("text_cached_input", 10)]


def test_output_text_is_billed_by_gpt_image_1_5_alone() -> None:
    usage = Usage(input_tokens=0, output_tokens=1100, output_text_tokens=100)
    free, billed = cost("gpt-image-1", usage, n=1), cost("gpt-image-1.5", usage, n=1)
    assert free is not None
    assert billed is not None
    assert [(line.category, line.tokens) for line in free.lines] == [("image_output", 1000)]
    assert billed.lines == (
        Line("image_output", 1000, Decimal("1.9584"), Decimal("1.9584")),
        Line("text_output", 100, Decimal("0.612"), Decimal("0.0612")),
    )


@pytest.mark.parametrize(
    ("usage", "text", "image"),
    [
        (Usage(input_text_tokens=3, input_image_tokens=4, output_tokens=0), 3, 4),
        (Usage(input_tokens=7, input_text_tokens=3, output_tokens=0), 3, 4),
        (Usage(input_tokens=7, input_image_tokens=4, output_tokens=0), 3, 4),
        (Usage(input_tokens=2, input_image_tokens=4, output_tokens=0), 0, 4),
        (Usage(input_tokens=2, input_text_tokens=4, output_tokens=0), 4, 0),
    ],
)
def test_inputs_follow_from_what_is_reported(usage: Usage, text: int, image: int) -> None:
    bill = cost("gpt-image-1", usage, n=1)
    assert bill is not None
    tokens = {line.category: line.tokens for line in bill.lines}
    assert (tokens.get("text_input", 0), tokens.get("image_input", 0)) == (text, image)


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(credits_reserved=Decimal(3)),
        Usage(output_tokens=10),
        Usage(input_tokens=10),
        Usage(input_tokens=10, output_tokens=10),
        Usage(input_text_tokens=10, output_tokens=10),
        Usage(input_text_tokens=1, input_image_tokens=1, total_tokens=10),
    ],
)
def test_no_cost_where_the_usage_does_not_say_enough(usage: Usage) -> None:
    assert cost("gpt-image-1", usage, n=1) is None


def test_cost_per_call() -> None:
    def price(n: int, resolution: str | None) -> Decimal:
        bill = cost("gpt-image-2-beta", Usage(), n=n, resolution=resolution)
        assert bill is not None
        return bill.credits

    assert price(1, None) == Decimal("1.02")
    assert price(3, "1k") == Decimal("3.06")
    assert price(1, "4K") == Decimal("2.652")
    with pytest.raises(ValueError, match="resolution"):
        price(1, "8K")


def test_usage_adds_up_for_all_images() -> None:
    usage = usage_of(
        get_model("gpt-image-1"), width=1024, height=1536, quality="low", n=3, text_tokens=10, references=2
    )
    assert (usage.input_text_tokens, usage.input_image_tokens, usage.input_tokens) == (30, 9216, 9246)
    assert (usage.output_image_tokens, usage.output_tokens, usage.total_tokens) == (1224, 1224, 10470)
    assert usage.billing_rule == "per_token"


def test_another_group_pays_its_own_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    model = get_model("gpt-image-1")
    vip = Rates(image_output=Decimal(2), image_input=Decimal(1), text_input=Decimal(1))
    monkeypatch.setattr(catalogue, "MODELS", {model.id: replace(model, rates={**model.rates, "vip": vip})})
    request = GenerationRequest(model=model.id, prompt="a" * 8, quality="low")
    assert estimate(request, group="vip").high == Decimal("0.552")
    assert estimate(request, group="vip").per_image_high == Decimal("0.552")
    assert estimate(request, group="unheard of") == estimate(request)
    assert published_range(model.id, group="vip").low == Decimal("0.544")
    usage = Usage(input_text_tokens=1000, cached_text_tokens=500, input_image_tokens=0, output_image_tokens=0)
    bill = cost(model.id, usage, n=1, group="vip")
    assert bill is not None
    assert bill.credits == 1, "without a cached rate, cached tokens cost what others do"


def test_a_price_list_with_tiers_has_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    tiered = replace(get_model("gpt-image-2-beta"), resolutions=("1K", "2K", "4K"))
    monkeypatch.setattr(catalogue, "MODELS", {tiered.id: tiered})
    published = published_range(tiered.id)
    assert (published.low, published.high) == (Decimal("1.02"), Decimal("2.652"))


def test_cost_of_an_unknown_model_raises() -> None:
    with pytest.raises(UnknownModelError):
        cost("dall-e-3", Usage(), n=1)


@st.composite
def accepted_requests(draw: st.DrawFn) -> GenerationRequest:
    model = draw(st.sampled_from(list(MODELS.values())))
    sizes = [None, *model.size_choices, *(["1024x640", "2880x2880", "3840×1280"] if model.takes_auto else [])]
    request = GenerationRequest(
        model=model.id,
        prompt=draw(st.text(min_size=1, max_size=200).filter(lambda text: not is_empty(text))),
        size=draw(st.sampled_from(sizes)),
        quality=draw(st.sampled_from([None, *model.qualities])),
        resolution=draw(st.sampled_from([None, *model.resolutions])),
        n=draw(st.integers(1, model.n_max)),
        image_urls=("https://h/x.png",) * draw(st.integers(0, model.references_max)),
    )
    return request


@given(accepted_requests(), st.data())
@settings(max_examples=300, deadline=None)
def test_the_estimate_holds_the_bill_of_any_accepted_request(request: GenerationRequest, data: st.DataObject) -> None:
    model = get_model(request.model)
    result = estimate(request)
    if not problems(model, request):
        low_tokens, high_tokens = prompt_tokens(request.prompt)
        width, height = data.draw(st.sampled_from(model.drawable(request.size, request.resolution)))
        usage = usage_of(
            model,
            width=width,
            height=height,
            quality=request.quality,
            n=request.n,
            text_tokens=data.draw(st.integers(low_tokens, high_tokens)),
            references=len(request.image_urls),
        )
        bill = cost(request.model, usage, n=request.n, resolution=request.resolution)
        assert bill is not None
        assert result.low <= bill.credits <= result.high
    assert sum(line.credits for line in result.lines) == result.high
    assert sum(line.credits for line in result.lines_low) == result.low
    assert result.per_image_low <= result.low
    assert result.high <= request.n * result.per_image_high
    assert all(amount % pricing.UNIT == 0 for amount in (result.low, result.high))


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_bill_is_never_below_the_exact_sum_and_less_than_a_unit_per_component_above(
    output: int, image: int, text: int
) -> None:
    usage = Usage(output_image_tokens=output, input_image_tokens=image, input_text_tokens=text)
    bill = cost("gpt-image-1", usage, n=1)
    assert bill is not None
    exact = (output * Decimal("2.448") + image * Decimal("0.612") + text * Decimal("0.306")) / 1000
    assert exact <= bill.credits < exact + 3 * pricing.UNIT
