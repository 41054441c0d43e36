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
        """Invitations that nobody has accepted or withdrawn. Expired ones too, because they can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, now: datetime) -> "InvitationQuerySet":
        """Pending invitations that work: they have not expired, and the inviter still is an administrator."""
        return self.pending().filter(expires_at__gt=now, invited_by__in=User.objects.administrators())

    def by_code(self, code: str, now: datetime) -> "Invitation | None":
        """The open invitation with the code of a link."""
        return self.open(now).filter(pk=_number(code)).first()

    def was_accepted(self, code: str) -> bool:
        """Whether somebody has already joined with this link."""
        return self.filter(pk=_number(code), accepted_at__isnull=False).exists()

    def take_up(self, user: User, email: str, now: datetime) -> None:
        """Somebody new has joined in another way and has proved that this address is theirs. If there is an invitation
        for it, they accept it and get its role."""
        invitation = self.open(now).filter(email__iexact=email).first()
        if invitation and invitation.accept(user, now):
            user.role = invitation.role
            user.save(update_fields=["role"])


def _number(code: str) -> int:
    """The primary key in the code of a link. For a forged code it is 0, which no row has."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(code))
    except signing.BadSignature:
        return 0


class Invitation(models.Model):
    """An email address and a role. The link is signed and not stored, so a copy of the database lets nobody in."""

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
    def code(self) -> str:
        """The signed primary key. It stands in the link."""
        return signing.Signer(salt=_SALT).sign(str(self.pk))

    @property
    def url(self) -> str:
        return settings.PUBLIC_URL + reverse("accounts:join", args=[self.code])

    @property
    def expired(self) -> bool:
        """Whether it has stopped working (see `open`). An administrator can send it again or withdraw it."""
        inviter = self.invited_by
        return self.expires_at <= timezone.now() or not (inviter.is_administrator and inviter.may_come_in)

    def renew(self, administrator: User, now: datetime, life: timedelta) -> None:
        self.invited_by, self.expires_at = administrator, now + life
        self.save(update_fields=["invited_by", "expires_at"])

    def withdraw(self, now: datetime) -> bool:
        return self._close(withdrawn_at=now)

    def accept(self, user: User, now: datetime) -> bool:
        """Returns whether it was still pending, because a link works once."""
        return self._close(accepted_at=now, accepted_by=user)

    def _close(self, **changes: Any) -> bool:
        closed = Invitation.objects.pending().filter(pk=self.pk).update(**changes)
        self.refresh_from_db()
        return bool(closed)
