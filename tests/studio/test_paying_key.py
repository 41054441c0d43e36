"""A form that says live is paid by the key that its page named, or refused with the reason."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, KeyState, User
from playground.models import Generation, Status
from playground.sandbox import Sandbox
from tests.factories import make_generation, make_key
from tests.html import Html

pytestmark = pytest.mark.django_db

FORM = {"model": "gpt-image-2", "prompt": "A lighthouse", "size": "1024x1024", "quality": "low", "request_id": "one"}


def live_form(page: Html) -> dict[str, str]:
    return FORM | {"mode": "live", "key": page.one("#studio-form [name=key]")["value"]}


def delete(key: ApiKey) -> None:
    key.retire(timezone.now())


def refuse(key: ApiKey) -> None:
    key.refuse(timezone.now())


def unshare(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(for_members=False)


def damage(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(sealed="v1:damaged")


@pytest.mark.parametrize(
    ("accident", "sentence"),
    [
        (delete, "was deleted, so nothing was sent."),
        (refuse, "no longer accepts the API key of this form, so nothing was sent."),
        (unshare, "You may not use the API key of this form any more, so nothing was sent."),
        (damage, "cannot be read, so nothing was sent."),
    ],
)
@pytest.mark.parametrize("another", [False, True])
def test_what_happened_to_the_key_is_said_and_nothing_else_pays(
    accident: Callable[[ApiKey], None],
    sentence: str,
    another: bool,
    alice: User,
    administrator: User,
    as_alice: Client,
) -> None:
    key = make_key(owner=administrator, for_members=True)
    form = live_form(Html(as_alice.get("/")))
    accident(key)
    if another:
        make_key(owner=alice, label="Another")
    answer = as_alice.post("/generations/", form)
    assert answer.status_code == 422
    assert sentence in Html(answer).text
    assert Html(answer).one("#id_prompt").text == "A lighthouse"
    assert not Generation.objects.exists()


def test_another_tab_that_rehearses_is_no_reason_to_send_a_rehearsal(alice: User, as_alice: Client) -> None:
    make_key(owner=alice)
    form = live_form(Html(as_alice.get("/")))
    as_alice.post("/mode/", {"rehearsal": "1"})
    answer = as_alice.post("/generations/", form)
    assert "You are rehearsing now, so nothing was sent." in Html(answer).text
    assert not Generation.objects.exists()


def test_the_named_key_pays_although_another_became_the_default(alice: User, as_alice: Client) -> None:
    first = make_key(owner=alice, label="First")
    form = live_form(Html(as_alice.get("/")))
    make_key(owner=alice, label="Second").make_default()
    as_alice.post("/generations/", form)
    assert Generation.objects.get().key == first


def test_run_again_is_paid_by_the_same_key_or_not_at_all(alice: User, as_alice: Client) -> None:
    key = make_key(owner=alice)
    row = make_generation(owner=alice, rehearsal=False, key=key)
    row.cancel(timezone.now())
    make_key(owner=alice, label="Another")
    as_alice.post(f"/generations/{row.code}/again/", {"request_id": "again"})
    assert Generation.objects.latest("pk").key == key
    delete(key)
    answer = as_alice.post(f"/generations/{row.code}/again/", {"request_id": "and-again"}, follow=True)
    assert "was deleted, so nothing was sent." in Html(answer).text
    assert Generation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_stray_401_turns_nothing_into_a_rehearsal(
    alice: User, as_alice: Client, evolink: Sandbox, run_worker: Callable[[], None]
) -> None:
    key = make_key(owner=alice, secret="sk-sandbox-alice")
    key.doubt(timezone.now())
    as_alice.post("/generations/", live_form(Html(as_alice.get("/"))))
    row = Generation.objects.get()
    assert (row.rehearsal, row.key) == (False, key)
    run_worker()
    row.refresh_from_db()
    key.refresh_from_db()
    assert (row.status, key.state) == (Status.COMPLETED, KeyState.WORKS)
