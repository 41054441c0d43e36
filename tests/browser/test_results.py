"""Pictures in a browser: gallery, selection, lightbox, deletion and undo, with a mouse and on a phone."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from playground.models import GeneratedImage, Generation
from tests.browser.conftest import at_rest, layout_shift, violations, wait_until
from tests.factories import make_generation, make_saved

pytestmark = pytest.mark.browser
SHOWN = ".picture:not([hidden])"


@pytest.fixture
def gallery(page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None]) -> Page:
    """Alice's gallery with nine pictures, the newest first."""
    for number in range(9, 0, -1):
        make_saved(owner=alice, prompt=f"Picture number {number} of 夕焼け" if number % 2 else f"Boat number {number}")
    sign_in(alice)
    page.goto(f"{live}/gallery/")
    return page


def selected(page: Page) -> int:
    return page.locator(f"{SHOWN} input:checked").count()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("pictures", [300, pytest.param(5000, marks=pytest.mark.soak)])
def test_many_pictures_scroll_without_a_jump(
    page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None], pictures: int
) -> None:
    call_command("seed", count=pictures, distinct=2, owner="alice", verbosity=0)
    sign_in(alice)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())) if "/small/" in response.url else None)
    page.goto(f"{live}/gallery/")
    expect(page.get_by_text(f"{pictures} pictures")).to_be_visible()
    expect(page.locator(SHOWN)).to_have_count(60)
    for expected in (120, 180):
        page.mouse.wheel(0, 20_000)
        expect(page.locator(SHOWN)).to_have_count(expected)
    assert layout_shift(page) <= 0.02
    assert 0 < sum(sizes) / len(sizes) * 60 < 1_500_000
    codes = page.locator(SHOWN).evaluate_all("all => all.map((one) => one.id)")
    assert len(set(codes)) == 180
    page.locator(f"{SHOWN} > a").nth(178).click()
    expect(place(page)).to_have_text("179 / 240")
    press(page, "ArrowRight", "ArrowRight")
    expect(place(page)).to_have_text("181 / 240")
    assert complaints == []


def test_search_and_filters_follow_and_the_address_holds_them(gallery: Page, complaints: list[str]) -> None:
    gallery.get_by_role("searchbox").fill("夕焼け")
    expect(gallery.locator(SHOWN)).to_have_count(5)
    expect(gallery.get_by_text("5 pictures")).to_be_visible()
    expect(gallery).to_have_url(re.compile(r"/gallery/\?q=%E5%A4%95%E7%84%BC%E3%81%91$"))
    gallery.get_by_role("button", name="More filters").click()
    gallery.get_by_label("Sort by").select_option("oldest")
    press(gallery, "Escape")
    expect(gallery).to_have_url(re.compile("sort=oldest"))
    gallery.get_by_label("Size of the pictures").fill("140")
    expect(gallery).to_have_url(re.compile("sort=oldest&density=140"))
    first = gallery.locator(SHOWN).first.get_attribute("id")
    gallery.reload()
    expect(gallery.locator(SHOWN)).to_have_count(5)
    assert gallery.locator(SHOWN).first.get_attribute("id") == first
    expect(gallery.locator("#pictures")).to_have_attribute("data-density", "140")
    gallery.get_by_role("searchbox").fill("nothing like it")
    expect(gallery.get_by_text("No matching pictures")).to_be_visible()
    gallery.get_by_role("link", name="Show all").first.click()
    expect(gallery.locator(SHOWN)).to_have_count(9)
    assert complaints == []


