"""Single sign-on with a real OpenID Connect provider in its own process: discovery, consent, code with PKCE, ID token,
and the return to the studio."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import EventKind, Invitation, Role, SecurityEvent, User

pytestmark = pytest.mark.browser

PEOPLE = [
    {"sub": "dora", "email": "dora@example.com", "email_verified": True, "name": "Dora"},
    {"sub": "alice", "email": "alice@example.com", "email_verified": True, "name": "Alice"},
    # The provider names an address that it has not verified.
    {"sub": "mallory", "email": "alice@example.com", "email_verified": False, "name": "Mallory"},
    {"sub": "maybe-dora", "email": "dora@example.com", "email_verified": False},
    {"sub": "worded-dora", "email": "dora@example.com", "email_verified": "false"},
    {"sub": "silent-dora", "email": "dora@example.com"},
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = [option for person in PEOPLE for option in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        for _attempt in range(300):
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
        process.terminate()


@pytest.fixture
def site(live_server: LiveServer, provider: str, settings: Settings, administrator: User, page: Page) -> Iterator[str]:
    """A studio with the OIDC_ settings and one existing person."""
    # The provider's page loads a style sheet from another site.
    page.route(re.compile("^https://"), lambda route: route.fulfill(content_type="text/css", body=""))
    settings.PUBLIC_URL = live_server.url
    app: dict[str, Any] = {
        "provider_id": "oidc",
        "name": "Our directory",
        "client_id": "studio",
        "secret": "not-a-secret",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | {"form-action": ["'self'", provider]}}
    yield live_server.url
    page.unroute_all(behavior="wait")


def come_in(page: Page, site: str, sub: str) -> None:
    """Goes from our sign-in page to the provider, and returns as the person whom it knows as `sub`."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Our directory").click()
    page.get_by_role("button", name=sub, exact=True).first.click()


def invite(administrator: User, role: Role) -> Invitation:
    now = timezone.now()
    return Invitation.objects.create(
        email="Dora@example.com",
        role=role,
        invited_by=administrator,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


def test_an_invited_person_comes_in_with_the_role_of_the_invitation(
    page: Page, site: str, complaints: list[str], administrator: User
) -> None:
    invitation = invite(administrator, Role.VIEWER)
    come_in(page, site, "dora")
    expect(page).to_have_url(f"{site}/")
    dora = User.objects.get(email="dora@example.com")
    assert (dora.role, dora.is_superuser, dora.has_usable_password()) == (Role.VIEWER, False, False)
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    assert SecurityEvent.objects.filter(kind=EventKind.SIGNED_IN, person=dora).count() == 1
    page.context.clear_cookies()
    come_in(page, site, "dora")
    expect(page).to_have_url(f"{site}/")
    assert User.objects.filter(email="dora@example.com").count() == 1
    assert complaints == []


def test_whoever_is_not_invited_stays_outside_and_reads_why(page: Page, site: str) -> None:
    come_in(page, site, "dora")
    expect(page.get_by_role("heading", name="You need an invitation")).to_be_visible()
    assert not User.objects.filter(email="dora@example.com").exists()
    refused = SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, detail="single sign-on", person=None)
    assert refused.count() == 1
    page.goto(f"{site}/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_people_of_an_open_domain_come_in(page: Page, site: str, settings: Settings) -> None:
    settings.SIGNUP = ["example.com"]
    come_in(page, site, "dora")
    expect(page).to_have_url(f"{site}/")
    assert User.objects.get(email="dora@example.com").role == Role.MEMBER


def test_somebody_of_the_team_comes_to_their_own_account(page: Page, site: str, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    come_in(page, site, "alice")
    expect(page).to_have_url(f"{site}/")
    expect(page.get_by_role("button", name="Account of alice")).to_be_visible()
    assert User.objects.filter(email__iexact="alice@example.com").get() == alice


def test_an_address_nobody_has_verified_opens_no_account(page: Page, site: str, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    come_in(page, site, "mallory")
    page.goto(f"{site}/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert not SecurityEvent.objects.filter(kind=EventKind.SIGNED_IN, person=alice).exists()


@pytest.mark.parametrize("sub", ["maybe-dora", "worded-dora", "silent-dora"])
@pytest.mark.parametrize("way", ["invitation", "domain"])
def test_an_address_nobody_has_verified_lets_nobody_in(
    page: Page, site: str, settings: Settings, administrator: User, sub: str, way: str
) -> None:
    if way == "domain":
        settings.SIGNUP = ["example.com"]
    else:
        invite(administrator, Role.ADMINISTRATOR)
    come_in(page, site, sub)
    expect(page.get_by_role("heading", name="Your email address is not confirmed")).to_be_visible()
    assert not User.objects.filter(email="dora@example.com").exists()
    assert not Invitation.objects.filter(accepted_at__isnull=False).exists()


@pytest.mark.parametrize(
    "changes", [{"is_active": False}, {"role": "member", "is_staff": False, "is_superuser": False}]
)
def test_an_invitation_of_somebody_who_may_invite_no_more_opens_nothing(
    page: Page, site: str, administrator: User, changes: dict[str, Any]
) -> None:
    invite(administrator, Role.ADMINISTRATOR)
    User.objects.create_superuser("other")
    User.objects.filter(pk=administrator.pk).update(**changes)
    come_in(page, site, "dora")
    expect(page.get_by_role("heading", name="You need an invitation")).to_be_visible()


def test_a_deactivated_person_stays_outside(page: Page, site: str, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com", is_active=False)
    come_in(page, site, "alice")
    expect(page).to_have_url(f"{site}/accounts/inactive/")


def test_the_demo_user_stays_outside(page: Page, site: str) -> None:
    User.objects.create_superuser(username="demo", password="demo", email="alice@example.com")
    come_in(page, site, "alice")
    expect(page).to_have_url(f"{site}/accounts/inactive/")
    page.goto(f"{site}/team/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_nobody_comes_before_the_administrator(page: Page, site: str, settings: Settings, administrator: User) -> None:
    settings.SIGNUP = ["1"]
    page.goto(f"{site}/accounts/login/")
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    page.get_by_role("button", name="Our directory").click()
    page.get_by_role("button", name="dora", exact=True).first.click()
    expect(page.get_by_role("heading", name="You need an invitation")).to_be_visible()
    assert not User.objects.filter(email="dora@example.com").exists()


def test_whoever_says_no_at_the_provider_finds_the_way_back(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Our directory").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="Sign-in did not work")).to_be_visible()
    page.get_by_role("link", name="Go to sign-in").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
