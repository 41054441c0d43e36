"""Single sign-on with a real OpenID Connect provider: discovery, code with PKCE, ID token, and who is let in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import EventKind, Invitation, Role, SecurityEvent, User
from tests.identity_provider import running_provider, use_provider

pytestmark = pytest.mark.django_db
INACTIVE = "Your account has been deactivated"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture(autouse=True)
def site(provider: str, settings: Settings, administrator: User) -> None:
    """The studio as it is with the OIDC_ settings given; somebody is here already."""
    use_provider(settings, provider)


@pytest.fixture
def visitor() -> Client:
    """The browser of somebody who is not signed in."""
    return Client()


def come_in(visitor: Client, sub: str) -> str:
    """From our sign-in page to the provider, and back as the person it knows as `sub`; the heading of that page."""
    consent = visitor.post("/accounts/oidc/oidc/login/")["Location"]
    back = urlsplit(httpx.post(consent, data={"sub": sub}, trust_env=False).headers["Location"])
    page = visitor.get(f"{back.path}?{back.query}", follow=True).content.decode()
    return re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)[0].strip()


def signed_in(visitor: Client) -> bool:
    return visitor.get("/").status_code == 200


def invite(administrator: User, role: Role) -> Invitation:
    now = timezone.now()
    return Invitation.objects.create(
        email="Dora@example.com",
        role=role,
        invited_by=administrator,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


def test_an_invited_person_comes_in_with_the_role_of_the_invitation(visitor: Client, administrator: User) -> None:
    invitation = invite(administrator, Role.VIEWER)
    come_in(visitor, "dora")
    dora = User.objects.get(email="dora@example.com")
    assert (dora.role, dora.is_superuser, dora.has_usable_password()) == (Role.VIEWER, False, False)
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    assert SecurityEvent.objects.filter(kind=EventKind.SIGNED_IN, person=dora).count() == 1
    visitor.logout()
    come_in(visitor, "dora")
    assert signed_in(visitor)
    assert User.objects.filter(email="dora@example.com").count() == 1


def test_whoever_is_not_invited_stays_outside_and_reads_why(visitor: Client) -> None:
    heading = come_in(visitor, "dora")
    assert heading == "You need an invitation"
    assert not User.objects.filter(email="dora@example.com").exists()
    refused = SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, detail="single sign-on", person=None)
    assert refused.count() == 1
    assert not signed_in(visitor)


def test_people_of_an_open_domain_come_in(visitor: Client, settings: Settings) -> None:
    settings.SIGNUP = ["example.com"]
    come_in(visitor, "dora")
    assert signed_in(visitor)
    assert User.objects.get(email="dora@example.com").role == Role.MEMBER


def test_somebody_of_the_team_comes_to_their_own_account(visitor: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    come_in(visitor, "alice")
    assert visitor.session["_auth_user_id"] == str(alice.pk)
    assert User.objects.filter(email__iexact="alice@example.com").get() == alice


def test_an_address_nobody_has_verified_opens_no_account(visitor: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    come_in(visitor, "mallory")
    assert not signed_in(visitor)
    assert not SecurityEvent.objects.filter(kind=EventKind.SIGNED_IN, person=alice).exists()


@pytest.mark.parametrize("sub", ["maybe-dora", "worded-dora", "silent-dora"])
@pytest.mark.parametrize("way", ["invitation", "domain"])
def test_an_address_nobody_has_verified_lets_nobody_in(
    visitor: Client, settings: Settings, administrator: User, sub: str, way: str
) -> None:
    if way == "domain":
        settings.SIGNUP = ["example.com"]
    else:
        invite(administrator, Role.ADMINISTRATOR)
    heading = come_in(visitor, sub)
    assert heading == "Your email address is not confirmed"
    assert not User.objects.filter(email="dora@example.com").exists()
    assert not Invitation.objects.filter(accepted_at__isnull=False).exists()


@pytest.mark.parametrize(
    "changes", [{"is_active": False}, {"role": "member", "is_staff": False, "is_superuser": False}]
)
def test_an_invitation_of_somebody_who_may_invite_no_more_opens_nothing(
    visitor: Client, administrator: User, changes: dict[str, Any]
) -> None:
    invite(administrator, Role.ADMINISTRATOR)
    User.objects.create_superuser("other")
    User.objects.filter(pk=administrator.pk).update(**changes)
    heading = come_in(visitor, "dora")
    assert heading == "You need an invitation"


def test_a_deactivated_person_stays_outside(visitor: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com", is_active=False)
    assert come_in(visitor, "alice") == INACTIVE


def test_the_demo_user_stays_outside(visitor: Client) -> None:
    User.objects.create_superuser(username="demo", password="demo", email="alice@example.com")
    assert come_in(visitor, "alice") == INACTIVE
    assert not signed_in(visitor)


def test_nobody_comes_before_the_administrator(visitor: Client, settings: Settings, administrator: User) -> None:
    settings.SIGNUP = ["1"]
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    heading = come_in(visitor, "dora")
    assert heading == "You need an invitation"
    assert not User.objects.filter(email="dora@example.com").exists()
