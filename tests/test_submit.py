"""Handing in: once per request id, whoever clicks how often."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from playground.models import Generation, LedgerEntry, RequestIdReused, Status
from tests.factories import make_generation

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
        thread.join(60)
    assert answers == [200] * 20
    assert Generation.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


@pytest.mark.django_db
def test_the_same_id_again_answers_the_same_card(as_alice: Client) -> None:
    first = as_alice.post("/generations/", FORM, **HTMX)
    second = as_alice.post("/generations/", FORM, **HTMX)
    code = Generation.objects.get().code
    assert "HX-Retarget" not in first
    assert second["HX-Retarget"] == f"#card-{code}"
    assert f'id="card-{code}"' in second.content.decode()


@pytest.mark.django_db
def test_the_same_id_with_other_content_is_refused(as_alice: Client) -> None:
    as_alice.post("/generations/", FORM)
    answer = as_alice.post("/generations/", FORM | {"prompt": "Another lighthouse"}, **HTMX)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Another lighthouse" in page, "what was typed is kept"
    assert "Nothing was sent now." in page
    assert 'value="one"' not in page, "the form has a new request id"
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
        ({"prompt": "x" * 2001}, "That is 2001 characters; 2000 is the most."),
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
