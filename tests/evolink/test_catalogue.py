"""Compares the catalogue with the contract's tables, and tests the rules that refuse a request."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.evolink import MODELS, RATES_DATE, RATES_HISTORY, RATES_VERSION, UnknownModelError, get_model
from playground.evolink.catalogue import TOKEN_CATEGORIES
from playground.evolink.model import Model, Rates
from playground.evolink.rules import free_size_problem, parse_pixels
from playground.evolink.types import GenerationRequest
from playground.evolink.validation import problems

G1, G15, G2 = MODELS["gpt-image-1"], MODELS["gpt-image-1.5"], MODELS["gpt-image-2"]
BETA, FLARE, SUNBURST = MODELS["gpt-image-2-beta"], MODELS["gpt-image-2.5-flare"], MODELS["gpt-image-2.5-sunburst"]

LANDSCAPE = {
    "1:1": ((1024, 1024), (2048, 2048), (2880, 2880)),
    "2:1": ((1456, 720), (2896, 1456), (3840, 1920)),
    "3:1": ((1776, 592), (3552, 1184), (3840, 1280)),
    "3:2": ((1248, 832), (2512, 1680), (3520, 2352)),
    "4:3": ((1184, 880), (2368, 1776), (3312, 2480)),
    "5:4": ((1152, 912), (2288, 1824), (3216, 2576)),
    "16:9": ((1360, 768), (2736, 1536), (3840, 2160)),
    "21:9": ((1568, 672), (3136, 1344), (3840, 1648)),
}


def refusals(model_id: str, **values: object) -> list[tuple[str, str]]:
    request = GenerationRequest(**{"model": model_id, "prompt": "a cat", **values})  # type: ignore[arg-type]
    return [(problem.field, problem.code) for problem in problems(get_model(model_id), request)]


def test_the_six_models_and_their_lives() -> None:
    lives = {model.id: (model.shutdown_on, model.replacement) for model in MODELS.values()}
    assert lives == {
        "gpt-image-1": (date(2026, 10, 23), "gpt-image-2"),
        "gpt-image-1.5": (date(2026, 12, 1), "gpt-image-2"),
        "gpt-image-2": (None, None),
        "gpt-image-2-beta": (None, None),
        "gpt-image-2.5-flare": (None, None),
        "gpt-image-2.5-sunburst": (None, None),
    }
    assert all(model.replacement in MODELS for model in MODELS.values() if model.replacement)
    assert all(model.source and model.name for model in MODELS.values())


def test_a_model_is_retired_from_its_shutdown_date_on() -> None:
    assert not G1.retired(date(2026, 10, 22))
    assert G1.retired(date(2026, 10, 23))
    assert not G2.retired(date(2099, 1, 1))


def test_gpt_image_1_5_retires_by_its_date_alone() -> None:
    assert not G15.retired(date(2026, 11, 30))
    assert G15.retired(date(2026, 12, 1))
    assert (G15.n_max, G15.replacement) == (1, "gpt-image-2")


def test_every_model_says_in_a_sentence_what_it_is_good_for_and_costs() -> None:
    summaries = [model.summary for model in MODELS.values()]
    assert len(set(summaries)) == len(MODELS)
    assert all(summary.endswith(".") and 30 < len(summary) < 160 for summary in summaries)


def test_what_the_sentences_say_of_the_cost_is_so() -> None:
    def square(model: Model, quality: str) -> Decimal:
        return model.output_tokens(1024, 1024, quality) * (model.rates_for(None).image_output or Decimal(0))

    assert Decimal("1.8") < square(G1, "low") / square(G2, "low") < 2, "drafts nearly twice as much"
    assert Decimal("0.78") < square(G1, "high") / square(G2, "high") < Decimal("0.82"), "high quality a fifth less"
    assert square(G15, "high") / square(G1, "high") == Decimal("0.8"), "a fifth less"
    assert square(FLARE, "medium") / square(G2, "medium") == Decimal("0.25"), "a quarter"
    assert all(square(FLARE, quality) == square(SUNBURST, quality) for quality in FLARE.qualities)
    drafts = {model.id: square(model, "low") for model in (G1, G15, G2, FLARE, SUNBURST)}
    assert min(drafts.values()) == drafts["gpt-image-2"]


def test_unknown_model_is_a_key_error_with_a_sentence() -> None:
    with pytest.raises(UnknownModelError) as caught:
        get_model("dall-e-3")
    assert isinstance(caught.value, KeyError)
    assert str(caught.value) == "Unknown model: dall-e-3"


def test_defaults_and_limits() -> None:
    assert [(m.default_size, m.default_quality, m.n_max, m.prompt_limit) for m in MODELS.values()] == [
        ("1024x1024", "high", 10, 2000),
        ("1024x1024", "high", 1, 2000),
        ("auto", "medium", 10, 32000),
        ("auto", None, 1, 2000),
        ("auto", "medium", 10, 32000),
        ("auto", "medium", 10, 32000),
    ]
    assert {m.references_max for m in MODELS.values()} == {16}
    assert {m.reference_bytes_max for m in MODELS.values()} == {50 * 1024 * 1024}
    assert (G2.reference_pixels_max, G2.reference_side_max) == (178_956_970, 23_170)
    assert (G2.prompt_bytes_limit, G1.prompt_bytes_limit) == (60_000, None)


def test_qualities_and_extras() -> None:
    assert G1.qualities == G15.qualities == G2.qualities == ("low", "medium", "high")
    assert FLARE.qualities == SUNBURST.qualities == ("low", "medium", "high", "xhigh", "max")
    assert (BETA.qualities, dict(BETA.choices), BETA.resolutions) == ((), {}, ("1K",))
    assert G2.choices["background"] == ("opaque", "transparent")
    assert G2.choices["output_format"] == ("png", "jpeg", "webp")
    assert G2.resolutions == ("1K", "2K", "4K")
    assert (G1.resolutions, dict(G1.choices)) == ((), {})


def test_rates_of_every_model() -> None:
    def of(model_id: str) -> list[Decimal | None]:
        rates = MODELS[model_id].rates_for("default")
        return [getattr(rates, category) for category in TOKEN_CATEGORIES]

    text = [Decimal("0.306"), Decimal("0.0765")]
    assert of("gpt-image-1") == [Decimal("2.448"), Decimal("0.612"), Decimal("0.153"), *text, None]
    assert of("gpt-image-1.5") == [
        Decimal("1.9584"),
        Decimal("0.4896"),
        Decimal("0.1224"),
        *text,
        Decimal("0.612"),
    ]
    for model_id in ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"):
        assert of(model_id) == [Decimal("1.836"), Decimal("0.4896"), Decimal("0.1224"), *text, None]
    assert of("gpt-image-2-beta") == [None] * 6
    assert BETA.rates_for("default").per_call == {
        "1K": Decimal("1.02"),
        "2K": Decimal("1.734"),
        "4K": Decimal("2.652"),
    }


def test_a_group_without_rates_of_its_own_pays_the_default() -> None:
    default = G1.rates_for("default")
    assert isinstance(default, Rates)
    assert G1.rates_for("vip") is default
    assert G1.rates_for(None) is default


def test_rates_have_a_version_and_a_date() -> None:
    assert ("2026-10-10", date(2026, 10, 10)) == (RATES_VERSION, RATES_DATE)
    assert RATES_HISTORY[0].unlisted == ("gpt-image-1",)


def test_the_six_sizes_of_gpt_image_1() -> None:
    assert {value: G1.pixels(value) for value in G1.size_choices} == {
        "1024x1024": (1024, 1024),
        "1024x1536": (1024, 1536),
        "1536x1024": (1536, 1024),
        "1:1": (1024, 1024),
        "2:3": (1024, 1536),
        "3:2": (1536, 1024),
    }
    assert G1.pixels(None) == (1024, 1024)


@pytest.mark.parametrize("ratio", LANDSCAPE)
def test_ratios_of_gpt_image_2_in_both_directions(ratio: str) -> None:
    turned = ":".join(reversed(ratio.split(":")))
    for resolution, pixels in zip(("1K", "2K", "4K"), LANDSCAPE[ratio], strict=True):
        assert G2.pixels(ratio, resolution) == pixels
        assert G2.pixels(turned, resolution.lower()) == pixels[::-1]
    assert G2.pixels(ratio) == LANDSCAPE[ratio][0]


def test_every_ratio_obeys_the_rules_for_free_sizes_and_looks_as_it_says() -> None:
    assert len(G2.sizes) == 15
    for size in G2.sizes:
        wide, high = map(int, size.value.split(":"))
        for width, height in size.by_resolution.values():
            assert free_size_problem(width, height) is None, (size.value, width, height)
            assert abs(width / height / (wide / high) - 1) < 0.02, (size.value, width, height)


def test_auto_is_the_models_choice() -> None:
    assert G2.pixels("auto") is None
    assert G2.pixels(None, "4K") is None
    assert len(G2.drawable("auto", "4K")) == 15
    assert set(G2.drawable("auto")) == {size.at("1K") for size in G2.sizes}
    assert G2.drawable("2:1", "2k") == ((2896, 1456),)


def test_the_beta_takes_ratios_and_auto_at_1k_and_no_pixels() -> None:
    assert BETA.size_choices[0] == "auto"
    assert BETA.pixels(None) is BETA.pixels("auto") is None
    assert BETA.pixels("16:9") == (1360, 768)
    assert not G1.takes_auto


def test_auto_is_estimated_as_what_evolink_reserves_it_as() -> None:
    for model in (G2, FLARE, SUNBURST):
        assert (2048, 2048) in model.estimated(None)
        assert (2048, 2048) not in model.estimated("16:9")
        assert (2048, 2048) not in model.drawable("auto")
    assert BETA.estimated("auto") == BETA.drawable("auto")
    assert G1.estimated(None) == ((1024, 1024),)


@pytest.mark.parametrize("size", ["1024x1024", "1024×1024"])
def test_free_sizes_with_either_sign(size: str) -> None:
    assert G2.pixels(size, "4K") == (1024, 1024)
    assert refusals("gpt-image-2", size=size, resolution="4K") == []


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ("1024x1023", "size_multiple"),
        ("1000x1000", "size_multiple"),
        ("3856x1536", "size_side"),
        ("800x800", "size_area"),
        ("816x800", "size_area"),
        ("2896x2880", "size_area"),
        ("1536x496", "size_ratio"),
        ("3840x1264", "size_ratio"),
        ("0x1024", "unknown_choice"),
        ("-16x1024", "unknown_choice"),
        ("1024X1024", "unknown_choice"),
        ("1024 x 1024", "unknown_choice"),
        ("1024x1024x1024", "unknown_choice"),
        ("１０２４x1024", "unknown_choice"),
        ("999999x1024", "unknown_choice"),
        ("7:5", "unknown_choice"),
        ("", "unknown_choice"),
        ("AUTO", "unknown_choice"),
    ],
)
def test_sizes_that_gpt_image_2_refuses(size: str, code: str) -> None:
    assert refusals("gpt-image-2", size=size) == [("size", code)]
    if size:
        with pytest.raises(ValueError, match="no size"):
            G2.pixels(size)


@pytest.mark.parametrize("size", ["1024x640", "640x1024", "832x800", "2880x2880", "3840x2160", "3840x1280"])
def test_sizes_on_the_edge_are_taken(size: str) -> None:
    assert refusals("gpt-image-2", size=size) == []


@pytest.mark.parametrize(
    ("model_id", "size"),
    [
        ("gpt-image-1", "auto"),
        ("gpt-image-1", "16:9"),
        ("gpt-image-1", "1024×1024"),
        ("gpt-image-1", "1536x1536"),
        ("gpt-image-2-beta", "1024x1024"),
        ("gpt-image-2-beta", "2048x2048"),
    ],
)
def test_models_with_fixed_sizes_refuse_all_others(model_id: str, size: str) -> None:
    assert refusals(model_id, size=size) == [("size", "unknown_choice")]
    with pytest.raises(ValueError, match="no size"):
        get_model(model_id).pixels(size)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_the_four_rules_are_what_free_sizes_are_checked_by(width: int, height: int) -> None:
    allowed = (
        width % 16 == height % 16 == 0
        and max(width, height) <= 3840
        and 655_360 <= width * height <= 8_294_400
        and max(width, height) <= 3 * min(width, height)
    )
    assert (free_size_problem(width, height) is None) is allowed
    assert parse_pixels(f"{width}x{height}") == (width, height)


@pytest.mark.parametrize(
    ("model_id", "values", "expected"),
    [
        ("gpt-image-1", {"prompt": ""}, [("prompt", "required")]),
        ("gpt-image-1", {"prompt": " \n\t"}, [("prompt", "required")]),
        ("gpt-image-1", {"prompt": "\u200b\ufeff\u00ad \u2060"}, [("prompt", "required")]),  # zero-width
        ("gpt-image-1", {"prompt": "\x00\x1b\x7f\x85"}, [("prompt", "required")]),  # control
        ("gpt-image-1", {"prompt": "\ufe0f\U000e0100\u180b"}, [("prompt", "required")]),  # variation selectors
        ("gpt-image-1", {"prompt": "\u3164\uffa0\u115f\u1160"}, [("prompt", "required")]),  # fillers of Hangul
        ("gpt-image-1", {"prompt": "\u034f\u2800\u3000\U000e0041\u17b4"}, [("prompt", "required")]),
        ("gpt-image-1", {"prompt": "\u200b가"}, []),
        ("gpt-image-1", {"prompt": "❤\ufe0f"}, []),
        ("gpt-image-1", {"prompt": "\U0001fae9\U0001ffff"}, []),  # as yet unknown to this Unicode
        ("gpt-image-1", {"prompt": "x" * 2000}, []),
        ("gpt-image-1", {"prompt": "猫" * 2000}, []),
        ("gpt-image-1", {"prompt": "x" * 2001}, [("prompt", "too_long")]),
        ("gpt-image-1", {"prompt": "a\ud800"}, [("prompt", "not_text")]),
        ("gpt-image-2", {"prompt": "x" * 32_000}, []),
        ("gpt-image-2", {"prompt": "x" * 32_001}, [("prompt", "too_long")]),
        ("gpt-image-2", {"prompt": "猫" * 20_000}, []),
        ("gpt-image-2", {"prompt": "猫" * 20_001}, [("prompt", "too_many_bytes")]),
        ("gpt-image-2", {"prompt": "猫" * 40_000}, [("prompt", "too_many_bytes")]),
        ("gpt-image-2", {"prompt": "x" * 60_001}, [("prompt", "too_long")]),
        ("gpt-image-1", {"quality": "xhigh"}, [("quality", "unknown_choice")]),
        ("gpt-image-2.5-flare", {"quality": "xhigh"}, []),
        ("gpt-image-2.5-sunburst", {"quality": "max"}, []),
        ("gpt-image-2-beta", {"quality": "low"}, [("quality", "not_accepted")]),
        ("gpt-image-1", {"n": 0}, [("n", "out_of_range")]),
        ("gpt-image-1", {"n": 10}, []),
        ("gpt-image-1", {"n": 11}, [("n", "out_of_range")]),
        ("gpt-image-1.5", {"n": 2}, [("n", "out_of_range")]),
        ("gpt-image-2-beta", {"n": 2}, [("n", "out_of_range")]),
        ("gpt-image-1", {"resolution": "1K"}, [("resolution", "not_accepted")]),
        ("gpt-image-2", {"resolution": "4k", "size": "1:1"}, []),
        ("gpt-image-2", {"resolution": "8K"}, [("resolution", "unknown_choice")]),
        ("gpt-image-2-beta", {"resolution": "1k"}, []),
        ("gpt-image-2-beta", {"resolution": "2K"}, [("resolution", "unknown_choice")]),
        ("gpt-image-1", {"background": "opaque"}, [("background", "not_accepted")]),
        ("gpt-image-1", {"output_format": "png"}, [("output_format", "not_accepted")]),
        ("gpt-image-2", {"background": "transparent"}, []),
        ("gpt-image-2", {"background": "transparent", "output_format": "webp"}, []),
        (
            "gpt-image-2",
            {"background": "transparent", "output_format": "jpeg"},
            [("background", "needs_alpha_format")],
        ),
        ("gpt-image-2", {"background": "opaque", "output_format": "jpeg"}, []),
        ("gpt-image-2", {"output_format": "gif"}, [("output_format", "unknown_choice")]),
        ("gpt-image-1", {"image_urls": ("https://h/x.png",) * 16}, []),
        ("gpt-image-1", {"image_urls": ("https://h/x.png",) * 17}, [("image_urls", "too_many")]),
        ("gpt-image-1", {"image_urls": ("file:///etc/passwd",)}, [("image_urls", "not_http_url")]),
        ("gpt-image-1", {"image_urls": ("https://[",)}, [("image_urls", "not_http_url")]),
        ("gpt-image-1", {"mask_url": "https://h/m.png"}, [("mask_url", "not_accepted")]),
        ("gpt-image-2-beta", {"mask_url": "https://h/m.png"}, [("mask_url", "not_accepted")]),
        ("gpt-image-2", {"mask_url": "https://h/m.png"}, []),
        ("gpt-image-2.5-sunburst", {"mask_url": "https://h/m.png", "image_urls": ("https://h/x.png",)}, []),
        ("gpt-image-2.5-flare", {"mask_url": "file:///m.png"}, [("mask_url", "not_http_url")]),
        ("gpt-image-1", {"callback_url": "https://h/" + "x" * 2038}, []),
        ("gpt-image-1", {"callback_url": "https://h/" + "x" * 2039}, [("callback_url", "too_long")]),
        ("gpt-image-1", {"callback_url": "http://h/x"}, [("callback_url", "not_https")]),
        ("gpt-image-1", {"callback_url": "https://"}, [("callback_url", "not_https")]),
    ],
)
def test_what_each_model_refuses(model_id: str, values: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert refusals(model_id, **values) == expected


def test_a_problem_carries_the_figures_for_its_sentence() -> None:
    request = GenerationRequest(model="gpt-image-1", prompt="x" * 2001, n=11, quality="best")
    assert {problem.code: dict(problem.params) for problem in problems(G1, request)} == {
        "too_long": {"limit": 2000, "length": 2001},
        "out_of_range": {"minimum": 1, "maximum": 10},
        "unknown_choice": {"choices": ("low", "medium", "high")},
    }


def test_every_choice_the_catalogue_offers_is_accepted() -> None:
    for model in MODELS.values():
        for size in model.size_choices:
            for quality in model.qualities or (None,):
                for resolution in model.resolutions or (None,):
                    request = GenerationRequest(
                        model=model.id, prompt="p", size=size, quality=quality, resolution=resolution
                    )
                    assert problems(model, request) == ()
                    assert model.drawable(size, resolution)


def test_parameters_say_types_ranges_and_defaults() -> None:
    table = {parameter.name: parameter for parameter in G1.parameters}
    assert list(table) == ["model", "prompt", "size", "quality", "image_urls", "n", "callback_url"]
    assert [name for name, parameter in table.items() if parameter.required] == ["model", "prompt"]
    assert (table["size"].default, table["size"].open, table["size"].choices) == ("1024x1024", False, G1.size_choices)
    assert (table["quality"].default, table["quality"].choices) == ("high", ("low", "medium", "high"))
    assert (table["n"].type, table["n"].default, table["n"].minimum, table["n"].maximum) == ("integer", 1, 1, 10)
    assert (table["prompt"].maximum, table["image_urls"].maximum, table["callback_url"].maximum) == (2000, 16, 2048)


def test_parameters_follow_the_model() -> None:
    names = {model.id: [parameter.name for parameter in model.parameters] for model in MODELS.values()}
    extras = {"resolution", "background", "output_format", "mask_url"}
    assert extras <= set(names["gpt-image-2"])
    assert not extras & set(names["gpt-image-1.5"])
    assert {"quality", "background", "mask_url"}.isdisjoint(names["gpt-image-2-beta"])
    assert "mask_url" in names["gpt-image-2.5-flare"]
    size = next(parameter for parameter in FLARE.parameters if parameter.name == "size")
    assert (size.open, size.default, size.choices[0]) == (True, "auto", "auto")
    background = next(parameter for parameter in G2.settings if parameter.name == "background")
    assert background.default == "opaque"


def test_token_table_of_the_older_models() -> None:
    table = {
        "low": (272, 408, 400),
        "medium": (1056, 1584, 1568),
        "high": (4160, 6240, 6208),
    }
    for model in (G1, G15):
        for quality, counts in table.items():
            sizes = ((1024, 1024), (1024, 1536), (1536, 1024))
            assert tuple(model.output_tokens(*size, quality) for size in sizes) == counts
    assert G1.output_tokens(1024, 1024) == 4160, "high is the default"


@pytest.mark.parametrize(
    ("pixels", "counts"),
    [
        ((1024, 1024), (196, 1756, 7024)),
        ((1536, 1024), (158, 1372, 5488)),
        ((1360, 768), (110, 987, 3946)),
        ((1776, 592), (62, 586, 2344)),
        ((2048, 2048), (397, 3568, 14272)),
        ((3840, 2160), (371, 3336, 13342)),
        ((2880, 2880), (659, 5930, 23719)),
    ],
)
def test_token_formula_gives_the_worked_numbers(pixels: tuple[int, int], counts: tuple[int, int, int]) -> None:
    assert tuple(G2.output_tokens(*pixels, quality) for quality in G2.qualities) == counts
    assert tuple(G2.output_tokens(*pixels[::-1], quality) for quality in G2.qualities) == counts


def test_token_formula_of_the_2_5_models() -> None:
    for model in (FLARE, SUNBURST):
        counts = [model.output_tokens(1024, 1024, quality) for quality in model.qualities]
        assert counts == [196, 439, 1756, 3122, 7024]
        assert model.output_tokens(1024, 1024) == 439, "medium is the default"


def test_no_token_count_for_what_a_model_does_not_draw() -> None:
    with pytest.raises(ValueError, match="no token count"):
        G1.output_tokens(512, 512, "low")
    with pytest.raises(ValueError, match="no token count"):
        G2.output_tokens(1024, 1024, "xhigh")
    assert BETA.output_tokens(1024, 1024) == 0