def test_what_is_being_composed_is_not_searched(gallery: Page, complaints: list[str]) -> None:
    """Real composition, as in an input method. The second word begins before the search for the first one."""
    asked: list[str] = []
    gallery.on("request", lambda request: asked.append(request.url) if "/gallery/?" in request.url else None)
    line = gallery.context.new_cdp_session(gallery)

    def compose(*steps: str) -> None:
        for text in steps:
            line.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

    gallery.get_by_role("searchbox").focus()
    compose("ゆ", "ゆう")
    gallery.wait_for_timeout(600)
    line.send("Input.insertText", {"text": "夕"})
    compose("や", "やけ")
    gallery.wait_for_timeout(600)
    assert asked == []
    line.send("Input.insertText", {"text": "焼け"})
    expect(gallery.get_by_role("searchbox")).to_have_value("夕焼け")
    expect(gallery.locator(SHOWN)).to_have_count(5)
    assert len(asked) == 1
    assert complaints == []


def test_selecting_by_click_shift_and_keyboard_is_kept_across_pages(gallery: Page, complaints: list[str]) -> None:
    links = gallery.locator(f"{SHOWN} > a")
    gallery.locator(f"{SHOWN} .picture-check").nth(1).click()
    links.nth(4).click(modifiers=["Shift"])
    assert selected(gallery) == 4
    expect(gallery.get_by_text("4 selected")).to_be_visible()
    links.nth(2).click(modifiers=["Control"])
    assert selected(gallery) == 3
    links.nth(6).focus()
    press(gallery, "x", "Shift+ArrowRight", "ArrowUp")
    assert selected(gallery) == 5
    gallery.goto(gallery.url + "?q=boat")
    expect(gallery.get_by_text("5 selected")).to_be_visible()
    gallery.go_back()
    expect(gallery.locator(f"{SHOWN} input:checked")).to_have_count(5)
    links.first.focus()
    press(gallery, "Control+a")
    expect(gallery.get_by_text("9 selected")).to_be_visible()
    press(gallery, "Escape")
    expect(gallery.locator("#selection")).to_be_hidden()
    assert complaints == []


def test_escape_closes_what_lies_on_top_and_the_selection_last(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").nth(1).click(modifiers=["Control"])
    bar, first = gallery.locator("#selection"), gallery.locator(SHOWN).first
    for opener, opened in (
        (bar.get_by_role("button", name="More actions"), gallery.locator("#selection-more")),
        (gallery.get_by_role("button", name="More filters"), gallery.locator("#filters-more")),
        (first.get_by_role("button", name="More"), first.locator(".picture-menu")),
    ):
        first.hover()
        opener.click()
        expect(opened).to_be_visible()
        press(gallery, "Escape")
        expect(opened).to_be_hidden()
        expect(bar).to_contain_text("1 selected")
    first.locator(".picture-link").click()
    expect(place(gallery)).to_have_text("1 / 9")
    press(gallery, "Escape")
    expect(gallery.locator("#lightbox")).to_be_hidden()
    expect(bar).to_contain_text("1 selected")
    press(gallery, "Escape")
    expect(bar).to_be_hidden()
    assert complaints == []


ROWS = """(all) => {
  const rows = new Map();
  for (const one of all) {
    const { top, left, right, height } = one.getBoundingClientRect();
    const row = rows.get(Math.round(top)) ?? rows.set(Math.round(top), []).get(Math.round(top));
    row.push({ left, right, height });
  }
  return [...rows.values()];
}"""


def test_a_row_is_as_wide_as_the_page_and_of_one_height(
    page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None]
) -> None:
    shapes = ((1024, 1024), (1536, 1024), (1024, 1536), (1792, 1024))
    for number in range(24):
        row = make_saved(owner=alice)
        width, height = shapes[number % len(shapes)]
        row.images.update(width=width, height=height)
    sign_in(alice)
    page.goto(f"{live}/gallery/")
    room = page.locator("#pictures").bounding_box()
    assert room
    for size in ("180", "420"):
        page.get_by_label("Size of the pictures").fill(size)
        rows = page.locator(SHOWN).evaluate_all(ROWS)
        assert len(rows) > 2
        for row in rows[:-1]:
            assert row[0]["left"] == pytest.approx(room["x"], abs=1)
            assert row[-1]["right"] == pytest.approx(room["x"] + room["width"], abs=1)
            assert max(one["height"] for one in row) - min(one["height"] for one in row) < 1
            assert int(size) <= row[0]["height"] + 1 < int(size) * 1.75 + 2
        assert rows[-1][0]["height"] == pytest.approx(int(size), abs=2)
    assert complaints == []


