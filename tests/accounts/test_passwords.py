"""Forgotten passwords: the page of a studio without mail, and the link that an administrator makes."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import EventKind, SecurityEvent, User
from tests.html import Html

NEW = {"password1": "another long 1", "password2": "another long 1"}
STRANGERS = 9
HELP = "This studio sends no email. Ask an administrator"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in-strangers": (STRANGERS, 3600)}
    cache.clear()


def test_without_mail_the_page_says_who_can_help(alice: User) -> None:
    for path in ("/accounts/password/reset/", "/accounts/password/reset/done/"):
        assert HELP in Client().get(path).content.decode()
    answer = Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert HELP in answer.content.decode()


def handed_over(as_administrator: Client, person: User) -> str:
    page = Html(as_administrator.post(f"/team/people/{person.pk}/password/"))
    address = page.one("[value*='/accounts/password/reset/key/']")["value"]
    assert address.startswith("https://studio.example.com/")
    return address.removeprefix("https://studio.example.com")


def choose(link: str, client: Client | None = None) -> bool:
    """Chooses a new password with the link. Returns whether that worked."""
    client = client or Client()
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
    """Also for people without an email address."""
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
    assert f"/team/people/{alice.pk}/password/" not in as_administrator.get("/team/").content.decode()


def shut_out(login: str, first: int = 0) -> None:
    """Strangers guess until no unknown browser may try this account any more."""
    form = {"login": login, "password": "wrong"}
    for number in range(STRANGERS + 1):
        Client().post("/accounts/login/", form, REMOTE_ADDR=f"198.51.{first}.{number}")


def come_in(client: Client, login: str, password: str) -> str:
    """Tries to sign in. Returns an empty text, or the error on the page."""
    answer = client.post("/accounts/login/", {"login": login, "password": password})
    return "" if answer.status_code == 302 else answer.content.decode()


def test_a_link_by_mail_is_the_way_back_for_whom_strangers_shut_out(alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    alice.email = "alice@example.com"
    alice.save()
    alice.vouch_for_email()
    browser = Client()
    shut_out("alice@example.com")
    assert "choose a new password" in come_in(browser, "alice@example.com", "alice")
    browser.post("/accounts/password/reset/", {"email": "alice@example.com"})
    link = re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    assert choose(link[1], browser)
    assert come_in(Client(), "alice@example.com", "another long 1") == "", "what was guessed before is forgotten"
    shut_out("alice", first=100)
    assert come_in(Client(), "alice", "another long 1") != ""
    assert come_in(browser, "alice", "another long 1") == "", "the browser that chose the password is known"


def test_so_is_the_link_of_an_administrator_for_somebody_without_an_address(
    public: None, as_administrator: Client, alice: User
) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.7")
    for _attempt in range(5):
        come_in(browser, "alice", "wrong")
    assert "Too many attempts" in come_in(browser, "alice", "alice")
    assert choose(handed_over(as_administrator, alice), browser)
    assert come_in(Client(REMOTE_ADDR="192.0.2.7"), "alice", "another long 1") == ""
    assert come_in(browser, "alice", "another long 1") == ""


def test_whoever_asks_for_links_in_my_name_does_not_keep_me_from_mine(alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    alice.email = "alice@example.com"
    alice.save()
    ask = {"path": "/accounts/password/reset/", "data": {"email": "Alice@example.com"}}
    for number in range(10):
        assert Client().post(**ask, REMOTE_ADDR=f"198.51.100.{number}").status_code == 302
    answer = Client().post(**ask, REMOTE_ADDR="192.0.2.7")
    assert answer["Location"] == "/accounts/password/reset/done/"
    assert [message.to for message in mail.outbox] == [["alice@example.com"]] * 5, "and no flood of mails"


def test_whoever_tries_a_link_for_somebody_else_is_asked_before_they_are_signed_out(
    public: None, as_administrator: Client, alice: User
) -> None:
    link = handed_over(as_administrator, alice)
    before = SecurityEvent.objects.count()
    page = Html(as_administrator.get(link))
    assert "This link is for Alice" in page.text
    assert link in page.values("form[action]", "action")
    assert as_administrator.get("/team/").status_code == 200, "still signed in"
    assert SecurityEvent.objects.count() == before
    form = as_administrator.post(link, follow=True)
    assert SecurityEvent.objects.latest("pk").kind == EventKind.SIGNED_OUT
    as_administrator.post(form.redirect_chain[-1][0], NEW)
    alice.refresh_from_db()
    assert alice.check_password("another long 1")


def test_whoever_signs_in_as_somebody_else_while_a_link_is_open_is_asked_too(
    public: None, as_administrator: Client, alice: User, bob: User
) -> None:
    link = handed_over(as_administrator, alice)
    browser = Client()
    opened = browser.get(link)["Location"]
    assert come_in(browser, "bob", "bob") == ""
    page = Html(browser.get(opened))
    assert "This link is for Alice" in page.text
    assert link in page.values("form[action]", "action")
    assert browser.get("/").status_code == 200
    assert browser.post(link)["Location"] == link
    assert browser.get("/").status_code == 302


def test_a_link_for_oneself_asks_nothing(public: None, as_administrator: Client, alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    assert choose(handed_over(as_administrator, alice), browser)


def test_the_admins_own_page_changes_no_password(as_administrator: Client, administrator: User) -> None:
    form = {"old_password": "ada", "new_password1": "another long 1", "new_password2": "another long 1"}
    answer = as_administrator.post("/admin/password_change/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")
    before = administrator.password
    administrator.refresh_from_db()
    assert administrator.password == before
