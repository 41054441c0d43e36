"""Invitations to the team."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import Role, User

_SALT = "accounts.invitation"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; the expired ones too, since they can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, now: datetime) -> "InvitationQuerySet":
        return self.pending().filter(expires_at__gt=now)

    def by_token(self, token: str, now: datetime) -> "Invitation | None":
        """The open invitation that a link stands for."""
        try:
            number = signing.Signer(salt=_SALT).unsign(token)
        except signing.BadSignature:
            return None
        return self.open(now).filter(pk=number).first()


class Invitation(models.Model):
    """One address, one role. The link is signed, not stored: a copy of the database invites nobody."""

    email = models.EmailField(_("Email"))
    role = models.CharField(_("Role"), max_length=13, choices=Role.choices, default=Role.MEMBER)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def token(self) -> str:
        return signing.Signer(salt=_SALT).sign(str(self.pk))

    @property
    def url(self) -> str:
        return settings.PUBLIC_URL + reverse("accounts:join", args=[self.token])

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def renew(self, now: datetime, life: timedelta) -> None:
        self.expires_at = now + life
        self.save(update_fields=["expires_at"])

    def withdraw(self, now: datetime) -> bool:
        return self._close(withdrawn_at=now)

    def accept(self, user: User, now: datetime) -> bool:
        """Whether it was still open: a link works once."""
        return self._close(accepted_at=now, accepted_by=user)

    def _close(self, **changes: Any) -> bool:
        closed = Invitation.objects.pending().filter(pk=self.pk).update(**changes)
        self.refresh_from_db()
        return bool(closed)
