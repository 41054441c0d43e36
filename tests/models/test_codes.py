"""Invalid codes never reach the database, because PostgreSQL raises its own error for a NUL."""

import json

import pytest
from django.test import Client

from accounts.models import User
from playground.models import Attempt, Generation
from tests.factories import make_generation
from tests.html import Html
from tests.models.test_submit import FORM, HTMX

# Needs the database: PostgreSQL refuses texts that SQLite accepts.
pytestmark = [pytest.mark.django_db, pytest.mark.database]

ODD = ["%00", "a%00b", "a%20b", "é", "%F0%9F%A6%8A"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "address", ["generations/{}/", "generations/{}/images/0/", "references/{}/", "references/{}/small/", "r/{}.png"]
)
def test_an_odd_code_in_an_address_is_not_found(address: str, odd: str, as_alice: Client) -> None:
    assert as_alice.get("/" + address.format(odd)).status_code == 404


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_nonce_is_not_found(odd: str, client: Client) -> None:
    assert client.post(f"/callbacks/{odd}/").status_code == 404


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "address",
    [
        "/?from={}",
        "/?reference={}",
        "/studio/changes/?card={}.1",
        "/references/chosen/?reference={}",
        "/gallery/?undo={}",
    ],
)
def test_an_odd_code_in_a_query_is_nothing(address: str, odd: str, as_alice: Client) -> None:
    assert as_alice.get(address.format(odd)).status_code == 200


def test_odd_codes_in_the_gallerys_forms_are_nothing(as_alice: Client) -> None:
    assert as_alice.post("/gallery/undo/", {"deletion": "a\0b"}, **HTMX).status_code == 200
    assert as_alice.post("/gallery/act/", {"picture": "a\0b.0", "action": "delete"}, **HTMX).status_code == 200


@pytest.mark.parametrize("odd", ["a\0b", "a b", "x" * 65, ""])
def test_a_damaged_request_id_is_replaced_and_nothing_is_sent(odd: str, as_alice: Client) -> None:
    answer = as_alice.post("/generations/", FORM | {"request_id": odd}, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The form arrived damaged, so nothing was sent. Try again." in page
    assert FORM["prompt"] in page
    fresh = Html(page).one("#request-id")["value"]
    assert as_alice.post("/generations/", FORM | {"request_id": fresh}, **HTMX).status_code == 200
    assert Generation.objects.count() == 1


def test_a_damaged_request_id_of_a_card_is_no_error(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    row.cancel(row.created_at)
    for odd in ("a\0b", "x" * 65):
        assert as_alice.post(f"/generations/{row.code}/again/", {"request_id": odd}).status_code == 302
    assert Generation.objects.count() == 3


@pytest.mark.parametrize("odd", ["task-\0", "task-\ud800"])
def test_a_callback_with_an_odd_task_hints_at_nothing(odd: str, client: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    attempt = row.mark_submitting(row.created_at, None) or Attempt.objects.get(generation=row)
    answer = client.post(f"/callbacks/{attempt.nonce}/", json.dumps({"id": odd}), content_type="application/json")
    assert answer.status_code == 204
    attempt.refresh_from_db()
    assert attempt.hinted_task_id == ""
