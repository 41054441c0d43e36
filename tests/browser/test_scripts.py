"""The scripts as production serves them: every module comes once, by its hashed name, and does its work."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.factories import make_saved

pytestmark = pytest.mark.browser


@pytest.fixture
def hashed_site(hashed_files: Path, settings: Settings, live: str) -> str:
    # The server of the tests looks for files where the sources are.
    settings.STATICFILES_DIRS = [hashed_files]
    return live


def test_modules_come_by_their_hashed_names(
    page: Page, hashed_site: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.url]) if request.url.endswith(".js") else None)

    def visit(address: str) -> None:
        asked.clear()
        page.goto(hashed_site + address)
        own = {url: times for url, times in asked.items() if "/static/js/" in url}
        assert len(own) >= 2
        assert {url for url in own if not re.search(r"\.[0-9a-f]{12}\.js$", url)} == set()
        assert set(own.values()) == {1}

    sign_in(alice)
    visit("/")
    expect(page.locator("#tour-place")).to_have_text("1 / 4")
    expect(page.locator("#prompt-counter")).to_have_text(re.compile("^0 / "))
    row = make_saved(owner=alice, n=2)
    visit("/")
    page.locator(".slot .picture-link").first.click()
    expect(page.locator("#lightbox-place")).to_have_text("1 / 2")
    visit("/gallery/")
    page.locator(".picture-link").first.focus()
    page.keyboard.press("x")
    expect(page.locator("#selection-count")).to_have_text("1 selected")
    visit(f"/generations/{row.code}/")
    visit(f"/present/?picture={row.code}.0&picture={row.code}.1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#slideshow-place")).to_have_text("2 / 2")
    assert complaints == []
