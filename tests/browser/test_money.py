"""Money in a browser: the estimate follows the form, the button says why it is disabled, and the calculator agrees."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import Budget, Generation
from tests.browser.conftest import choose, choose_model, layout_shift, opened
from tests.factories import make_key

pytestmark = pytest.mark.browser

PROMPT = "A lighthouse in a storm, oil on canvas"


def price(page: Page) -> str:
    return page.locator("#estimate b").text_content() or ""


def test_the_estimate_follows_every_control(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    sign_in(alice)
    page.goto(f"{live}/?model=gpt-image-1")
    sum_shown = page.locator("#estimate b")
    expect(sum_shown).to_have_text("10.18 credits")
    levels = page.locator(".tile-level")
    expect(levels).to_have_text(["0.67 credits", "2.59 credits", "10.18 credits"])
    choose(page, "size", "1024x1536")
    expect(levels).to_have_text(["1.00 credits", "3.88 credits", "15.28 credits"])
    choose(page, "size", "1024x1024")
    expect(sum_shown).to_have_text("10.18 credits")
    choose(page, "quality", "low")
    expect(sum_shown).to_contain_text("0.66")
    opened(page, "#id_n")
    page.get_by_role("button", name="One more").click()
    expect(sum_shown).to_contain_text("1.33")
    expect(page.locator("#estimate")).to_contain_text("per picture")
    page.get_by_label("Prompt", exact=True).fill(PROMPT * 40)
    expect(sum_shown).to_have_text("1.45 – 2.26 credits")
    choose_model(page, "gpt-image-2")
    expect(sum_shown).not_to_have_text("1.45 – 2.26 credits")
    choose(page, "quality", "high")
    expect(page.locator("#sum")).to_contain_text("≈ 26.7 credits")
    opened(page, "#estimate")
    expect(page.locator(".terms li").first).to_contain_text("Image output")
    expect(page.locator(".terms li").first).to_be_visible()
    assert layout_shift(page) <= 0.02
    assert complaints == []


def test_the_disabled_button_says_why(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], settings: Settings
) -> None:
    settings.EVOLINK_URL = "http://127.0.0.1:9"  # no server there, so the balance is unknown
    make_key(owner=alice)
    Budget.objects.put(alice, Decimal(10))
    sign_in(alice)
    page.goto(f"{live}/")
    generate = page.get_by_role("button", name="Generate", exact=True)
    choose_model(page, "gpt-image-2")
    choose(page, "quality", "high")
    expect(generate).to_be_disabled()
    expect(generate).to_have_accessible_description(
        re.compile(r"This needs 12\.90 credits; you have 10\.00 left this month\.")
    )

    choose(page, "quality", "medium")
    expect(generate).to_be_enabled()
    expect(page.locator("#estimate")).to_contain_text(
        "After this, you will have 6.77 of 10.00 credits left this month."
    )
    opened(page, "#id_n").fill("4")
    expect(generate).to_be_disabled()
    page.keyboard.press("Escape")
    # What would fit stands beside the sentence.
    notes = page.locator("#notes")
    expect(notes.get_by_role("button")).to_have_text(["3 pictures fit", "Draft fits"])
    notes.get_by_role("button", name="3 pictures fit").click()
    expect(page.locator("#words-n")).to_contain_text("3 pictures")
    expect(generate).to_be_enabled()
    expect(notes.get_by_role("button")).to_have_count(0)
    assert not Generation.objects.exists()


def test_the_calculator_agrees_with_the_studio(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    sign_in(alice)
    page.goto(f"{live}/?model=gpt-image-1")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    choose(page, "size", "1024x1536")
    choose(page, "quality", "medium")
    opened(page, "#id_n").fill("3")
    expect(page.locator("#estimate b")).to_contain_text("11.6")
    studio = price(page)

    page.goto(f"{live}/pricing/?model=gpt-image-1")
    page.locator("#calculator-size").select_option("1024x1536")
    page.locator("#calculator-quality").select_option("medium")
    page.locator("#calculator-n").fill("3")
    page.locator("#calculator-letters").fill(str(len(PROMPT)))
    expect(page.locator("#calculation .sum b")).to_have_text(studio)

    page.locator("#calculator-model").select_option("gpt-image-2")
    expect(page.locator("#calculator-resolution")).to_be_visible()
    expect(page.locator("#calculation .sum b")).not_to_have_text(studio)
    assert layout_shift(page) <= 0.02
    assert complaints == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_all_of_it_without_scripts(live: str, alice: User, page: Page, sign_in: Callable[[User], None]) -> None:
    sign_in(alice)
    page.goto(f"{live}/?model=gpt-image-1")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    choose(page, "quality", "low")
    page.locator("#chip-quality > summary").click()  # it lies over the price
    opened(page, "#estimate")
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("#estimate b")).to_contain_text("0.66")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(PROMPT)
    assert not Generation.objects.exists()

    page.goto(f"{live}/pricing/?model=gpt-image-1")
    page.locator("#calculator-n").fill("10")
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("#calculation .sum b")).to_contain_text("101.9")


def test_prices_fit_a_phone(page: Page, live: str) -> None:
    for model in ("gpt-image-1", "gpt-image-2"):
        page.goto(f"{live}/pricing/?model={model}")
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
