"""Sessions: which browsers are signed in, and as whom. `SessionStore` is how Django reads and writes them."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
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
    def get_session_store_class(cls) -> "type[SessionStore]":
        return SessionStore

    def save(self, *args: Any, **options: Any) -> None:
        if options.get("force_update"):
            options["update_fields"] = self.STORED
        super().save(*args, **options)

    @property
    def code(self) -> str:
        """Names the session on a page. The key itself would let whoever reads the page take the session over."""
        return salted_hmac("accounts.session", self.session_key, algorithm="sha256").hexdigest()[:16]


class SessionStore(DatabaseStore):
    """Django's sessions in the database, in our own table, which has the user as a column.

    Django signs sessions with the name of this class, so it must stay `SessionStore`.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    def cycle_key(self) -> None:
        """A new key for the same browser, which stays in the list of browsers as it was."""
        columns = ("ip", "user_agent", "created_at", "last_seen_at")
        browser = Session.objects.filter(pk=self.session_key).exclude(user=None).values(*columns).first()
        super().cycle_key()
        if browser:
            Session.objects.filter(pk=self.session_key).update(**browser)
