"""The accessibility of gallery, lightbox and generation page: light and dark, down to 320 pixels."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import violations
from tests.factories import make_generation, make_saved

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("theme", "width"), [("light", 1366), ("dark", 320)])
def test_nothing_stands_in_anybodys_way(
    page: Page,
    live: str,
    complaints: list[str],
    alice: User,
    bob: User,
    sign_in: Callable[[User], None],
    theme: Literal["light", "dark"],
    width: int,
) -> None:
    row = make_saved(owner=alice, n=2, shared=True)
    make_saved(owner=bob, shared=True)
    lost = make_generation(owner=alice)
    lost.cancel(lost.created_at)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    sign_in(alice)

    page.goto(f"{live}/gallery/?kind=rehearsal")
    page.locator(".picture-check").first.click()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert violations(page) == []
    page.locator(".picture-link").first.click()
    expect(page.locator("#lightbox-tools:not([data-stale])")).to_be_visible()
    assert violations(page) == []
    for code in (row.code, lost.code):
        page.goto(f"{live}/generations/{code}/")
        page.evaluate("() => document.querySelectorAll('details:not([name])').forEach((one) => (one.open = true))")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
