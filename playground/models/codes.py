"""The characters of codes, tokens, nonces and request ids. In addresses they are Django's `slug`."""

import re

LENGTH_MAX = 64
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")


def well_formed(text: str) -> bool:
    """Whether the text can be a code. Other texts must not reach the database, because PostgreSQL refuses a NUL."""
    return len(text) <= LENGTH_MAX and _SLUG.fullmatch(text) is not None


def code_or_nothing(text: str) -> str:
    return text if well_formed(text) else ""
