"""Encrypts the secrets of authenticator codes and recovery codes.

allauth passes us a text and does not say whose it is, so all of them have one purpose (see `accounts.encryption`).
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import encryption

PURPOSE = "second-step"
# The kinds of rows with a secret, and the name of the secret in their data.
SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def encrypt(text: str) -> str:
    return encryption.encrypt(text, PURPOSE)


def decrypt(ciphertext: str) -> str:
    """Raises `encryption.DecryptionFailed` and `encryption.RingError`."""
    return encryption.decrypt(ciphertext, PURPOSE)


def changed(kind: str, data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The data of a row with its secret changed."""
    name = SECRETS[kind]
    return data | {name: change(data[name])}


def unreadable() -> int:
    """How many secrets the ring does not decrypt. Raises `encryption.RingError`."""
    encryption.ring()
    return sum(not _is_readable(row) for row in Authenticator.objects.filter(type__in=SECRETS).iterator())


def rotate() -> tuple[int, list[Authenticator]]:
    """Encrypt every secret with the newest key. Returns how many were changed, and the rows that no key decrypts."""
    count, left = 0, []
    for pk in Authenticator.objects.filter(type__in=SECRETS).values_list("pk", flat=True):
        with transaction.atomic():
            # A recovery code that somebody uses at this moment changes the same column, so the row is locked.
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None or encryption.is_newest(row.data[SECRETS[row.type]], PURPOSE):
                continue
            try:
                row.data = changed(row.type, row.data, lambda ciphertext: encryption.rotate(ciphertext, PURPOSE))
            except encryption.DecryptionFailed:
                left.append(row)
                continue
            row.save(update_fields=["data"])
            count += 1
    return count, left


def _is_readable(row: Authenticator) -> bool:
    try:
        decrypt(row.data[SECRETS[row.type]])
    except encryption.DecryptionFailed:
        return False
    return True
