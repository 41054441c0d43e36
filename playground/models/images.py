"""A generated image: a picture that came back, and its way home."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from playground.models.generations import Generation

# EvoLink's result links die a day after the task completed.
LINK_LIFE = timedelta(hours=24)


def new_token() -> str:
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Slot:
    """The place of one picture on a card, whether it has come or not; `width` and `height` give its shape."""

    number: int
    width: int
    height: int
    image: "GeneratedImage | None"


class GeneratedImageQuerySet(models.QuerySet["GeneratedImage"]):
    def waiting(self) -> "GeneratedImageQuerySet":
        return self.filter(state=GeneratedImage.State.WAITING)

    def saved(self) -> "GeneratedImageQuerySet":
        return self.filter(state=GeneratedImage.State.SAVED)


class GeneratedImage(models.Model):
    """One slot of a generation. Its files are named by a token made before the first byte arrives, so that a save
    that was cut off is done again over the same name and leaves nothing behind."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being saved")
        SAVED = "saved", _("saved")
        MISSING = "missing", _("missing")

    generation: "models.ForeignKey[Generation, Generation]" = models.ForeignKey(
        "playground.Generation", on_delete=models.PROTECT, related_name="images"
    )
    index = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, default=new_token, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)

    source_url = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    file = models.FileField(blank=True, max_length=200)
    thumbnail = models.FileField(blank=True, max_length=200)
    content_type = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    byte_size = models.PositiveIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)

    objects = GeneratedImageQuerySet.as_manager()

    class Meta:
        ordering = ["generation", "index"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "index"], name="image_each_index_once"),
            models.CheckConstraint(
                name="image_saved_has_file",
                condition=~models.Q(state="saved") | (~models.Q(file="") & ~models.Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}/{self.index} {self.state}"

    @property
    def number(self) -> int:
        """The index as people count."""
        return self.index + 1

    def keep(self, now: datetime, **stored: Any) -> None:
        """The picture is safe. `stored` are the file's facts, read from its bytes."""
        self._move(state=self.State.SAVED, saved_at=now, trouble="", **stored)

    def stumble(self, trouble: str) -> None:
        """It could not be saved this time."""
        self._move(trouble=trouble)

    def miss(self, trouble: str) -> None:
        """It will not come any more."""
        self._move(state=self.State.MISSING, trouble=trouble)

    def _move(self, **changes: Any) -> None:
        """Only a waiting picture changes, so a late second save cannot undo the first."""
        waiting = GeneratedImage.objects.waiting().filter(pk=self.pk)
        if waiting.update(**changes):
            self.refresh_from_db(fields=[*changes])

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at

    def hours_left(self, now: datetime) -> int:
        """Whole hours, rounded up, until EvoLink's link dies."""
        if self.expires_at is None:
            return 0
        return max(0, -((now - self.expires_at) // timedelta(hours=1)))
