"""What the worker does with a generation until it is drawn: submit it, ask about it, wait."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from playground.evolink import GenerationRequest, Task
from playground.models.attempts import Attempt
from playground.models.generation_columns import GenerationColumns
from playground.models.generation_moves import GenerationMoves
from playground.models.queries import request_columns
from playground.models.status import RUNNING, Charged, Status


class GenerationSteps(GenerationMoves):
    class Meta(GenerationColumns.Meta):
        abstract = True

    def mark_submitting(
        self, now: datetime, credits_before: dict[str, str] | None, request: GenerationRequest | None = None
    ) -> Attempt:
        """The worker is about to send `request`, the row's own one by default. From now on it may have been sent."""
        with transaction.atomic():
            self.move([Status.QUEUED], keep_claim=True, status=Status.SUBMITTING, sent_at=now, trouble="")
            attempt = self.attempt_rows.latest("pk")
            attempt.mark_sent(request or self.as_request(), credits_before, now)
        return attempt

    def release(self) -> None:
        """Give up the claim before sending, so that another worker can send it."""
        self.move([Status.QUEUED], keep_fault=True, visible=False)

    def postpone(self, now: datetime, due_at: datetime, outcome: str, trouble: str) -> None:
        """EvoLink certainly has not accepted the request. The same attempt is sent again at `due_at`."""
        with transaction.atomic():
            self.move(
                [Status.SUBMITTING],
                status=Status.QUEUED,
                due_at=due_at,
                trouble=trouble,
                tries=F("tries") + 1,
            )
            self.answered(outcome, now)

    def go_on_with(self, request: GenerationRequest, references: int, unavailable: str, now: datetime) -> None:
        """EvoLink has certainly not accepted the request, because the model is not available. Another model may draw
        it, in a new attempt. `unavailable` is our code for the reason."""
        with transaction.atomic():
            self.move(
                [Status.SUBMITTING],
                status=Status.QUEUED,
                due_at=now,
                trouble="",
                tries=0,
                asked_model=self.asked_model or self.model,
                asked_estimate=self.estimate_high if self.asked_estimate is None else self.asked_estimate,
                unavailable=unavailable,
                **request_columns(request, references, self.rate_table, self.rates_group),
            )
            self.answered(Attempt.Outcome.REJECTED, now)
            Attempt.objects.create(generation_id=self.pk, created_at=now)

    def mark_accepted(self, task_id: str, now: datetime, due_at: datetime, found: str = "") -> None:
        """EvoLink has accepted the request and named its task. A task belongs to one generation, so an id that another
        generation has proves nothing. `found` says how we know the task, if EvoLink has not named it to us."""
        if type(self).objects.bound_to(task_id, self.rehearsal).exclude(pk=self.pk).exists():
            self.mark_unknown(now, due_at, f"EvoLink answered with a task that is already known: {task_id}")
            return
        with transaction.atomic():
            self.move(
                [Status.SUBMITTING, Status.UNKNOWN],
                status=Status.PENDING,
                task_id=task_id,
                found=found,
                accepted_at=now,
                due_at=due_at,
                failure="",
                failure_detail="",
                charged="",
                trouble="",
                tries=0,
            )
            self.answered(Attempt.Outcome.ACCEPTED, now)

    def mark_unknown(self, now: datetime, due_at: datetime, detail: str) -> None:
        """The answer is lost: the task may run and may be charged. The program never sends the request again."""
        with transaction.atomic():
            self.move(
                RUNNING,
                status=Status.UNKNOWN,
                failure="answer_lost" if not self.task_id else "task_lost",
                failure_detail=detail,
                charged=Charged.CHECKING,
                due_at=due_at,
                trouble="",
            )
            if not self.task_id:
                self.answered(Attempt.Outcome.UNKNOWN, now)

    def record_answer(self, task: Task) -> None:
        """Keep EvoLink's last answer about the task with the attempt that was sent."""
        attempt = self.attempt_rows.exclude(sent_at=None).first()
        if attempt:
            attempt.record_answer(task)

    def record_odd_answer(self, raw: str) -> None:
        """Keep an answer about the task that could not be understood."""
        attempt = self.attempt_rows.exclude(sent_at=None).first()
        if attempt:
            attempt.record_odd_answer(raw)

    def last_task(self) -> Task:
        """EvoLink's last answer about the task. An unread task if none was kept."""
        attempt = self.attempt_rows.exclude(answer="").first()
        return (attempt.last_task if attempt else None) or Task(id=self.task_id, status="processing", progress=0)

    def has_news(self, task: Task) -> bool:
        """Whether the answer has a picture that we do not know."""
        known = set(self.image_rows.values_list("source_url", flat=True))
        return task.status == "completed" and not known.issuperset(task.results)

    def mark_progress(self, task: Task, due_at: datetime, trouble: str = "") -> None:
        """EvoLink is still drawing. The progress that people see never falls, even if EvoLink reports less."""
        progress = max(self.progress, task.progress)
        status = Status.PROCESSING if task.status == "processing" else self.status
        found = self.status == Status.UNKNOWN
        cleared: dict[str, Any] = {"failure": "", "failure_detail": "", "charged": ""} if found else {}
        visible = found or (status, progress, trouble) != (self.status, self.progress, self.trouble)
        self.move(
            [Status.PENDING, Status.PROCESSING, Status.UNKNOWN],
            visible=visible,
            status=Status.PENDING if status == Status.UNKNOWN else status,
            progress=progress,
            **cleared,
            due_at=due_at,
            trouble=trouble,
            tries=0,
        )

    def wait(self, due_at: datetime, trouble: str) -> None:
        """A step was not possible now. Try it again at `due_at`. `trouble` tells the person why."""
        self.move(
            [*RUNNING, Status.UNKNOWN],
            visible=trouble != self.trouble,
            due_at=due_at,
            trouble=trouble,
            tries=F("tries") + 1,
        )

    def record_fault(self, fault: str, due_at: datetime) -> None:
        """A step raised an unexpected error. Try it again at `due_at`. The card says so; administrators can read
        `fault`."""
        self.move(
            [*RUNNING, Status.UNKNOWN, Status.COMPLETED, Status.FAILED],
            due_at=due_at,
            trouble="step_failed",
            fault=fault,
            faults=F("faults") + 1,
        )
