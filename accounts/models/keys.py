"""The API keys of EvoLink that people spend with."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import encryption
from accounts.models.users import User
from playground.evolink import ApiSecret

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable


class KeyGone(Exception):
    """Somebody has deleted the key meanwhile, or EvoLink does not accept it any more."""


class KeyKnown(Exception):
    """The person already has this key. `key` is its row."""

    def __init__(self, key: "ApiKey") -> None:
        super().__init__(str(key))
        self.key = key


class KeyState(models.TextChoices):
    """What EvoLink said about a key when we last asked."""

    UNCHECKED = "unchecked", pgettext_lazy("API key", "Not checked yet")
    WORKS = "works", pgettext_lazy("API key", "Works")
    EMPTY = "empty", pgettext_lazy("API key", "No credits left")
    # EvoLink has refused it once. The worker asks again within a minute.
    SUSPECT = "suspect", pgettext_lazy("API key", "Being checked")
    REFUSED = "refused", pgettext_lazy("API key", "Not accepted")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def kept(self) -> "ApiKeyQuerySet":
        """Keys that nobody has deleted."""
        return self.filter(retired_at=None)

    def usable(self) -> "ApiKeyQuerySet":
        return self.kept().exclude(state=KeyState.REFUSED)

    def suspect(self, since: datetime) -> "ApiKeyQuerySet":
        """Keys that EvoLink has refused once, at `since` or before."""
        return self.kept().filter(state=KeyState.SUSPECT, checked_at__lte=since)

    def sealed(self) -> "ApiKeyQuerySet":
        """Keys that still have their secret."""
        return self.exclude(sealed="")

    def open_to(self, user: User) -> "ApiKeyQuerySet":
        """The person's own keys, and the team keys for their role. Viewers spend nothing, so they have none."""
        if not user.may_spend:
            return self.none()
        team = Q(for_administrators=True) if user.is_administrator else Q(for_members=True)
        return self.filter(Q(owner=user) | (team & Q(owner__in=User.objects.administrators())))

    def in_order_for(self, user: User) -> "ApiKeyQuerySet":
        """The keys that may pay for this person, in the order in which they are tried: their default key, their other
        keys, team keys. Keys without credits come last."""
        last = models.Case(models.When(state=KeyState.EMPTY, then=1), default=0, output_field=models.IntegerField())
        mine = models.Case(models.When(owner=user, then=0), default=1, output_field=models.IntegerField())
        return self.kept().open_to(user).order_by(last, mine, "-is_default", "-created_at", "pk")

    def wipe_leftovers(self) -> None:
        """Wipe the secrets of deleted keys that nothing unfinished needs. Each should be gone already: this is for what
        a restored backup or a lost race left behind."""
        for key in self.filter(retired_at__isnull=False).exclude(sealed=""):
            with transaction.atomic():
                key.wipe_if_free()

    def add(self, owner: User, label: str, secret: ApiSecret, now: datetime, **team: bool) -> "ApiKey":
        """Save a key, encrypted. A person's first key becomes their default. Raises `KeyKnown`."""
        with transaction.atomic():
            key = ApiKey(owner=owner, label=label, hint=str(secret), created_at=now, **team)
            key.sealed = encryption.encrypt(secret.reveal(), key.purpose)
            # The lock makes sure that a form that is sent twice at the same moment saves one key.
            User.objects.select_for_update().get(pk=owner.pk)
            for known in self.kept().filter(owner=owner):
                if known.holds(secret):
                    raise KeyKnown(known)
            key.is_default = not self.kept().filter(owner=owner, is_default=True).exists()
            key.save(force_insert=True)
        return key