def test_pictures_stand_under_their_days_and_a_day_without_any_goes(gallery: Page, complaints: list[str]) -> None:
    for number, prompt in enumerate(("Picture number 9", "Boat number 8")):
        then = datetime(2026, 3, 1, 11 + number, tzinfo=UTC)
        Generation.objects.filter(prompt__startswith=prompt).update(created_at=then)
    gallery.reload()
    days = gallery.locator("#pictures > .day")
    then = re.compile("Mar(ch)? 1, 2026")
    expect(days).to_have_text(["Today", then])
    for number in (7, 8):
        gallery.locator(f"{SHOWN} .picture-link").nth(number).click(modifiers=["Control"])
    gallery.locator("#selection").get_by_role("button", name="Delete").click()
    expect(days).to_have_text(["Today"])
    gallery.get_by_role("button", name="Undo").click()
    expect(days).to_have_text(["Today", then])
    gallery.get_by_role("button", name="More filters").click()
    gallery.get_by_label("Sort by").select_option("dearest")
    expect(days).to_have_count(0)
    assert complaints == []


def test_actions_on_many(gallery: Page, complaints: list[str], alice: User) -> None:
    links = gallery.locator(f"{SHOWN} > a")
    links.nth(0).click(modifiers=["Control"])
    links.nth(2).click(modifiers=["Shift"])
    bar = gallery.locator("#selection")
    bar.get_by_role("button", name="Favorite", exact=True).click()
    expect(gallery.get_by_text("3 pictures added to favorites.")).to_be_visible()
    expect(gallery.locator(f"{SHOWN} [aria-pressed=true]")).to_have_count(3)
    bar.get_by_role("button", name="More actions").click()
    bar.get_by_role("button", name="Share with the team").click()
    expect(gallery.locator(".picture-mark")).to_have_count(3)
    assert Generation.objects.filter(shared=True).count() == 3
    with gallery.expect_download() as download:
        bar.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert len(json.loads(archive.read("manifest.json"))) == 3
    bar.get_by_role("button", name="More actions").click()
    bar.get_by_role("button", name="Stop sharing").click()
    expect(bar.get_by_role("button", name="Stop sharing")).to_be_hidden()
    expect(gallery.locator(".picture-mark")).to_have_count(0)
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Delete").click()
    expect(gallery.locator(SHOWN)).to_have_count(6)
    expect(bar).to_be_hidden()
    gallery.get_by_role("button", name="Undo").click()
    expect(gallery.locator(SHOWN)).to_have_count(9)
    expect(gallery.get_by_role("button", name="Undo")).to_have_count(0)
    assert GeneratedImage.objects.saved().count() == 9
    # A download ends the navigation that has begun it.
    assert [said for said in complaints if "/gallery/download/" not in said] == []


AT = """(all) => all.map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left, top, width, height].map(Math.round);
})"""
COVERED = """(all) => all.filter((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return !one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}).map((one) => one.textContent)"""


@pytest.mark.parametrize("height", [900, 600], ids=["page-ends-near", "page-goes-on"])
def test_the_bar_and_its_menu_stay_where_they_are(gallery: Page, complaints: list[str], height: int) -> None:
    """A press on "Stop sharing" must not find Delete because the page scrolls."""
    gallery.set_viewport_size({"width": 1366, "height": height})
    links = gallery.locator(f"{SHOWN} > a")
    links.nth(0).click(modifiers=["Control"])
    bar = gallery.locator("#selection, #selection .button, #selection-more")
    gallery.get_by_role("button", name="More actions").click()
    at_rest(gallery)
    there = bar.evaluate_all(AT)
    gallery.evaluate("document.documentElement.style.scrollBehavior = 'instant'")
    for far in (1_000_000, 0, 40):
        gallery.evaluate("(far) => scrollTo(0, far)", far)
        assert bar.evaluate_all(AT) == there
    gallery.get_by_role("button", name="Stop sharing").click()
    expect(gallery.get_by_text("One picture is no longer shared.")).to_be_visible()
    at_rest(gallery)
    bar = gallery.locator("#selection, #selection .button")
    assert bar.evaluate_all(AT) == there[:-2] + there[-1:]
    assert gallery.evaluate("scrollY") == 40
    assert complaints == []


