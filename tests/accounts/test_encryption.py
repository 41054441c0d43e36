"""Stored keys: only the right row, the right key ring and unchanged bytes give the key back."""

import base64
import secrets
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import encryption
from accounts.encryption import DecryptionFailed, RingError
from accounts.models import ApiKey, User
from playground.management.checks import stored_keys
from tests.factories import make_key

SECRET = "sk-canary0000000000000000000000000000000000001234"


def ring_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_a_key_opens_again(alice: User) -> None:
    key = ApiKey.objects.get(pk=make_key(owner=alice, secret=SECRET).pk)
    assert key.secret().reveal() == SECRET
    assert key.hint == "sk-…1234"
    assert SECRET not in repr(vars(key))
    assert SECRET not in str(key) + repr(key)


def test_every_flipped_bit_is_refused() -> None:
    sealed = encryption.encrypt(SECRET, "row")
    raw = base64.urlsafe_b64decode(sealed)
    for position in range(len(raw)):
        flipped = bytearray(raw)
        flipped[position] ^= 1 << position % 8
        with pytest.raises(DecryptionFailed):
            encryption.decrypt(base64.urlsafe_b64encode(flipped).decode(), "row")


def test_a_ciphertext_moved_to_another_row_does_not_open(alice: User, bob: User) -> None:
    hers, his = make_key(owner=alice), make_key(owner=bob)
    ApiKey.objects.filter(pk=his.pk).update(sealed=hers.sealed)
    with pytest.raises(DecryptionFailed):
        ApiKey.objects.get(pk=his.pk).secret()


def test_a_row_given_to_somebody_else_does_not_open(alice: User, bob: User) -> None:
    key = make_key(owner=alice)
    ApiKey.objects.filter(pk=key.pk).update(owner=bob)
    with pytest.raises(DecryptionFailed):
        ApiKey.objects.get(pk=key.pk).secret()


def test_another_ring_opens_nothing(alice: User, settings: Settings) -> None:
    key = make_key(owner=alice)
    settings.KEY_ENCRYPTION_KEYS = [ring_key()]
    with pytest.raises(DecryptionFailed):
        key.secret()


@pytest.mark.parametrize("ring", [[], ["short"], ["!" * 44], [base64.urlsafe_b64encode(b"x" * 31).decode()]])
def test_a_missing_or_broken_ring_neither_opens_nor_keeps(alice: User, settings: Settings, ring: list[str]) -> None:
    key = make_key(owner=alice)
    settings.KEY_ENCRYPTION_KEYS = ring
    with pytest.raises(RingError) as error:
        key.secret()
    assert not any(word in str(error.value) for word in ring)
    with pytest.raises(RingError):
        make_key(owner=alice)
    assert ApiKey.objects.count() == 1


def test_rotating_a_thousand_keys(alice: User, settings: Settings) -> None:
    old, new = settings.KEY_ENCRYPTION_KEYS[0], ring_key()
    rows = [ApiKey(owner=alice, label=str(number), hint="sk-…", created_at=alice.date_joined) for number in range(1000)]
    for number, row in enumerate(rows):
        row.sealed = encryption.encrypt(f"sk-number-{number}", row.purpose)
    ApiKey.objects.bulk_create(rows)

    settings.KEY_ENCRYPTION_KEYS = [new, old]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "1000 API keys" in out.getvalue()

    settings.KEY_ENCRYPTION_KEYS = [new]
    turned = ApiKey.objects.in_bulk([row.pk for row in rows])
    for number, row in enumerate(rows):
        assert turned[row.pk].secret().reveal() == f"sk-number-{number}"
    call_command("rotate_keys", stdout=(again := StringIO()))
    assert "0 API keys" in again.getvalue()


@pytest.mark.parametrize("sealed", ["gÄÖ", "秘密", "g", "====", " "])
def test_what_is_no_ciphertext_at_all_breaks_nothing(
    alice: User, as_alice: Client, settings: Settings, sealed: str
) -> None:
    broken, good = make_key(owner=alice, label="Broken"), make_key(owner=alice, label="Good")
    ApiKey.objects.filter(pk=broken.pk).update(sealed=sealed)
    settings.KEY_ENCRYPTION_KEYS = [ring_key(), *settings.KEY_ENCRYPTION_KEYS]
    out = StringIO()
    with pytest.raises(CommandError, match="1 API keys cannot be opened"):
        call_command("rotate_keys", stdout=out)
    assert "1 API keys are now locked" in out.getvalue()
    assert ApiKey.objects.get(pk=good.pk).readable()
    assert "Cannot be read" in as_alice.get("/settings/keys/").content.decode()
    [problem] = stored_keys(None, databases=["default"])
    assert "does not open 1 stored API keys" in problem.msg


def test_rotation_names_what_it_cannot_open(alice: User, settings: Settings) -> None:
    lost = make_key(owner=alice, label="Lost")
    settings.KEY_ENCRYPTION_KEYS = [ring_key()]
    kept = make_key(owner=alice, label="Kept")
    out = StringIO()
    with pytest.raises(CommandError, match="1 API keys cannot be opened"):
        call_command("rotate_keys", stdout=out)
    assert "Lost" in out.getvalue()
    assert "Kept" not in out.getvalue()
    assert kept.readable()
    before = lost.sealed
    lost.refresh_from_db()
    assert lost.sealed == before
