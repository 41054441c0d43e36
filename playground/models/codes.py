"""Codes, tokens, nonces and request ids: what they may look like. In addresses that is Django's `slug`."""

import re

LENGTH_MAX = 64
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")


def well_formed(text: str) -> bool:
    """Whether it can be one at all. What cannot never gets as far as the database (PostgreSQL refuses a NUL)."""
    return len(text) <= LENGTH_MAX and _SLUG.fullmatch(text) is not None


def code_or_nothing(text: str) -> str:
    return text if well_formed(text) else ""
