"""Share links: public pages with a selection of pictures. They work until they expire or are revoked."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from playground.models.codes import new_token
from playground.models.images import GeneratedImage
from playground.models.visibility import kept_by

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# The most pictures on one page.
PICTURES_MAX = 100
# How long a new link works, if its owner does not change it.
FIRST_LIFE = timedelta(days=30)


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def standing(self) -> "ShareLinkQuerySet":
        """Those that nobody has revoked. Expired ones are among them, because they can get more time."""
        return self.filter(revoked_at=None)

    def open(self, now: datetime) -> "ShareLinkQuerySet":
        """Those that show their pictures. The links of a deactivated person show nothing."""
        return self.standing().filter(expires_at__gt=now, owner__in=User.objects.active())

    def kept_by(self, user: User) -> "ShareLinkQuerySet":
        """Those that `user` may change and revoke."""
        return self.filter(kept_by(user))

    def make(self, owner: User, images: Sequence[GeneratedImage], now: datetime) -> tuple["ShareLink", bool]:
        """The link of this selection, and whether it is new. The same selection gives the same link again, as long as
        that works. An expired link is not used again, because its readers were told that it ends."""
        selection = _digest(images)
        mine = self.standing().filter(owner=owner, selection=selection)
        try:
            with transaction.atomic():
                mine.filter(expires_at__lte=now).revoke(now)
                if found := mine.first():
                    return found, False
                link = self.create(owner=owner, selection=selection, created_at=now, expires_at=now + FIRST_LIFE)
                SharedImage.objects.bulk_create(
                    SharedImage(link=link, image=image, position=position) for position, image in enumerate(images, 1)
                )
        except IntegrityError:  # a second click was faster
            return mine.get(), False
        return link, True

    def revoke(self, now: datetime) -> int:
        return self.standing().update(revoked_at=now)


def _digest(images: Sequence[GeneratedImage]) -> str:
    """The digest of a selection. The order of the pictures makes no difference."""
    return hashlib.sha256(" ".join(map(str, sorted(image.pk for image in images))).encode()).hexdigest()


class ShareLink(models.Model):
    """Everybody who knows the token sees these pictures, except those that the owner may no longer see."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="share_links")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    selection = models.CharField(max_length=64)
    title = models.CharField(max_length=120, blank=True)
    prompts = models.BooleanField(default=False)
    # A hash by Django's password hasher. Empty if the link needs no password.
    password = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    shares: "RelatedManager[SharedImage]"

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "selection"], condition=Q(revoked_at=None), name="share_link_one_per_selection"
            )
        ]

    def __str__(self) -> str:
        return f"share link {self.pk}"

    @property
    def url(self) -> str:
        return settings.PUBLIC_URL + reverse("shared", args=[self.token])

    def expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    @property
    def works(self) -> bool:
        """Whether it shows its pictures now. See `ShareLinkQuerySet.open`."""
        return self.revoked_at is None and not self.expired(timezone.now()) and self.owner.may_come_in

    def shown(self) -> "models.QuerySet[SharedImage]":
        """The pictures that the page shows, without deleted ones and without those that the owner may no longer see."""
        visible = GeneratedImage.objects.visible_to(self.owner)
        return self.shares.filter(image__in=visible).select_related("image__generation")

    def lock(self, password: str) -> None:
        """Ask readers for this password from now on. An empty one removes the password."""
        self.password = make_password(password) if password else ""
        self.save(update_fields=["password"])

    def opens_with(self, password: str) -> bool:
        return check_password(password, self.password)


class SharedImage(models.Model):
    """A picture on the page of a link. `position` counts from one. It does not change if other pictures go."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="shares")
    image = models.ForeignKey(GeneratedImage, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["link", "position"], name="shared_image_one_per_position"),
            models.UniqueConstraint(fields=["link", "image"], name="shared_image_once"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}/{self.position}"
