"""The secrets behind authenticator codes and recovery codes, at rest: locked with the key ring, like API keys.

allauth hands over a text and does not say whose it is, so there is one lock for all of them and not one for each row.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import encryption

LOCK = "second-step"
# Where each kind of row keeps what is secret.
SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def seal(text: str) -> str:
    return encryption.seal(text, LOCK)


def unseal(sealed: str) -> str:
    """Raises `encryption.Sealed` for whatever was not locked with this ring, and `encryption.RingError` without one."""
    return encryption.unseal(sealed, LOCK)


def changed(kind: str, data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The data of a row with its secret changed."""
    name = SECRETS[kind]
    return data | {name: change(data[name])}


def unreadable() -> int:
    """How many the ring does not open. Raises `encryption.RingError` without a ring."""
    encryption.ring()
    return sum(not _opens(row) for row in Authenticator.objects.filter(type__in=SECRETS).iterator())


def rotate() -> tuple[int, list[Authenticator]]:
    """Lock every secret with the newest key of the ring. How many were changed, and which no key of the ring opens."""
    count, left = 0, []
    for pk in Authenticator.objects.filter(type__in=SECRETS).values_list("pk", flat=True):
        with transaction.atomic():
            # Locked, because a recovery code that is used at this moment writes the same column.
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None or encryption.is_newest(row.data[SECRETS[row.type]], LOCK):
                continue
            try:
                row.data = changed(row.type, row.data, lambda sealed: encryption.reseal(sealed, LOCK))
            except encryption.Sealed:
                left.append(row)
                continue
            row.save(update_fields=["data"])
            count += 1
    return count, left


def _opens(row: Authenticator) -> bool:
    try:
        unseal(row.data[SECRETS[row.type]])
    except encryption.Sealed:
        return False
    return True
