"""What the form offers for a model: values, words, shapes, prices."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from playground.evolink import MODELS, rules
from playground.models import Generation
from playground.models.request_values import OWN_SIZE
from playground.studio.estimates import priced
from playground.studio.forms import GenerationForm
from tests.factories import make_generation

NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC"))


def form_of(model: str, **values: object) -> GenerationForm:
    return GenerationForm.fresh(model=model, **values)


def options(form: GenerationForm, name: str) -> list[dict[str, Any]]:
    """The radio buttons of a setting, as Django draws them."""
    return [option.data for option in form[name].subwidgets]


def chosen(form: GenerationForm, name: str) -> list[str]:
    return [option["value"] for option in options(form, name) if option["selected"]]


@pytest.mark.parametrize("model", MODELS)
def test_the_defaults_of_every_model_are_chosen(model: str) -> None:
    form, known = form_of(model), MODELS[model]
    # Where EvoLink would choose the shape, a form starts with a square.
    assert chosen(form, "size") == ["1:1" if known.default_size == "auto" else known.default_size]
    assert chosen(form, "quality") == ([known.default_quality] if known.qualities else [])


@pytest.mark.parametrize("model", MODELS)
def test_a_setting_with_one_value_offers_no_choice(model: str) -> None:
    form = form_of(model)
    shown = {field.name for field in form.open_settings}
    for parameter in MODELS[model].settings:
        if parameter.name in ("model", "n"):
            continue
        assert (parameter.name in shown) == (parameter.open or len(parameter.choices) > 1)
        assert len(chosen(form, parameter.name)) == 1
        if parameter.name != "size":
            assert [option["value"] for option in options(form, parameter.name)] == [*parameter.choices]


def test_settings_are_shown_in_the_order_of_the_catalogue() -> None:
    shown = [field.name for field in form_of("gpt-image-2").open_settings]
    assert [one.name for one in MODELS["gpt-image-2"].settings if one.name in shown] == shown


@pytest.mark.parametrize("model", MODELS)
def test_every_shape_lies_in_the_middle_of_its_box(model: str) -> None:
    for option in options(form_of(model), "size"):
        shape = option["label"].shape
        if option["value"] == OWN_SIZE:
            assert shape is None
            continue
        assert 0 < shape.width <= 36
        assert 0 < shape.height <= 36
        assert 2 * shape.x + shape.width == pytest.approx(36, abs=0.15)
        assert 2 * shape.y + shape.height == pytest.approx(36, abs=0.15)


def test_two_names_for_one_shape_are_one_choice() -> None:
    known, form = MODELS["gpt-image-1"], form_of("gpt-image-1")
    [*common, (_heading, more)] = form.fields["size"].choices
    shapes = [known.pixels(value) for value, _tile in common]
    assert len(shapes) == len(set(shapes)) < len(known.size_choices)
    assert len(common) + len(more) == len(known.size_choices)


def test_a_rare_shape_that_is_chosen_is_seen_at_once() -> None:
    assert "<details" in str(form_of("gpt-image-2")["size"])
    assert '<details class="more-sizes" open>' not in str(form_of("gpt-image-2")["size"])
    assert '<details class="more-sizes" open>' in str(form_of("gpt-image-2", size="21:9")["size"])


def test_a_size_of_ones_own_stands_in_its_fields_with_its_rules() -> None:
    own = form_of("gpt-image-2", size="1600x800")
    assert chosen(own, "size") == [OWN_SIZE]
    assert (own["width"].value(), own["height"].value()) == ("1600", "800")
    assert own.own_size is not None
    assert (own.own_size.multiple, own.own_size.longest) == (rules.SIDE_MULTIPLE, rules.SIDE_MAX)
    assert chosen(form_of("gpt-image-2", size="1:1"), "size") == ["1:1"]
    assert form_of("gpt-image-1").own_size is None


def test_each_quality_has_its_price_where_the_form_is_complete(alice: User) -> None:
    def levels(**values: object) -> list[Any]:
        form = form_of("gpt-image-1", **values)
        priced(form, alice, NOW)
        return [option["level"] and option["level"].quality for option in options(form, "quality")]

    assert levels() == ["low", "medium", "high"]
    assert levels(size="none such") == [None, None, None]


def test_a_model_is_retired_after_its_last_day(alice: User) -> None:
    last = MODELS["gpt-image-1"].shutdown_on
    assert last is not None
    for day, retired in (
        (NOW, NOW.date() > last),
        (NOW.replace(year=2100), True),
        (NOW.replace(year=2026, month=1), False),
    ):
        said = priced(form_of("gpt-image-1"), alice, day)
        assert (said["successor"], said["retired"]) == (MODELS["gpt-image-2"], retired)
    assert priced(form_of("gpt-image-2"), alice, NOW)["successor"] is None


def test_without_a_value_a_setting_stands_on_its_default() -> None:
    form = GenerationForm({"model": "gpt-image-2", "prompt": "A fox", "request_id": "one"})
    assert form.is_valid()
    assert chosen(form, "size") == [MODELS["gpt-image-2"].default_size]
    assert 'value="1"' in str(form["n"])


@pytest.mark.parametrize("model", MODELS)
def test_a_quality_has_the_same_word_on_every_model(model: str) -> None:
    words = {"low": "Draft", "medium": "Standard", "high": "High", "xhigh": "Very high", "max": "Maximum"}
    shown = {option["value"]: str(option["label"].name) for option in options(form_of(model), "quality")}
    assert shown == {value: words[value] for value in MODELS[model].qualities}


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ({"low": 8, "medium": 20, "high": 40}, [8, 20, 40]),
        ({"low": 30, "medium": 20}, [None, None, None]),  # “cheapest and fastest” would be contradicted
        ({"high": 40}, [None, None, 40]),
    ],
)
def test_the_usual_time_is_told_per_picture_unless_it_contradicts_the_words(
    alice: User, waits: dict[str, int], told: list[int | None]
) -> None:
    for quality, seconds in waits.items():
        row = make_generation(owner=alice, quality=quality, n=4, now=NOW)
        drawn = NOW + timedelta(seconds=4 * seconds)
        Generation.objects.filter(pk=row.pk).update(sent_at=NOW, drawn_at=drawn)
    form = form_of("gpt-image-1")
    priced(form, alice, NOW)
    assert [option["level"].seconds for option in options(form, "quality")] == told
