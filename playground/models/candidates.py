"""A candidate: a task in EvoLink's list that may belong to a lost generation."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from playground.evolink.types import TaskSummary
from playground.models.attempts import Attempt
from playground.models.codes import new_code
from playground.models.status import CostSource, Found, Status, Superseded

if TYPE_CHECKING:
    from accounts.models import User
    from playground.models.generation_columns import GenerationColumns

# A candidate that nobody decides about keeps its thumbnail for this long.
PICTURED_FOR = timedelta(days=30)


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def open(self) -> "CandidateQuerySet":
        """Those that a person can choose: the generation is still lost, and its cost was not corrected by hand."""
        lost = self.filter(state=Candidate.State.OFFERED, generation__status=Status.UNKNOWN)
        return lost.exclude(generation__cost_source=CostSource.CORRECTED)

    def offer(self, generation: "GenerationColumns", tasks: Sequence[TaskSummary], now: datetime) -> None:
        """Offer these tasks, which have a time, and no others. One that a person has rejected stays rejected."""
        State = Candidate.State
        rows = self.filter(generation_id=generation.pk)
        with transaction.atomic():
            rows.filter(state=State.OFFERED).exclude(task_id__in=[task.id for task in tasks]).update(
                state=State.WITHDRAWN
            )
            for task in tasks:
                seen = {"status": task.status, "created_at": task.created}
                row, new = rows.get_or_create(
                    generation_id=generation.pk, task_id=task.id, defaults={"noted_at": now, **seen}
                )
                if not new and row.state != State.REJECTED:
                    rows.filter(pk=row.pk).update(state=State.OFFERED, **seen)

    def bind(self, generation: "GenerationColumns", task: TaskSummary, now: datetime) -> None:
        """Only this task can be the generation's. It counts after EvoLink has confirmed it."""
        self.offer(generation, [task], now)
        self.get(generation_id=generation.pk, task_id=task.id).hint(Found.LIST, now)

    def how_found(self, generation: "GenerationColumns", task_id: str) -> str:
        """How this task was found. Empty if it is not from the list."""
        row = self.filter(generation_id=generation.pk, task_id=task_id, state=Candidate.State.BOUND).first()
        return row.found if row else ""

    def reject(self, generation: "GenerationColumns", by: "User | None", now: datetime, **which: Any) -> int:
        """These tasks are not the generation's, and are never offered for it again. Returns how many there were."""
        rows = self.filter(generation_id=generation.pk, **which).exclude(state=Candidate.State.REJECTED)
        return rows.update(state=Candidate.State.REJECTED, decided_by=by, decided_at=now)

    def void(self, generation: "GenerationColumns", task_id: str, now: datetime) -> None:
        """EvoLink does not know this task, or it belongs to another generation. Only a hint from the list ends with
        that."""
        with transaction.atomic():
            if self.reject(generation, None, now, task_id=task_id, state=Candidate.State.BOUND):
                Attempt.objects.filter(generation=generation.pk).exclude(sent_at=None).latest("pk").drop_hint(now)

    def rejected_by(self, generations: Collection[int]) -> set[tuple[int, str]]:
        """Which of these generations (primary keys) have rejected which task: pairs of both."""
        rows = self.filter(generation__in=generations, state=Candidate.State.REJECTED)
        return set(rows.values_list("generation_id", "task_id"))

    def sweep(self, now: datetime, *, limit: int = 100) -> int:
        """Remove the thumbnails of candidates that are decided, or too old. Returns how many."""
        wanted = self.open().filter(noted_at__gt=now - PICTURED_FOR)
        rows = list(self.exclude(thumbnail="").exclude(pk__in=wanted.values("pk"))[:limit])
        for row in rows:
            default_storage.delete(str(row.thumbnail.name))
            self.filter(pk=row.pk).update(thumbnail="")
        return len(rows)


class Candidate(models.Model):
    """EvoLink lists neither prompts nor links, so time and model are all that speaks for a task."""

    class State(models.TextChoices):
        OFFERED = "offered"  # a person has to choose
        BOUND = "bound"  # taken for the generation's
        REJECTED = "rejected"  # a person has said, or EvoLink has shown, that it is not
        WITHDRAWN = "withdrawn"  # it belongs to another generation, or another one was chosen

    generation = models.ForeignKey("playground.Generation", on_delete=models.CASCADE, related_name="candidates")
    token = models.CharField(max_length=32, default=new_code, editable=False)
    task_id = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OFFERED)
    found = models.CharField(max_length=6, choices=Found.choices, blank=True)
    # What EvoLink's list says: the state of the task, and when it was made, by EvoLink's clock.
    status = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    # Of its first picture. Only while the owner of the key chooses.
    thumbnail = models.FileField(blank=True, max_length=200)
    noted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    # None if the program has decided.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["noted_at"], name="candidate_pictured", condition=~Q(thumbnail=""))]
        constraints = [models.UniqueConstraint(fields=["generation", "task_id"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.state}"

    def choose(self, by: "User", now: datetime) -> None:
        """A person says that this task is the generation's. Raises `Superseded` if it can no longer be chosen."""
        with transaction.atomic():
            if not Candidate.objects.open().filter(pk=self.pk).exists():
                raise Superseded(f"{self.task_id} is not offered any more")
            self.hint(Found.CHOSEN, now, by)

    def hint(self, found: Found, now: datetime, by: "User | None" = None) -> None:
        """The worker asks EvoLink for this task, and binds it if EvoLink confirms it."""
        State = Candidate.State
        with transaction.atomic():
            others = Candidate.objects.filter(generation=self.generation_id, state=State.OFFERED)
            others.exclude(pk=self.pk).update(state=State.WITHDRAWN)
            self.state, self.found, self.decided_by, self.decided_at = State.BOUND, found, by, now
            self.save(update_fields=["state", "found", "decided_by", "decided_at"])
            attempt = Attempt.objects.filter(generation=self.generation_id).exclude(sent_at=None).latest("pk")
            attempt.record_hint(self.task_id, now)

    def picture(self, name: str) -> None:
        """Its thumbnail is in the storage, under this name."""
        self.thumbnail = name
        self.save(update_fields=["thumbnail"])
