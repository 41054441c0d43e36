"""The session has ended meanwhile: a request of a page's script leads to the sign-in page, and from there back to that
page."""

import pytest
from django.test import Client

from accounts.models import User
from tests.models.test_submit import FORM

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?model=gpt-image-2#id_prompt"}
SIGN_IN = "/accounts/login/?next=/%3Fmodel%3Dgpt-image-2"


@pytest.mark.parametrize("address", ["/studio/changes/?card=a.1", "/studio/settings/", "/gallery/more/"])
def test_a_part_of_a_page_takes_the_page_to_the_sign_in(address: str, client: Client) -> None:
    answer = client.get(address, headers=SCRIPT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == SIGN_IN


def test_handing_in_leads_to_the_sign_in_and_the_form_alone_as_ever(client: Client) -> None:
    assert client.post("/generations/", FORM, headers=SCRIPT)["HX-Redirect"] == SIGN_IN
    plain = client.post("/generations/", FORM, headers={"Referer": "http://testserver/?model=gpt-image-2"})
    assert (plain.status_code, plain["Location"]) == (302, SIGN_IN)


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_a_form_sent_while_signed_out_leads_back_to_a_page_and_nowhere_else(page: str, client: Client) -> None:
    answer = client.post("/generations/", FORM, headers={"Referer": page})
    assert answer["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(page: str, client: Client) -> None:
    answer = client.get("/studio/changes/", headers=SCRIPT | {"HX-Current-URL": page})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/"


def test_an_old_token_of_somebody_signed_out_leads_to_the_sign_in(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/generations/", FORM, headers=SCRIPT)["HX-Redirect"] == SIGN_IN
    assert strict.post("/generations/", FORM).status_code == 403
    strict.force_login(alice)
    answer = strict.post("/generations/", FORM, headers=SCRIPT)
    assert answer.status_code == 403
    assert "This page has been open too long" in answer.content.decode()