class ApiKey(models.Model):
    """A key that a person may spend with. `sealed` is its secret, encrypted.

    When somebody deletes a key, its row gets a time in `retired_at` and pays for nothing new. The secret is erased as
    soon as no unfinished generation needs it. The row stays, because finished generations refer to it.
    """

    # A UUID is known before the row is saved, and the encryption needs it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="keys")
    label = models.CharField(_("Label"), max_length=60)
    hint = models.CharField(max_length=20, editable=False)
    sealed = models.TextField(editable=False)
    is_default = models.BooleanField(default=False)
    for_members = models.BooleanField(_("Members"), default=False)
    for_administrators = models.BooleanField(_("Administrators"), default=False)

    state = models.CharField(max_length=9, choices=KeyState.choices, default=KeyState.UNCHECKED)
    credits_left: "models.DecimalField[str | float | Decimal | Combinable | None, Decimal | None]" = (
        models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    )
    # The user group of its account at EvoLink, as the newest answer to a generation says. Prices differ between groups.
    user_group = models.CharField(max_length=60, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-is_default", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True, retired_at=None), name="key_one_default"
            ),
            models.CheckConstraint(
                name="key_wiped_only_when_deleted", condition=~Q(sealed="") | Q(retired_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.hint})"

    @property
    def purpose(self) -> str:
        """What the secret is encrypted for: this row and this owner."""
        return f"api-key:{self.pk}:{self.owner_id}"

    @property
    def is_team_key(self) -> bool:
        return self.for_members or self.for_administrators

    @property
    def is_refused(self) -> bool:
        return self.state == KeyState.REFUSED

    @property
    def is_suspect(self) -> bool:
        return self.state == KeyState.SUSPECT

    @property
    def is_usable(self) -> bool:
        return not self.is_refused and self.readable()

    def secret(self) -> ApiSecret:
        """The key itself. Raises `DecryptionFailed`, `RingError`, and `KeyGone` when the secret is erased."""
        if not self.sealed:
            raise KeyGone(str(self))
        return ApiSecret(encryption.decrypt(self.sealed, self.purpose))

    def readable(self) -> bool:
        """Whether the key ring decrypts it."""
        return self._opened() is not None

    def holds(self, secret: ApiSecret) -> bool:
        return self._opened() == secret

    def _opened(self) -> ApiSecret | None:
        try:
            return self.secret()
        except (encryption.DecryptionFailed, encryption.RingError, KeyGone):
            return None

    def checked(self, state: str, credits_left: Decimal | None, now: datetime) -> None:
        """Write down what EvoLink said about it."""
        self.state, self.credits_left, self.checked_at = state, credits_left, now
        self.save(update_fields=["state", "credits_left", "checked_at"])

    def refuse(self, now: datetime) -> bool:
        """Write down that EvoLink does not accept it any more. Returns whether we did not know that."""
        news = ApiKey.objects.filter(pk=self.pk).exclude(state=KeyState.REFUSED)
        return bool(news.update(state=KeyState.REFUSED, checked_at=now))

    def doubt(self, now: datetime) -> bool:
        """EvoLink has refused it once. Returns whether that is news."""
        news = ApiKey.objects.filter(pk=self.pk).exclude(state__in=(KeyState.REFUSED, KeyState.SUSPECT))
        return bool(news.update(state=KeyState.SUSPECT, checked_at=now))

    def accept(self, now: datetime) -> bool:
        """EvoLink accepts a key that was in doubt or refused. Returns whether we held it for refused."""
        doubted = ApiKey.objects.filter(pk=self.pk)
        if doubted.filter(state=KeyState.REFUSED).update(state=KeyState.WORKS, checked_at=now):
            return True
        doubted.filter(state=KeyState.SUSPECT).update(state=KeyState.WORKS, checked_at=now)
        return False

    def make_default(self) -> None:
        with transaction.atomic():
            ApiKey.objects.filter(owner=self.owner_id, is_default=True).update(is_default=False)
            ApiKey.objects.kept().filter(pk=self.pk).update(is_default=True)

    def take(self, now: datetime) -> None:
        """Use the key for a new generation, within its transaction. The write locks the row, so nobody can delete the
        key meanwhile. Raises `KeyGone`."""
        if not ApiKey.objects.usable().filter(pk=self.pk).update(last_used_at=now):
            raise KeyGone(str(self))

    def retire(self, now: datetime) -> int:
        """Delete the key. Another key of the same person becomes the default. Returns how many unfinished generations
        still need it; if there are none, the secret is erased at once."""
        with transaction.atomic():
            was_default = ApiKey.objects.kept().filter(pk=self.pk, is_default=True).exists()
            ApiKey.objects.kept().filter(pk=self.pk).update(retired_at=now, is_default=False)
            self.refresh_from_db()
            if was_default and (following := self._following()):
                following.make_default()
            waiting = self.still_needed()
            self.wipe_if_free()
        return waiting

    def _following(self) -> "ApiKey | None":
        """The newest other key of the same person, if possible one that works."""
        order = {KeyState.EMPTY: 1, KeyState.REFUSED: 2}
        others = ApiKey.objects.kept().filter(owner=self.owner_id).exclude(pk=self.pk).order_by("-created_at")
        return min(others, key=lambda key: order.get(KeyState(key.state), 0), default=None)

    def still_needed(self) -> int:
        """How many generations EvoLink must still be asked about with this key."""
        return self.generations.filter(Q(settled_at=None) | Q(due_at__isnull=False)).count()

    def wipe_if_free(self) -> None:
        """Erase the secret of a deleted key if no unfinished generation needs it."""
        # The lock makes the second of two last generations that end at once see the end of the first.
        ApiKey.objects.select_for_update().get(pk=self.pk)
        if not self.still_needed():
            ApiKey.objects.filter(pk=self.pk, retired_at__isnull=False).update(sealed="")
