"""The loop: a picture, a sentence, a new picture, again and again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import violations, wait_until
from tests.factories import make_saved

pytestmark = pytest.mark.browser

# Enter as an input method sends it while it composes, and as Safari does.
ENTER = """(field, options) => field.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...options }))"""


@pytest.fixture
def original(alice: User, sign_in: Callable[[User], None]) -> Generation:
    sign_in(alice)
    return make_saved(owner=alice, model="gpt-image-2", size="1:1", quality="low", prompt="A lighthouse")


def open_box(page: Page, row: Generation) -> None:
    card = page.locator(f"#card-{row.code}")
    card.locator(".slot").first.hover()
    card.get_by_role("link", name="Change", exact=True).click()
    expect(card.get_by_label("What should be different?")).to_be_focused()
    # Its script, which comes with the first box, brings its styles.
    expect(page.locator('link[href*="css/change"]')).to_have_count(1)


def test_ten_changes_of_one_picture_with_two_branches(
    page: Page, live: str, original: Generation, complaints: list[str]
) -> None:
    page.goto(f"{live}/")
    page.get_by_label("Prompt", exact=True).fill("Something else")
    open_box(page, original)
    card = page.locator(f"#card-{original.code}")
    expect(card.locator(".change-sum")).to_contain_text("Rehearsal: costs nothing")
    children = card.locator(".child")

    def change(words: str, place: int) -> None:
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(children).to_have_count(place)
        expect(children.nth(place - 1).locator("img")).to_have_count(1)
        expect(card.get_by_label("What should be different?")).to_be_focused()
        expect(card.get_by_label("What should be different?")).to_have_value("")

    for place in (1, 2):
        change(f"From the first, {place}", place)
    for number in range(4):
        children.first.get_by_role("link", name="Change this: 1").click()
        expect(card.locator(".change-path li")).to_have_count(number + 2)
        change(f"Deeper, {number}", 1)
    # Back to the first picture: the other branch.
    page.goto(f"{live}/")
    open_box(page, original)
    card.get_by_role("link", name="Change this: 2").click()
    expect(card.locator(".change-path [aria-current]")).to_contain_text("From the first, 2")
    for place in range(1, 5):
        change(f"Beside each other, {place}", place)
    family = Generation.objects.filter(root=original)
    assert family.count() == 10
    assert [row.reference_uses.count() for row in family] == [1] * 10
    # The composer knows nothing of all that.
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("Something else")
    expect(page.locator("#reference-list > li")).to_have_count(0)
    expect(page.locator(".task-card")).to_have_count(11)
    assert violations(page, ".change") == []
    assert complaints == []


def test_an_input_methods_enter_sends_nothing(page: Page, live: str, original: Generation) -> None:
    page.goto(f"{live}/")
    open_box(page, original)
    field = page.get_by_label("What should be different?")
    page.keyboard.type("冬")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        field.evaluate(ENTER, composing)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("雪")
    expect(field).to_have_value("冬\n雪")
    assert not original.children.exists()
    page.keyboard.press("Enter")
    wait_until(page, original.children.exists)
    assert original.children.get().prompt == "冬\n雪"


def test_escape_closes_the_box_of_a_card_and_leads_back(page: Page, live: str, original: Generation) -> None:
    page.goto(f"{live}/")
    open_box(page, original)
    page.keyboard.press("Escape")
    expect(page.locator(".change")).to_have_count(0)
    expect(page.get_by_role("link", name="Change", exact=True)).to_be_focused()
    open_box(page, original)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".change")).to_have_count(0)


def test_in_the_lightbox_the_box_stands_under_each_picture(
    page: Page, live: str, original: Generation, complaints: list[str]
) -> None:
    page.goto(f"{live}/gallery/")
    page.locator("a[data-lightbox]").first.click()
    box = page.locator("#lightbox .change")
    box.get_by_label("What should be different?").fill("f as in fox, d as in dog")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(box.locator(".child img")).to_have_count(1)
    box.locator(".child a[data-lightbox]").click()
    expect(box.locator(".change-path [aria-current]")).to_contain_text("f as in fox, d as in dog")
    expect(page.locator("#lightbox-place")).to_have_text("2 / 2")
    assert violations(page, "#lightbox") == []
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()
    assert complaints == []


def test_without_scripts_a_change_is_a_page(
    another: Callable[..., Page], page: Page, live: str, original: Generation
) -> None:
    plain = another(java_script_enabled=False)
    plain.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    plain.goto(f"{live}/generations/{original.code}/")
    plain.get_by_role("link", name="Change this", exact=True).click()
    plain.get_by_role("button", name="Make this change").click()
    expect(plain.get_by_text("Write what should be different.")).to_be_visible()
    plain.get_by_label("What should be different?").fill("In winter")
    plain.get_by_role("button", name="Make this change").click()
    expect(plain.locator(".child-words")).to_have_text("1 In winter")
    assert original.children.count() == 1


def test_a_draft_becomes_final_and_stands_beside_it(
    page: Page, live: str, original: Generation, complaints: list[str]
) -> None:
    page.goto(f"{live}/")
    card = page.locator(f"#card-{original.code}")
    card.hover()
    card.locator(".task-head").get_by_role("button", name="More", exact=True).click()
    expect(card.locator(".offer-price")).to_contain_text("more than this")
    assert violations(page, f"#card-{original.code}") == []
    card.get_by_role("button", name="Final version").click()
    final = page.locator(".task-card").first
    final.get_by_role("link", name="Compare with the draft").click()
    expect(page.locator(".compare-frames img")).to_have_count(2)
    expect(page.get_by_text("EvoLink knows no seed")).to_be_visible()
    assert complaints == []
