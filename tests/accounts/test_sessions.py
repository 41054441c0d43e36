"""The list of a person's sessions: it has every kind of sign-in, and each session can be ended."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.auth import setup
from accounts.models import EventKind, Invitation, SecurityEvent, Session, User
from accounts.sessions import SessionStore, browser_name
from tests.html import Html

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 "
    "Safari/537.36 Edg/127.0.0.0"
)
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Mobile Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
NEW = {"username": "dora", "password": "long enough 1"}


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def signed_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)


def sign_in(login: str, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": login, "password": login})
    return client


def by_sign_in_page(administrator: User) -> Client:
    return sign_in("ada")


def by_demo(administrator: User) -> Client:
    client = Client(headers={"user-agent": FIREFOX})
    client.post("/accounts/login/demo/")
    return client


def by_invitation(administrator: User) -> Client:
    now = timezone.now()
    invitation = Invitation.objects.create(
        email="dora@example.com", invited_by=administrator, created_at=now, expires_at=now + timedelta(days=1)
    )
    client = Client(headers={"user-agent": FIREFOX})
    client.post(f"/join/{invitation.code}/", NEW)
    return client


def by_set_up(administrator: User) -> Client:
    User.objects.all().delete()
    client = Client(headers={"user-agent": FIREFOX})
    client.post("/accounts/setup/", NEW | {"code": setup.code(), "email": "dora@example.com"})
    return client


@pytest.mark.parametrize("way", [by_sign_in_page, by_demo, by_invitation, by_set_up])
def test_every_way_in_is_listed(way: Callable[[User], Client], administrator: User, settings: Settings) -> None:
    settings.DEBUG = way is by_demo
    client = way(administrator)
    page = client.get("/settings/security/").content.decode()
    assert "Firefox on Windows" in page
    assert "127.0.0.1" in page
    assert "This browser" in page


def test_joining_in_a_browser_where_somebody_else_was_signed_in(administrator: User, bob: User) -> None:
    now = timezone.now()
    invitation = Invitation.objects.create(
        email="dora@example.com", invited_by=administrator, created_at=now, expires_at=now + timedelta(days=1)
    )
    client = sign_in("bob")
    client.post(f"/join/{invitation.code}/", NEW)
    assert "This browser" in client.get("/settings/security/").content.decode()
    assert Session.objects.get(user__username="dora").session_key == client.session.session_key


def test_an_address_that_the_proxy_does_not_say(alice: User, settings: Settings) -> None:
    settings.TRUST_PROXY = True
    page = sign_in("alice").get("/settings/security/").content.decode()
    assert "Firefox on Windows" in page
    assert "0.0.0.0" not in page  # noqa: S104


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("unknown", None),
        ("192.0.2.1, _hidden", None),
        ("192.0.2.999", None),
    ],
)
def test_what_a_proxy_says_is_an_address_or_nothing(
    alice: User, settings: Settings, said: str, meant: str | None
) -> None:
    settings.TRUST_PROXY = True
    client = Client(headers={"x-forwarded-for": said})
    assert client.post("/accounts/login/", {"login": "alice", "password": "alice"}).status_code == 302
    assert SecurityEvent.objects.get(kind=EventKind.SIGNED_IN).address == meant


@pytest.mark.parametrize("way", [by_sign_in_page, by_demo, by_invitation])
def test_every_way_in_ends_with_sign_out_everywhere_else(
    way: Callable[[User], Client], administrator: User, settings: Settings
) -> None:
    settings.DEBUG = way is by_demo
    there = way(administrator)
    here = Client()
    here.force_login(User.objects.get(pk=int(there.session["_auth_user_id"])))
    here.post("/settings/security/sessions/")
    assert (signed_in(here), signed_in(there)) == (True, False)


def test_signing_out_everywhere_else_is_for_oneself(alice: User, bob: User) -> None:
    there, here, his = (Client() for _browser in range(3))
    for client, person in ((there, alice), (here, alice), (his, bob)):
        client.force_login(person)
    page = here.post("/settings/security/sessions/", follow=True).content.decode()
    assert "1 browser was signed out" in page
    assert [signed_in(client) for client in (here, there, his)] == [True, False, True]


def test_being_let_in_again_revives_no_session(as_administrator: Client, alice: User, bob: User) -> None:
    early, late, his = sign_in("alice"), Client(), sign_in("bob")
    as_administrator.post(f"/team/people/{alice.pk}/deactivate/")
    late.force_login(alice)  # a sign-in that had already begun
    as_administrator.post(f"/team/people/{alice.pk}/activate/")
    assert [signed_in(client) for client in (early, late, his)] == [False, False, True]


def test_a_browser_that_a_new_password_signed_out_is_not_listed(alice: User) -> None:
    here, _there = sign_in("alice"), sign_in("alice", agent=SAFARI)
    new = {"oldpassword": "alice", "password1": "another long 1", "password2": "another long 1"}
    here.post("/accounts/password/change/", new)
    page = here.get("/settings/security/").content.decode()
    assert "Firefox on Windows" in page
    assert "Safari" not in page


def test_the_list_says_when_a_browser_was_last_at_work(alice: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = sign_in("alice")
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        client.get("/gallery/")
        assert Session.objects.get().last_seen_at == start, "reading writes nothing"
        client.post("/studio/estimate/", {"prompt": "A lighthouse"})
    session = Session.objects.get()
    assert (session.created_at, session.last_seen_at) == (start, start + timedelta(hours=3))
    assert len(Html(client.get("/settings/security/")).all("time[datetime]")) == 2


def test_a_session_that_is_over_is_deleted_at_the_next_sign_in(alice: User, bob: User) -> None:
    sign_in("alice")
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        his = sign_in("bob")
        assert [session.user for session in Session.objects.all()] == [bob]
        assert signed_in(his)


def test_the_page_names_sessions_without_their_keys(alice: User) -> None:
    here, there = sign_in("alice"), sign_in("alice", agent=SAFARI)
    page = here.get("/settings/security/").content.decode()
    assert Session.objects.get(pk=there.session.session_key).code in page
    assert not [session.pk for session in Session.objects.all() if session.pk in page]
    assert "/settings/security/" in Html(page).values("[name=next]", "value"), "nor does the language switch"


def test_signing_out_everywhere_takes_no_longer_among_many_strangers(alice: User, bob: User) -> None:
    def queries() -> int:
        here, _there = sign_in("alice"), sign_in("alice")
        with CaptureQueriesContext(connection) as asked:
            here.post("/settings/security/sessions/")
        return len(asked)

    alone = queries()
    store = SessionStore()
    data = store.encode({"_auth_user_id": str(bob.pk)})
    end = timezone.now() + timedelta(days=1)
    Session.objects.bulk_create(
        Session(session_key=f"stranger{number}", session_data=data, expire_date=end, user=bob) for number in range(200)
    )
    assert queries() == alone
    assert Session.objects.filter(user=bob).count() == 200


class TestUpgrade:
    """From the sessions of Django and allauth, which had their own tables."""

    pytestmark = pytest.mark.django_db(transaction=True)
    migration = import_module("accounts.migrations.0007_sessions")
    one = migration.Migration("0007_sessions", "accounts")

    @pytest.fixture
    def before(self, transactional_db: None) -> Iterator[None]:
        """Takes this one migration back. `tests/test_upgrade.py` goes the whole way."""
        [there] = self.migration.Migration.dependencies
        self.state = MigrationLoader(connection).project_state([there])
        with connection.schema_editor() as editor:
            self.one.unapply(self.state.clone(), editor)
            editor.create_model(self.migration.OldSession)
            editor.create_model(self.migration.OldBrowser)
        yield
        if Session._meta.db_table not in connection.introspection.table_names():
            self.upgrade()

    def upgrade(self) -> None:
        with connection.schema_editor() as editor:
            self.one.apply(self.state, editor)

    def opened(self, key: str, user: User | None, days: int = 7, **changed: str) -> Client:
        """A browser with a session that Django's own store has written."""
        data = {"theirs": key}
        if user:
            data |= {
                "_auth_user_id": str(user.pk),
                "_auth_user_backend": "accounts.backends.Backend",
                "_auth_user_hash": user.get_session_auth_hash(),
            }
        self.migration.OldSession.objects.create(
            session_key=key,
            session_data=DatabaseStore().encode(data | changed),
            expire_date=timezone.now() + timedelta(days=days),
        )
        client = Client()
        client.cookies["sessionid"] = key
        return client

    def test_nobody_is_signed_out(self, alice: User, bob: User, before: None) -> None:
        hers = self.opened("session-of-alice", alice)
        his = self.opened("session-of-bob", bob, _auth_user_backend="accounts.auth.backend.Backend")
        nobodys = self.opened("session-of-nobody", None)
        self.upgrade()
        assert [signed_in(client) for client in (hers, his, nobodys)] == [True, True, False]
        assert nobodys.session["theirs"] == "session-of-nobody"
        assert hers.session.session_key == "session-of-alice"
        there = Client()
        there.force_login(alice)
        there.post("/settings/security/sessions/")
        assert [signed_in(client) for client in (there, hers, his)] == [True, False, True]

    def test_the_list_of_browsers_stays(self, alice: User, before: None) -> None:
        start = timezone.now() - timedelta(days=3)
        listed, other = self.opened("session-listed", alice), self.opened("session-other", alice)
        for key, ip in (("session-listed", "192.0.2.1"), ("session-of-before", "192.0.2.2")):
            self.migration.OldBrowser.objects.create(
                user_id=alice.pk, session_key=key, ip=ip, user_agent=FIREFOX, created_at=start, last_seen_at=start
            )
        self.upgrade()
        session = Session.objects.get(pk="session-listed")
        seen = (session.user, session.ip, session.user_agent, session.created_at, session.last_seen_at)
        assert seen == (alice, "192.0.2.1", FIREFOX, start, start)
        page = listed.get("/settings/security/").content.decode()
        assert "Firefox on Windows" in page
        assert "An unknown browser" in page, "the one that allauth did not list"
        assert "192.0.2.2" not in page
        assert signed_in(other)

    def test_what_is_over_stays_behind(self, alice: User, before: None) -> None:
        self.opened("session-of-alice", alice, days=-1)
        self.opened("session-of-the-gone", alice, _auth_user_id="4711")
        self.upgrade()
        assert not Session.objects.exists()
        assert not {"django_session", "usersessions_usersession"} & set(connection.introspection.table_names())


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (EDGE, "Edge on Windows"),
        (CHROME, "Chrome on Android"),
        (SAFARI, "Safari on iPhone"),
        (SAFARI.replace("Version/17.5", "CriOS/127.0"), "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/127.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Something/1.0", "A browser on Windows"),
        ("Firefox/128.0", "Firefox"),
        ("curl/8.5.0", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_have_names(agent: str, words: str) -> None:
    assert browser_name(agent) == words