@pytest.mark.parametrize("width", [1366, 900, 320])
def test_the_bar_covers_nothing_and_no_message_covers_it(gallery: Page, complaints: list[str], width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 700})
    gallery.locator(f"{SHOWN} .picture-check").first.click()
    bar = gallery.locator("#selection")
    bar.get_by_role("button", name="Favorite", exact=True).click()
    expect(gallery.get_by_text("One picture added to favorites.")).to_be_visible()
    at_rest(gallery)
    assert bar.locator(".button:visible").evaluate_all(COVERED) == []
    assert bar.evaluate_all(COVERED) == []
    assert gallery.locator("#toasts > *").evaluate_all(COVERED) == []
    gallery.get_by_role("button", name="Dismiss").click()
    gallery.evaluate("document.documentElement.style.scrollBehavior = 'instant'; scrollTo(0, 1e6)")
    assert gallery.locator(".shell-footer a, .picture-link").last.evaluate_all(COVERED) == []
    assert complaints == []


@pytest.mark.own_device
def test_the_offer_to_undo_leaves_after_eight_seconds(gallery: Page, complaints: list[str]) -> None:
    gallery.clock.install()
    gallery.reload()
    gallery.locator(f"{SHOWN} > a").first.click(modifiers=["Control"])
    gallery.locator("#selection").get_by_role("button", name="Delete").click()
    expect(gallery.get_by_role("button", name="Undo")).to_be_visible()
    gallery.mouse.move(5, 5)
    gallery.clock.run_for(7_000)
    expect(gallery.get_by_role("button", name="Undo")).to_be_visible()
    gallery.clock.run_for(2_000)
    expect(gallery.get_by_role("button", name="Undo")).to_have_count(0)
    expect(gallery.locator(SHOWN)).to_have_count(8)
    assert complaints == []


def place(page: Page) -> Locator:
    return page.locator("#lightbox-place")


def test_the_lightbox_by_keyboard_alone(gallery: Page, complaints: list[str]) -> None:
    start = gallery.url
    third = gallery.locator(f"{SHOWN} > a").nth(2)
    third.focus()
    press(gallery, "Enter")
    expect(place(gallery)).to_have_text("3 / 9")
    expect(gallery).to_have_url(re.compile(r"/generations/[\w-]+/#picture-1$"))
    assert gallery.evaluate("document.activeElement.closest('dialog') !== null")
    press(gallery, "ArrowRight", "ArrowRight", "ArrowLeft")
    expect(place(gallery)).to_have_text("4 / 9")
    stage = gallery.locator("#lightbox-frame")
    press(gallery, "+")
    expect(stage).to_have_class(re.compile("is-zoomed"))
    press(gallery, "ArrowRight")  # pans now
    expect(place(gallery)).to_have_text("4 / 9")
    press(gallery, "0")
    expect(stage).not_to_have_class(re.compile("is-zoomed"))
    heart = gallery.locator("#lightbox-tools:not([data-stale]) .favourite button")
    expect(heart).to_have_attribute("aria-pressed", "false")
    press(gallery, "f")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(gallery.locator(f"{SHOWN} [aria-pressed=true]")).to_have_count(1)
    with gallery.expect_download() as download:
        press(gallery, "d")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_boat-number-4_1\.png", download.value.suggested_filename)
    press(gallery, "Escape")
    expect(gallery.locator("#lightbox")).to_be_hidden()
    expect(gallery).to_have_url(start)
    expect(gallery.locator(f"{SHOWN} > a").nth(3)).to_be_focused()
    assert complaints == []


