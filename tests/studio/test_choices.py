"""What the form offers for a model: values, words, shapes, prices, and what is said about the model's end."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from playground.evolink import MODELS, GenerationRequest, rules
from playground.studio import estimates
from playground.studio.choices import Choice, Choices, choices_of
from playground.studio.forms import GenerationForm

TODAY = date(2026, 11, 20)


def choices(model: str, quote: estimates.Quote | None = None, today: date = TODAY, **values: object) -> Choices:
    return choices_of(GenerationForm.fresh(model=model, **values), quote, today)


def chosen(offered: tuple[Choice, ...]) -> list[str]:
    return [choice.value for choice in offered if choice.chosen]


@pytest.mark.parametrize("model", MODELS)
def test_the_defaults_of_every_model_are_chosen(model: str) -> None:
    told, known = choices(model), MODELS[model]
    assert chosen((*told.sizes.common, *told.sizes.more)) == [known.default_size]
    assert chosen(told.qualities) == ([known.default_quality] if known.qualities else [])


@pytest.mark.parametrize("model", MODELS)
def test_a_setting_with_one_value_offers_no_choice(model: str) -> None:
    told, known = {setting.parameter.name: setting for setting in choices(model).settings}, MODELS[model]
    for name, values in (
        ("resolution", known.resolutions),
        ("background", known.backgrounds),
        ("output_format", known.output_formats),
    ):
        offered = told[name].choices if name in told else ()
        assert [choice.value for choice in offered] == ([*values] if len(values) > 1 else [])
        assert len(chosen(offered)) == (1 if offered else 0)


@pytest.mark.parametrize("model", MODELS)
def test_every_shape_lies_in_the_middle_of_its_box(model: str) -> None:
    sizes = choices(model).sizes
    for choice in (*sizes.common, *sizes.more):
        shape = choice.shape
        assert 0 < shape.width <= 36
        assert 0 < shape.height <= 36
        assert 2 * shape.x + shape.width == pytest.approx(36, abs=0.15)
        assert 2 * shape.y + shape.height == pytest.approx(36, abs=0.15)


def test_two_names_for_one_shape_are_one_choice() -> None:
    known, sizes = MODELS["gpt-image-1"], choices("gpt-image-1").sizes
    shapes = [known.pixels(choice.value) for choice in sizes.common]
    assert len(shapes) == len(set(shapes)) < len(known.size_choices)


def test_a_rare_shape_that_is_chosen_is_seen_at_once() -> None:
    assert not choices("gpt-image-2").sizes.open
    assert choices("gpt-image-2", size="21:9").sizes.open


def test_a_size_of_ones_own_stands_in_its_fields_with_its_rules() -> None:
    sizes = choices("gpt-image-2", size="1600x800").sizes
    assert sizes.own is not None
    assert (sizes.own.chosen, sizes.own.width, sizes.own.height, sizes.open) == (True, "1600", "800", True)
    assert (sizes.own.multiple, sizes.own.longest) == (rules.SIDE_MULTIPLE, rules.SIDE_MAX)
    assert chosen((*sizes.common, *sizes.more)) == []
    other = choices("gpt-image-2", size="1:1").sizes.own
    assert other is not None
    assert not other.chosen
    assert choices("gpt-image-1").sizes.own is None


def test_each_quality_has_its_price_where_the_form_is_complete(alice: User) -> None:
    request = GenerationRequest(model="gpt-image-1", prompt="A fox", size="1024x1024", quality="low")
    now = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC"))
    quote = estimates.quote(alice, request, rehearsal=True, references=0, now=now)
    priced = choices("gpt-image-1", quote).qualities
    assert [choice.level and choice.level.quality for choice in priced] == ["low", "medium", "high"]
    assert [choice.level for choice in choices("gpt-image-1").qualities] == [None, None, None]


def test_a_model_is_retired_after_its_last_day() -> None:
    known = MODELS["gpt-image-1"]
    assert known.shutdown_on is not None
    last = choices("gpt-image-1", today=known.shutdown_on)
    assert last.successor == MODELS["gpt-image-2"]
    assert last.retired == known.retired(known.shutdown_on)
    assert choices("gpt-image-1", today=date(2100, 1, 1)).retired
    assert not choices("gpt-image-1", today=date(2026, 1, 1)).retired
    assert choices("gpt-image-2").successor is None
