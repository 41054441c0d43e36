"""A share link: from the gallery to a stranger's browser, with and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import ShareLink
from tests.browser.conftest import violations
from tests.factories import make_saved

pytestmark = pytest.mark.browser


def test_from_the_gallery_to_a_stranger_and_back_again(
    page: Page,
    live: str,
    complaints: list[str],
    alice: User,
    sign_in: Callable[[User], None],
    another: Callable[..., Page],
) -> None:
    make_saved(owner=alice, n=3, prompt="A kite over the dunes")
    sign_in(alice)
    page.goto(f"{live}/gallery/")
    for box in page.get_by_role("checkbox", name=re.compile("Select")).all()[:2]:
        box.check()
    page.get_by_role("button", name="Share link").click()
    expect(page.get_by_text("The link is ready.")).to_be_visible()
    page.get_by_label("Title").fill("For the fair")
    page.get_by_label("Password").fill("maple syrup")
    page.get_by_label("Show the prompts").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="For the fair")).to_be_visible()
    address = page.get_by_label("Link", exact=True).input_value()

    stranger = another()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="These pictures have a password")).to_be_visible()
    stranger.keyboard.type("maple syrup")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", name="For the fair")).to_be_visible()
    assert stranger.get_by_role("link", name=re.compile("Prices|Gallery|Help")).count() == 0
    stranger.locator("a[data-lightbox]").first.click()
    expect(stranger.locator("#lightbox")).to_be_visible()
    expect(stranger.locator("#lightbox-place")).to_have_text("1 / 2")
    stranger.keyboard.press("ArrowRight")
    expect(stranger.locator("#lightbox-caption")).to_have_text("A kite over the dunes")
    assert violations(stranger) == []
    stranger.reload()  # the address is that of the page, with the number of the picture
    expect(stranger).to_have_url(re.compile(r"#picture-2$"))
    expect(stranger.get_by_role("heading", name="For the fair")).to_be_visible()
    with stranger.expect_download() as saved:
        stranger.get_by_role("link", name="Download").first.click()
    assert saved.value.suggested_filename == "picture-1.png"

    page.goto(f"{live}/links/")
    page.get_by_role("button", name="Revoke For the fair").click()
    expect(page.get_by_text("No share links yet")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", name="This link does not work")).to_be_visible()
    assert complaints == []


def test_a_stranger_without_scripts_sees_large_pictures(live: str, alice: User, another: Callable[..., Page]) -> None:
    row = make_saved(owner=alice, n=2)
    link, _new = ShareLink.objects.make(alice, list(row.images.all()), row.created_at)
    stranger = another(java_script_enabled=False, viewport={"width": 320, "height": 640})
    stranger.goto(link.url)
    expect(stranger.get_by_role("img", name="Picture 1")).to_be_visible()
    stranger.locator("a.picture-link").first.click()
    expect(stranger).to_have_url(f"{link.url}1/")