def test_single_characters_do_nothing_where_they_are_switched_off(gallery: Page) -> None:
    gallery.evaluate("document.querySelector('[data-shortcuts]').click()")
    gallery.get_by_label("Use the shortcuts that are a single character").uncheck()
    press(gallery, "Escape")
    gallery.locator(f"{SHOWN} > a").first.focus()
    press(gallery, "x", "ArrowRight")
    assert selected(gallery) == 0
    press(gallery, "Enter")
    expect(place(gallery)).to_have_text("2 / 9")
    heart = gallery.locator("#lightbox-tools:not([data-stale]) .favourite button")
    expect(heart).to_have_attribute("aria-pressed", "false")
    press(gallery, "f", "1", "+", "ArrowRight")
    expect(place(gallery)).to_have_text("3 / 9")
    expect(gallery.locator("#lightbox-frame")).not_to_have_class(re.compile("is-zoomed"))
    press(gallery, "Escape")
    expect(gallery.locator("#lightbox")).to_be_hidden()
    expect(gallery.locator(f"{SHOWN} [aria-pressed=true]")).to_have_count(0)


def test_the_lightbox_says_what_it_shows_and_what_went_wrong(gallery: Page) -> None:
    gallery.locator(f"{SHOWN} > a").nth(1).click()
    said = gallery.locator("#lightbox [aria-live=polite]")
    expect(place(gallery)).to_have_text("2 / 9")
    press(gallery, "ArrowRight")
    alternative = gallery.locator("#lightbox-picture").get_attribute("alt")
    assert alternative
    expect(said).to_have_text(f"Picture 3 of 9: {alternative}")

    gallery.route(re.compile("/favourite/$"), lambda route: route.abort())
    gallery.locator("#lightbox-tools:not([data-stale]) .favourite button").click()
    trouble = gallery.get_by_role("dialog", name="Picture").get_by_role("status")
    expect(trouble).to_contain_text("No answer came.")
    box, stage = trouble.locator(".message").bounding_box(), gallery.locator("#lightbox-frame").bounding_box()
    assert box
    assert stage
    assert box["y"] + box["height"] <= stage["y"] + stage["height"], "the caption can still be read"
    assert violations(gallery) == []
    trouble.get_by_role("button", name="Dismiss").click()
    expect(trouble).to_be_empty()

    # Outside the lightbox the keys work as usual.
    press(gallery, "Escape")
    expect(gallery.locator("#lightbox")).to_be_hidden()
    gallery.locator(f"{SHOWN} .favourite button").first.evaluate("one => one.click()")
    expect(gallery.locator("#toasts")).to_contain_text("No answer came.")
    expect(gallery.locator("#toasts .message")).to_be_visible()


def test_a_late_answer_undoes_nothing(gallery: Page) -> None:
    """To the next picture and back. The tools for the first visit arrive last, with old values."""
    held: list[Route] = []
    gallery.route(re.compile("/panel/"), lambda route: held.append(route))
    gallery.locator(f"{SHOWN} > a").first.click()
    expect(place(gallery)).to_have_text("1 / 9")
    press(gallery, "ArrowRight", "ArrowLeft")
    wait_until(gallery, lambda: len(held) == 3)
    first, _second, third = held
    earlier = first.fetch()
    third.continue_()
    heart = gallery.locator("#lightbox-tools:not([data-stale]) .favourite button")
    expect(heart).to_have_attribute("aria-pressed", "false")
    press(gallery, "f")
    expect(heart).to_have_attribute("aria-pressed", "true")
    with gallery.expect_response(re.compile("/panel/")):
        first.fulfill(response=earlier)
    gallery.wait_for_timeout(100)
    expect(heart).to_have_attribute("aria-pressed", "true")
    gallery.unroute_all(behavior="ignoreErrors")


