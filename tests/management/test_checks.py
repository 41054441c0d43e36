"""Settings that stop the start, or cause a warning at the start, before they can harm a key."""

import base64

import pytest
from django.core.checks import run_checks
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.management.checks import kept_commits, stored_keys
from tests.factories import make_key


def found() -> list[str]:
    return [str(problem.id) for problem in run_checks() if str(problem.id).startswith("accounts.")]


@pytest.fixture(autouse=True)
def _production(settings: Settings) -> None:
    settings.DEBUG = False
    settings.SIGNUP = []


def test_a_good_installation_starts() -> None:
    assert found() == []


@pytest.mark.parametrize("ring", [[], ["short"], [base64.urlsafe_b64encode(b"x" * 31).decode()]])
def test_a_missing_or_broken_ring_stops_the_start(settings: Settings, ring: list[str]) -> None:
    settings.KEY_ENCRYPTION_KEYS = ring
    assert found() == ["accounts.E002"]


def test_the_ring_of_development_stops_the_start(settings: Settings) -> None:
    settings.KEY_ENCRYPTION_KEYS = [*settings.KEY_ENCRYPTION_KEYS, settings.DEVELOPMENT_RING]
    assert found() == ["accounts.E001"]


@pytest.mark.parametrize("address", ["http://api.evolink.ai", "https://localhost:9", "https://127.0.0.1"])
def test_keys_go_to_a_public_address_over_tls_only(settings: Settings, address: str) -> None:
    settings.EVOLINK_URL = address
    assert found() == ["accounts.E003"]


def test_sign_up_needs_mail(settings: Settings) -> None:
    settings.SIGNUP = ["example.com"]
    assert found() == ["accounts.E004"]
    settings.EMAIL_HOST = "mail.example.com"
    assert found() == []


def test_a_ring_that_does_not_open_what_is_stored_is_said(alice: User, settings: Settings) -> None:
    make_key(owner=alice)
    assert stored_keys(None, databases=["default"]) == []
    settings.KEY_ENCRYPTION_KEYS = [base64.urlsafe_b64encode(b"another ring, another ring, anot").decode()]
    [problem] = stored_keys(None, databases=["default"])
    assert "does not open 1 stored API keys" in problem.msg


@pytest.mark.database
@pytest.mark.django_db
def test_a_database_that_forgets_in_a_power_cut_is_said() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,), "FULL, in every process of the studio"
            return
        cursor.execute("SET LOCAL synchronous_commit = off")
    [problem] = kept_commits(None, databases=["default"])
    assert problem.msg == "synchronous_commit of PostgreSQL is off."
