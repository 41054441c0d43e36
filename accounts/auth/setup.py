"""The first administrator of an empty installation, guarded by a code that only the server's own output shows."""

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User


def needed() -> bool:
    """Until there is an administrator who may come in. Development mode has its demo user instead."""
    return not settings.DEBUG and not User.objects.administrators().exists()


def nobody_here() -> bool:
    """Whether there is nobody at all who could sign in instead."""
    return needed() and not User.objects.active().exists()


def code() -> str:
    """Made from SECRET_KEY: every process knows it, nothing is stored. Worth nothing once there is an administrator."""
    digest = salted_hmac("accounts.setup", "the first administrator", algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def is_code(text: str) -> bool:
    return constant_time_compare(text.strip().upper(), code())
