"""A generated image: a picture that EvoLink drew, and how it is saved, shown and deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.models.codes import new_code
from playground.models.status import Superseded
from playground.models.visibility import kept_by, seen_by
from playground.pictures.decoding import LARGER, SMALLER, fitted
from playground.pictures.formats.parts import KINDS

if TYPE_CHECKING:
    from accounts.models import User

# How long a deletion can be undone. The page offers it for eight seconds; slow clicks get more time.
SWEPT_AFTER = timedelta(seconds=30)
# Some values of `save_error`: the link does not answer any more, EvoLink has sent none, this server has failed.
LINK_DEAD = "link_dead"
LINK_MISSING = "no_link"
NOT_STORED = "storage"
FOLDER = "images"
# The characters of a token.
TOKEN_LENGTH = 22


class GeneratedImageQuerySet(models.QuerySet["GeneratedImage"]):
    def waiting(self) -> "GeneratedImageQuerySet":
        return self.filter(state=GeneratedImage.State.WAITING)

    def dying(self, before: datetime, now: datetime) -> "GeneratedImageQuerySet":
        """Paid pictures that are not saved, whose links die before this time, and that nobody was told about."""
        unsaved = self.waiting().exclude(source_url="").filter(told_at=None, generation__rehearsal=False)
        return unsaved.filter(expires_at__gt=now, expires_at__lte=before)

    def saved(self) -> "GeneratedImageQuerySet":
        """Those that people can see. One that was just deleted is not among them, although its files still exist."""
        return self.filter(state=GeneratedImage.State.SAVED, deleted_at=None)

    def visible_to(self, user: "User") -> "GeneratedImageQuerySet":
        """The saved ones that `user` may see."""
        return self.saved().filter(seen_by(user, "generation__"))

    def kept_by(self, user: "User") -> "GeneratedImageQuerySet":
        """Those that `user` may describe, share and delete."""
        return self.filter(kept_by(user, "generation__"))

    def with_favourites(self, user: "User") -> "GeneratedImageQuerySet":
        """Adds `favourite` to each: whether `user` has marked it."""
        marks = GeneratedImage.favourite_of.through.objects.filter(user=user, generatedimage=models.OuterRef("pk"))
        return self.annotate(favourite=models.Exists(marks))  # type: ignore[no-redef]

    def strays(self, names: Sequence[str]) -> list[str]:
        """Those names of stored files that belong to a picture, but that its row does not name, because the worker that
        stored them was killed. Files of pictures that the database does not know are not among them: perhaps somebody
        has restored an old database."""
        tokens = {name: name.removeprefix(f"{FOLDER}/")[:TOKEN_LENGTH] for name in names}
        rows = {row.token: row for row in self.filter(token__in={*tokens.values()})}
        return [name for name in names if (row := rows.get(tokens[name])) and not row.may_have(name)]

    def delete_softly(self, now: datetime) -> tuple[str, int]:
        """Hide them at once. Returns the token that restores them, and how many were hidden."""
        deletion = new_code()
        return deletion, self.saved().update(deleted_at=now, deletion=deletion)

    def restorable(self, deletion: str, now: datetime) -> "GeneratedImageQuerySet":
        """Those that the deletion with this token has hidden, if they can still be restored."""
        fresh = self.filter(state=GeneratedImage.State.SAVED, deleted_at__gt=now - SWEPT_AFTER)
        return fresh.filter(deletion=deletion) if deletion else self.none()

    def restore(self, deletion: str, now: datetime) -> int:
        return self.restorable(deletion, now).update(deleted_at=None, deletion="")

    def sweep(self, now: datetime, *, limit: int = 100) -> int:
        """Remove the files of images that can no longer be restored. Their rows stay, because the bill refers to them.
        Returns the number of images."""
        State = GeneratedImage.State
        old = self.filter(deleted_at__lte=now - SWEPT_AFTER)
        # Two steps: after a crash between them the next sweep finds the files, and nobody can restore half a picture.
        old.filter(state=State.SAVED).update(state=State.DELETED)
        rows = list(old.filter(state=State.DELETED).exclude(file="")[:limit])
        for row in rows:
            row.remove_files()
        return len(rows)


class GeneratedImage(models.Model):
    """One slot of a generation. The names of its files follow from its token and from the claim of the worker that
    stores them. So a worker that has lost its claim never writes over a file of another one, and each file that an
    interrupted save has left is found again."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("being saved")
        SAVED = "saved", gettext_lazy("saved")
        MISSING = "missing", gettext_lazy("missing")
        DELETED = "deleted", gettext_lazy("deleted")

    ALTERNATIVE_MAX = 1000
    FILES = ("file", "thumbnail", "thumbnail_small")
    # Set by `with_favourites`.
    favourite: bool

    generation = models.ForeignKey("playground.Generation", on_delete=models.PROTECT, related_name="images")
    index = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, default=new_code, db_index=True, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # The fence of the claim under which a worker last began to store it. 0 if no worker has.
    claim = models.PositiveIntegerField(default=0)

    source_url = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # When people were told that the link dies soon.
    told_at = models.DateTimeField(null=True, blank=True)
    # The code of the error that prevented the last save.
    save_error = models.CharField(max_length=200, blank=True)

    file = models.FileField(blank=True, max_length=200)
    thumbnail = models.FileField(blank=True, max_length=200)
    # A second, smaller thumbnail for grids. Empty on rows that are older than this column.
    thumbnail_small = models.FileField(blank=True, max_length=200)
    content_type = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    byte_size = models.PositiveIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)

    # A description for people who cannot see the picture. Empty if nobody has written one.
    alternative_text = models.CharField(max_length=ALTERNATIVE_MAX, blank=True)
    favourite_of = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="favourites", blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deletion = models.CharField(max_length=32, blank=True)

    objects = GeneratedImageQuerySet.as_manager()

    class Meta:
        ordering = ["generation", "index"]
        indexes = [
            models.Index(fields=["-id"], name="image_gallery", condition=Q(state="saved", deleted_at__isnull=True)),
            models.Index(fields=["deleted_at"], name="image_sweep", condition=Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["generation", "index"], name="image_each_index_once"),
            models.CheckConstraint(
                name="image_saved_has_file",
                condition=~Q(state="saved") | (~Q(file="") & ~Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}/{self.index} {self.state}"

    @property
    def number(self) -> int:
        """The index, counted from one."""
        return self.index + 1

    @property
    def key(self) -> str:
        """The name of the image in pages: the generation's code and the index."""
        return f"{self.generation.code}.{self.index}"

    @property
    def shown(self) -> bool:
        return self.state == self.State.SAVED and self.deleted_at is None

    @property
    def extension(self) -> str:
        return str(self.file.name).rsplit(".", 1)[-1]

    @property
    def alternative(self) -> str:
        """The description for people who cannot see the picture, or else its prompt."""
        if self.alternative_text:
            return self.alternative_text
        prompt = Truncator(self.generation.prompt).chars(120)
        return _("Picture %(number)s: %(prompt)s") % {"number": self.number, "prompt": prompt}

    @property
    def readable(self) -> bool:
        """Whether it has thumbnails. Some files are kept although they cannot be read here."""
        return bool(self.thumbnail)

    @property
    def thumbnail_widths(self) -> dict[str, int]:
        """The width in pixels of each thumbnail that exists, the smallest first."""
        wide, high = self.width or 1, self.height or 1
        small = {"small": fitted(wide, high, SMALLER)[0]} if self.thumbnail_small else {}
        return small | {"medium": fitted(wide, high, LARGER)[0]}

    def thumbnail_of(self, size: str) -> Any:
        """The thumbnail file of a size, `small` or `medium`. Old pictures without a small one give the medium one."""
        return self.thumbnail_small if size == "small" and self.thumbnail_small else self.thumbnail

    def remove_files(self) -> None:
        """Delete its files from the storage, except those that another row also uses (as demo pictures do)."""
        for name in self.FILES:
            stored = getattr(self, name).name
            others = GeneratedImage.objects.exclude(pk=self.pk).filter(**{name: stored})
            if stored and not others.exists():
                default_storage.delete(stored)
        self.file = self.thumbnail = self.thumbnail_small = ""
        self.save(update_fields=["file", "thumbnail", "thumbnail_small"])

    def begin_storing(self, fence: int) -> None:
        """The worker with this claim of the generation is about to store the picture. `names` is new from now on.
        Raises `Superseded` if another worker has the generation, or if the picture is saved."""
        mine = GeneratedImage.objects.waiting().filter(pk=self.pk, generation__fence=fence)
        earlier = mine.values_list("claim", flat=True).first()
        if earlier is None or not mine.filter(claim=earlier, claim__lt=fence).update(claim=fence):
            raise Superseded(f"{self} is not to be saved under fence {fence}")
        self.claim = fence
        if earlier:
            # Only now, because the earlier worker can no longer say that these files are saved.
            self._remove_stored(earlier)

    def may_have(self, name: str) -> bool:
        """Whether the row names this file, or a worker is about to store it."""
        if self.state == self.State.WAITING:
            return name.startswith(self._stem())
        return name in {str(getattr(self, field).name) for field in self.FILES}

    def _stem(self) -> str:
        return f"{FOLDER}/{self.token}-{self.claim}" if self.claim else f"{FOLDER}/{self.token}"

    def names(self, extension: str) -> dict[str, str]:
        """The names for its files in the storage, by field. Only one worker ever writes to them."""
        stem = self._stem()
        return {
            "file": f"{stem}.{extension}",
            "thumbnail": f"{stem}-{LARGER}.webp",
            "thumbnail_small": f"{stem}-{SMALLER}.webp",
        }

    def mark_saved(self, now: datetime, **stored: Any) -> None:
        """The picture is saved. `stored` has the facts of the file, read from its bytes. If another worker has taken
        the picture over, removes the files and raises `Superseded`."""
        if self._move(state=self.State.SAVED, saved_at=now, save_error="", **stored):
            return
        self.refresh_from_db()
        # A commit whose answer was lost is tried again. Then the row already names these files.
        if self.file.name != stored["file"]:
            for name in self.FILES:
                default_storage.delete(stored[name])
            raise Superseded(f"{self} was saved by another worker")

    def save_failed(self, error: str) -> None:
        """It could not be saved this time. `error` is a code."""
        self._move(save_error=error)

    def mark_missing(self, error: str) -> None:
        """It will never come. `error` is the code of the reason."""
        if self._move(state=self.State.MISSING, save_error=error) and self.claim:
            self._remove_stored(self.claim)

    @property
    def wants_link(self) -> bool:
        """Whether only another answer of EvoLink can help: there is no link, or it is dead."""
        return self.state == self.State.WAITING and (not self.source_url or self.save_error == LINK_DEAD)

    def take_link(self, url: str, expires_at: datetime) -> None:
        self._move(source_url=url, expires_at=expires_at, told_at=None, save_error="")

    def _move(self, **changes: Any) -> bool:
        """Change the row only if it is still waiting and no other worker stores it, so that a late second save cannot
        undo the first. Returns whether the row has changed."""
        waiting = GeneratedImage.objects.waiting().filter(pk=self.pk, claim=self.claim)
        changed = bool(waiting.update(**changes))
        if changed:
            self.refresh_from_db(fields=[*changes])
        return changed

    def _remove_stored(self, claim: int) -> None:
        """Delete what a worker with this claim may have stored. The extension is not known, so it tries each."""
        former = GeneratedImage(token=self.token, claim=claim)
        for name in {name for extension, _type in KINDS.values() for name in former.names(extension).values()}:
            default_storage.delete(name)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at

    def hours_left(self, now: datetime) -> int:
        """Whole hours, rounded up, until EvoLink's link expires. 0 without a link."""
        if self.expires_at is None:
            return 0
        return max(0, -((now - self.expires_at) // timedelta(hours=1)))
