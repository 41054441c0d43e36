"""Mails: their words, and what happens if the mail server fails or does not answer."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import emails
from accounts.models import User
from tests.mail_servers import mail_server, no_mail_server
from tests.waits import seconds

NEW = {"password1": "another long 1", "password2": "another long 1"}


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def alice(alice: User) -> User:
    alice.email = "alice@example.com"
    alice.save()
    alice.vouch_for_email()
    return alice


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emails, "PATIENCE", 0.3)
    monkeypatch.setattr(emails.deliver, "__defaults__", (0.3,))
    monkeypatch.setattr(emails, "PATIENCE_FOR_MANY", 0.5)


def forget(email: str) -> str:
    answer = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_reset_that_cannot_be_mailed_says_so(alice: User, settings: Settings, email: str) -> None:
    no_mail_server(settings)
    page = forget(email)
    assert "The email could not be sent." in page
    assert "ask an administrator" in page


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_silent_mail_server_is_not_waited_for_long(
    alice: User, settings: Settings, impatient: None, email: str
) -> None:
    with mail_server(settings, silent=True):
        begun = time.monotonic()
        assert "The email could not be sent." in forget(email)
        assert time.monotonic() - begun < seconds(20)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_reset_tells_nobody_who_is_here(alice: User, settings: Settings, email: str) -> None:
    with mail_server(settings) as server:
        assert "a link is on its way" in forget(email)
        assert (server.connections, len(server.of(email))) == (1, email.startswith("alice"))


def test_the_link_leads_to_the_public_address(alice: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://studio.example.com"
    with mail_server(settings) as server:
        forget("alice@example.com")
    text = server.mails[0].get_content()
    assert re.search(r"^https://studio\.example\.com/accounts/password/reset/key/\S+\s*$", text, re.MULTILINE)
    assert "testserver" not in text


def change_password(client: Client) -> str:
    client.post("/accounts/login/", {"login": "alice", "password": "alice"})
    answer = client.post("/accounts/password/change/", NEW | {"oldpassword": "alice"}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("silent", [True, False])
def test_what_was_done_is_done_when_the_notice_cannot_be_mailed(alice: User, settings: Settings, silent: bool) -> None:
    settings.EMAIL_TIMEOUT = seconds(60)
    with mail_server(settings, silent=silent):
        if not silent:
            no_mail_server(settings)
        begun = time.monotonic()
        assert "Your password has been changed." in change_password(Client())
        assert time.monotonic() - begun < seconds(20), "nobody waits for a notice"
    alice.refresh_from_db()
    assert alice.check_password("another long 1")


def test_a_notice_has_our_words(alice: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://studio.example.com"
    with mail_server(settings) as server:
        change_password(Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}))
        notice = server.waited_for(1)[0]
    assert notice["Subject"] == "Your password was changed"
    text = notice.get_content()
    assert "Hello Alice" in text
    assert "127.0.0.1, Firefox on Linux" in text
    assert "https://studio.example.com/settings/security/" in text


def test_a_new_address_whose_mail_cannot_be_sent(alice: User, settings: Settings) -> None:
    no_mail_server(settings)
    client = Client()
    client.force_login(alice)
    page = client.post("/accounts/email/", {"email": "a@example.org", "action_add": ""}, follow=True).content.decode()
    assert "The email could not be sent." in page
    assert "a@example.org" in page
    assert "sent to a@example.org" not in page


def test_signing_up_when_the_mail_cannot_be_sent(administrator: User, settings: Settings) -> None:
    settings.SIGNUP = ["1"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    no_mail_server(settings)
    form = {"email": "new@example.com", "username": "newcomer", "password1": "long enough 1"}
    answer = Client().post("/accounts/signup/", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert "The email could not be sent." in answer.content.decode()


def test_an_address_that_is_taken_is_told_by_mail(alice: User, administrator: User, settings: Settings) -> None:
    settings.SIGNUP = ["1"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    with mail_server(settings) as server:
        form = {"email": "alice@example.com", "username": "newcomer", "password1": "long enough 1"}
        Client().post("/accounts/signup/", form)
    assert server.mails[0]["Subject"] == "You already have an account at Image Studio"
    assert EmailAddress.objects.filter(user=alice).count() == 1
    assert not User.objects.filter(username="newcomer").exists()
