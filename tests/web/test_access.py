"""The access test: every address × every kind of person × every method, from the table in `tests/access.py`."""

import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from accounts.auth.allauth_internals import path_of_password_link
from accounts.models import Invitation, User
from playground.guide.help import ENTRIES
from playground.models import Generation, Heartbeat, ShareLink
from playground.models.references import ReferenceAddress, ReferenceUse
from tests.access import (
    DEVELOPMENT,
    GONE,
    LINES,
    LOGIN,
    OK,
    PEOPLE,
    REFUSED,
    SESSION_ON_GET,
    WITHOUT_TOKEN,
    WRITES_ON_GET,
    patterns,
)
from tests.factories import make_key, make_reference, make_saved

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def confirm_password(client: Client, user: User) -> None:
    """Marks the session as if the person had just confirmed their password, so that the test reaches the pages that
    need it."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@dataclass
class World:
    """The people, the objects of alice, and the requests."""

    people: dict[str, User | None]
    private: dict[str, Any]
    shared: dict[str, Any]
    sessions: dict[str, str] = field(default_factory=dict)

    def address(self, person: str, route: str) -> str:
        """The address of the route with the objects that this person requests."""
        values = self.shared if person in ("shared-with", "viewer") else self.private

        def value(found: re.Match[str]) -> str:
            """The object for a parameter. It is found by the parameter's name, or by the beginning of the route if the
            name is not unique."""
            name = found[1]
            return str(values[name] if name in values else next(values[at] for at in values if route.startswith(at)))

        plain = re.sub(r"<(?:\w+:)?(\w+)>", value, re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", route))
        return "/" + plain.replace("^", "").replace("$", "")

    def client(self, person: str, **options: Any) -> Client:
        """A browser in which this person is signed in. The session is created once."""
        if person not in self.sessions:
            opened = Client()
            if user := self.people[person]:
                opened.force_login(user)
                confirm_password(opened, user)
            self.sessions[person] = opened.cookies.output(header="", sep=";")
        client = Client(**options)
        client.cookies.load(self.sessions[person])
        return client

    def ask(self, person: str, method: str, route: str, query: str = "", **options: Any) -> tuple[str, list[str]]:
        """Sends one request and undoes all of its changes. Returns the result and the SQL of its writes."""
        client = self.client(person, **options)
        Heartbeat.beat("walk", timezone.now())
        with transaction.atomic():
            if person == "deactivated":
                User.objects.filter(username="gone").update(is_active=False)
            with CaptureQueriesContext(connection) as queries:
                answer = getattr(client, method)(self.address(person, route) + query.format(**self.private))
            for close in answer._resource_closers:  # not `close()`, which ends the database connection too
                close()
            transaction.set_rollback(True)
        writes = [query["sql"] for query in queries if _WRITES.match(query["sql"])]
        return verdict(answer), writes


def allowed_on_get(route: str, sql: str) -> bool:
    if "accounts_session" in sql:
        return route in SESSION_ON_GET
    return sql.startswith(WRITES_ON_GET.get(route, "nothing"))


def verdict(answer: Any) -> str:
    if answer.status_code == 302 and answer["Location"].startswith(("/accounts/login/", "/admin/login/")):
        return LOGIN
    if answer.status_code == 404:
        return GONE
    if answer.status_code in (403, 405) or answer.status_code >= 500:
        return str(answer.status_code)
    return OK


def objects(row: Generation) -> dict[str, Any]:
    """The objects of alice, by the names of the routes' parameters."""
    reference = make_reference(owner=row.owner)
    for name in (reference.file.name, reference.thumbnail.name):
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(b"a picture"))
    ReferenceUse.record(row.pk, [reference])
    attempt = row.attempts.latest("pk")
    address = ReferenceAddress.objects.create(attempt=attempt, use=row.reference_uses.get())
    link, _new = ShareLink.objects.make(row.owner, [row.images.get()], timezone.now())
    return {
        "code": row.code,
        "index": 0,
        "slug": ENTRIES[0].slug,
        "nonce": attempt.nonce,
        "extension": "png",
        "provider_id": "oidc",
        **resolve(path_of_password_link(row.owner)).kwargs,
        "reference": reference.token,
        "references/": reference.token,
        "r/": address.token,
        "links/": link.pk,
        "s/": link.token,
        "position": 1,
        "candidate": 1,
    }


