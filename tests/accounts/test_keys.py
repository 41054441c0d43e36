"""API keys on the pages: people store, check, use, share and delete them, and EvoLink refuses them."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import key_check
from accounts.forms import KeyForm
from accounts.models import ApiKey, EventKind, KeyGone, KeyState, Role, SecurityEvent, User
from playground.models import Generation, LedgerEntry, Status
from playground.sandbox import Sandbox
from tests.factories import make_generation, make_key
from tests.html import Html
from tests.mail_servers import mail_server
from tests.simultaneous import at_once
from tests.waits import seconds

GOOD = "sk-" + "good" * 12
FORM = {"request_id": "first", "prompt": "A lighthouse", "model": "gpt-image-1", "size": "1024x1024", "n": 1}


def add(client: Client, secret: str, **values: str) -> str:
    response = client.post("/settings/keys/", {"label": "Marketing", "key": secret, **values}, follow=True)
    assert secret not in response.content.decode()
    return response.content.decode()


def test_a_key_is_checked_and_kept(as_alice: Client, evolink: Sandbox) -> None:
    page = add(as_alice, GOOD)
    assert "The key works. It can spend 100,000.00 credits." in page
    key = ApiKey.objects.get()
    assert (key.state, key.is_default, key.secret().reveal()) == (KeyState.WORKS, True, GOOD)
    assert "sk-…good" in page
    assert SecurityEvent.objects.filter(kind=EventKind.KEY_ADDED).count() == 1


def test_a_key_that_is_the_teams_from_the_start_is_in_the_log_as_such(
    as_administrator: Client, evolink: Sandbox
) -> None:
    add(as_administrator, GOOD, for_members="on")
    assert list(SecurityEvent.objects.order_by("pk").values_list("kind", "detail"))[-2:] == [
        (EventKind.KEY_ADDED, "Marketing (sk-…good)"),
        (EventKind.KEY_SHARED, "Marketing (sk-…good): members"),
    ]


def test_a_refused_key_is_not_kept(as_alice: Client, evolink: Sandbox) -> None:
    page = add(as_alice, "sk-sandbox-key_expired")
    assert "EvoLink does not accept this key" in page
    assert not ApiKey.objects.exists()


def test_a_key_without_credits_is_kept_and_said(as_alice: Client, evolink: Sandbox) -> None:
    assert "there are no credits left" in add(as_alice, "sk-sandbox-empty_account")
    assert ApiKey.objects.get().state == KeyState.EMPTY


def test_a_key_is_kept_unchecked_when_evolink_is_silent(as_alice: Client, settings: Settings) -> None:
    settings.DEBUG = True
    settings.EVOLINK_URL = "http://127.0.0.1:9"
    assert "EvoLink did not answer" in add(as_alice, GOOD)
    assert ApiKey.objects.get().state == KeyState.UNCHECKED


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("sk-sandbox-ip_restricted", "does not allow this key to be used from here"),
        ("sk-sandbox-rate_limit_exceeded", "was asked too often just now"),
        ("sk-sandbox-internal_error", "has trouble of its own"),
    ],
)
def test_what_evolink_says_instead_is_told_from_silence(
    as_alice: Client, evolink: Sandbox, secret: str, sentence: str
) -> None:
    page = add(as_alice, secret)
    assert sentence in page
    assert "EvoLink did not answer" not in page
    key = ApiKey.objects.get()
    assert key.state == KeyState.UNCHECKED
    again = as_alice.post(f"/settings/keys/{key.pk}/check/", follow=True)
    assert sentence in again.content.decode()


def test_nothing_of_our_own_network_stands_for_evolink_in_production(
    as_alice: Client, evolink: Sandbox, settings: Settings
) -> None:
    settings.DEBUG = False
    assert "EvoLink did not answer" in add(as_alice, GOOD)


def test_an_unprintable_key_is_refused_before_anything_is_asked(as_alice: Client) -> None:
    assert "no spaces or special characters" in add(as_alice, "sk-with blank")
    assert not ApiKey.objects.exists()


# What people copy with a key, from mails, documents, terminals and files of settings.
PASTED = [
    f"\ufeff{GOOD}\u200b",
    f"{GOOD[:9]}\u00ad\u2060{GOOD[9:]}",
    f"\u00a0 {GOOD}\r\n",
    f"Bearer {GOOD}",
    f"Authorization: Bearer {GOOD}",
    f'-H "Authorization: Bearer {GOOD}" \\',
    f"“{GOOD}”",
    f"'{GOOD}'",
    f"「{GOOD}」",
    f"`{GOOD}`,",
    f"<{GOOD}>",
    f"KEY={GOOD}",
    f'export EVOLINK_API_KEY="{GOOD}"',
    f"export KEY = ‘{GOOD}’;",
    f'"api_key": "{GOOD}",',
    f"x-api-key: {GOOD}",
    f"$env:API_KEY = '{GOOD}'",
    f"API key: {GOOD}",
    f"APIキー：{GOOD}",
]


def test_what_was_pasted_around_a_key_is_no_part_of_it(as_alice: Client, evolink: Sandbox) -> None:
    add(as_alice, PASTED[0])
    assert ApiKey.objects.get().secret().reveal() == GOOD
    for pasted in PASTED:
        assert "You have added this key already" in add(as_alice, pasted, label="KEY and more"), pasted


@pytest.mark.parametrize("key", ["sk-key=value", "odd=key/of+another:kind==", "sk-token:token"])
def test_signs_within_a_key_belong_to_it(key: str) -> None:
    assert KeyForm().fields["key"].clean(key) == key


ODD = "odd+key+of+another+kind"


@pytest.mark.parametrize(
    ("label", "key"),
    [
        (label, key)
        for label in (GOOD, f"Mine {GOOD}", GOOD[:24], GOOD * 2, "AbCdEfGh0123456789xyz")
        for key in (GOOD, "")
    ]
    + [(ODD, ODD), (f"Mine {ODD}", ODD), (ODD[:10], ODD)],
)
def test_a_key_is_no_label(as_alice: Client, evolink: Sandbox, label: str, key: str) -> None:
    answer = as_alice.post("/settings/keys/", {"label": label, "key": key})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This looks like an API key." in page
    assert label not in page
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("label", ["Marketing", "Marketing-and-sales-in-2026", "マーケティング部2026", "sk-test"])
def test_a_name_is_a_label(as_alice: Client, evolink: Sandbox, label: str) -> None:
    as_alice.post("/settings/keys/", {"label": label, "key": GOOD})
    assert ApiKey.objects.get().label == label


@pytest.mark.database  # a constraint under a condition
def test_only_one_key_is_the_default(alice: User, as_alice: Client) -> None:
    first, second = make_key(owner=alice, label="First"), make_key(owner=alice, label="Second")
    assert (first.is_default, second.is_default) == (True, False)
    as_alice.post(f"/settings/keys/{second.pk}/default/")
    assert list(ApiKey.objects.filter(is_default=True)) == [second]
    assert ApiKey.objects.in_order_for(alice).first() == second


@pytest.mark.database  # a constraint under a condition
def test_the_next_key_becomes_the_default(alice: User, as_alice: Client) -> None:
    first = make_key(owner=alice, label="First")
    second, refused = make_key(owner=alice, label="Second"), make_key(owner=alice, label="Refused")
    refused.refuse(timezone.now())
    as_alice.post(f"/settings/keys/{first.pk}/delete/")
    assert list(ApiKey.objects.filter(is_default=True)) == [second]
    as_alice.post(f"/settings/keys/{second.pk}/delete/")
    assert list(ApiKey.objects.filter(is_default=True)) == [refused]
    as_alice.post(f"/settings/keys/{refused.pk}/delete/")
    assert not ApiKey.objects.filter(is_default=True).exists()


def test_a_member_who_became_a_viewer_can_delete_their_keys(alice: User, as_alice: Client) -> None:
    key = make_key(owner=alice, label="Of before")
    alice.change_role(Role.VIEWER)
    page = as_alice.get("/settings/keys/").content.decode()
    assert "Of before" in page
    assert as_alice.post("/settings/keys/", {"label": "New", "key": GOOD}).status_code == 404
    assert f"/settings/keys/{key.pk}/delete/" in page
    as_alice.post(f"/settings/keys/{key.pk}/delete/")
    assert "Of before" not in as_alice.get("/settings/keys/").content.decode()


def test_a_key_is_added_once(as_alice: Client, bob: User, evolink: Sandbox) -> None:
    add(as_alice, GOOD)
    answer = as_alice.post("/settings/keys/", {"label": "Again", "key": f" {GOOD} "})
    assert answer.status_code == 422
    assert "You have added this key already: “Marketing”." in answer.content.decode()
    assert GOOD not in answer.content.decode()
    as_alice.post(f"/settings/keys/{ApiKey.objects.get().pk}/delete/")
    add(as_alice, GOOD)
    assert ApiKey.objects.kept().count() == 1
    make_key(owner=bob, secret=GOOD)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database  # a lock
def test_a_key_sent_twice_at_once_is_added_once(alice: User, settings: Settings) -> None:
    settings.DEBUG = True
    settings.EVOLINK_URL = "http://127.0.0.1:9"
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(alice)
    for number in range(3):
        form = {"label": "Marketing", "key": f"sk-number{number}{GOOD}"}
        answers = at_once(*(partial(client.post, "/settings/keys/", form) for client in clients))
        assert sorted(answer.status_code for answer in answers) == [302, 422]


def test_a_label_can_be_changed(alice: User, as_alice: Client) -> None:
    key = make_key(owner=alice, label="Marketing")
    page = Html(as_alice.post(f"/settings/keys/{key.pk}/label/", {"label": "Sales"}, follow=True))
    assert "Sales" in page.one(f"#key-{key.pk}").text
    for label in ("", GOOD):
        answer = as_alice.post(f"/settings/keys/{key.pk}/label/", {"label": label})
        assert answer.status_code == 422
        assert GOOD not in answer.content.decode()
    key.refresh_from_db()
    assert key.label == "Sales"


@pytest.mark.parametrize("what", ["check", "default", "team", "label", "delete"])
def test_somebody_elses_key_is_not_there(bob: User, as_alice: Client, what: str) -> None:
    key = make_key(owner=bob, for_members=True)
    assert as_alice.post(f"/settings/keys/{key.pk}/{what}/").status_code == 404


def test_a_team_key_is_for_the_roles_it_names(administrator: User, alice: User, viewer: User) -> None:
    key = make_key(owner=administrator, for_members=True)
    in_order = ApiKey.objects.in_order_for
    assert in_order(alice).first() == key
    assert in_order(viewer).first() is None
    own = make_key(owner=alice)
    assert in_order(alice).first() == own
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert list(in_order(alice)) == [own]


def test_a_members_key_is_never_the_teams(as_alice: Client, bob: User, evolink: Sandbox) -> None:
    add(as_alice, GOOD, for_members="on")
    key = ApiKey.objects.get()
    as_alice.post(f"/settings/keys/{key.pk}/team/", {"for_members": "on"})
    key.refresh_from_db()
    assert not key.is_team_key
    assert not ApiKey.objects.in_order_for(bob).exists()


@pytest.mark.django_db(transaction=True)
def test_a_live_generation_is_paid_with_the_key(
    as_alice: Client, evolink: Sandbox, sandbox: Sandbox, run_worker: Callable[[], None]
) -> None:
    add(as_alice, GOOD)
    as_alice.post("/generations/", FORM | {"mode": "live"})
    generation = Generation.objects.get()
    assert (generation.rehearsal, generation.key) == (False, ApiKey.objects.get())
    run_worker()
    generation.refresh_from_db()
    assert (generation.status, generation.failure) == (Status.COMPLETED, "")
    assert len(evolink.task_log()) == 1
    assert sandbox.task_log() == []
    assert LedgerEntry.objects.live().spent() == sum(entry.credits for entry in evolink.billing_log())


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_spends_nothing_although_there_is_a_key(
    as_alice: Client, evolink: Sandbox, sandbox: Sandbox, run_worker: Callable[[], None]
) -> None:
    add(as_alice, GOOD)
    as_alice.post("/generations/", FORM | {"mode": "rehearsal"})
    as_alice.post("/mode/", {"rehearsal": "1"})
    refused = as_alice.post("/generations/", FORM | {"mode": "live", "request_id": "second"})
    assert "You are rehearsing now, so nothing was sent." in refused.content.decode()
    run_worker()
    assert evolink.task_log() == []
    assert len(sandbox.task_log()) == 1
    assert set(Generation.objects.values_list("rehearsal", "key")) == {(True, None)}
    assert LedgerEntry.objects.live().spent() == 0
    as_alice.post("/mode/", {"rehearsal": "0"})
    as_alice.post("/generations/", FORM | {"mode": "live", "request_id": "third"})
    assert Generation.objects.filter(rehearsal=False).count() == 1


def test_a_page_that_showed_rehearsal_never_spends(as_alice: Client, alice: User) -> None:
    make_key(owner=alice)
    as_alice.post("/generations/", FORM)
    assert Generation.objects.get().rehearsal


def test_a_viewer_rehearses_only(viewer: User) -> None:
    make_key(owner=viewer)
    client = Client()
    client.force_login(viewer)
    assert client.post("/generations/", FORM | {"mode": "live"}).status_code == 422
    assert not Generation.objects.exists()
    client.post("/generations/", FORM)
    assert Generation.objects.get().rehearsal


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_refused_is_marked_and_its_owner_told(
    alice: User, as_alice: Client, evolink: Sandbox, run_worker: Callable[[], None], settings: Settings
) -> None:
    alice.email = "alice@example.com"
    alice.save()
    key = make_key(owner=alice, secret="sk-sandbox-key_expired")
    generation = make_generation(owner=alice, rehearsal=False, key=key)
    with mail_server(settings) as server:
        run_worker()
        mails = server.waited_for(1)
    generation.refresh_from_db()
    key.refresh_from_db()
    assert (generation.status, generation.failure) == (Status.FAILED, "key_expired")
    assert key.state == KeyState.REFUSED
    assert [message["To"] for message in mails] == ["alice@example.com"]
    assert "sk-sandbox-key_expired" not in mails[0].get_content()
    assert SecurityEvent.objects.filter(kind=EventKind.KEY_REFUSED).count() == 1
    studio = as_alice.get("/").content.decode()
    assert "no longer accepts your API key" in studio
    assert ".mode-pill[data-mode=rehearsal]" in Html(studio)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_mail_about_a_refused_key(
    alice: User, bob: User, evolink: Sandbox, run_worker: Callable[[], None], settings: Settings
) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    key = make_key(owner=alice, secret="sk-sandbox-key_expired")
    refused, other = make_generation(owner=alice, rehearsal=False, key=key), make_generation(owner=bob)
    settings.EMAIL_TIMEOUT = seconds(60)
    with mail_server(settings, silent=True):
        begun = time.monotonic()
        run_worker()
        assert time.monotonic() - begun < seconds(20)
    refused.refresh_from_db()
    other.refresh_from_db()
    key.refresh_from_db()
    assert (refused.status, other.status, key.state) == (Status.FAILED, Status.COMPLETED, KeyState.REFUSED)


@pytest.mark.django_db(transaction=True)
def test_people_who_live_on_a_team_key_read_whom_to_ask(
    administrator: User, as_administrator: Client, as_alice: Client, evolink: Sandbox, run_worker: Callable[[], None]
) -> None:
    make_key(owner=administrator, secret="sk-sandbox-key_expired", for_members=True)
    page = as_alice.get("/").content.decode()
    assert ".mode-pill[data-mode=rehearsal]" not in Html(page)
    as_alice.post("/generations/", FORM | {"mode": "live"})
    run_worker()
    page = as_alice.get("/").content.decode()
    assert "The team’s API key does not work at the moment. Ask Ada." in page
    assert "The key belongs to the team. Ask Ada to look at it." in page
    assert "Check the keys" not in page
    assert "Add an API key" not in page
    assert "no longer accepts your API key" not in page
    theirs = as_administrator.get("/").content.decode()
    assert "no longer accepts your API key" in theirs
    make_key(owner=User.objects.get(username="alice"))
    assert ".mode-pill[data-mode=rehearsal]" not in Html(as_alice.get("/"))


def test_a_team_key_that_is_refused_when_asked_says_whom_to_ask(
    administrator: User, as_alice: Client, evolink: Sandbox
) -> None:
    make_key(owner=administrator, secret="sk-sandbox-key_expired", for_members=True)
    assert (
        "does not work. Reload the page to rehearse, and ask Ada." in as_alice.post("/studio/balance/").content.decode()
    )


def test_a_key_without_credits_does_not_hide_one_with(alice: User, as_alice: Client) -> None:
    empty, full = make_key(owner=alice, label="Empty"), make_key(owner=alice, label="Full")
    assert empty.is_default
    empty.checked(KeyState.EMPTY, None, timezone.now())
    as_alice.post("/generations/", FORM | {"mode": "live"})
    assert Generation.objects.get().key == full
    as_alice.post(f"/settings/keys/{full.pk}/delete/")
    as_alice.post("/generations/", FORM | {"mode": "live", "request_id": "second"})
    assert Generation.objects.get(request_id="second").key == empty, "the only one there is"


def test_a_key_that_cannot_be_read_is_not_usable(alice: User, as_alice: Client, settings: Settings) -> None:
    make_key(owner=alice, label="Lost")
    settings.KEY_ENCRYPTION_KEYS = ["bm90LXRoZS1yaW5nLWl0LXdhcy1sb2NrZWQtd2l0aDA="]
    page = as_alice.get("/").content.decode()
    assert ".mode-pill[data-mode=rehearsal]" in Html(page)
    assert "Your API key “Lost”" in page
    assert as_alice.post("/generations/", FORM | {"mode": "live"}).status_code == 422
    readable = make_key(owner=alice, label="Fresh")
    assert ".mode-pill[data-mode=rehearsal]" not in Html(as_alice.get("/"))
    as_alice.post("/generations/", FORM | {"mode": "live", "request_id": "second"})
    assert Generation.objects.get(request_id="second").key == readable
    settings.KEY_ENCRYPTION_KEYS = []
    assert ".mode-pill[data-mode=rehearsal]" in Html(as_alice.get("/"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.database  # committed by several threads
def test_a_deleted_key_lets_its_generations_finish(
    alice: User, as_alice: Client, evolink: Sandbox, run_worker: Callable[[], None]
) -> None:
    key = make_key(owner=alice, secret=GOOD)
    generation = make_generation(owner=alice, rehearsal=False, key=key)
    page = as_alice.post(f"/settings/keys/{key.pk}/delete/", follow=True).content.decode()
    assert "1 generation started with this key still finishes" in page
    key.refresh_from_db()
    assert key.sealed
    assert not ApiKey.objects.in_order_for(alice).exists()

    run_worker()
    generation.refresh_from_db()
    key.refresh_from_db()
    assert generation.status == Status.COMPLETED
    assert key.sealed == ""


def test_a_deleted_key_nobody_needs_is_wiped_at_once(alice: User, as_alice: Client) -> None:
    key = make_key(owner=alice)
    as_alice.post(f"/settings/keys/{key.pk}/delete/")
    key.refresh_from_db()
    assert key.sealed == ""
    with pytest.raises(KeyGone):
        make_generation(owner=alice, rehearsal=False, key=key)
    assert not Generation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_with_a_key_the_ring_does_not_open(
    alice: User, evolink: Sandbox, run_worker: Callable[[], None], settings: Settings
) -> None:
    generation = make_generation(owner=alice, rehearsal=False)
    settings.KEY_ENCRYPTION_KEYS = ["bm90LXRoZS1yaW5nLWl0LXdhcy1sb2NrZWQtd2l0aDA="]
    run_worker()
    generation.refresh_from_db()
    assert (generation.status, generation.failure) == (Status.FAILED, "key_unreadable")
    assert generation.charged == "no"


def test_the_balance_stands_beside_generate(alice: User, as_alice: Client, evolink: Sandbox) -> None:
    key = make_key(owner=alice, secret=GOOD)
    assert "100,000.00 credits left" in as_alice.post("/studio/balance/").content.decode()
    key.refresh_from_db()
    key.checked_at = timezone.now() - timedelta(minutes=1)
    key.credits_left = 7
    key.save()
    assert "7.00 credits left" in as_alice.get("/").content.decode()


def test_a_balance_that_is_refused_marks_the_key(alice: User, as_alice: Client, evolink: Sandbox) -> None:
    key = make_key(owner=alice, secret="sk-sandbox-key_expired")
    as_alice.post("/studio/balance/")
    key.refresh_from_db()
    assert key.state == KeyState.REFUSED


def test_a_silent_name_server_is_not_waited_for(
    as_alice: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    resolve = socket.getaddrinfo

    def silent(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "evolink.example":
            over.wait(seconds(60))
        return resolve(host, *args, **kwargs)

    settings.EVOLINK_URL = "https://evolink.example"
    monkeypatch.setattr(key_check, "PATIENCE", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    begun = time.monotonic()
    page = as_alice.post("/settings/keys/", {"label": "Marketing", "key": "sk-" + 40 * "a"}, follow=True)
    over.set()
    assert time.monotonic() - begun < seconds(20)
    assert "did not answer" in page.content.decode()
    assert ApiKey.objects.get().state == KeyState.UNCHECKED


def test_the_balance_of_the_teams_keys_is_shown_to_who_spends_with_them(
    administrator: User, as_alice: Client, evolink: Sandbox
) -> None:
    key = make_key(owner=administrator, for_members=True)
    key.checked(KeyState.WORKS, Decimal("37.5"), timezone.now())
    assert "37.50 credits left at EvoLink" in as_alice.get("/settings/keys/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.database  # a lock
def test_of_two_last_generations_that_end_at_once_one_wipes_the_deleted_key(alice: User) -> None:
    """Without a lock each would see the other as unfinished (PostgreSQL; SQLite allows one write at a time)."""
    for _round in range(10):
        key = make_key(owner=alice)
        rows = [make_generation(owner=alice, rehearsal=False, key=key) for _number in range(2)]
        assert key.retire(timezone.now()) == 2
        at_once(*(partial(row.cancel, timezone.now()) for row in rows))
        key.refresh_from_db()
        assert key.sealed == ""


def test_a_secret_that_was_left_behind_is_found(alice: User) -> None:
    used, unused = make_key(owner=alice), make_key(owner=alice)
    make_generation(owner=alice, rehearsal=False, key=used)
    ApiKey.objects.update(retired_at=timezone.now(), is_default=False)
    ApiKey.objects.wipe_leftovers()
    used.refresh_from_db()
    unused.refresh_from_db()
    assert used.sealed
    assert unused.sealed == ""


@pytest.mark.django_db(transaction=True)
def test_a_key_that_works_and_is_refused_again_and_again_ends_the_request(
    alice: User, evolink: Sandbox, run_worker: Callable[[], None]
) -> None:
    key = make_key(owner=alice, secret="sk-sandbox-alice")
    row = make_generation(owner=alice, rehearsal=False, key=key, prompt="A lighthouse sandbox:submit_unauthorized")
    run_worker()
    row.refresh_from_db()
    assert (row.status, row.failure) == (Status.FAILED, "key_refused")
    assert evolink.task_log() == []
