"""Trouble: hurried presses, lost connections and ended sessions, and where the focus is afterwards."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import RunningWorker, choose, choose_model, opened
from tests.factories import make_generation

pytestmark = pytest.mark.browser

PROMPT = "A lighthouse in a storm"


@pytest.fixture
def studio(page: Page, live: str, alice: User, sign_in: Callable[[User], None], worker: RunningWorker) -> Page:
    """The completed form with its estimate. No worker runs."""
    worker.stop()
    sign_in(alice)
    page.goto(f"{live}/")
    with page.expect_response(re.compile("/studio/estimate/")):
        page.get_by_label("Prompt", exact=True).fill(PROMPT)
    yield page  # type: ignore[misc]
    page.unroute_all(behavior="wait")
    worker.start()


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate", exact=True).click()


def test_every_press_counts_right_after_a_change(studio: Page) -> None:
    def slowly(route: Route) -> None:
        studio.wait_for_timeout(60)
        route.continue_()

    studio.route(re.compile("/studio/estimate/"), slowly)
    for press in range(1, 6):
        opened(studio, "#id_n").fill(str(press % 3 + 1))
        box = studio.locator("#generate").bounding_box()
        assert box
        studio.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        studio.mouse.down()
        studio.wait_for_timeout(150 + 40 * press)
        studio.mouse.up()
        expect(studio.locator(".task-card")).to_have_count(press)
        expect(studio.locator("#generate")).to_be_enabled()
    assert Generation.objects.count() == 5
    expect(studio.locator("#estimate")).to_contain_text("per picture")


def test_a_lost_answer_is_said_and_pressing_again_is_safe(studio: Page) -> None:
    """The request arrives, but the response does not."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    studio.route(re.compile("/generations/$"), lose)
    generate(studio)
    toasts = studio.locator("#toasts")
    expect(toasts).to_contain_text("We do not know whether this was sent")
    expect(toasts).to_have_attribute("role", "status")
    expect(studio.get_by_label("Prompt", exact=True)).to_have_value(PROMPT)
    expect(studio.locator("#generate")).to_be_focused()
    studio.unroute(re.compile("/generations/$"))
    generate(studio)
    expect(toasts.locator(".message")).to_have_text(re.compile("This was sent before, so nothing was sent again."))
    expect(studio.locator(".task-card")).to_have_count(1)
    assert Generation.objects.count() == 1


def test_offline_says_that_nothing_was_sent(studio: Page) -> None:
    studio.context.set_offline(True)
    generate(studio)
    expect(studio.locator("#toasts")).to_contain_text("You are offline. Nothing was sent")
    studio.context.set_offline(False)
    generate(studio)
    expect(studio.locator(".task-card")).to_have_count(1)
    assert Generation.objects.count() == 1


# Status, what it was, and what that means for Generate.
ANSWERS = [
    (413, "This is larger than the server accepts.", "Nothing was sent"),
    (403, "a firewall in front of it, refused this.", "Nothing was sent"),
    (502, "The studio cannot be reached right now", "We do not know whether this was sent"),
    (500, "Something went wrong in the studio.", "We do not know whether this was sent"),
    (200, "such as the sign-in page of a Wi-Fi network.", "We do not know whether this was sent"),
]
PORTAL = "<main><h1>Welcome to our Wi-Fi</h1></main>"


def test_an_answer_of_no_use_is_said(studio: Page) -> None:
    toasts = studio.locator("#toasts")
    for status, what, then in ANSWERS:
        studio.route(re.compile("/generations/$"), partial(Route.fulfill, status=status, body=PORTAL))
        generate(studio)
        expect(toasts).to_contain_text(what)
        expect(toasts).to_contain_text(then)
        expect(toasts.locator(".message")).to_have_count(1)
        expect(studio.get_by_label("Prompt", exact=True)).to_have_value(PROMPT)
    studio.route(re.compile("/studio/(estimate|settings)/"), partial(Route.fulfill, body=PORTAL))
    choose(studio, "model", "gpt-image-1.5")
    expect(toasts).to_contain_text("What you see may be out of date.")
    expect(studio.locator("body")).not_to_contain_text("Welcome to our Wi-Fi")
    assert not Generation.objects.exists()
    studio.unroute_all()
    choose_model(studio, "gpt-image-2")
    generate(studio)
    expect(studio.locator(".task-card")).to_have_count(1)
    expect(toasts.locator("[data-error^=order]")).to_have_count(0)


def test_signed_out_meanwhile_leads_to_the_sign_in_and_keeps_the_text(studio: Page, live: str, alice: User) -> None:
    studio.context.clear_cookies()
    generate(studio)
    studio.wait_for_url(re.compile(r"/accounts/login/\?next=/"))
    studio.get_by_label("Username or email").fill("alice")
    studio.locator("input[type=password]").fill("alice")
    studio.locator("form button[type=submit], form button.button-primary").first.click()
    studio.wait_for_url(f"{live}/")
    expect(studio.get_by_label("Prompt", exact=True)).to_have_value(PROMPT)
    assert not Generation.objects.exists()


def test_after_a_refusal_the_focus_is_on_what_to_correct(studio: Page) -> None:
    opened(studio, "#id_n").fill("99")
    generate(studio)
    expect(studio.locator("#id_n_error")).to_be_visible()
    expect(studio.locator("#id_n")).to_be_focused()
    studio.get_by_label("Prompt", exact=True).fill("")
    generate(studio)
    expect(studio.locator("#id_prompt_error")).to_be_visible()
    expect(studio.get_by_label("Prompt", exact=True)).to_be_focused()


def test_the_focus_stays_in_the_card(studio: Page, alice: User) -> None:
    lost, waiting = make_generation(owner=alice), make_generation(owner=alice)
    lost.mark_submitting(lost.created_at, None)
    lost.mark_unknown(lost.created_at, lost.created_at, "")
    studio.reload()
    check = studio.locator(f"#check-again-{lost.code}")
    with studio.expect_response(re.compile("/check/")):
        check.press("Enter")
    expect(studio.locator(f"#card-{lost.code}")).to_contain_text("Checking now.")
    expect(check).to_be_focused()
    studio.locator(f"#cancel-{waiting.code}").press("Enter")
    expect(studio.locator(f"#card-{waiting.code}")).to_contain_text("You canceled it")
    expect(studio.locator(f"#prompt-{waiting.code}")).to_be_focused()


def test_targets_are_large_enough_for_a_finger(another: Callable[..., Page], studio: Page, alice: User) -> None:
    lost = make_generation(owner=alice)
    lost.mark_submitting(lost.created_at, None)
    lost.mark_unknown(lost.created_at, lost.created_at, "")
    phone = another(studio, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    phone.goto(studio.url)
    small = phone.evaluate(
        """() => [...document.querySelectorAll(".composer :is(summary, a), .task-card :is(summary, a, button)")]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML)"""
    )
    assert small == []
