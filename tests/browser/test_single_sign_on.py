"""Single sign-on as people click it: to the provider, its consent, and back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.identity_provider import running_provider, use_provider

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture
def site(live_server: LiveServer, provider: str, settings: Settings, administrator: User, page: Page) -> Iterator[str]:
    """A studio with the OIDC_ settings and one existing person."""
    # The provider's page loads a style sheet from another site.
    page.route(re.compile("^https://"), lambda route: route.fulfill(content_type="text/css", body=""))
    settings.PUBLIC_URL = live_server.url
    use_provider(settings, provider)
    yield live_server.url
    page.unroute_all(behavior="wait")


def come_in(page: Page, site: str, sub: str) -> None:
    """Goes from our sign-in page to the provider, and returns as the person whom it knows as `sub`."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Our directory").click()
    page.get_by_role("button", name=sub, exact=True).first.click()


def test_people_of_an_open_domain_come_in_and_come_back(
    page: Page, site: str, complaints: list[str], settings: Settings
) -> None:
    settings.SIGNUP = ["example.com"]
    come_in(page, site, "dora")
    expect(page).to_have_url(f"{site}/")
    page.context.clear_cookies()
    come_in(page, site, "dora")
    expect(page).to_have_url(f"{site}/")
    assert User.objects.filter(email="dora@example.com").count() == 1
    assert complaints == []


def test_whoever_says_no_at_the_provider_finds_the_way_back(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Our directory").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="Sign-in did not work")).to_be_visible()
    page.get_by_role("link", name="Go to sign-in").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
