"""Every page shows times in the reader's time zone."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import layout_shift
from tests.factories import make_saved

pytestmark = pytest.mark.browser


@pytest.mark.browser_context_args(timezone_id="Asia/Tokyo", locale="ja")
def test_a_time_is_in_the_zone_of_its_reader(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    row = make_saved(owner=alice)
    noon = datetime(2026, 11, 20, 12, 3, tzinfo=UTC)
    Generation.objects.filter(pk=row.pk).update(created_at=noon)
    sign_in(alice)
    page.goto(f"{live}/")
    expect(page.locator(".task-line time")).to_have_text("2026/11/20 21:03")
    page.goto(f"{live}/generations/{row.code}/")
    expect(page.locator(".panel time")).to_have_text("2026/11/20 21:03")
    expect(page.locator(".timeline time").first).to_have_text("21:03:00")
    page.goto(f"{live}/settings/security/")
    expect(page.locator("time").first).not_to_have_text("")
    assert layout_shift(page) <= 0.02
    assert complaints == []


@pytest.mark.browser_context_args(timezone_id="Asia/Tokyo", locale="en")
def test_the_days_of_the_history_are_those_of_its_reader(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    """Two hours of one day in the zone of the server, which are two days in Tokyo."""
    for hour in (12, 16):
        row = make_saved(owner=alice, prompt=f"At {hour}")
        Generation.objects.filter(pk=row.pk).update(created_at=datetime(2026, 11, 20, hour, tzinfo=UTC))
    sign_in(alice)
    page.goto(f"{live}/")
    expect(page.locator("#history-list h3")).to_have_text(["Nov 21, 2026", "At 16", "Nov 20, 2026", "At 12"])
    page.get_by_label("Prompt", exact=True).fill("A fox")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator("#history-list h3").first).to_have_text("Today")
    expect(page.locator("#history-list .day")).to_have_count(3)
    assert complaints == []


@pytest.mark.own_device
def test_how_long_ago_it_was_goes_on(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    make_saved(owner=alice)
    sign_in(alice)
    page.clock.install()
    page.goto(f"{live}/")
    when = page.locator(".task-line time")
    expect(when).to_have_text("just now")
    page.clock.run_for(5 * 60_000)
    expect(when).to_have_text("5 min ago")
    page.clock.run_for(3 * 3600_000)
    expect(when).to_have_text("3 h ago")
    assert complaints == []
