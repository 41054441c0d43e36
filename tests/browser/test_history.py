"""The cards of the history in a browser: each shows the few actions that help at that moment."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from playground.models import Generation, Status
from tests.browser.conftest import RunningWorker, wait_until
from tests.factories import make_generation, make_saved

pytestmark = pytest.mark.browser


def card(page: Page, row: Generation) -> Locator:
    return page.locator(f"#card-{row.code}")


@pytest.fixture
def studio(
    page: Page, live: str, complaints: list[str], alice: User, sign_in: Callable[[User], None], worker: RunningWorker
) -> Iterator[Callable[[], Page]]:
    """Opens the studio. The worker does not run, so cards do not change until a test starts it."""
    worker.stop()
    sign_in(alice)

    def open_it() -> Page:
        page.goto(f"{live}/")
        return page

    yield open_it
    if not worker._thread.is_alive():
        worker.start()


def test_what_waits_can_be_called_off_and_tried_again(
    studio: Callable[[], Page], alice: User, complaints: list[str], worker: RunningWorker
) -> None:
    row = make_generation(owner=alice, prompt="A fox")
    page = studio()
    card(page, row).get_by_role("button", name="Cancel").click()
    expect(card(page, row)).to_contain_text("You canceled it before it was sent.")
    expect(page.locator("#counts")).to_contain_text("0 running")
    page.get_by_label("Prompt", exact=True).fill("Something else entirely")
    card(page, row).get_by_role("button", name="Try again").click()
    expect(page.locator(".task-card")).to_have_count(2)
    again = page.locator(".task-card").first
    expect(again).to_contain_text("A fox")
    worker.start()
    expect(again.locator("img")).to_have_count(1)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("Something else entirely")
    assert Generation.objects.count() == 2
    assert complaints == []


def test_a_press_counts_while_news_of_the_card_arrive(studio: Callable[[], Page], alice: User) -> None:
    row = make_generation(owner=alice, prompt="A fox")
    page = studio()
    held: list[Route] = []
    asks = re.compile("/studio/changes/")
    page.route(asks, lambda route: held.append(route))
    Generation.objects.filter(pk=row.pk).update(version=row.version + 1)
    cancel = card(page, row).get_by_role("button", name="Cancel")
    box = cancel.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    wait_until(page, lambda: held)
    with page.expect_response(asks) as answer:
        held[0].continue_()
    answer.value.finished()
    assert row.code in answer.value.text()
    page.mouse.up()
    expect(card(page, row)).to_contain_text("You canceled it before it was sent.")
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(
    ("failure", "button", "leads"),
    [
        ("content_policy_violation", "Change and try again", r"/\?from="),
        ("key_refused", "Check the keys", r"/settings/keys/"),
    ],
)
def test_a_failed_card_says_what_happened_about_money_and_what_to_do(
    studio: Callable[[], Page], alice: User, complaints: list[str], failure: str, button: str, leads: str
) -> None:
    row = make_generation(owner=alice, prompt="A famous person")
    row.mark_submitting(row.created_at, None)
    row.fail(failure, "HTTP 400 (request id: abc)", row.created_at)
    page = studio()
    expect(card(page, row).locator(".note")).to_contain_text("A rehearsal costs nothing.")
    assert "request id" not in page.content()
    card(page, row).get_by_role("link", name=button).click()
    expect(page).to_have_url(re.compile(leads))
    if failure == "content_policy_violation":
        expect(page.get_by_label("Prompt", exact=True)).to_have_value("A famous person")
    assert complaints == []


def test_what_is_saved_can_be_opened_and_used_again(
    studio: Callable[[], Page], alice: User, complaints: list[str]
) -> None:
    row = make_saved(owner=alice, prompt="A lighthouse", n=2)
    page = studio()
    expect(card(page, row).locator(".task-line > span")).to_have_text(
        ["just now", "Draft", "1.50 credits", "Rehearsal"]
    )
    card(page, row).locator(".task-head").get_by_role("button", name="More").click()
    menu = card(page, row).locator(".task-more")
    expect(menu).to_contain_text("Estimate")
    expect(menu).to_contain_text("cost 1.5")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    picture = card(page, row).locator(".slot").first
    picture.hover()
    picture.get_by_role("button", name="More").click()
    picture.get_by_role("button", name="Use as reference").click()
    expect(page.locator("#reference-list > *")).to_have_count(1)
    card(page, row).locator(".slot .picture-link").nth(1).click()
    expect(page.locator("#lightbox-place")).to_have_text("2 / 2")
    page.keyboard.press("Escape")
    expect(card(page, row).locator(".slot .picture-link").nth(1)).to_be_focused()
    card(page, row).locator(".task-head").get_by_role("link", name="Open").click()
    expect(page.locator("figure")).to_have_count(2)
    page.go_back()
    card(page, row).get_by_role("link", name="Use these settings").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A lighthouse")
    assert Generation.objects.filter(status=Status.COMPLETED).count() == 1
    # Leaving the page cancels its open requests.
    assert [said for said in complaints if "/studio/estimate/" not in said] == []


def test_a_menu_that_is_open_stays_while_news_arrive(
    studio: Callable[[], Page], alice: User, complaints: list[str]
) -> None:
    row = make_generation(owner=alice, prompt="A fox")
    page = studio()
    card(page, row).get_by_role("button", name="More").click()
    menu = card(page, row).locator(".task-more")
    with page.expect_response(re.compile("/studio/changes/")) as answer:
        row.cancel(row.created_at)
    assert row.code in answer.value.text()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page, row)).to_contain_text("You canceled it before it was sent.")
    assert complaints == []


def test_a_picture_is_deleted_from_its_menu_and_comes_back(
    studio: Callable[[], Page], alice: User, complaints: list[str]
) -> None:
    row = make_saved(owner=alice, prompt="A lighthouse", n=2)
    page = studio()
    first = card(page, row).locator(".slot").first
    first.hover()
    first.get_by_role("button", name="More").click()
    first.get_by_role("button", name="Delete").click()
    expect(card(page, row).locator(".slot .picture-link")).to_have_count(1)
    expect(card(page, row)).to_contain_text("Deleted")
    page.get_by_role("button", name="Undo").click()
    expect(card(page, row).locator(".slot .picture-link")).to_have_count(2)
    assert complaints == []


def test_a_menu_by_keyboard(studio: Callable[[], Page], alice: User, complaints: list[str]) -> None:
    row = make_saved(owner=alice, prompt="A lighthouse")
    page = studio()
    card(page, row).locator(".picture-link").focus()
    for name in ("Download", "Favorite", "Change", "Share", "More"):
        page.keyboard.press("Tab")
        focused = card(page, row).locator(".picture-actions :focus")
        expect(focused).to_have_accessible_name(name)
        expect(focused).to_be_visible()
    page.keyboard.press("Enter")
    menu = card(page, row).locator(".picture-menu")
    expect(menu.get_by_role("link", name="Present")).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(card(page, row).locator(".act-more")).to_be_focused()
    assert complaints == []
