"""Sessions: which browsers are signed in, and as whom. `accounts.sessions` has the store that Django uses."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class Session(AbstractBaseSession):
    """The session of one browser: Django's data, who is signed in, and what the list of browsers shows."""

    # What Django's session store writes. The other columns are written at the sign-in and when the browser is used.
    STORED = ("session_data", "expire_date", "user")

    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions", editable=False
    )
    ip = models.GenericIPAddressField(null=True, editable=False)
    user_agent = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """`accounts.sessions.SessionStore`, which imports this module."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    def save(self, *args: Any, **options: Any) -> None:
        if options.get("force_update"):
            options["update_fields"] = self.STORED
        super().save(*args, **options)

    @property
    def code(self) -> str:
        """Names the session on a page. The key itself would let whoever reads the page take the session over."""
        return salted_hmac("accounts.session", self.session_key, algorithm="sha256").hexdigest()[:16]