def test_the_film_strip_leads_to_any_picture(gallery: Page, complaints: list[str]) -> None:
    assert gallery.locator("link[href*=lightbox]").count() == 0, "its styles come with the first picture"
    gallery.locator(f"{SHOWN} > a").nth(2).click()
    strip = gallery.locator("#lightbox-strip button")
    expect(strip).to_have_count(9)
    expect(strip.nth(2)).to_have_attribute("aria-current", "true")
    strip.nth(6).click()
    expect(place(gallery)).to_have_text("7 / 9")
    expect(strip.nth(6)).to_be_focused()
    press(gallery, "ArrowRight")
    expect(place(gallery)).to_have_text("8 / 9")
    expect(strip.nth(7)).to_be_focused()
    assert gallery.locator("#lightbox-strip button[tabindex='0']").count() == 1
    assert complaints == []


def test_the_panel_says_what_is_to_be_known_and_can_be_put_away(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").nth(1).click()
    panel = gallery.get_by_role("complementary", name="About this picture")
    expect(panel).to_contain_text("Boat number 2")
    expect(panel).to_contain_text("Would have cost 1.50 credits")
    assert round((panel.bounding_box() or {"width": 0})["width"]) == 320
    press(gallery, "ArrowRight")
    expect(panel).to_contain_text("Picture number 3 of 夕焼け")
    press(gallery, "i")
    expect(panel).to_be_hidden()
    press(gallery, "ArrowRight")
    expect(gallery.locator("#lightbox-tools:not([data-stale]) .act-more")).to_be_visible()
    expect(panel).to_be_hidden()
    gallery.get_by_role("button", name="About this picture").click()
    expect(panel).to_contain_text("Boat number 4")
    assert complaints == []


def test_a_picture_deleted_in_the_lightbox_makes_room_for_the_next(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").nth(1).click()
    box = gallery.locator("#lightbox")
    menu = box.locator(".picture-menu")
    for left in (8, 7):
        box.locator("#lightbox-tools:not([data-stale]) .act-more").click()
        menu.get_by_role("button", name="Delete").click()
        expect(place(gallery)).to_have_text(f"2 / {left}")
    expect(box.locator("#lightbox-panel:not([data-stale])")).to_contain_text("Boat number 4")
    box.get_by_role("button", name="Undo").last.click()
    expect(place(gallery)).to_have_text("3 / 8")
    press(gallery, "Escape")
    expect(box).to_be_hidden()
    expect(gallery.locator(f"{SHOWN} > a").nth(2)).to_be_focused()
    assert complaints == []


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
def test_on_a_phone_the_panel_comes_from_below(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").nth(1).tap()
    expect(gallery.locator("#lightbox-tools:not([data-stale]) .act-download")).to_be_visible()
    panel = gallery.locator("#lightbox-panel")
    expect(panel).to_be_hidden()
    gallery.get_by_role("button", name="About this picture").tap()
    expect(panel).to_contain_text("Boat number 2")
    box = panel.bounding_box()
    assert box
    assert (box["width"], round(box["y"] + box["height"])) == (390, 844)
    gallery.get_by_role("button", name="About this picture").tap()
    expect(panel).to_be_hidden()
    assert complaints == []


def test_back_closes_the_lightbox_and_forward_opens_it(gallery: Page, complaints: list[str]) -> None:
    start = gallery.url
    gallery.locator(f"{SHOWN} > a").first.click()
    expect(place(gallery)).to_have_text("1 / 9")
    address = gallery.url
    gallery.go_back()
    expect(gallery.locator("#lightbox")).to_be_hidden()
    expect(gallery).to_have_url(start)
    gallery.go_forward()
    expect(place(gallery)).to_have_text("1 / 9")
    gallery.reload()
    expect(gallery).to_have_url(address)
    expect(gallery.locator("figure")).to_have_count(1)
    expect(gallery.locator("#lightbox")).to_be_hidden()
    assert complaints == []


def test_the_wheel_zooms_to_true_pixels_and_dragging_pans(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").first.click()
    picture = gallery.locator("#lightbox-picture")
    expect(picture).to_have_attribute("src", re.compile("images/0/$"))
    gallery.mouse.move(600, 400)
    for _ in range(5):
        gallery.mouse.wheel(0, -200)
    expect(gallery.locator("#lightbox-frame")).to_have_class(re.compile("is-zoomed"))
    before = picture.evaluate("one => one.style.transform")
    gallery.mouse.down()
    gallery.mouse.move(500, 350, steps=3)
    gallery.mouse.up()
    assert picture.evaluate("one => one.style.transform") != before
    gallery.get_by_role("button", name="Next picture").click()
    expect(place(gallery)).to_have_text("2 / 9")
    expect(gallery.locator("#lightbox-frame")).not_to_have_class(re.compile("is-zoomed"))
    assert complaints == []


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
def test_on_a_phone_buttons_go_on_too(gallery: Page, complaints: list[str]) -> None:
    gallery.locator(f"{SHOWN} > a").first.tap()
    onward = gallery.get_by_role("button", name="Next picture")
    for width in (390, 320):
        gallery.set_viewport_size({"width": width, "height": 700})
        box = onward.bounding_box()
        picture = gallery.locator("#lightbox-frame").bounding_box()
        assert box
        assert picture
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] >= picture["y"] + picture["height"], "beside the caption, not over the picture"
        assert box["x"] + box["width"] <= width
    onward.tap()
    expect(place(gallery)).to_have_text("2 / 9")
    gallery.get_by_role("button", name="Previous picture").tap()
    expect(place(gallery)).to_have_text("1 / 9")
    assert complaints == []


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
def test_on_a_phone_a_swipe_goes_on(gallery: Page, complaints: list[str]) -> None:
    assert gallery.evaluate("document.documentElement.scrollWidth") <= 390
    gallery.locator(f"{SHOWN} > a").first.tap()
    expect(place(gallery)).to_have_text("1 / 9")
    gallery.evaluate(
        """() => {
          const stage = document.getElementById("lightbox-frame");
          const at = (type, clientX) => {
            stage.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX, clientY: 400, bubbles: true }));
          };
          stage.setPointerCapture = () => {};
          at("pointerdown", 300); at("pointermove", 200); at("pointerup", 150);
        }"""
    )
    expect(place(gallery)).to_have_text("2 / 9")
    gallery.evaluate(
        """() => {
          const stage = document.getElementById("lightbox-frame");
          const at = (type, pointerId, clientX) => {
            stage.dispatchEvent(new PointerEvent(type, { pointerId, clientX, clientY: 400, bubbles: true }));
          };
          at("pointerdown", 1, 150); at("pointerdown", 2, 250);
          at("pointermove", 1, 100); at("pointermove", 2, 300);
          at("pointerup", 1, 100); at("pointerup", 2, 300);
        }"""
    )
    assert float(gallery.locator("#lightbox-frame").get_attribute("data-scale") or 0) == pytest.approx(2, abs=0.01)
    expect(place(gallery)).to_have_text("2 / 9")
    gallery.get_by_role("button", name="Close").tap()
    gallery.locator(f"{SHOWN} .picture-check").nth(1).tap()
    expect(gallery.get_by_text("1 selected")).to_be_visible()
    box = gallery.locator("#selection").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
    assert complaints == []


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
def test_on_touch_the_actions_are_always_there(gallery: Page, complaints: list[str], alice: User) -> None:
    """Those that do not fit beside each other stand in the menu."""
    first = gallery.locator(SHOWN).first
    shown = first.locator(".picture-actions").evaluate(
        """(bar) => [...bar.querySelectorAll(":scope > .button, :scope > form > .button")]
          .filter((one) => one.checkVisibility({ opacityProperty: true }))
          .map((one) => [one.ariaLabel, Math.min(one.offsetWidth, one.offsetHeight) >= 44])"""
    )
    assert ["More", True] in shown
    assert all(large for _name, large in shown)
    first.get_by_role("button", name="More").tap()
    menu = first.locator(".picture-menu")
    expect(menu.get_by_role("link", name="Present")).to_be_visible()
    names = [name for name, _large in shown] + menu.locator(".menu-narrow .menu-item:visible").all_inner_texts()
    assert sorted(names) == ["Change", "Download", "Favorite", "More", "Share"]
    menu.get_by_role("button", name="Delete").tap()
    expect(gallery.locator(SHOWN)).to_have_count(8)
    assert complaints == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_everything_is_plain_pages_and_forms(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None]
) -> None:
    row = make_saved(owner=alice, n=2)
    sign_in(alice)
    page.goto(f"{live}/gallery/?q=lighthouse")
    page.locator(".picture-check input").first.check()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(SHOWN)).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(SHOWN)).to_have_count(2)
    page.locator(f"{SHOWN} > a").first.click()
    expect(page).to_have_url(f"{live}/generations/{row.code}/#picture-2")
    page.locator("#picture-2").get_by_role("button", name="Favorite").click()
    expect(page.locator("#picture-2 [aria-pressed=true]")).to_have_count(1)


