"""System checks of the settings for people and keys. Each problem is one sentence with a hint."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

from accounts import encryption, key_check, keys
from accounts.auth import second_steps
from playground.management.django_internals import applied_migrations

FIRST_MIGRATIONS = (
    "accounts.migrations.0001_squashed_0006_seen_language",
    "playground.migrations.0001_squashed_0009_share_links",
)


@register(Tags.security)
def key_ring(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Production must have its own key ring. Without a valid one no key is stored."""
    if not settings.DEBUG and settings.DEVELOPMENT_RING in settings.KEY_ENCRYPTION_KEYS:
        return [_error("The key ring of development is public.", "Set KEY_ENCRYPTION_KEYS to one of your own.", 1)]
    try:
        encryption.ring()
    except encryption.RingError as error:
        code = "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"
        hint = f"Set it to what this prints: python3 -c '{code}'"
        return [_error(str(error), hint, 2)]
    return []


@register(Tags.security)
def evolink(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """In production, API keys must go to a public address with TLS."""
    found: list[CheckMessage] = []
    for name in ("EVOLINK_URL", "EVOLINK_FILES_URL"):
        address = getattr(settings, name)
        if not settings.DEBUG and (not address.startswith("https://") or key_check.is_loopback(address)):
            found.append(_error(f"{name} is not a public https address.", f"Remove {name}, or set it to one.", 3))
    return found


@register(Tags.security)
def sign_up(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.SIGNUP and not settings.DEBUG and not settings.EMAIL_HOST:
        return [_error("SIGNUP needs mail: new addresses are verified.", "Set EMAIL_HOST, or remove SIGNUP.", 4)]
    return []


@register(Tags.database)
def stored_keys(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Whether the key ring decrypts what is in the database. It runs only with `--database`, for example in
    `migrate`."""
    if not databases:
        return []
    try:
        closed, codes = len(list(keys.unreadable())), second_steps.unreadable()
    except (encryption.RingError, DatabaseError):
        return []  # `key_ring` reports that, and a database without tables has no keys
    if not (closed or codes):
        return []
    hint = "Put the key they were locked with back into KEY_ENCRYPTION_KEYS, behind the newest one."
    what = f"{closed} stored API keys and {codes} secrets of codes"
    return [Warning(f"KEY_ENCRYPTION_KEYS does not open {what}.", hint=hint, id="accounts.W005")]


@register(Tags.database)
def first_version(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Upgrades start from version 0.1. An older database has only some of the migrations that were squashed into
    `FIRST_MIGRATIONS`. Django would not apply the rest, because they no longer exist."""
    for alias in databases or []:
        applied = applied_migrations(connections[alias])
        for name in FIRST_MIGRATIONS:
            replaced = set(import_module(name).Migration.replaces)
            if replaced & applied and not replaced <= applied:
                hint = "Start version 0.1 with it once, then this version."
                return [_error("The database is older than version 0.1.", hint, 6)]
    return []


@register(Tags.database)
def kept_commits(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Whether PostgreSQL confirms commits only when they are on its disk. Our settings make sure that SQLite does."""
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
            off = [
                name
                for name, value in zip(("synchronous_commit", "fsync"), cursor.fetchone(), strict=True)
                if value == "off"
            ]
        if off:
            hint = "Turn it on: after a power cut a request could be sent, and paid for, a second time."
            return [Warning(f"{off[0]} of PostgreSQL is off.", hint=hint, id="accounts.W007")]
    return []


def _error(sentence: str, hint: str, number: int) -> Error:
    return Error(sentence, hint=hint, id=f"accounts.E{number:03}")
