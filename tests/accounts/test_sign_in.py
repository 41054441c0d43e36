"""Sign-in and its limits, the first administrator, sign-up, sessions."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.auth import setup
from accounts.models import EventKind, Invitation, Role, SecurityEvent, Session, User
from playground.config import env
from tests.html import Html
from tests.second_steps import code_of

# Needs the database: names and addresses without case, and a table that counts attempts.
pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, login: str, password: str, address: str = "192.0.2.1") -> bool:
    answer = client.post("/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR=address)
    return answer.status_code == 302


def test_by_user_name_or_address(alice: User) -> None:
    alice.email = "alice@example.com"
    alice.save()
    assert sign_in(Client(), "alice", "alice")
    assert sign_in(Client(), "Alice@example.com", "alice")
    assert not sign_in(Client(), "alice", "wrong")
    kinds = SecurityEvent.objects.filter(person=alice).values_list("kind", flat=True)
    assert sorted(kinds) == [EventKind.SIGN_IN_FAILED, EventKind.SIGNED_IN, EventKind.SIGNED_IN]


def test_what_was_typed_as_a_name_is_not_written_down(alice: User) -> None:
    assert not sign_in(Client(), "my-secret-password", "x")
    event = SecurityEvent.objects.get()
    assert (event.kind, event.person, event.detail) == (EventKind.SIGN_IN_FAILED, None, "")


def test_guessing_is_limited_for_the_guesser_and_nobody_else(alice: User) -> None:
    guesser = Client()
    for _attempt in range(5):
        assert not sign_in(guesser, "alice", "wrong")
    refused = guesser.post("/accounts/login/", {"login": "alice", "password": "alice"}, REMOTE_ADDR="192.0.2.1")
    assert "Wait five minutes" in refused.content.decode(), "the limit holds for right guesses too"
    assert sign_in(Client(), "alice", "alice", address="192.0.2.2")


def test_name_and_address_are_one_account(alice: User) -> None:
    alice.email = "alice@example.com"
    alice.save()
    guesser = Client()
    for login in ("alice", "ALICE@example.com", "Alice", "alice@example.com", "alice"):
        assert not sign_in(guesser, login, "wrong")
    assert not sign_in(guesser, "alice", "alice")
    assert not sign_in(guesser, "alice@example.com", "alice")
    assert sign_in(Client(), "alice@example.com", "alice", address="192.0.2.2")


def test_one_address_cannot_try_many_accounts(db: None) -> None:
    for number in range(40):
        User.objects.create_user(username=f"user{number}", password="right")
    tried = [sign_in(Client(), f"user{number}", "wrong") for number in range(30)]
    assert not any(tried)
    assert not sign_in(Client(), "user35", "right")


def test_a_browser_that_was_here_before_is_not_shut_out(alice: User, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in-strangers": (9, 3600)}
    known = Client()
    assert sign_in(known, "alice", "alice")
    known.post("/accounts/logout/")
    alice.email = "alice@example.com"
    alice.save()
    for number in range(10):
        sign_in(Client(), ("alice", "alice@example.com")[number % 2], "wrong", address=f"198.51.100.{number}")
    form = {"login": "alice", "password": "alice"}
    refused = Client().post("/accounts/login/", form, REMOTE_ADDR="192.0.2.77").content.decode()
    assert "wait an hour" in refused, "the whole world together is limited"
    assert sign_in(known, "alice", "alice")


def test_what_a_limit_refuses_is_in_the_log_once(alice: User) -> None:
    for _attempt in range(12):
        sign_in(Client(), "alice", "wrong")
        sign_in(Client(), "my secret phrase", "wrong")
    events = SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED)
    limited = events.filter(detail="limit")
    assert sorted(str(event.person) for event in limited) == ["None", "alice"]
    assert events.filter(person=alice, detail="").count() == 5
    assert not SecurityEvent.objects.filter(detail__contains="secret").exists()


def test_the_admin_has_the_same_door(administrator: User) -> None:
    answer = Client().get("/admin/login/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_first_visit_sets_up_the_administrator(db: None) -> None:
    client = Client()
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/accounts/setup/"
    form = {"code": "AAAA-BBBB-CCCC-DDDD", "username": "ada", "email": "ada@example.com", "password": "long enough 1"}
    assert client.post("/accounts/setup/", form).status_code == 422
    assert not User.objects.exists()
    assert client.post("/accounts/setup/", form | {"code": setup.code().lower()}).status_code == 302
    assert User.objects.get().role == Role.ADMINISTRATOR
    assert client.get("/").status_code == 200
    assert client.get("/accounts/setup/").status_code == 404
    assert client.post("/accounts/setup/", form | {"code": setup.code()}).status_code == 404


def test_guessing_the_code_is_limited(db: None) -> None:
    form = {"code": "AAAA", "username": "ada", "email": "ada@example.com", "password": "long enough 1"}
    codes = [Client().post("/accounts/setup/", form).status_code for _attempt in range(11)]
    assert codes == [422] * 10 + [429]


def test_development_needs_no_set_up(db: None, settings: Settings) -> None:
    settings.DEBUG = True
    assert "Continue as demo" in Client().get("/accounts/login/").content.decode()
    assert Client().get("/accounts/setup/").status_code == 404


def test_the_demo_user_is_nobody_outside_development(db: None, settings: Settings) -> None:
    """One data folder: first for development, later for production."""
    settings.DEBUG = True
    browser = Client()
    browser.post("/accounts/login/demo/")
    assert browser.get("/team/").status_code == 200
    settings.DEBUG = False
    assert browser.get("/team/").status_code == 302, "the session of before"
    assert Client().get("/", follow=True).redirect_chain[-1][0] == "/accounts/setup/"
    form = {"code": setup.code(), "username": "ada", "email": "ada@example.com", "password": "long enough 1"}
    assert Client().post("/accounts/setup/", form | {"username": "demo"}).status_code == 422
    ada = Client()
    assert ada.post("/accounts/setup/", form).status_code == 302

    stranger = Client()
    sign_in(stranger, "demo", "demo")
    assert stranger.get("/team/").status_code == 302
    stranger.force_login(User.objects.get(username="demo"))
    assert stranger.get("/team/").status_code == 302
    assert "Only while developing" in ada.get("/team/").content.decode()
    answer = ada.post(f"/team/people/{User.objects.get(username='ada').pk}/role/", {"role": "member"}, follow=True)
    assert "at least one administrator" in answer.content.decode(), "the demo user is not the other one"
    settings.DEBUG = True
    assert sign_in(stranger, "demo", "demo")
    assert stranger.get("/team/").status_code == 200


SIGN_UP = {"email": "new@example.com", "username": "newcomer", "password1": "long enough 1"}


def test_sign_up_is_closed(alice: User) -> None:
    Client().post("/accounts/signup/", SIGN_UP)
    assert not User.objects.filter(username="newcomer").exists()
    assert "Create an account" not in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((word, []) for word in ("", "0", "false", "No", "off")),
        *((word, ["1"]) for word in ("1", "true", "Yes", "on")),
        ("example.com, @Example.org", ["example.com", "example.org"]),
    ],
)
def test_sign_up_is_opened_by_a_word_or_by_domains(
    monkeypatch: pytest.MonkeyPatch, said: str, meant: list[str]
) -> None:
    monkeypatch.setenv("SIGNUP", said)
    assert env.domains("SIGNUP") == meant


@pytest.mark.parametrize("said", ["maybe", "example", "1,example.com", "a@example.com"])
def test_what_sign_up_cannot_mean_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("SIGNUP", said)
    with pytest.raises(ImproperlyConfigured, match="SIGNUP must be 1, 0, or domains"):
        env.domains("SIGNUP")


def test_nobody_comes_before_the_administrator(db: None, settings: Settings) -> None:
    settings.SIGNUP = ["1"]
    Client().post("/accounts/signup/", SIGN_UP)
    assert not User.objects.exists()
    User.objects.create_user("early", "early@example.com", "long enough 1")
    assert sign_in(Client(), "early", "long enough 1")
    assert "[href='/accounts/setup/']" in Html(Client().get("/accounts/login/"))
    form = {"code": setup.code(), "username": "ada", "email": "Early@example.com", "password": "long enough 1"}
    assert "signed up with this address" in Client().post("/accounts/setup/", form).content.decode()
    assert Client().post("/accounts/setup/", form | {"email": "ada@example.com"}).status_code == 302
    assert "[href='/accounts/setup/']" not in Html(Client().get("/accounts/login/"))
    Client().post("/accounts/signup/", SIGN_UP)
    assert User.objects.get(username="newcomer").role == Role.MEMBER


def test_sign_up_for_named_domains(administrator: User, settings: Settings) -> None:
    settings.SIGNUP = ["example.com"]
    settings.EMAIL_HOST = "mail.example.com"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    refused = Client().post("/accounts/signup/", SIGN_UP | {"email": "new@example.org"})
    assert "Ask for an invitation" in refused.content.decode()
    client = Client()
    client.post("/accounts/signup/", SIGN_UP)
    user = User.objects.get(username="newcomer")
    assert user.role == Role.MEMBER
    assert client.get("/").status_code == 302, "the address has to be proved first"
    link = re.search(r"http://localhost:\d+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link
    client.post(link[1])
    assert sign_in(client, "newcomer", "long enough 1")


def test_whoever_signs_up_with_an_invited_address_uses_up_the_invitation(
    administrator: User, settings: Settings
) -> None:
    settings.SIGNUP = ["1"]
    settings.EMAIL_HOST = "mail.example.com"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    now = timezone.now()
    invitation = Invitation.objects.create(
        email="New@example.com",
        role=Role.VIEWER,
        invited_by=administrator,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    client = Client()
    client.post("/accounts/signup/", SIGN_UP)
    invitation.refresh_from_db()
    assert invitation.accepted_at is None, "not before the address is proved"
    link = re.search(r"http://localhost:\d+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link
    client.post(link[1])
    invitation.refresh_from_db()
    newcomer = User.objects.get(username="newcomer")
    assert (invitation.accepted_by, newcomer.role) == (newcomer, Role.VIEWER)


def test_a_changed_address_is_in_the_log(alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    client = Client()
    assert sign_in(client, "alice", "alice")
    client.post("/accounts/email/", {"action_add": "", "email": "alice@example.com"})
    link = re.search(r"http://localhost:\d+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link
    client.post(link[1])
    event = SecurityEvent.objects.get(kind=EventKind.EMAIL_CHANGED)
    assert (event.person, event.detail) == (alice, "alice@example.com")


def test_forgotten_passwords(alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    alice.email = "alice@example.com"
    alice.save()
    client = Client()
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    link = re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "another long 1", "password2": "another long 1"})
    assert sign_in(Client(), "alice", "another long 1")
    assert SecurityEvent.objects.filter(kind=EventKind.PASSWORD_CHANGED, person=alice).exists()


def test_other_sessions_can_be_ended(alice: User) -> None:
    here, there, elsewhere = Client(), Client(), Client()
    for client in (here, there, elsewhere):
        assert sign_in(client, "alice", "alice")
    page = Html(here.get("/settings/security/"))
    assert page.texts("form:has([name=session]) button") == ["Sign out"] * 2
    here.post("/settings/security/sessions/", {"session": page.all("[name=session]")[0]["value"]})
    assert sorted([there.get("/").status_code, elsewhere.get("/").status_code]) == [200, 302]
    here.post("/settings/security/sessions/")
    assert [client.get("/").status_code for client in (here, there, elsewhere)] == [200, 302, 302]


def test_a_strangers_session_is_not_mine_to_end(alice: User, bob: User) -> None:
    mine, his = Client(), Client()
    assert sign_in(mine, "alice", "alice")
    assert sign_in(his, "bob", "bob")
    code = Session.objects.get(user=bob).code
    mine.post("/settings/security/sessions/", {"session": code})
    assert his.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_codes_and_recovery_codes(alice: User) -> None:
    client = Client()
    assert sign_in(client, "alice", "alice")
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/"), "the password is asked for again"
    client.post(asked["Location"], {"password": "alice"})
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(client.session["mfa.totp.secret"])})
    assert "Turn off" in client.get("/settings/security/").content.decode()

    again = Client()
    answer = again.post("/accounts/login/", {"login": "alice", "password": "alice"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert again.get("/").status_code == 302
    codes = re.findall(r"\b\d{8}\b", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(codes) == 10
    logged = SecurityEvent.objects.filter(kind=EventKind.SECOND_STEP_ADDED, person=alice)
    assert {event.details for event in logged} == {"Authenticator codes", "Recovery codes"}
    again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert again.get("/").status_code == 200