def test_the_page_of_a_generation(
    page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None]
) -> None:
    row = make_saved(owner=alice, n=2, prompt="A lighthouse")
    sign_in(alice)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live}/generations/{row.code}/")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "A lighthouse"
    first = page.locator("#picture-1")
    first.get_by_text("Description", exact=True).click()
    first.get_by_role("textbox", name="Description").fill("A tower by the sea")
    first.get_by_role("button", name="Save description").click()
    expect(first.get_by_text("Saved.")).to_be_visible()
    page.get_by_text("For developers").click()
    expect(page.locator("#request-text")).to_contain_text('"prompt": "A lighthouse"')
    page.get_by_text("Python", exact=True).click()
    expect(page.locator("#python")).to_contain_text("httpx")
    page.locator(".generation-tools").get_by_role("button", name="More").click()
    page.locator("#generation-more").get_by_role("button", name="Share with the team").click()
    expect(page.locator(".badge").filter(has_text="Shared")).to_be_visible()
    expect(first.get_by_role("img", name="A tower by the sea")).to_be_visible()
    page.locator("#picture-2").get_by_role("button", name="More").click()
    page.locator("#picture-2").get_by_role("button", name="Delete").click()
    expect(page.locator("figure")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("figure")).to_have_count(2)
    page.locator(".generation-tools").get_by_role("button", name="More").click()
    page.locator("#generation-more").get_by_role("link", name="Use these settings").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A lighthouse")
    assert complaints == []


def test_a_notification_comes_only_when_asked_for(
    page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None]
) -> None:
    sign_in(alice)
    page.add_init_script(
        """window.told = [];
        window.Notification = class extends EventTarget {
          static permission = "default";
          static requestPermission = async () => (Notification.permission = "granted");
          constructor(text) { super(); window.told.push(text); }
        };"""
    )
    make_generation(owner=alice, prompt="scenario: slow lighthouse")
    page.goto(f"{live}/")
    button = page.get_by_role("button", name="Tell me when it is done")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.getElementById('announcer').textContent = 'One picture is ready.'")
    assert page.evaluate("window.told") == []
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    page.evaluate("document.getElementById('announcer').textContent = 'Two pictures are ready.'")
    page.wait_for_function("() => window.told.length === 1")
    button.evaluate("one => one.click()")
    page.evaluate("document.getElementById('announcer').textContent = 'Three pictures are ready.'")
    page.wait_for_timeout(100)
    assert page.evaluate("window.told") == ["Two pictures are ready."]
