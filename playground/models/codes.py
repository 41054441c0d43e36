"""Codes, tokens, nonces and request ids: their characters, and new ones. In addresses they are Django's `slug`."""

import re
import secrets

LENGTH_MAX = 64
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")


def new_code() -> str:
    """The name of a row in addresses: 128 random bits."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """A secret address that opens something without a sign-in: 192 random bits."""
    return secrets.token_urlsafe(24)


def well_formed(text: str) -> bool:
    """Whether the text can be a code. Other texts must not reach the database, because PostgreSQL refuses a NUL."""
    return len(text) <= LENGTH_MAX and _SLUG.fullmatch(text) is not None


def code_or_nothing(text: str) -> str:
    return text if well_formed(text) else ""
