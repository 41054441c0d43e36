"""The composer: little at rest, everything else one press away, by mouse, by keyboard and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import choose, layout_shift, opened, violations
from tests.factories import make_generation

pytestmark = pytest.mark.browser

WORDS_MAX, CONTROLS_MAX = 25, 9
# What somebody can see and read, and what somebody can press or write in.
AT_REST = """() => {
  const box = document.querySelector(".composer-box");
  const heard = ".visually-hidden, .hint, label";
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(heard);
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const words = [box.querySelector("textarea").placeholder];
  while (walk.nextNode()) if (seen(walk.currentNode.parentElement)) words.push(walk.currentNode.textContent);
  const pressed = "a, button, input:not([type=hidden]), select, summary, textarea";
  const controls = [...box.querySelectorAll(pressed)].filter(seen);
  const split = new Intl.Segmenter("en", { granularity: "word" });
  return [[...split.segment(words.join(" "))].filter((one) => one.isWordLike).length, controls.length];
}"""


@pytest.fixture
def studio(page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]) -> Page:
    make_generation(owner=alice)  # somebody who was here before
    sign_in(alice)
    page.goto(f"{live}/")
    return page


def test_at_rest_there_is_little_to_read_and_to_press(studio: Page) -> None:
    words, controls = studio.evaluate(AT_REST)
    assert 0 < words <= WORDS_MAX
    assert 5 < controls <= CONTROLS_MAX


def test_a_chip_opens_alone_and_closes_by_escape_and_elsewhere(studio: Page, complaints: list[str]) -> None:
    chips = studio.locator("details.chip[open]")
    for chip in ("add", "chip-size", "chip-quality", "chip-n", "chip-model", "more", "price"):
        studio.locator(f"#{chip} > summary").click()
        expect(chips).to_have_count(1)
        expect(studio.locator(f"#{chip} > .chip-panel")).to_be_in_viewport(ratio=1)
        assert violations(studio, f"#{chip}") == []
    studio.keyboard.press("Escape")
    expect(chips).to_have_count(0)
    expect(studio.locator("#price > summary")).to_be_focused()
    studio.keyboard.press("Enter")
    expect(chips).to_have_count(1)
    studio.locator("#history").click()
    expect(chips).to_have_count(0)
    assert layout_shift(studio) <= 0.02
    assert complaints == []


def test_chip_price_and_frame_follow_a_choice(studio: Page, complaints: list[str]) -> None:
    expect(studio.locator("#words-size")).to_contain_text("Square 1:1")
    frame = studio.locator("#frame svg")
    expect(frame).to_have_attribute("viewBox", "0 0 1024 1024")
    before = studio.locator("#sum").inner_text()
    choose(studio, "size", "16:9")
    choose(studio, "quality", "high")
    opened(studio, "#id_n").fill("3")
    expect(studio.locator("#words-size")).to_contain_text("Landscape 16:9")
    expect(studio.locator("#words-quality")).to_contain_text("High")
    expect(studio.locator("#words-n")).to_contain_text("3 pictures")
    expect(frame).not_to_have_attribute("viewBox", "0 0 1024 1024")
    expect(studio.locator("#sum")).not_to_have_text(before)
    choose(studio, "model", "gpt-image-1.5")
    expect(studio.locator("#words-model")).to_contain_text("GPT Image 1.5")
    expect(studio.locator("#model-note")).to_contain_text("OpenAI will shut GPT Image 1.5 down")
    assert layout_shift(studio) <= 0.02
    assert complaints == []


def test_on_a_phone_it_is_one_line_until_somebody_writes(another: Callable[..., Page], studio: Page, live: str) -> None:
    phone = another(studio, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(f"{live}/")
    box = phone.locator(".composer-box")

    def height() -> float:
        return float(box.evaluate("(one) => one.getBoundingClientRect().height"))

    assert height() <= 72
    expect(phone.locator("#generate")).to_be_in_viewport(ratio=1)
    phone.locator("#id_prompt").fill("A lighthouse\n" * 40)
    expect(phone.locator("#price")).to_be_in_viewport(ratio=1)
    assert height() <= 0.6 * 844 + 1
    phone.locator("#chip-quality > summary").tap()
    phone.locator(".tile", has=phone.locator("[name=quality][value=low]")).tap()
    expect(phone.locator("#words-quality")).to_contain_text("Draft")
    phone.locator("#history").tap(position={"x": 2, "y": 2})
    phone.locator("#history").tap(position={"x": 2, "y": 2})
    expect(phone.locator("#price")).to_be_hidden()
    phone.locator("#generate").tap()
    expect(phone.locator(".task-card")).to_have_count(2)
    assert Generation.objects.first() is not None


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_chips_open_and_the_form_is_sent(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None]
) -> None:
    sign_in(alice)
    page.goto(f"{live}/")
    page.locator("#id_prompt").fill("A lighthouse")
    choose(page, "quality", "low")
    page.locator("#chip-quality > summary").click()
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".task-card")).to_have_count(1)
    assert Generation.objects.get().quality == "low"
