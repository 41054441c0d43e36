"""Secrets at rest: a ring of keys from the environment, and a lock of its own for every row.

The ring is `KEY_ENCRYPTION_KEYS`, newest first: the first one locks, all of them open. From each of them a Fernet key
is derived for one row alone (HKDF, the row's name as its purpose), so what is moved to another row does not open there.
"""

import base64
import binascii
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
# Fernet takes ASCII; what is not even that has been changed, too.
_BROKEN = (InvalidToken, ValueError)


class RingError(Exception):
    """The key ring is missing or one of its keys is none. Never says which value was read."""


class Sealed(Exception):
    """No key of the ring opens this: another ring, another row, or changed bytes."""


def ring() -> list[bytes]:
    """The keys of the environment, newest first. Raises `RingError`."""
    words: Sequence[str] = settings.KEY_ENCRYPTION_KEYS
    if not words:
        raise RingError("KEY_ENCRYPTION_KEYS is empty.")
    return [_read(number, word) for number, word in enumerate(words, start=1)]


def seal(plain: str, row: str) -> str:
    """`plain` locked for the row of that name with the newest key."""
    return _lock(ring(), row).encrypt(plain.encode()).decode()


def unseal(sealed: str, row: str) -> str:
    """What was locked for this row. Raises `Sealed`, and `RingError` without a ring."""
    try:
        return _lock(ring(), row).decrypt(sealed).decode()
    except _BROKEN:
        raise Sealed(f"No key of the ring opens {row}.") from None


def reseal(sealed: str, row: str) -> str:
    """The same secret under the newest key. Raises `Sealed`."""
    return seal(unseal(sealed, row), row)


def is_newest(sealed: str, row: str) -> bool:
    """Whether the newest key alone opens it."""
    try:
        _lock(ring()[:1], row).decrypt(sealed)
    except _BROKEN:
        return False
    return True


def _lock(keys: list[bytes], row: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, row)) for key in keys])


def _derived(key: bytes, row: str) -> bytes:
    purpose = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"image-studio:" + row.encode())
    return base64.urlsafe_b64encode(purpose.derive(key))


def _read(number: int, word: str) -> bytes:
    try:
        key = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise RingError(f"Key {number} of KEY_ENCRYPTION_KEYS is not 32 bytes in URL-safe base64.")
    return key