@pytest.fixture
def world_of_alice(alice: User, bob: User, charlie: User, viewer: User, administrator: User) -> World:
    cache.clear()
    gone = User.objects.create_user(username="gone", password="gone")
    now = timezone.now()
    invitation = Invitation.objects.create(
        email="new@example.com", invited_by=administrator, created_at=now, expires_at=now + timedelta(days=1)
    )
    always = {
        "join/<str:token>/": invitation.code,
        "settings/keys/": make_key(owner=alice).pk,
        "team/people/": charlie.pk,
        "team/invitations/": invitation.pk,
        "accounts/2fa/": 1,
    }
    people = [None, alice, bob, charlie, viewer, administrator, gone]
    return World(
        people=dict(zip(PEOPLE, people, strict=True)),
        private=always | objects(make_saved(owner=alice)),
        shared=always | objects(make_saved(owner=alice, shared=True)),
    )


def test_every_address_has_a_line() -> None:
    assert set(patterns()) - DEVELOPMENT == set(LINES)


@pytest.mark.parametrize("person", PEOPLE)
def test_walk(world_of_alice: World, person: str) -> None:
    """Every address answers the right people with the right methods, and reading writes nothing."""
    wrong = []
    for route, line in LINES.items():
        for method, access in (("get", line.get), ("post", line.post)):
            said, writes = world_of_alice.ask(person, method, route, line.query)
            if said not in (REFUSED if access is None else (access.expected(person),)):
                wrong.append(f"{method} {route}: {said}")
            if method == "get" and not all(allowed_on_get(route, sql) for sql in writes):
                wrong.append(f"get {route} writes: {writes}")
            if access is None and writes:
                wrong.append(f"{method} {route} is not offered and writes: {writes}")
    assert wrong == []


@pytest.mark.parametrize("person", PEOPLE)
def test_no_address_takes_any_other_method(world_of_alice: World, person: str) -> None:
    """The refusal runs no query."""
    client = world_of_alice.client(person)
    wrong = []
    with CaptureQueriesContext(connection) as queries:
        for route, line in LINES.items():
            address = world_of_alice.address(person, route) + line.query.format(**world_of_alice.private)
            for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
                answer = client.generic(method, address)
                if (answer.status_code, answer["Allow"]) != (405, "GET, HEAD, POST"):
                    wrong.append(f"{method} {route}: {answer.status_code}")
    assert wrong == []
    assert len(queries) == 0


def test_a_fetched_reference_is_noted_once_and_that_is_all(world_of_alice: World) -> None:
    """The only GET that writes. EvoLink sends it, to an address that only EvoLink knows. See docs/decisions.md."""
    address = world_of_alice.address("anonymous", "r/<slug:token>.<slug:extension>")
    seen = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert b"".join(Client().get(address)) == b"a picture"
        seen.append([query["sql"] for query in queries if _WRITES.match(query["sql"])])
    [noted], again = seen
    assert "fetched_at" in noted
    assert noted.count('" = ') - noted.split("WHERE")[1].count('" = ') == 1, "one column, and no other"
    assert ReferenceAddress.objects.filter(fetched_at__isnull=False).count() == 1
    assert all("IS NULL" in sql for sql in again)


def test_nothing_unsafe_without_a_token(world_of_alice: World) -> None:
    """The CSRF token is checked before anything else, also for people who may use the address."""
    open_doors = []
    for route, line in LINES.items():
        if line.post is None:
            continue
        person = next((name for name in ("administrator", "owner") if line.post.expected(name) == OK), "owner")
        said, _writes = world_of_alice.ask(person, "post", route, enforce_csrf_checks=True)
        if said != "403":
            open_doors.append(route)
    assert set(open_doors) == WITHOUT_TOKEN
