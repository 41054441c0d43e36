"""Showing pictures: a presentation with keys, by touch and without scripts, and a comparison of two pictures."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation, ShareLink
from tests.browser.conftest import layout_shift, violations
from tests.factories import make_saved

pytestmark = pytest.mark.browser


@pytest.fixture
def trio(alice: User) -> Generation:
    return make_saved(owner=alice, n=3, prompt="A kite over the dunes")


@pytest.fixture
def gallery(
    page: Page, live: str, complaints: list[str], trio: Generation, alice: User, sign_in: Callable[[User], None]
) -> Page:
    sign_in(alice)
    page.goto(f"{live}/gallery/")
    return page


def choose(gallery: Page, number: int, action: str) -> None:
    for box in gallery.get_by_role("checkbox", name=re.compile("Select")).all()[:number]:
        box.check()
    gallery.locator("#selection").get_by_role("button", name=action, exact=True).click()
    gallery.wait_for_url(re.compile(f"/{action.lower()}/"))


def place(page: Page) -> str:
    return page.locator("#slideshow-place").inner_text()


def fills_the_screen(page: Page) -> bool:
    box = page.locator("#slideshow-picture").bounding_box()
    size = page.viewport_size
    return bool(box and size and box["width"] == size["width"] and box["y"] >= 0 and box["height"] <= size["height"])


def test_a_presentation_is_led_by_keys(gallery: Page, complaints: list[str]) -> None:
    choose(gallery, 3, "Present")
    expect(gallery.locator("#slideshow-place")).to_have_text("1 / 3")
    assert fills_the_screen(gallery)
    expect(gallery.locator("#slideshow-caption")).to_have_text("A kite over the dunes")
    for key, now in (("ArrowRight", 2), ("Space", 3), ("ArrowRight", 3), ("PageUp", 2), ("Home", 1), ("End", 3)):
        gallery.keyboard.press(key)
        expect(gallery.locator("#slideshow-place")).to_have_text(f"{now} / 3")
    expect(gallery.locator("#slideshow-said")).to_have_text(re.compile("^Picture 3 of 3: "))
    expect(gallery).to_have_url(re.compile("at=3"))
    gallery.keyboard.press("c")
    expect(gallery.locator("#slideshow-caption")).to_be_hidden()
    gallery.reload()
    expect(gallery.locator("#slideshow-place")).to_have_text("3 / 3")
    expect(gallery.locator("#slideshow-caption")).to_be_hidden()
    gallery.keyboard.press("f")
    gallery.wait_for_function("() => document.fullscreenElement")
    gallery.keyboard.press("f")
    gallery.wait_for_function("() => !document.fullscreenElement")
    assert violations(gallery) == []
    assert layout_shift(gallery) <= 0.02
    gallery.keyboard.press("Escape")
    expect(gallery).to_have_url(re.compile("/gallery/$"))
    assert complaints == []


def test_single_characters_lead_nowhere_where_they_are_switched_off(gallery: Page) -> None:
    gallery.evaluate("document.querySelector('[data-shortcuts]').click()")
    gallery.get_by_label("Use the shortcuts that are a single character").uncheck()
    gallery.keyboard.press("Escape")
    choose(gallery, 3, "Present")
    for key in ("c", "f", "Space"):
        gallery.keyboard.press(key)
    expect(gallery.locator("#slideshow-caption")).to_be_visible()
    expect(gallery.locator("#slideshow-place")).to_have_text("1 / 3")
    assert not gallery.evaluate("document.fullscreenElement")
    gallery.keyboard.press("Enter")
    gallery.keyboard.press("ArrowRight")
    expect(gallery.locator("#slideshow-place")).to_have_text("3 / 3")


def test_the_controls_go_while_nothing_moves_and_come_for_the_keyboard(gallery: Page) -> None:
    choose(gallery, 2, "Present")
    controls = gallery.locator(".slideshow-controls")
    gallery.mouse.move(300, 300)
    expect(controls).to_have_css("opacity", "1")
    expect(controls).to_have_css("opacity", "0")
    gallery.keyboard.press("Tab")
    expect(controls).to_have_css("opacity", "1")
    gallery.wait_for_timeout(3500)
    expect(controls).to_have_css("opacity", "1")


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 700}, has_touch=True)
def test_clicks_and_swipes_lead_on_and_back(live: str, page: Page, trio: Generation, alice: User) -> None:
    link, _new = ShareLink.objects.make(alice, list(trio.images.all()), trio.created_at)
    page.goto(f"{live}/s/{link.token}/")
    page.get_by_role("link", name="Full screen").click()
    page.wait_for_url("**/present/")
    expect(page.locator("#slideshow-place")).to_have_text("1 / 3")
    assert fills_the_screen(page)
    page.mouse.click(300, 300)
    expect(page.locator("#slideshow-place")).to_have_text("2 / 3")
    page.mouse.click(40, 300)
    expect(page.locator("#slideshow-place")).to_have_text("1 / 3")
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(120, 310, steps=4)
    page.mouse.up()
    expect(page.locator("#slideshow-place")).to_have_text("2 / 3")
    page.get_by_role("link", name="End the presentation").click()
    expect(page).to_have_url(re.compile(rf"/s/{link.token}/$"))


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_presentation_without_scripts(live: str, page: Page, trio: Generation, alice: User) -> None:
    link, _new = ShareLink.objects.make(alice, list(trio.images.all()), trio.created_at)
    page.goto(f"{live}/s/{link.token}/present/")
    page.get_by_role("link", name="Next picture").click()
    assert place(page) == "2 / 3"
    page.get_by_role("link", name="Caption").click()
    page.get_by_role("link", name="Next picture").click()
    assert place(page) == "3 / 3"
    expect(page.locator("#slideshow-caption")).to_be_hidden()
    page.get_by_role("link", name="Previous picture").click()
    assert place(page) == "2 / 3"
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()


def test_two_pictures_are_laid_over_each_other(gallery: Page, complaints: list[str]) -> None:
    choose(gallery, 2, "Compare")
    expect(gallery.get_by_role("heading", name="What differs")).to_be_visible()
    frames = gallery.locator("#compare-frames img")
    left, right = (frame.bounding_box() for frame in frames.all())
    assert left is not None
    assert right is not None
    assert (left["y"], left["height"]) == (right["y"], right["height"])
    gallery.get_by_role("button", name="Overlay").click()
    expect(gallery.locator("#compare-frames")).to_be_hidden()
    slider = gallery.get_by_role("slider")
    slider.focus()
    slider.press("End")
    front = gallery.locator("#compare-over > img").nth(1)
    expect(front).to_have_css("clip-path", re.compile(r"inset\(0px (calc\(0%|0%|0px|calc\(0px)"))
    box = slider.bounding_box()
    assert box
    gallery.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert 23 <= float(slider.input_value()) <= 27
    assert violations(gallery) == []
    gallery.get_by_role("button", name="Side by side").click()
    frames.first.click()
    expect(gallery.locator("#lightbox")).to_be_visible()
    assert complaints == []
