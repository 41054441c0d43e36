"""What helps people on their first visit, and what waits for them when they return."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import choose, choose_model, layout_shift, opened
from tests.factories import make_generation

pytestmark = pytest.mark.browser


@pytest.fixture
def studio(page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]) -> Page:
    sign_in(alice)
    page.goto(f"{live}/")
    return page


def prompt(page: Page) -> Locator:
    return page.get_by_label("Prompt", exact=True)


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate", exact=True).click()


# --- The first run ---------------------------------------------------------------------------------------------------


def test_the_first_run_shows_four_notes_and_goes_away(studio: Page, complaints: list[str]) -> None:
    tour = studio.get_by_role("dialog", name="A first look around")
    expect(tour.get_by_role("heading")).to_have_text("Say what you would like to see")
    expect(studio.locator("body")).to_be_focused()
    for heading in (
        "Choose a shape and a quality",
        "Look at the price, then press Generate",
        "Your pictures come here",
    ):
        tour.get_by_role("button", name="Next").click()
        expect(tour.get_by_role("heading")).to_have_text(heading)
        expect(studio.locator(".is-toured")).to_have_count(1)
        expect(studio.locator(".is-toured")).to_be_in_viewport()
    tour.get_by_role("button", name="Done").click()
    expect(tour).to_be_hidden()
    expect(prompt(studio)).to_be_focused()
    studio.reload()
    expect(tour).to_be_hidden()
    studio.get_by_role("button", name="Show me around").click()
    expect(tour).to_be_visible()
    expect(tour.get_by_role("button", name="Next")).to_be_focused()
    studio.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    assert not Generation.objects.exists()
    assert layout_shift(studio) <= 0.02
    assert complaints == []


def test_the_first_run_stands_in_nobodys_way(studio: Page, complaints: list[str]) -> None:
    """A person who knows what to do generates at once, and the introduction never comes back."""
    tour = studio.get_by_role("dialog", name="A first look around")
    expect(tour).to_be_visible()
    prompt(studio).fill("A lighthouse")
    generate(studio)
    expect(tour).to_be_hidden()
    expect(studio.locator(".task-card")).to_have_count(1)
    expect(studio.locator("#first-steps")).to_have_count(0)
    studio.reload()
    expect(tour).to_have_count(0)
    assert complaints == []


def test_a_press_on_a_note_that_moves_counts(studio: Page) -> None:
    """The note glides in, and the page may scroll; a press takes longer than that."""
    tour = studio.get_by_role("dialog", name="A first look around")
    box = tour.get_by_role("button", name="Next").bounding_box()
    assert box
    studio.evaluate("""() => document.addEventListener("pointerdown", () => {
      document.getElementById("tour").style.translate = "0 9rem";
    })""")
    studio.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    studio.mouse.down()
    expect(tour).to_have_css("translate", "0px 144px")
    studio.mouse.up()
    expect(tour.get_by_role("heading")).to_have_text("Choose a shape and a quality")


def test_whoever_moves_away_calls_the_press_off(studio: Page) -> None:
    example = studio.locator(".example").first
    box = example.bounding_box()
    assert box
    studio.mouse.move(box["x"] + 10, box["y"] + 10)
    studio.mouse.down()
    studio.mouse.move(5, 5)
    studio.mouse.up()
    expect(prompt(studio)).to_have_value("")


def test_whoever_has_pictures_is_shown_no_first_run(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None]
) -> None:
    make_generation(owner=alice)
    sign_in(alice)
    page.goto(f"{live}/")
    expect(page.locator(".task-card")).to_have_count(1)
    expect(page.locator("#tour")).to_have_count(0)


def test_an_example_fills_the_form_and_sends_nothing(studio: Page) -> None:
    examples = studio.locator(".example")
    expect(examples).to_have_count(6)
    for example in examples.all():
        example.click()
        expect(prompt(studio)).to_have_value(str(example.get_attribute("data-prompt")))
        expect(prompt(studio)).to_be_focused()
    assert not Generation.objects.exists()


# --- Shortcuts -------------------------------------------------------------------------------------------------------


def test_the_list_of_shortcuts(studio: Page, live: str, complaints: list[str]) -> None:
    shortcuts = studio.get_by_role("dialog", name="Keyboard shortcuts")
    link = studio.get_by_role("link", name="Gallery")
    link.focus()
    studio.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    studio.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    expect(link).to_be_focused()

    prompt(studio).fill("")
    prompt(studio).press("?")
    expect(shortcuts).to_be_hidden()
    expect(prompt(studio)).to_have_value("?")

    studio.get_by_role("button", name="Account of alice").click()
    studio.get_by_role("button", name="Keyboard shortcuts").click()
    expect(shortcuts).to_be_visible()
    shortcuts.get_by_label("Use the shortcuts that are a single character").uncheck()
    shortcuts.get_by_role("button", name="Close").click()
    studio.goto(f"{live}/gallery/")
    studio.get_by_role("link", name="Gallery").focus()
    studio.keyboard.press("?")
    expect(shortcuts).to_be_hidden()
    assert complaints == []


def test_enter_belongs_to_the_input_method_and_to_new_lines(studio: Page) -> None:
    press = """(how) => document.getElementById("id_prompt").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, ...how }))"""
    prompt(studio).fill("夕焼けの")
    prompt(studio).press("Enter")
    prompt(studio).press_sequentially("海")
    studio.evaluate(press, {"isComposing": True})
    studio.evaluate(press, {"keyCode": 229})  # as Safari sends it
    studio.wait_for_timeout(300)
    assert not Generation.objects.exists()
    studio.evaluate(press, {})
    expect(studio.locator(".task-card")).to_have_count(1)
    assert Generation.objects.get().prompt == "夕焼けの\n海"


# --- Drafts ----------------------------------------------------------------------------------------------------------


def test_prompt_and_settings_survive_a_reload(studio: Page, live: str, complaints: list[str]) -> None:
    choose_model(studio, "gpt-image-1")
    prompt(studio).fill("A lighthouse")
    choose(studio, "size", "1536x1024")
    choose(studio, "quality", "medium")
    opened(studio, "#id_n").fill("3")
    studio.locator("#id_n").blur()
    studio.reload()
    expect(prompt(studio)).to_have_value("A lighthouse")
    expect(studio.locator("[name=model]:checked")).to_have_value("gpt-image-1")
    expect(studio.locator('[name="size"]:checked')).to_have_value("1536x1024")
    expect(studio.locator('[name="quality"]:checked')).to_have_value("medium")
    expect(studio.locator("#id_n")).to_have_value("3")
    assert layout_shift(studio) <= 0.02

    studio.goto(f"{live}/?model=gpt-image-2")
    expect(studio.locator("[name=model]:checked")).to_have_value("gpt-image-2")
    assert complaints == []


def test_a_draft_is_ones_own(studio: Page, live: str, bob: User, sign_in: Callable[[User], None]) -> None:
    prompt(studio).fill("Nobody else’s business")
    choose(studio, "quality", "high")
    sign_in(bob)
    studio.goto(f"{live}/")
    expect(prompt(studio)).to_have_value("")
    expect(studio.locator('[name="quality"]:checked')).to_have_value("medium")


def test_new_defaults_are_not_hidden_by_an_old_draft(studio: Page, live: str) -> None:
    choose(studio, "quality", "high")
    studio.goto(f"{live}/settings/defaults/")
    choose(studio, "quality", "low")
    studio.locator("#defaults button.button-primary").click()
    studio.goto(f"{live}/")
    expect(studio.locator('[name="quality"]:checked')).to_have_value("low")


def test_the_newer_model_is_one_click_away_among_the_defaults_too(studio: Page, live: str) -> None:
    studio.goto(f"{live}/settings/defaults/")
    choose_model(studio, "gpt-image-1")
    studio.get_by_role("button", name="Use GPT Image 2").click()
    expect(studio.locator("[name=model]:checked")).to_have_value("gpt-image-2")
    expect(studio.locator("[data-use-model]")).to_have_count(0)


def test_what_is_chosen_while_a_models_settings_are_on_their_way_stays(studio: Page, complaints: list[str]) -> None:
    held: list[Route] = []
    studio.route(re.compile("/studio/settings/"), lambda route: held.append(route))
    with studio.expect_request(re.compile("/studio/settings/")):
        choose(studio, "model", "gpt-image-1")
    opened(studio, "#id_n").fill("2")
    choose(studio, "quality", "low")
    studio.locator('[name="quality"]:checked').focus()
    with studio.expect_response(re.compile("/studio/settings/")):
        held[0].continue_()
    expect(studio.locator('[name="size"][value="1024x1536"]')).to_have_count(1)
    expect(studio.locator('[name="quality"]:checked')).to_have_value("low")
    expect(studio.locator('[name="quality"]:checked')).to_be_focused()
    expect(studio.locator("#id_n")).to_have_value("2")
    expect(studio.locator("#estimate b")).to_contain_text("1.33")
    studio.unroute_all(behavior="wait")
    assert complaints == []


def test_so_it_does_on_the_page_of_the_defaults(studio: Page, live: str, complaints: list[str]) -> None:
    studio.goto(f"{live}/settings/defaults/")
    studio.locator("#id_n").fill("2")
    studio.locator("#id_n").blur()
    held: list[Route] = []
    studio.route(re.compile(r"/settings/defaults/\?"), lambda route: held.append(route))
    with studio.expect_request(re.compile(r"/settings/defaults/\?")):
        choose(studio, "model", "gpt-image-1")
    choose(studio, "quality", "low")
    studio.locator('[name="quality"]:checked').focus()
    held[0].continue_()
    expect(studio.locator('[name="size"][value="1024x1536"]')).to_have_count(1)
    expect(studio.locator("#id_n")).to_have_value("2")
    expect(studio.locator('[name="quality"]:checked')).to_have_value("low")
    expect(studio.locator('[name="quality"]:checked')).to_be_focused()
    studio.unroute_all(behavior="wait")
    assert complaints == []


# What has the focus, and whether all of it is in sight (WCAG 2.4.11).
FOCUSED = """() => {
  const one = document.activeElement;
  const drawn = one.closest(".tile") ?? one;
  const { left, right, top, bottom } = drawn.getBoundingClientRect();
  const seen = [top + 2, (top + bottom) / 2, bottom - 2].map((y) => document.elementFromPoint((left + right) / 2, y));
  const free = seen.every((there) => there && drawn.contains(there));
  return [one.getAttribute("name") ?? one.parentElement.className, free];
}"""


@pytest.mark.parametrize(
    ("gone", "instead"),
    [("summary:has-text('custom size')", "size"), ("#id_height", "size"), ("#id_resolution_0", "other_models")],
)
def test_what_has_the_focus_is_not_there_for_another_model(
    studio: Page, complaints: list[str], gone: str, instead: str
) -> None:
    """Then what is nearest has it, in sight, and Tab leads on from there."""
    studio.set_viewport_size({"width": 1366, "height": 600})
    choose(studio, "size", "own")
    held: list[Route] = []
    studio.route(re.compile("/studio/settings/"), lambda route: held.append(route))
    with studio.expect_request(re.compile("/studio/settings/")):
        choose(studio, "model", "gpt-image-1.5")
    opened(studio, gone).focus()
    held[0].continue_()
    expect(studio.locator('[name="size"][value="1024x1536"]')).to_have_count(1)
    expect(studio.locator(f'[name="{instead}"]:is(:checked, [type=checkbox])')).to_be_focused()
    assert studio.evaluate(FOCUSED) == [instead, True]
    studio.unroute_all(behavior="wait")
    assert complaints == []


def test_a_link_that_leaves_with_the_estimate_gives_the_focus_to_its_neighbour(
    studio: Page, live: str, complaints: list[str]
) -> None:
    studio.set_viewport_size({"width": 1366, "height": 600})
    studio.goto(f"{live}/?model=gpt-image-1")
    with studio.expect_response(re.compile("/studio/estimate/")):
        prompt(studio).fill("A lighthouse " * 40)
    link = studio.get_by_role("link", name="Why a range?")
    expect(studio.locator("#why-a-range")).to_have_count(1)
    held: list[Route] = []
    studio.route(re.compile("/studio/estimate/"), lambda route: held.append(route))
    with studio.expect_request(re.compile("/studio/estimate/")):
        prompt(studio).fill("")
    opened(studio, "#why-a-range").focus()
    held[0].continue_()
    expect(link).to_have_count(0)
    expect(studio.locator("#price > summary")).to_be_focused()
    assert studio.evaluate(FOCUSED) == ["chip chip-price", True]
    studio.unroute_all(behavior="wait")
    assert complaints == []


# --- Offline ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading", "again"),
    [("en", "The studio cannot be reached", "Try again"), ("ja", "スタジオに接続できません", "再試行")],
)
def test_a_page_of_ours_when_the_studio_cannot_be_reached(
    another: Callable[..., Page], live: str, alice: User, language: str, heading: str, again: str
) -> None:
    page = another(locale=language, viewport={"width": 320, "height": 640}, service_workers="allow")
    page.goto(f"{live}/help/")
    page.evaluate("() => navigator.serviceWorker.ready.then(({ active }) => active.state)")
    page.context.set_offline(True)
    page.goto(f"{live}/pricing/")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert page.url == f"{live}/pricing/"
    expect(page.locator(".error-page-text")).not_to_have_css("font-size", "16px")  # with our styles
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.set_offline(False)
    page.get_by_role("link", name=again).click()
    expect(page.locator(".nav, .guide, .page").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)


def test_a_newer_estimate_leaves_its_terms_open_and_focused(studio: Page, complaints: list[str]) -> None:
    held: list[Route] = []
    studio.route(re.compile("/studio/estimate/"), lambda route: held.append(route))
    with studio.expect_request(re.compile("/studio/estimate/")):
        prompt(studio).fill("A lighthouse " * 40)
    before = studio.locator("#estimate b").text_content() or ""
    studio.locator("#price > summary").focus()
    studio.keyboard.press("Enter")
    held[0].continue_()
    expect(studio.locator("#estimate b")).not_to_have_text(before)
    expect(studio.locator(".terms li").first).to_be_visible()
    expect(studio.locator("#price > summary")).to_be_focused()
    studio.unroute_all(behavior="wait")
    assert complaints == []
