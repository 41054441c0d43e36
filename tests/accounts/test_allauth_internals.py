"""The undocumented names of allauth that we use. A test fails if a new version changes one of them."""

from importlib.metadata import version
from pathlib import Path

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve
from django.utils.module_loading import import_string

from accounts.auth import allauth_internals as internals
from accounts.models import User
from tests.second_steps import code_of


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def test_the_version_is_pinned() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'"django-allauth[mfa,socialaccount]=={version("django-allauth")}"' in pyproject.read_text()


def test_the_stage_of_the_address_is_called_so_and_is_that_class() -> None:
    assert internals.EMAIL_VERIFICATION in DefaultAccountAdapter().get_login_stages()
    assert import_string(internals.EMAIL_VERIFICATION) is internals.EmailVerificationStage


def waits_for_second_step(client: Client) -> bool:
    return client.get("/accounts/2fa/authenticate/").status_code == 200


def test_a_sign_in_that_has_begun_is_forgotten(alice: User) -> None:
    hers, again = Client(), Client()
    hers.post("/accounts/login/", {"login": "alice", "password": "alice"})
    hers.get("/accounts/2fa/totp/activate/")
    hers.post("/accounts/reauthenticate/", {"password": "alice"})
    hers.get("/accounts/2fa/totp/activate/")
    hers.post("/accounts/2fa/totp/activate/", {"code": code_of(hers.session["mfa.totp.secret"])})
    again.post("/accounts/login/", {"login": "alice", "password": "alice"})
    assert waits_for_second_step(again)
    request = RequestFactory().get("/")
    request.session, request.user = again.session, AnonymousUser()
    internals.forget_sign_in(request)
    request.session.save()
    assert not waits_for_second_step(again)
    assert not [name for name in dict(again.session) if name.startswith("account_")]


def test_the_request_is_the_one_of_this_thread(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("accounts.views.sign_in.setup.nobody_here", lambda: seen.append(internals.current_request()))
    Client().get("/accounts/login/?which=this")
    assert [request.GET["which"] for request in seen] == ["this"]


def test_a_link_for_a_new_password_opens_the_form_of_that_person(alice: User, bob: User) -> None:
    path = internals.path_of_password_link(alice)
    found = resolve(path).kwargs
    assert internals.user_of_password_link(uidb36=found["uidb36"], secret=found["key"]) == (alice, path)
    assert internals.user_of_password_link(found["uidb36"], "0-0") == (None, "")
    opened = Client().get(path, follow=True)
    assert "<h1>New password</h1>" in opened.content.decode()


def test_the_secret_of_an_opened_link_is_found_in_the_session(alice: User) -> None:
    client, path = Client(), internals.path_of_password_link(alice)
    shown = resolve(client.get(path)["Location"]).kwargs["key"]
    request = RequestFactory().get("/")
    request.session = client.session
    secret = resolve(path).kwargs["key"]
    assert internals.secret_of_password_link(request, shown) == secret
    assert internals.secret_of_password_link(request, secret) == secret


@pytest.mark.parametrize("name", ["view_recovery_codes", "generate_recovery_codes", "download_recovery_codes"])
def test_the_pages_of_recovery_codes_are_those_that_allauth_shows(name: str) -> None:
    shown = [pattern.callback for pattern in get_resolver("allauth.mfa.recovery_codes.urls").url_patterns]
    assert getattr(internals, name) in shown
