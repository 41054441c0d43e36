"""What a person was doing goes on when htmx replaces a part of the page: focus, open details, a half-written text."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import RunningWorker
from tests.factories import make_generation, make_saved

pytestmark = pytest.mark.browser
SHOWN = ".picture:not([hidden])"


@pytest.fixture
def me(page: Page, complaints: list[str], alice: User, sign_in: Callable[[User], None]) -> Page:
    sign_in(alice)
    return page


def test_the_page_of_a_running_generation_keeps_focus_and_details(
    me: Page, live: str, alice: User, worker: RunningWorker
) -> None:
    worker.stop()
    row = make_generation(owner=alice)
    me.goto(f"{live}/generations/{row.code}/")
    asks = re.compile(r"\?version=")
    with me.expect_response(asks) as answer:
        me.locator(".wire > summary").focus()
        me.keyboard.press("Enter")
    assert answer.value.status == 204, "nothing new, nothing drawn"

    Generation.objects.filter(pk=row.pk).update(version=row.version + 1)
    with me.expect_response(asks) as answer:
        pass
    assert answer.value.status == 200
    expect(me.locator(".wire")).to_have_attribute("open", "")
    expect(me.locator(".wire > summary")).to_be_focused()

    worker.start()
    expect(me.locator("#announcer")).to_have_text("One picture is ready.")
    expect(me.locator(".wire > summary")).to_be_focused()


def test_a_pressed_heart_and_a_saved_description_keep_the_focus(
    me: Page, live: str, alice: User, complaints: list[str]
) -> None:
    row = make_saved(owner=alice, n=2)
    me.goto(f"{live}/generations/{row.code}/")
    figure = me.locator("#picture-2")
    heart = figure.get_by_role("button", name="Favorite")
    heart.focus()
    me.keyboard.press("Enter")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_be_focused()

    figure.locator(".alternative-more summary").click()
    figure.get_by_label("Description for people").fill("A boat at night")
    save = figure.get_by_role("button", name="Save description")
    save.focus()
    me.keyboard.press("Enter")
    expect(figure.get_by_text("Saved.")).to_be_visible()
    expect(save).to_be_focused()
    assert complaints == []


def test_actions_on_a_selection_lead_back_to_the_pictures(
    me: Page, live: str, alice: User, complaints: list[str]
) -> None:
    for _picture in range(4):
        make_saved(owner=alice)
    me.goto(f"{live}/gallery/")
    links = me.locator(f"{SHOWN} > a")
    links.nth(2).click(modifiers=["Control"])
    me.get_by_role("button", name="Clear selection").focus()
    me.keyboard.press("Enter")
    expect(links.nth(2)).to_be_focused()

    links.nth(0).click(modifiers=["Control"])
    more = me.get_by_role("button", name="More actions")
    more.focus()
    me.keyboard.press("Enter")
    me.locator('#selection button[value="delete"]').focus()
    me.keyboard.press("Enter")
    expect(me.locator(SHOWN)).to_have_count(3)
    me.wait_for_function("() => document.activeElement.matches('.picture-link')")
    undo = me.get_by_role("button", name="Undo")
    undo.focus()
    me.keyboard.press("Enter")
    expect(me.locator(SHOWN)).to_have_count(4)
    assert me.evaluate("document.activeElement !== document.body")
    assert complaints == []


def test_a_half_written_description_is_not_overwritten(me: Page, live: str, alice: User, worker: RunningWorker) -> None:
    """One of two pictures is saved and described while the other is not there yet."""
    worker.stop()
    row = make_saved(owner=alice, n=2)
    Generation.objects.filter(pk=row.pk).update(status="saving", finished_at=None)
    me.goto(f"{live}/generations/{row.code}/")
    field = me.locator("#alternative_text-0")
    me.locator("#picture-1 .alternative-more summary").click()
    field.fill("A boat at")
    Generation.objects.filter(pk=row.pk).update(version=row.version + 5)
    with me.expect_response(re.compile(r"\?version=")) as answer:
        pass
    assert answer.value.status == 200
    field.press_sequentially(" night")
    expect(field).to_have_value("A boat at night")
    expect(field).to_be_focused()
