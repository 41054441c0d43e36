"""A forgotten password: what a studio without mail says, and the link that an administrator hands over."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import EventKind, SecurityEvent, User

NEW = {"password1": "another long 1", "password2": "another long 1"}
HELP = "This studio sends no email. Ask an administrator"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def test_without_mail_the_page_says_who_can_help(alice: User) -> None:
    for path in ("/accounts/password/reset/", "/accounts/password/reset/done/"):
        assert HELP in Client().get(path).content.decode()
    answer = Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert HELP in answer.content.decode()


def handed_over(as_administrator: Client, person: User) -> str:
    page = as_administrator.post(f"/team/people/{person.pk}/password/").content.decode()
    link = re.search(r'value="https://studio\.example\.com(/accounts/password/reset/key/[^"]+)"', page)
    assert link
    return link[1]


def choose(link: str) -> bool:
    """Whether the link let somebody choose a new password."""
    client = Client()
    opened = client.get(link, follow=True)
    if not opened.redirect_chain:
        assert "This link no longer works" in opened.content.decode()
        return False
    done = client.post(opened.redirect_chain[-1][0], NEW, follow=True)
    return "Sign in with the new one." in done.content.decode()


@pytest.fixture
def public(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://studio.example.com"


def test_an_administrator_hands_over_a_link(public: None, as_administrator: Client, alice: User) -> None:
    """For somebody without an address, too."""
    there = Client()
    there.force_login(alice)
    link = handed_over(as_administrator, alice)
    assert choose(link)
    alice.refresh_from_db()
    assert alice.check_password("another long 1")
    assert there.get("/").status_code == 302, "whoever was signed in with the old one is out"
    assert not choose(link), "it works once"
    event = SecurityEvent.objects.get(kind=EventKind.PASSWORD_LINK)
    assert (event.person, event.actor.username, event.detail) == (alice, "ada", "")


def test_the_link_works_for_a_day(public: None, as_administrator: Client, alice: User) -> None:
    link = handed_over(as_administrator, alice)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert not choose(link)
    assert choose(link)


def test_the_page_with_the_link_is_not_kept(public: None, as_administrator: Client, alice: User) -> None:
    answer = as_administrator.post(f"/team/people/{alice.pk}/password/")
    assert "no-store" in answer["Cache-Control"]
    assert "/password/reset/key/" not in as_administrator.get("/team/").content.decode()


def test_who_was_switched_off_gets_no_link(as_administrator: Client, alice: User) -> None:
    alice.deactivate()
    assert as_administrator.post(f"/team/people/{alice.pk}/password/").status_code == 404
    assert (
        "/password/" not in as_administrator.get("/team/").content.decode().partition("</ul>")[0].partition("alice")[2]
    )
