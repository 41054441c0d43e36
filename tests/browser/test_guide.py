"""The pages that explain: search that follows the typing, code in one's own language."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import layout_shift

pytestmark = pytest.mark.browser

ADDRESSES = [
    "/help/",
    "/help/?q=zebra",
    "/help/charged-when-failed/",
    "/docs/?model=gpt-image-1",
    "/docs/?model=gpt-image-2",
    "/docs/scenarios/",
]


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """There is no worker, because nobody signs in here and nothing is generated."""
    return live_server.url


def test_the_list_of_answers_follows_the_typing(page: Page, site: str, complaints: list[str]) -> None:
    page.goto(f"{site}/help/")
    questions = page.locator("#answers a")
    everything = questions.count()
    page.get_by_label("Search the answers").press_sequentially("commercial", delay=10)
    expect(questions.first).to_have_text("May we use the pictures commercially?")
    assert questions.count() < everything
    expect(page.get_by_role("status").first).to_contain_text(re.compile(r"\d+ answers?"))
    expect(page).to_have_url(f"{site}/help/?q=commercial")
    expect(page.get_by_label("Search the answers")).to_be_focused()
    questions.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("May we use the pictures commercially?")
    assert complaints == []


def test_what_is_being_composed_is_not_searched(page: Page, site: str, complaints: list[str]) -> None:
    page.goto(f"{site}/help/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "?q=" in request.url else None)
    page.get_by_label("Search the answers").focus()
    line = page.context.new_cdp_session(page)
    line.send("Input.imeSetComposition", {"text": "comm", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(600)
    assert asked == []
    line.send("Input.insertText", {"text": "commercial"})
    expect(page.locator("#answers a").first).to_have_text("May we use the pictures commercially?")
    assert len(asked) == 1
    assert complaints == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_search_works_without_scripts(page: Page, site: str) -> None:
    page.goto(f"{site}/help/")
    page.get_by_label("Search the answers").fill("refused prompt")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#answers a").first).to_have_text("Why was my prompt refused, and what can I change?")
    page.goto(f"{site}/docs/")
    page.get_by_label("Python").first.check(force=True)
    expect(page.locator('[data-language="python"]').first).to_be_visible()
    expect(page.locator('[data-language="curl"]').first).to_be_hidden()


def test_code_is_shown_in_ones_language_and_copied(page: Page, site: str, complaints: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto(f"{site}/docs/?model=gpt-image-2")
    page.get_by_label("JavaScript").first.check(force=True)
    for panel in page.locator('[data-language="javascript"]').all():
        expect(panel).to_be_visible()
    page.reload()
    shown = page.locator('[data-language="javascript"]').first
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == shown.locator("pre code").text_content()
    assert complaints == []


def test_the_contents_stay_in_view_and_mark_what_one_reads(page: Page, site: str) -> None:
    page.goto(f"{site}/docs/")
    page.locator(".contents a", has_text="Callbacks").click()
    expect(page.locator("#callbacks")).to_be_in_viewport()
    expect(page.locator(".contents a[aria-current]")).to_have_text("Callbacks")
    expect(page.locator(".contents")).to_be_in_viewport()


def test_nothing_shifts(page: Page, site: str, complaints: list[str]) -> None:
    for address in ADDRESSES:
        page.goto(f"{site}{address}")
        page.wait_for_load_state("load")
        assert layout_shift(page) <= 0.02, address
    assert complaints == []
