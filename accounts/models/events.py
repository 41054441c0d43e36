"""The security log: who signed in, who tried to, and who changed what others may do."""

from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import Role, User
from playground.evolink import redact


class EventKind(models.TextChoices):
    SIGNED_IN = "signed-in", _("Signed in")
    SIGN_IN_FAILED = "sign-in-failed", _("Sign-in failed")
    SIGNED_OUT = "signed-out", _("Signed out")
    PASSWORD_CHANGED = "password-changed", _("Password changed")
    PASSWORD_LINK = "password-link", _("Password reset link created")
    EMAIL_CHANGED = "email-changed", _("Email address changed")
    SECOND_STEP_ADDED = "second-step-added", _("Passkey or codes added")
    SECOND_STEP_REMOVED = "second-step-removed", _("Passkey or codes removed")
    KEY_ADDED = "key-added", _("API key added")
    KEY_REMOVED = "key-removed", _("API key removed")
    KEY_REFUSED = "key-refused", _("API key refused by EvoLink")
    KEY_ACCEPTED = "key-accepted", _("API key accepted by EvoLink again")
    KEY_DEFAULT = "key-default", _("Default API key changed")
    KEY_SHARED = "key-shared", _("Who may use an API key changed")
    INVITED = "invited", _("Invited")
    INVITED_AGAIN = "invited-again", _("Invited again")
    INVITATION_WITHDRAWN = "invitation-withdrawn", _("Invitation withdrawn")
    JOINED = "joined", _("Joined the team")
    ROLE_CHANGED = "role-changed", _("Role changed")
    DEACTIVATED = "deactivated", _("Deactivated")
    ACTIVATED = "activated", _("Reactivated")
    EXPORTED = "exported", _("Exported")
    LINK_MADE = "link-made", _("Share link created")
    LINK_CHANGED = "link-changed", _("Share link changed")
    LINK_REVOKED = "link-revoked", _("Share link revoked")


# What the codes at the end of `detail` mean.
_WORDS = {
    **{str(role.value): role.label for role in Role},
    "totp": _("Authenticator codes"),
    "webauthn": _("Passkeys"),
    "recovery_codes": _("Recovery codes"),
    "limit": _("too many attempts"),
    "single sign-on": _("Single sign-on"),
    "members": _("Members"),
    "administrators": _("Administrators"),
    "members and administrators": _("Members and administrators"),
    "nobody else": _("nobody else"),
}


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def record(
        self,
        kind: str,
        *,
        request: HttpRequest | None = None,
        person: User | None = None,
        actor: User | None = None,
        detail: str = "",
        now: datetime | None = None,
    ) -> "SecurityEvent":
        """Add a line. It is about `person`. `actor` did it; by default that is who is signed in. `detail` may end with
        a code that `details` translates; if there is text before the code, a colon separates them."""
        if actor is None and request is not None and request.user.is_authenticated:
            actor = request.user
        return self.create(
            kind=kind,
            person=person or actor,
            actor=actor,
            detail=redact(detail)[:200],
            address=address_of(request),
            at=now or timezone.now(),
        )


class SecurityEvent(models.Model):
    """One line. Lines are only added, never changed, and never contain a secret."""

    kind = models.CharField(max_length=24, choices=EventKind.choices)
    person: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    actor: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    detail = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField()

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "-id"], name="event_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}"

    @property
    def details(self) -> str:
        """`detail` in the language of the reader."""
        before, colon, code = self.detail.rpartition(": ")
        return f"{before}{colon}{_WORDS.get(code, code)}"


def address_of(request: HttpRequest | None) -> str | None:
    """The IP address that a request came from. Behind a trusted proxy it is what the nearest proxy says. None if that
    is not an address."""
    if request is None:
        return None
    if settings.TRUST_PROXY:
        return _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    return _address(request.META.get("REMOTE_ADDR") or "")


def _address(text: str) -> str | None:
    """Without the port that some proxies add: 192.0.2.1:80, [2001:db8::1]:80."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    host = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return None
