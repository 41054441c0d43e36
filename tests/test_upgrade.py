"""Upgrades a database of version 0.1: nobody is signed out, and nothing is lost.

`databases/` has such a database as that version wrote it, for SQLite and for PostgreSQL: people, sessions, second
steps, keys, generations in every state, references, share links, budgets and the ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import ApiKey, Role, User
from playground.models import Delivery, GeneratedImage, Generation, LedgerEntry, Status

DATABASES = Path(__file__).parent / "databases"
# Each test creates its own database outside a transaction. They test migrations.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

# A day after the start of the sessions in it.
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


@contextmanager
def connected_to(name: str) -> Iterator[BaseDatabaseWrapper]:
    """All code in this thread uses the database with this name."""
    usual = connections["default"]
    other = type(usual)({**usual.settings_dict, "NAME": name}, "default")
    connections["default"] = other
    try:
        yield other
    finally:
        other.close()
        connections["default"] = usual


def load(database: BaseDatabaseWrapper) -> None:
    script = (DATABASES / f"0.1.{database.vendor}.sql").read_text()
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.cursor.connection.executescript(script)
        else:
            cursor.execute(script)
    database.close()  # the script changes settings of its connection


@contextmanager
def new_database(folder: Path, name: str) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield str(folder / f"{name}.sqlite3")
        return
    name = f"{connection.settings_dict['NAME']}_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def old(tmp_path: Path, transactional_db: None) -> Iterator[BaseDatabaseWrapper]:
    """The database of version 0.1 before the upgrade."""
    with new_database(tmp_path, "old") as name, connected_to(name) as database:
        load(database)
        with time_machine.travel(NOW):
            yield database


@pytest.fixture(scope="module")
def once_upgraded(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The name of one for all tests, because upgrading takes longer than any of them."""
    with django_db_blocker.unblock(), new_database(tmp_path_factory.mktemp("upgraded"), "upgraded") as name:
        with connected_to(name) as database, time_machine.travel(NOW):
            load(database)
            call_command("migrate", verbosity=0)
        yield name


@pytest.fixture
def upgraded(transactional_db: None, once_upgraded: str) -> Iterator[BaseDatabaseWrapper]:
    """The upgraded database. What a test changes in it is undone."""
    with connected_to(once_upgraded) as database, time_machine.travel(NOW), transaction.atomic():
        yield database
        transaction.set_rollback(True)


def browser_of(name: str) -> Client:
    """The browser in which the person was signed in before the upgrade."""
    client = Client()
    client.cookies["sessionid"] = f"session-of-{name}"
    return client


def schema(database: BaseDatabaseWrapper) -> dict[str, Any]:
    """The columns and constraints of each table, in any order of columns. SQLite numbers foreign keys by that order, so
    constraints are compared by content. Checks have no columns, so they are compared by name."""
    ask, found = database.introspection, {}
    with database.cursor() as cursor:
        for table in ask.table_names(cursor):
            columns = {
                column.name: (column.type_code, column.null_ok) for column in ask.get_table_description(cursor, table)
            }
            constraints = ask.get_constraints(cursor, table).items()
            held = [name if facts["check"] else str(sorted(facts.items(), key=str)) for name, facts in constraints]
            found[table] = (columns, sorted(held))
    found.pop("cache", None)  # another command creates it
    return found


@pytest.fixture
def new_schema(transactional_db: None) -> dict[str, Any]:
    return schema(connection)


def test_it_has_the_tables_of_a_new_one(new_schema: dict[str, Any], upgraded: BaseDatabaseWrapper) -> None:
    assert schema(upgraded) == new_schema


PAGES = {
    "ada": "/ /team/ /team/log/ /team/usage/ /team/budgets/ /gallery/ /admin/",
    "alice": "/ /gallery/ /usage/ /references/ /links/ /compare/ /generations/saved/ /settings/ /settings/keys/",
    "bob": "/ /gallery/ /usage/ /settings/security/ /settings/defaults/",
    "vera": "/ /gallery/",
}


def test_whoever_was_signed_in_still_is(upgraded: BaseDatabaseWrapper) -> None:
    for name, pages in PAGES.items():
        browser = browser_of(name)
        assert {page: browser.get(page).status_code for page in pages.split()} == dict.fromkeys(pages.split(), 200)


def test_people_come_in_as_before(upgraded: BaseDatabaseWrapper) -> None:
    bob = Client()
    bob.post("/accounts/login/", {"login": "bob@example.com", "password": "bob"})
    assert "桜並木と富士山" in bob.get("/").content.decode()
    ada = Client()
    ada.post("/accounts/login/", {"login": "ada", "password": "ada"})
    assert ada.get("/").status_code == 302, "a second step is asked for"
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    ada.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert ada.get("/").status_code == 200
    assert dict(User.objects.values_list("username", "role")) == {
        "ada": Role.ADMINISTRATOR,
        "alice": Role.MEMBER,
        "bob": Role.MEMBER,
        "gone": Role.MEMBER,
        "vera": Role.VIEWER,
    }


def test_an_invitation_on_its_way_still_opens(upgraded: BaseDatabaseWrapper) -> None:
    page = Client().get("/join/1:urfMs8MiIVt4m4MoJGUtLJb5vIRCjHUIBnrD2zH8jro/")
    assert page.status_code == 200
    assert "new@example.com" in page.content.decode()


def test_every_generation_has_its_page(upgraded: BaseDatabaseWrapper) -> None:
    browser = browser_of("ada")
    rows = list(Generation.objects.all())
    assert {row.status for row in rows} == set(Status)
    for row in rows:
        page = browser.get(f"/generations/{row.code}/")
        assert page.status_code == 200
        assert row.prompt in page.content.decode()


def test_pictures_keys_links_and_money_are_there(upgraded: BaseDatabaseWrapper) -> None:
    states = GeneratedImage.objects.filter(deleted_at=None).values_list("state", flat=True)
    assert sorted(states) == ["saved"] * 5 + ["waiting"] * 2
    assert GeneratedImage.objects.get(favourite_of__username="bob").alternative_text == "A white tower by the sea"
    assert ApiKey.objects.get(label="Marketing").secret().reveal() == "sk-" + "a1" * 24
    shared = Client().get("/s/printer/").content.decode()
    assert "For the printer" in shared
    assert "A lighthouse at dusk, oil on canvas" in shared
    assert Generation.objects.get(prompt="The same harbour in winter").reference_way == Delivery.OWN
    assert LedgerEntry.objects.live().spent() == Decimal("1.84")


@pytest.mark.parametrize("name", ["0006_seen_language", "0009_share_links"])
def test_what_is_older_still_is_refused_in_one_sentence(old: BaseDatabaseWrapper, name: str) -> None:
    with old.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [name])
    said = r"The database is older than version 0\.1\."
    with pytest.raises(SystemCheckError, match=said):
        call_command("migrate", verbosity=0, skip_checks=False)
    with pytest.raises(CommandError, match=said + " Start version 0.1 with it once, then this version"):
        call_command("serve", port=0)
