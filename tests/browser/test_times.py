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
    expect(page.locator(".task-card time")).to_have_text("2026/11/20 21:03")
    page.goto(f"{live}/generations/{row.code}/")
    expect(page.locator(".generation-head time")).to_have_text("2026/11/20 21:03")
    expect(page.locator(".timeline time").first).to_have_text("21:03:00")
    page.goto(f"{live}/settings/security/")
    expect(page.locator("time").first).not_to_have_text("")
    assert layout_shift(page) <= 0.02
    assert complaints == []
