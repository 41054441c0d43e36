"""Reference images: what people upload, which generations use it, and where EvoLink may fetch it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from playground.models.codes import new_token
from playground.models.visibility import kept_by, seen_by

if TYPE_CHECKING:
    from accounts.models import User

FOLDER = "references"
NAME_LENGTH = 100
# A reference that was never used is deleted this long after somebody last wanted it.
KEPT_UNUSED = timedelta(days=30)
# No save takes longer. So a file of this age without a row will never get one.
SAVE_TAKES = timedelta(hours=1)
# For this long after an attempt has ended, EvoLink may still read its references.
GRACE = timedelta(minutes=10)


class ReferenceGone(Exception):
    """A reference image was deleted before it could be used."""


class Delivery(models.TextChoices):
    """How EvoLink gets the bytes of reference images."""

    OWN = "own", _("served by this studio")
    BUCKET = "bucket", _("served by the storage, by signed links")
    EVOLINK = "evolink", _("uploaded to EvoLink’s own file storage")


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def of(self, user: "User") -> "ReferenceQuerySet":
        return self.filter(owner=user)

    def visible_to(self, user: "User") -> "ReferenceQuerySet":
        """The person's own references, and those of generations that they may see. Administrators see all."""
        used = ReferenceUse.objects.filter(seen_by(user, "generation__"))
        return self.filter(kept_by(user) | Q(pk__in=used.values("reference")))

    def named(self, tokens: list[str]) -> list["Reference"]:
        """The references with these tokens, in this order, each once."""
        found = {reference.token: reference for reference in self.filter(token__in=tokens)}
        return [found[token] for token in dict.fromkeys(tokens) if token in found]

    def stored_bytes(self) -> int:
        return self.aggregate(total=Sum("byte_size"))["total"] or 0

    def forgotten(self, now: datetime) -> "ReferenceQuerySet":
        return self.filter(uses=None, touched_at__lt=now - KEPT_UNUSED)

    def sweep(self, now: datetime, *, limit: int = 100) -> tuple[int, int]:
        """Remove forgotten references, and files without a row, which an interrupted save has left. Returns how many of
        each."""
        forgotten = list(self.forgotten(now)[:limit])
        for reference in forgotten:
            reference.remove()
        strays = self._strays(now)[:limit]
        for name in strays:
            default_storage.delete(name)
        return len(forgotten), len(strays)

    def _strays(self, now: datetime) -> list[str]:
        try:
            names = {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
        except FileNotFoundError:
            return []
        known = {name for row in self.values_list("file", "thumbnail") for name in row}
        return [name for name in names - known if default_storage.get_modified_time(name) < now - SAVE_TAKES]


class Reference(models.Model):
    """A picture as EvoLink gets it: upright, without personal metadata. Each person has the same bytes only once, even
    under other names. Files have the token as their name, so the sweep finds all that an interrupted save leaves."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="references")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    # The digest of the uploaded bytes, not of the bytes that EvoLink gets.
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=NAME_LENGTH)
    source = models.ForeignKey(
        "playground.GeneratedImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="as_references"
    )
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(max_length=200)
    content_type = models.CharField(max_length=20)
    byte_size = models.PositiveIntegerField()
    # The digest of the bytes that EvoLink gets. Empty on rows that are older than this column.
    stored_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["-touched_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="reference_bytes_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        return str(self.file.name).rsplit(".", 1)[-1]

    def touch(self, now: datetime) -> None:
        """Somebody wants it again. It becomes the first of the earlier ones, and the sweep keeps it."""
        self.touched_at = now
        self.save(update_fields=["touched_at"])

    def remove(self) -> None:
        """Delete the row first and then the files. The sweep finds files without a row, but a row without files would
        be a broken picture."""
        names = [str(self.file.name), str(self.thumbnail.name)]
        self.delete()
        for name in names:
            transaction.on_commit(partial(default_storage.delete, name))


class ReferenceUse(models.Model):
    """A reference at its position in a generation. It stays after the reference is deleted, and still describes it."""

    generation = models.ForeignKey("playground.Generation", on_delete=models.CASCADE, related_name="reference_uses")
    position = models.PositiveSmallIntegerField()
    reference = models.ForeignKey(Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="uses")
    name = models.CharField(max_length=NAME_LENGTH)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["generation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "position"], name="reference_use_each_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}/{self.position} {self.name}"

    @staticmethod
    def record(generation_id: int, references: Sequence[Reference]) -> None:
        """Record the references of a generation, in this order. Locks them, so that nobody deletes them before the
        transaction ends. Raises `ReferenceGone`."""
        wanted = {reference.pk for reference in references}
        if len(Reference.objects.select_for_update().filter(pk__in=wanted)) < len(wanted):
            raise ReferenceGone
        ReferenceUse.objects.bulk_create(
            ReferenceUse(
                generation_id=generation_id,
                position=position,
                reference=reference,
                name=reference.name,
                sha256=reference.sha256,
                width=reference.width,
                height=reference.height,
            )
            for position, reference in enumerate(references)
        )

    @property
    def number(self) -> int:
        """The position, counted from one."""
        return self.position + 1


class ReferenceAddressQuerySet(models.QuerySet["ReferenceAddress"]):
    def open(self, now: datetime) -> "ReferenceAddressQuerySet":
        """The addresses that still work: their attempt has not ended, or ended less than `GRACE` ago."""
        refused = Q(attempt__outcome__in=["not_sent", "rejected"])
        recently = Q(attempt__generation__finished_at=None) | Q(attempt__generation__finished_at__gt=now - GRACE)
        return self.filter(
            recently & (~refused | Q(attempt__answered_at__gt=now - GRACE)), use__reference__isnull=False
        )


class ReferenceAddress(models.Model):
    """The address where EvoLink finds one reference of one attempt. `fetched_at` is evidence that the request
    arrived."""

    attempt = models.ForeignKey("playground.Attempt", on_delete=models.CASCADE, related_name="addresses")
    use = models.ForeignKey(ReferenceUse, on_delete=models.CASCADE, related_name="addresses")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    # Empty if the studio itself serves the file, at an address with the token.
    url = models.TextField(blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceAddressQuerySet.as_manager()

    class Meta:
        ordering = ["use__position"]
        constraints = [models.UniqueConstraint(fields=["attempt", "use"], name="reference_address_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.use_id}"
