"""The language and the theme without a signed-in person: mails of the worker, and the pages around the sign-in."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import keys
from accounts.models import User
from tests.factories import make_key
from tests.html import Html
from tests.mail_servers import mail_server

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_IN = {"login": "alice", "password": "alice"}


def test_who_follows_the_browser_gets_mails_in_its_language(client: Client, alice: User, settings: Settings) -> None:
    client.post("/accounts/login/", SIGN_IN, headers={"accept-language": "ja"})
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    key = make_key(owner=alice)
    with mail_server(settings) as server:
        keys.refused(key.pk)
        (letter,) = server.waited_for(1)
    assert "APIキー" in letter["Subject"]
    User.objects.filter(pk=alice.pk).update(language="en")
    alice.refresh_from_db()
    assert alice.mail_language == "en", "what was chosen counts first"


def test_a_switch_on_an_answer_to_a_form_comes_back_to_the_form(as_alice: Client) -> None:
    """Without scripts, a refused form is shown at an address that does not accept GET."""
    answer = as_alice.post("/generations/", {"prompt": ""}, headers={"referer": "http://testserver/?model=gpt-image-2"})
    assert answer.status_code == 422
    ways = Html(answer).values("[name=next]", "value")
    assert ways.count("http://testserver/?model=gpt-image-2") >= 2
    assert "/generations/" not in ways
    elsewhere = as_alice.post("/generations/", {"prompt": ""}, headers={"referer": "https://elsewhere.example/"})
    assert "elsewhere.example" not in elsewhere.content.decode()


@pytest.mark.parametrize(("theme", "cookie"), [("dark", "dark"), ("", "")])
def test_the_browser_remembers_what_the_person_chose(client: Client, alice: User, theme: str, cookie: str) -> None:
    User.objects.filter(pk=alice.pk).update(language="ja", theme=theme)
    client.cookies["theme"] = "light"
    client.force_login(alice)
    answer = client.get("/")
    assert (answer.cookies["theme"].value, answer.cookies["django_language"].value) == (cookie, "ja")
    again = client.get("/")
    assert "django_language" not in again.cookies
    assert "theme" not in again.cookies
