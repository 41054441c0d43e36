"""The complete way of a new person: from signing in to a saved picture."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from playground.models import Generation
from tests.browser.conftest import RunningWorker, choose, layout_shift, opened

pytestmark = pytest.mark.browser


def test_journey_from_prompt_to_kept_pictures(
    page: Page, live: str, complaints: list[str], settings: Settings, worker: RunningWorker
) -> None:
    settings.DEBUG = True  # the demo user exists in development mode only
    worker.stop()
    page.goto(f"{live}/")
    page.get_by_role("button", name="Continue as demo").click()
    expect(page).to_have_url(f"{live}/")

    page.get_by_label("Prompt", exact=True).fill("A beautiful colorful sunset over the ocean")
    choose(page, "size", "3:2")
    opened(page, "#id_n")
    page.get_by_role("button", name="One more").click()
    expect(page.locator("#estimate")).to_contain_text("credits")
    page.get_by_role("button", name="Generate", exact=True).click()

    card = page.locator(".task-card").first
    expect(card).to_contain_text("Queued")
    expect(card.locator(".slot")).to_have_count(2)
    expect(page.locator("#counts")).to_contain_text("1 running · 0 completed")
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    page.reload()
    expect(page.locator(".task-card")).to_have_count(1)
    settings.SANDBOX_SECONDS, settings.SANDBOX_PLAIN = 4.0, False
    worker.start()
    expect(card).to_contain_text("Drawing")
    expect(card.locator("img")).to_have_count(2)
    expect(card.locator(".badge, progress")).to_have_count(0)  # success is silent
    expect(page.locator("#counts")).to_contain_text("0 running · 1 completed")
    assert layout_shift(page) <= 0.02
    expect(page.locator("#poller")).not_to_have_attribute("hx-get", re.compile("."))

    page.reload()
    for picture in card.locator("img").all():
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
    assert Generation.objects.count() == 1
    assert layout_shift(page) <= 0.02
    assert complaints == []


def test_a_hidden_tab_asks_nothing(page: Page, live: str, complaints: list[str], settings: Settings) -> None:
    settings.DEBUG = True
    settings.SANDBOX_SECONDS = 30.0
    page.goto(f"{live}/")
    page.get_by_role("button", name="Continue as demo").click()
    page.get_by_label("Prompt", exact=True).fill("A slow picture")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".task-card")).to_have_count(1)

    with page.expect_request(re.compile("/studio/changes/")):
        pass
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/studio/changes/" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    page.wait_for_timeout(4500)  # it asks every two seconds
    assert asked == []
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => false, configurable: true })")
    with page.expect_request(re.compile("/studio/changes/")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert complaints == []
