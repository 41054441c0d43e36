"""Submitting: each request id makes one generation, however often people click."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, User
from playground.evolink import GenerationRequest
from playground.models import Generation, LedgerEntry, Reference, ReferenceGone, RequestIdReused, Status
from playground.studio.submission import why_not
from tests.factories import make_generation, make_reference
from tests.html import Html
from tests.waits import seconds

# Needs the database: a constraint decides which of two equal requests is the first.
pytestmark = pytest.mark.database

FORM = {
    "request_id": "one",
    "prompt": "A lighthouse",
    "model": "gpt-image-1",
    "size": "1024x1024",
    "quality": "low",
    "n": "1",
}
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_posts_make_one_generation(alice: User) -> None:
    answers: list[int] = []
    ready = threading.Barrier(20)

    def post() -> None:
        client = Client()
        client.force_login(alice)
        ready.wait()
        answers.append(client.post("/generations/", FORM, **HTMX).status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds(60))
    assert answers == [200] * 20
    assert Generation.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


@pytest.mark.django_db
def test_the_same_id_again_answers_the_same_card(as_alice: Client) -> None:
    first = as_alice.post("/generations/", FORM, **HTMX)
    second = as_alice.post("/generations/", FORM, **HTMX)
    code = Generation.objects.get().code
    replaced = f"#card-{code}[hx-swap-oob=delete]"
    assert replaced not in Html(first)
    assert replaced in Html(second), "the card that is there makes room for the same one"
    assert f"li#card-{code}" in Html(second)
    sentence = "This was sent before, so nothing was sent again."
    assert [sentence in answer.content.decode() for answer in (first, second)] == [False, True]
    plain = as_alice.post("/generations/", FORM, follow=True)
    assert Html(plain).one("main .message").text.startswith(sentence)


@pytest.mark.django_db
def test_the_same_id_with_other_content_is_refused(as_alice: Client) -> None:
    as_alice.post("/generations/", FORM)
    answer = as_alice.post("/generations/", FORM | {"prompt": "Another lighthouse"}, **HTMX)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Another lighthouse" in page, "what was typed is kept"
    assert "nothing was sent this time." in page
    assert Html(page).one("#request-id")["value"] != "one", "the form has a new request id"
    assert Generation.objects.count() == 1


@pytest.mark.django_db
def test_a_request_id_is_its_owners(alice: User, charlie: User) -> None:
    make_generation(owner=alice, request_id="one", prompt="Mine")
    make_generation(owner=charlie, request_id="one", prompt="Another")
    with pytest.raises(RequestIdReused):
        make_generation(owner=alice, request_id="one", prompt="Changed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"prompt": "  "}, "Write what the picture should show."),
        ({"prompt": "\ufeff\u200b\u3164\ufe0f\x01"}, "Write what the picture should show."),
        ({"prompt": "x" * 2001}, "That is 2,001 characters; the limit is 2,000."),
        (
            {"prompt": "あ" * 32_000, "model": "gpt-image-2", "size": "1:1"},
            "That is 12,000 characters too many. For this model, letters such as é or あ count two or three times.",
        ),
        ({"size": "12x12"}, "This model does not offer that."),
        ({"quality": "ultra"}, "This model does not offer that."),
        ({"n": "11"}, "Choose a number from 1 to 10."),
        ({"n": "0"}, "Choose a number from 1 to 10."),
        ({"background": "transparent"}, "This model does not take this setting."),
    ],
)
def test_what_the_model_does_not_take_is_said_beside_the_field(
    wrong: dict[str, str], sentence: str, as_alice: Client
) -> None:
    for options in ({}, HTMX):
        answer = as_alice.post("/generations/", FORM | wrong, **options)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not Generation.objects.exists()


@pytest.mark.django_db
def test_two_thousand_characters_are_not_too_many(as_alice: Client) -> None:
    assert as_alice.post("/generations/", FORM | {"prompt": "夕" * 2000}).status_code == 302


@pytest.mark.django_db
def test_line_ends_of_the_browser_do_not_count_twice(as_alice: Client) -> None:
    as_alice.post("/generations/", FORM | {"prompt": "a\r\nb"})
    assert Generation.objects.get().prompt == "a\nb"


@pytest.mark.django_db
def test_run_again_uses_the_submitted_settings(as_alice: Client, alice: User) -> None:
    first = make_generation(owner=alice, prompt="Submitted", quality="high", n=3)
    Generation.objects.filter(pk=first.pk).update(status=Status.UNKNOWN)
    for _click in range(2):
        as_alice.post(f"/generations/{first.code}/again/", {"request_id": "again"} | {"prompt": "Form"})
    again = Generation.objects.exclude(pk=first.pk).get()
    assert (again.prompt, again.quality, again.n) == ("Submitted", "high", 3)


@pytest.mark.django_db
def test_strangers_find_nothing(as_charlie: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    for verb in ("check", "cancel", "again"):
        assert as_charlie.post(f"/generations/{row.code}/{verb}/").status_code == 404
    assert as_charlie.get(f"/studio/changes/?card={row.code}.0").content.decode().count("task-card") == 0


def failed(owner: User) -> Generation:
    row = make_generation(owner=owner, rehearsal=False)
    row.mark_submitting(row.created_at, None)
    row.fail("service_error", "", row.created_at)
    return row


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, HTMX])
def test_run_again_with_a_used_id_is_refused_in_words(options: dict[str, Any], as_alice: Client, alice: User) -> None:
    first = failed(alice)
    make_generation(owner=alice, request_id="used", prompt="Something else")
    answer = as_alice.post(f"/generations/{first.code}/again/", {"request_id": "used"}, follow=True, **options)
    assert answer.status_code == 200
    assert "This form was sent before with different content, so nothing was sent this time." in answer.content.decode()
    assert Generation.objects.count() == 2


class TakesAway:
    """Deletes a key at the moment before it is used."""

    def __init__(self, key: ApiKey) -> None:
        self.key, self.done = key, False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "accounts_apikey"') and not self.done:
            self.done = True
            self.key.retire(timezone.now())
        return execute(sql, *rest)


@pytest.mark.django_db
def test_run_again_with_a_key_that_just_went_is_refused_in_words(as_alice: Client, alice: User) -> None:
    first = failed(alice)
    for address, form in ((f"/generations/{first.code}/again/", {}), ("/generations/", FORM | {"mode": "live"})):
        with connection.execute_wrapper(TakesAway(ApiKey.objects.in_order_for(alice)[0])):
            answer = as_alice.post(address, form, follow=True, **HTMX)
        assert "so nothing was sent." in answer.content.decode()
    assert Generation.objects.count() == 1


def test_a_reference_that_was_deleted_after_the_form_was_read_sends_nothing(alice: User) -> None:
    reference = make_reference(owner=alice)
    Reference.objects.all().delete()
    request = GenerationRequest(model="gpt-image-1", prompt="A lighthouse", size="1024x1024", quality="low")
    with pytest.raises(ReferenceGone) as gone, transaction.atomic():
        Generation.objects.submit(
            alice, request, request_id="once", rehearsal=True, now=timezone.now(), references=[reference]
        )
    assert not Generation.objects.exists()
    assert why_not(gone.value) == (
        "A reference image has been deleted in the meantime, so nothing was sent. Choose another one."
    )
