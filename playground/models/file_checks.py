"""The nightly check of the stored files, and the files that it found broken."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from playground.models.images import GeneratedImage
from playground.models.references import Reference

# The check of a night may begin at this hour, in the time zone of the installation.
HOUR = 3
# If a worker ends in the middle of a check, another one continues after this time.
LEASE = timedelta(minutes=5)
# If the whole storage is gone, a list of all its files helps nobody.
BROKEN_MAX = 1000


def night_of(now: datetime) -> date:
    """The day of the latest check that may have begun at `now`."""
    return timezone.localtime(now - timedelta(hours=HOUR)).date()


class FileCheckQuerySet(models.QuerySet["FileCheck"]):
    def claim(self, now: datetime) -> "FileCheck | None":
        """Take the unfinished check, or the one of this night if it has not begun. None if there is nothing to do, or
        if another worker has the check."""
        if not self.filter(finished_at=None).exists():
            self.get_or_create(night=night_of(now), defaults={"started_at": now})
        # Leases are written and read by the database's clock, so that workers with different clocks agree.
        free = self.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), finished_at=None)
        check = free.order_by("pk").first()
        return check if check and free.filter(pk=check.pk).update(lease_until=Now() + LEASE) else None

    def begin(self, now: datetime) -> "FileCheck":
        """A new check that somebody wants now. Workers leave it alone while it goes on."""
        check = self.create(started_at=now)
        self.filter(pk=check.pk).update(lease_until=Now() + LEASE)
        return check

    def last_finished(self) -> "FileCheck | None":
        """The check that was finished last."""
        return self.exclude(finished_at=None).order_by("-finished_at").first()


class FileCheck(models.Model):
    """One look at all stored files. It goes over the images and then over the references, in the order of their primary
    keys. `position` is the last key."""

    # None if somebody has started it with the command.
    night = models.DateField(null=True, blank=True, unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    at_references = models.BooleanField(default=False)
    position = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = FileCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}: {self.files} files"

    def move_on(self, position: int, *, at_references: bool, files: int) -> bool:
        """Record how far it is, and keep it. Returns False if another worker has taken it."""
        return self._move(
            position=position, at_references=at_references, files=self.files + files, lease_until=Now() + LEASE
        )

    def release(self) -> None:
        """Let another worker continue at once."""
        self._move(lease_until=None)

    def finish(self, now: datetime) -> bool:
        return self._move(finished_at=now, lease_until=None)

    def _move(self, **changes: object) -> bool:
        here = FileCheck.objects.filter(
            pk=self.pk, finished_at=None, position=self.position, at_references=self.at_references
        )
        changed = bool(here.update(**changes))
        self.refresh_from_db()
        return changed


class BrokenFileQuerySet(models.QuerySet["BrokenFile"]):
    def current(self) -> "BrokenFileQuerySet":
        """Without those whose picture was deleted meanwhile."""
        kept = Q(reference__isnull=False) | Q(image__state=GeneratedImage.State.SAVED)
        return self.filter(kept).select_related("image__generation__owner", "reference__owner")

    def record(self, rows: Sequence["GeneratedImage | Reference"], found: dict[str, str], now: datetime) -> None:
        """The files of these rows were checked. `found` has the broken ones: the kind by the name."""
        with transaction.atomic():
            mine = self.filter(
                Q(image__in=[row.pk for row in rows if isinstance(row, GeneratedImage)])
                | Q(reference__in=[row.pk for row in rows if isinstance(row, Reference)])
            )
            mine.exclude(name__in=found).delete()
            for row in rows:
                # The picture may have been deleted during the check.
                names = _names(type(row).objects.filter(pk=row.pk).first())
                for name in found.keys() & names:
                    self._add(row, name, found[name], now)

    def _add(self, row: "GeneratedImage | Reference", name: str, kind: str, now: datetime) -> None:
        owner = {"image": row} if isinstance(row, GeneratedImage) else {"reference": row}
        if not self.filter(name=name).update(kind=kind) and self.count() < BROKEN_MAX:
            self.create(name=name, kind=kind, found_at=now, **owner)


def _names(row: "GeneratedImage | Reference | None") -> set[str]:
    """The names of the files that must exist for this row."""
    if isinstance(row, Reference):
        return {str(row.file.name), str(row.thumbnail.name)}
    if row is None or row.state != GeneratedImage.State.SAVED:
        return set()
    return {str(getattr(row, field).name) for field in GeneratedImage.FILES} - {""}


class BrokenFile(models.Model):
    """A stored file that is not as its row says. The row goes when a later check finds the file in order."""

    class Kind(models.TextChoices):
        MISSING = "missing", pgettext_lazy("file", "missing")
        CHANGED = "changed", pgettext_lazy("file", "changed")

    # Demo pictures share files, so the first row that was found has it.
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    image = models.ForeignKey(
        GeneratedImage, null=True, blank=True, on_delete=models.CASCADE, related_name="broken_files"
    )
    reference = models.ForeignKey(
        Reference, null=True, blank=True, on_delete=models.CASCADE, related_name="broken_files"
    )
    found_at = models.DateTimeField()
    # When administrators were told by mail.
    told_at = models.DateTimeField(null=True, blank=True)

    objects = BrokenFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="broken_file_of_one_row",
                condition=Q(image__isnull=False, reference=None) | Q(image=None, reference__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}"
