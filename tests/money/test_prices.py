"""Compares the page of prices with EvoLink's published prices, and tests its calculations."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.config import env
from playground.evolink import BUILT_IN, MODELS, GenerationRequest, RatesVersion, RateTable, get_model, pricing
from playground.money import amounts, prices
from playground.money.calculator import CalculatorForm
from tests.html import Html


def text(client: Client, address: str) -> str:
    """The text of a page without its tags."""
    response = client.get(address)
    assert response.status_code == 200
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


# --- Published figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "credits", "dollars"),
    [
        ("image_output", "2.448", "US$0.036"),
        ("image_input", "0.612", "US$0.0090"),
        ("image_cached_input", "0.153", "US$0.0022"),
        ("text_input", "0.306", "US$0.0045"),
        ("text_cached_input", "0.0765", "US$0.0011"),
    ],
)
def test_the_five_rates_are_those_published(category: str, credits: str, dollars: str) -> None:
    rate = getattr(get_model("gpt-image-1").rates_for(None), category)
    assert rate == Decimal(credits)
    assert amounts.exact(rate) == credits
    assert amounts.usd_rate(rate) == dollars


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [
        ("gpt-image-1", "0.66586", "30.31603"),
        ("gpt-image-1.5", "0.53268", "24.25283"),
        ("gpt-image-2", "0.11383", "55.58049"),
    ],
)
def test_both_ends_of_the_advertised_range(model: str, low: str, high: str) -> None:
    span = pricing.published_range(model)
    assert (amounts.exact(span.low), amounts.exact(span.high)) == (low, high)
    least, most = prices.range_ends(get_model(model), BUILT_IN) or (None, None)
    assert least is not None
    assert most is not None
    assert (least.credits, most.credits) == (span.low, span.high)


def test_the_advertised_range_in_dollars() -> None:
    span = pricing.published_range("gpt-image-1")
    assert (amounts.usd_bound(span.low), amounts.usd_bound(span.high)) == ("US$0.0098", "US$0.446")


def test_credits_to_dollars() -> None:
    assert pricing.usd(Decimal(68)) == 1
    assert pricing.usd(Decimal("2.448")) == Decimal("0.036")
    assert amounts.usd_text(Decimal(680)) == "US$10.00"
    assert amounts.usd_text(Decimal("0.6659")) == "US$0.0098"


@pytest.mark.parametrize(
    ("amount", "credits", "dollars"),
    [
        ("0", "0.00", "US$0.00"),
        ("0.00001", "0.00", "US$0.00"),
        ("-0.00001", "0.00", "US$0.00"),
        ("0.5", "0.5000", "US$0.0074"),
        ("-0.5", "-0.5000", "-US$0.0074"),
        ("0.99996", "1.00", "US$0.0147"),
        ("3", "3.00", "US$0.0441"),
        ("-3", "-3.00", "-US$0.0441"),
        ("6.7999999", "6.80", "US$0.10"),
        ("-6.7999999", "-6.80", "-US$0.10"),
        ("-123456.785", "-123,456.78", "-US$1,815.54"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_two_everyday_amounts_agree_on_what_is_negative_small_or_nothing(
    amount: str, credits: str, dollars: str, language: str
) -> None:
    with translation.override(language):
        shown = Template("{% load money %}{{ amount|credits }} {{ amount|usd }}").render(
            Context({"amount": Decimal(amount)})
        )
    assert shown == f"{credits} {dollars}"


# --- The page ----------------------------------------------------------------------------------------------


def test_everybody_may_read_the_prices(db: None) -> None:
    page = text(Client(), "/pricing/?model=gpt-image-1")
    for figure in ("2.448", "US$0.0022", "0.0765", "US$0.0011", "0.66586 – 30.31603", "US$0.0098 – US$0.446"):
        assert figure in page
    assert "16 × 1,536 × 0.612 ÷ 1,000 = 30.316032" in page
    assert "Oct. 10, 2026" in page
    assert "version 2026-10-10" in page


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_its_page(db: None, model: str) -> None:
    page = text(Client(), f"/pricing/?model={model}")
    span = pricing.published_range(model)
    assert amounts.exact(span.high) in page
    for rate in prices.rates(get_model(model), BUILT_IN):
        assert amounts.exact(rate.credits) in page


def test_the_table_has_every_size_and_quality_once() -> None:
    [table] = prices.tables("gpt-image-1", BUILT_IN)
    assert [row.pixels for row in table.rows] == [(1024, 1024), (1024, 1536), (1536, 1024)]
    assert table.rows[1].credits == (Decimal("0.9988"), Decimal("3.8777"), Decimal("15.2756"))
    assert [len(table.rows) * len(table.columns) for table in prices.tables("gpt-image-2", BUILT_IN)] == [45, 45, 45]


def test_the_mood_board_is_added_up(db: None) -> None:
    board = prices.examples(get_model("gpt-image-1"), BUILT_IN)[0]
    assert board.requests == 1
    assert board.high == Decimal("5.3269") + Decimal("0.7344")  # 8 × 272 tokens drawn, 8 × 300 of text at most
    one_by_one = prices.examples(get_model("gpt-image-1.5"), BUILT_IN)[0]
    assert one_by_one.requests == 8
    assert one_by_one.high == 8 * (Decimal("0.5327") + Decimal("0.0918"))


def test_it_opens_at_the_model_of_the_form(alice: User, as_alice: Client) -> None:
    assert "One picture with GPT Image 2" in text(Client(), "/pricing/")
    alice.defaults = {"model": "gpt-image-2.5-flare"}
    alice.save()
    assert "One picture with GPT Image 2.5 Flare" in text(as_alice, "/pricing/")
    assert "API reference of GPT Image 2.5 Flare" in as_alice.get("/docs/").content.decode()


def test_another_currency_is_shown_beside_credits_and_dollars(db: None, settings: Settings) -> None:
    assert "JPY" not in text(Client(), "/pricing/")
    settings.DISPLAY_CURRENCY = ("JPY", Decimal("155.5"))
    page = text(Client(), "/pricing/?model=gpt-image-1")
    assert "US$0.22 · ¥35" in page
    assert "JPY" in page


def test_amounts_follow_the_language() -> None:
    with translation.override("ja"):
        assert amounts.credits_text(Decimal("12345.678")) == "12,345.68"


# --- The calculator ----------------------------------------------------------------------------------------


def test_the_calculator_is_the_studios_estimate() -> None:
    form = CalculatorForm(
        {"model": "gpt-image-2", "size": "16:9", "resolution": "2K", "n": "3", "letters": "70", "references": "2"},
        BUILT_IN,
    )
    assert form.is_valid(), form.errors
    request = GenerationRequest(
        model="gpt-image-2", prompt="y" * 70, size="16:9", resolution="2K", quality="medium", n=3
    )
    assert form.cleaned_data["estimate"] == pricing.estimate(request, references=2)


def test_japanese_counts_three_bytes_a_letter() -> None:
    form = CalculatorForm({"letters": "10", "alphabet": "japanese"}, BUILT_IN)
    assert form.is_valid()
    assert {line.category: line.tokens for line in form.cleaned_data["estimate"].lines}["text_input"] == 30


def test_the_calculator_says_how_many_letters_are_too_many_for_a_limit_in_bytes() -> None:
    form = CalculatorForm({"model": "gpt-image-2", "letters": "32000", "alphabet": "japanese"}, BUILT_IN)
    assert form.errors == {"letters": ["That is 12,000 too many for this model."]}


@pytest.mark.parametrize(("name", "value"), [("n", "11"), ("n", "0"), ("references", "17"), ("letters", "2001")])
def test_what_evolink_would_refuse_is_not_calculated(db: None, name: str, value: str) -> None:
    form = CalculatorForm({name: value}, BUILT_IN)
    assert list(form.errors) == [name]
    assert "Correct the marked values" in text(Client(), f"/pricing/?model=gpt-image-1&{name}={value}")


def test_the_other_models_choices_are_dropped() -> None:
    form = CalculatorForm({"model": "gpt-image-2-beta", "size": "1024x1536", "quality": "high", "n": "4"}, BUILT_IN)
    assert form.is_valid(), form.errors
    assert set(form.fields) == {"model", "size", "references", "letters", "alphabet"}
    assert form.cleaned_data["estimate"].high == Decimal("1.02")


def test_fragments_of_the_calculator(db: None) -> None:
    answer = Client().get("/pricing/calculation/?quality=low&n=2&letters=0").content.decode()
    assert "body > div.calculation:first-child" in Html(answer)
    assert "1.3318" in answer
    other = Client().get("/pricing/calculator/?model=gpt-image-2").content.decode()
    assert "body > form.calculator:first-child" in Html(other)
    assert "16:9" in other


# --- The setting -------------------------------------------------------------------------------------------


def test_the_currency_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY_CURRENCY", raising=False)
    assert env.currency("DISPLAY_CURRENCY") is None
    monkeypatch.setenv("DISPLAY_CURRENCY", "EUR=0.92")
    assert env.currency("DISPLAY_CURRENCY") == ("EUR", Decimal("0.92"))


@pytest.mark.parametrize("wrong", ["EUR", "eur=1", "EUR=0", "EUR=-1", "EUR=much", "EURO=1", "EUR=NaN", "EUR=Infinity"])
def test_a_currency_that_cannot_be_read_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("DISPLAY_CURRENCY", wrong)
    with pytest.raises(ImproperlyConfigured, match="JPY=155"):
        env.currency("DISPLAY_CURRENCY")


def test_which_rates_count_is_one_of_two_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "fixed", "follow"):
        monkeypatch.setenv("PRICES", value)
        assert env.one_of("PRICES", "fixed", "follow") == (value or "fixed")
    monkeypatch.setenv("PRICES", "chase")
    with pytest.raises(ImproperlyConfigured, match="fixed or follow"):
        env.one_of("PRICES", "fixed", "follow")


def test_what_a_version_changed_is_told_against_the_rates_of_today() -> None:
    before = {
        "gpt-image-2": {"image_output": Decimal("1.9")},
        "gpt-image-2-beta": {"1K": Decimal("1.1")},
        "gone": {"image_output": Decimal("1")},
    }
    version = RatesVersion(version="test", date=date(2026, 11, 22), source="", before=before)
    told = [
        (change.model, str(change.words.name), change.before, change.after)
        for change in prices.changes(RateTable(version))
    ]
    assert told == [
        ("GPT Image 2", "Image output", Decimal("1.9"), Decimal("1.836")),
        ("GPT Image 2 Beta", "1K", Decimal("1.1"), Decimal("1.02")),
    ]
    assert prices.changes(BUILT_IN) == []


def test_a_changed_rate_stands_on_the_page() -> None:
    version = RatesVersion(
        version="test", date=date(2026, 11, 22), source="", before={"gpt-image-2": {"image_output": Decimal("1.9")}}
    )
    request = RequestFactory().get("/pricing/")
    page = render_to_string("playground/_rate_changes.html", {"changes": prices.changes(RateTable(version))}, request)
    assert "GPT Image 2, Image output" in Html(page).text
    assert "1.9 → 1.836" in re.sub(r"0+(?= |<)", "", page)
