"""Encrypts secrets in the database with the keys of `settings.KEY_ENCRYPTION_KEYS`, the key ring.

The newest key is the first one. It encrypts; all keys decrypt. Each secret has a purpose, such as the name of its row.
A Fernet key is derived for each purpose (HKDF), so a ciphertext that somebody copies to another row does not decrypt.
"""

import base64
import binascii
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
# Fernet reads ASCII and raises ValueError for anything else.
_NOT_DECRYPTED = (InvalidToken, ValueError)


class RingError(Exception):
    """The key ring is empty, or one of its keys is not valid. The message never contains a key."""


class DecryptionFailed(Exception):
    """No key of the ring decrypts this: it has another ring or another purpose, or somebody changed it."""


def ring() -> list[bytes]:
    """The keys, the newest first. Raises `RingError`."""
    words: Sequence[str] = settings.KEY_ENCRYPTION_KEYS
    if not words:
        raise RingError("KEY_ENCRYPTION_KEYS is empty.")
    return [_read(number, word) for number, word in enumerate(words, start=1)]


def encrypt(plain: str, purpose: str) -> str:
    """The ciphertext, made with the newest key. Raises `RingError`."""
    return _fernet(ring(), purpose).encrypt(plain.encode()).decode()


def decrypt(ciphertext: str, purpose: str) -> str:
    """The secret. Raises `DecryptionFailed` and `RingError`."""
    try:
        return _fernet(ring(), purpose).decrypt(ciphertext).decode()
    except _NOT_DECRYPTED:
        raise DecryptionFailed(f"No key of the ring opens {purpose}.") from None


def rotate(ciphertext: str, purpose: str) -> str:
    """The same secret, encrypted with the newest key. Raises `DecryptionFailed` and `RingError`."""
    return encrypt(decrypt(ciphertext, purpose), purpose)


def is_newest(ciphertext: str, purpose: str) -> bool:
    """Whether the newest key decrypts it. Raises `RingError`."""
    try:
        _fernet(ring()[:1], purpose).decrypt(ciphertext)
    except _NOT_DECRYPTED:
        return False
    return True


def _fernet(keys: list[bytes], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: bytes, purpose: str) -> bytes:
    function = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"image-studio:" + purpose.encode())
    return base64.urlsafe_b64encode(function.derive(key))


def _read(number: int, word: str) -> bytes:
    try:
        key = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise RingError(f"Key {number} of KEY_ENCRYPTION_KEYS is not 32 bytes in URL-safe base64.")
    return key
