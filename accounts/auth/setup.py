"""Setup of an empty installation. The first administrator needs a code that only the output of the server shows."""

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User


def needed() -> bool:
    """Whether there is no administrator who may sign in. In development the demo user is one."""
    return not settings.DEBUG and not User.objects.administrators().exists()


def nobody_here() -> bool:
    """Whether nobody at all can sign in."""
    return needed() and not User.objects.active().exists()


def code() -> str:
    """The setup code. It is derived from SECRET_KEY, so every process knows it and nothing stores it. When there is an
    administrator, it has no effect."""
    digest = salted_hmac("accounts.setup", "the first administrator", algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def is_code(text: str) -> bool:
    return constant_time_compare(text.strip().upper(), code())
