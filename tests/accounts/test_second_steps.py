"""Authenticator codes and recovery codes: the key ring encrypts their secrets, and without it nothing works."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import EventKind, SecurityEvent, User
from tests.mail_servers import mail_server
from tests.second_steps import code_of

# Needs the database: secrets inside JSON, and a lock while they are encrypted again.
pytestmark = pytest.mark.database

OTHER = "b3RoZXItcmluZy1mb3ItdGVzdHMtb25seS0wMDAwMDA="


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


class Person:
    """alice, who has turned on codes on the pages."""

    def __init__(self) -> None:
        self.client = Client()
        self.client.post("/accounts/login/", {"login": "alice", "password": "alice"})
        self.client.post("/accounts/reauthenticate/", {"password": "alice"})
        self.client.get("/accounts/2fa/totp/activate/")
        self.secret = self.client.session["mfa.totp.secret"]
        self.client.post("/accounts/2fa/totp/activate/", {"code": code_of(self.secret)})
        self.recovery = re.findall(r"\b\d{8}\b", self.client.get("/accounts/2fa/recovery-codes/").content.decode())

    def comes_in_with(self, code: str) -> bool:
        cache.clear()
        client = Client()
        client.post("/accounts/login/", {"login": "alice", "password": "alice"})
        self.answer = client.post("/accounts/2fa/authenticate/", {"code": code}).content.decode()
        return client.get("/").status_code == 200


@pytest.fixture
def person(alice: User) -> Person:
    return Person()


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator ORDER BY type")
        return " ".join(str(row[0]) for row in cursor.fetchall())


def test_their_secrets_are_locked(person: Person) -> None:
    assert len(person.recovery) == 10
    assert person.secret not in stored()
    assert not re.search(r"[0-9a-f]{80}", stored())
    assert person.comes_in_with(code_of(person.secret))
    assert person.comes_in_with(person.recovery[0])
    assert not person.comes_in_with(person.recovery[0])


def test_an_administrator_removes_what_was_lost(
    person: Person, alice: User, as_administrator: Client, settings: Settings
) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    assert "Remove second step" in as_administrator.get("/team/").content.decode()
    with mail_server(settings) as server:
        as_administrator.post(f"/team/people/{alice.pk}/second-step/")
        [mail] = server.waited_for(1)
    assert mail["To"] == "alice@example.com"
    assert mail["Subject"] == "An administrator removed your passkeys and authenticator codes"
    assert "Remove second step" not in as_administrator.get("/team/").content.decode()
    again = Client()
    again.post("/accounts/login/", {"login": "alice", "password": "alice"})
    assert again.get("/").status_code == 200
    log = SecurityEvent.objects.filter(kind=EventKind.SECOND_STEP_REMOVED, person=alice)
    assert {(event.actor.username, event.detail) for event in log} == {("ada", "totp"), ("ada", "recovery_codes")}


def test_another_ring_opens_nothing_and_says_so(person: Person, settings: Settings) -> None:
    settings.KEY_ENCRYPTION_KEYS = [OTHER]
    for code in (code_of(person.secret), person.recovery[0]):
        assert not person.comes_in_with(code)
        assert "key ring does not open them" in person.answer
    for path in ("", "generate/", "download/"):
        page = person.client.get(f"/accounts/2fa/recovery-codes/{path}", follow=True)
        assert "key ring does not open them" in page.content.decode()
    settings.KEY_ENCRYPTION_KEYS = []
    assert not person.comes_in_with(code_of(person.secret))


def test_what_was_put_there_in_the_clear_opens_nothing(person: Person) -> None:
    known = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    Authenticator.objects.filter(type="totp").update(data={"secret": known})
    assert not person.comes_in_with(code_of(known))


def test_they_rotate_with_the_keys(person: Person, settings: Settings) -> None:
    before = stored()
    old = settings.KEY_ENCRYPTION_KEYS[0]
    settings.KEY_ENCRYPTION_KEYS = [OTHER, old]
    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    assert "2 secrets of authenticator and recovery codes are now locked" in said.getvalue()
    settings.KEY_ENCRYPTION_KEYS = [OTHER]
    assert stored() != before
    assert person.comes_in_with(code_of(person.secret))
    settings.KEY_ENCRYPTION_KEYS = [old]
    with pytest.raises(CommandError, match=r"^2 secrets of codes cannot be opened"):
        call_command("rotate_keys", stdout=io.StringIO())
