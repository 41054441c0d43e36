"""Error pages as people get them: too large requests, too many requests, no database, no page at the address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.html import Html

# Needs the database: a missing one raises different errors.
pytestmark = pytest.mark.database


def is_ours(answer: HttpResponse, status: int) -> bool:
    html = Html(answer)
    return html.texts(".error-page-number") == [str(status)] and "[href='/']" in html


@pytest.fixture
def browser() -> Client:
    """Shows what a person would see, and does not raise."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("field", ["prompt", "next"])
def test_a_form_that_is_too_large(as_alice: Client, settings: Settings, field: str) -> None:
    answer = as_alice.post("/theme/", {field: "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code == 413
    assert is_ours(answer, 413)


def test_a_form_with_too_many_fields(as_alice: Client, settings: Settings) -> None:
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert is_ours(as_alice.post("/theme/", fields), 413)


def test_what_is_merely_wrong_is_not_called_too_large(as_alice: Client) -> None:
    answer = as_alice.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert is_ours(answer, 400)


def test_guessing_too_fast(db: None, browser: Client) -> None:
    form = {"code": "AAAA", "username": "ada", "email": "ada@example.com", "password": "long enough 1"}
    for _attempt in range(11):
        answer = browser.post("/accounts/setup/", form)
    assert answer.status_code == 429
    assert is_ours(answer, 429)


def test_asking_for_too_many_password_resets(alice: User, browser: Client, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    people = ["alice@example.com", *(f"person{number}@example.com" for number in range(20))]
    answers = [browser.post("/accounts/password/reset/", {"email": email}) for email in people]
    assert is_ours(answers[-1], answers[-1].status_code)
    assert answers[-1].status_code == 429


@pytest.fixture
def database_away(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Nobody can open the database, as after a crash of its server or a failure of its disk."""
    settings_dict = connection.settings_dict
    before = settings_dict["NAME"], settings_dict.get("PORT")
    connection.close()
    settings_dict.update(NAME=str(tmp_path), PORT="1")
    yield
    connection.close()
    settings_dict.update(NAME=before[0], PORT=before[1])


@pytest.mark.parametrize("address", ["/", "/gallery/", "/help/", "/nowhere/"])
def test_the_database_is_away(database_away: None, browser: Client, address: str) -> None:
    browser.cookies["sessionid"] = "somebody"
    browser.cookies["theme"] = "dark"
    answer = browser.get(address, headers={"Accept-Language": "ja"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert is_ours(answer, 503)
    assert "html[lang=ja][data-theme=dark]" in Html(answer)
    assert "default-src" in answer["Content-Security-Policy"]


def test_it_says_that_the_data_is_out_of_reach_and_nothing_of_maintenance(database_away: None, browser: Client) -> None:
    browser.cookies["sessionid"] = "somebody"
    page = Html(browser.get("/"))
    assert page.one("h1").text == "The studio cannot reach its data right now"
    assert "Nothing was lost" in page.text
    assert "Try again in a minute" in page.text
    assert "maintenance" not in page.text


def test_the_address_of_a_form_is_no_page_and_no_dead_end(as_alice: Client) -> None:
    answer = as_alice.get("/generations/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert is_ours(answer, 405)


@pytest.mark.parametrize("address", ["/nowhere/", "/generations/"])
def test_the_language_can_be_chosen_on_an_error_page_too(as_alice: Client, address: str) -> None:
    page = Html(as_alice.get(address))
    assert "html[lang=en]" in page
    assert "#language-menu" in page
    assert f"[name=next][value='{address}']" in page
    as_alice.post("/i18n/setlang/", {"language": "ja", "next": address})
    assert "html[lang=ja]" in Html(as_alice.get(address))


def test_the_offline_page_offers_nothing_that_would_have_to_be_answered(client: Client) -> None:
    assert "form" not in Html(client.get("/offline/"))


def test_scripts_tell_our_answers_from_those_of_others(as_alice: Client, browser: Client, settings: Settings) -> None:
    htmx = {"HX-Request": "true"}
    too_large = {"prompt": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    answers = [
        as_alice.get("/studio/changes/", headers=htmx),
        as_alice.post("/references/add/", headers=htmx),
        as_alice.post("/generations/", {}, headers=htmx),
        as_alice.get("/nowhere/", headers=htmx),
        as_alice.put("/", headers=htmx),
        as_alice.post("/theme/", too_large, headers=htmx),
        strict.post("/generations/", {}, headers=htmx),
        browser.post("/references/add/", headers=htmx),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 404, 405, 413, 403, 200]
    assert all("X-Image-Studio" in answer for answer in answers)
    assert answers[-1]["HX-Redirect"].startswith("/accounts/login/")
    assert "X-Image-Studio" not in as_alice.get("/")
