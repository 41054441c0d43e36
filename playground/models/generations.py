"""A generation: one submitted request and its results. Its row is the queue, the record and the lock."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from playground.models.candidates import Candidate
from playground.models.generation_columns import CHECKING, GenerationColumns
from playground.models.generation_ends import GenerationEnds
from playground.models.ledger import LedgerEntry
from playground.models.status import RUNNING, Charged, CostSource, Status, Superseded


class Generation(GenerationEnds):
    """Only the verbs (methods) of this class write `status`. Each is a compare-and-set: it checks the state and, for a
    worker, the fence of its claim. It raises `Superseded` if the row has changed. No verb reads the clock: `now` is an
    argument.

    `GenerationColumns` has its columns, `GenerationSteps` and `GenerationEnds` the verbs of the worker's steps. Those
    of people are here."""

    class Meta(GenerationColumns.Meta):
        pass

    def correct(self, cost: Decimal, now: datetime, by: Any, note: str = "") -> None:
        """An administrator replaces the estimate by what EvoLink really charged, in credits. This is possible once.
        Raises `Superseded` if there is no estimate to correct."""
        with transaction.atomic():
            open_to_it = type(self).objects.filter(
                pk=self.pk, cost_source=CostSource.ESTIMATED, settled_at__isnull=False
            )
            changed = open_to_it.update(
                cost=cost,
                cost_source=CostSource.CORRECTED,
                charged=Charged.YES if cost else Charged.NO,
                version=F("version") + 1,
            )
            if not changed:
                raise Superseded(f"{self.code} has no estimate to correct")
            self.enter(
                LedgerEntry.Kind.CORRECTION,
                cost - self.ledger.spent(),
                now,
                effective_at=self.charged_at() or now,
                corrected_by=by,
                note=note,
            )
            self.refresh_from_db(fields=["cost", "cost_source", "charged", "version"])

    def cancel(self, now: datetime, failure: str = "") -> None:
        """Cancel a generation that was not sent. A worker may hold a claim on it: the worker's next write will fail.
        `failure` says why, if the program cancels it and not a person."""
        with transaction.atomic():
            self.move(
                [Status.QUEUED],
                claimed=False,
                status=Status.CANCELLED,
                failure=failure,
                charged=Charged.NO,
                finished_at=now,
                due_at=None,
            )
            self.settle(now, Decimal(0))

    def reject_task(self, now: datetime, by: Any) -> None:
        """A person says that the task that was found is not this generation's. Its pictures are hidden at once, and the
        worker looks for another task. The ledger takes back what was booked for it, and the estimate is held again. A
        cost that an administrator has corrected stays, and then nothing is looked for. Raises `Superseded` if the task
        was not found in the list, or is no longer bound."""
        with transaction.atomic():
            row = type(self).objects.select_for_update().get(pk=self.pk)
            if not row.found or row.task_id != self.task_id:
                raise Superseded(f"{self.code} is not bound to a task that was found")
            corrected = row.cost_source == CostSource.CORRECTED
            unsettled: dict[str, Any] = {
                "charged": Charged.CHECKING,
                "cost": None,
                "cost_source": "",
                "finished_at": None,
                "due_at": now,
            }
            # A step that is in the air must not write any more, and the next one waits until it is over.
            row.move(
                [*RUNNING, Status.UNKNOWN, Status.COMPLETED, Status.FAILED],
                claimed=False,
                keep_claim=True,
                fence=F("fence") + 1,
                status=Status.UNKNOWN,
                task_id="",
                found="",
                failure="answer_lost",
                failure_detail="",
                progress=0,
                revised_prompt="",
                accepted_at=None,
                drawn_at=None,
                trouble="",
                tries=0,
                **({"due_at": None} if corrected else unsettled),
            )
            row.images.update(deleted_at=now, deletion="")
            Candidate.objects.reject(row, by, now, task_id=self.task_id)
            row.attempts.exclude(sent_at=None).latest("pk").drop_hint(now)
            if corrected:
                row.give_up_waiting()
            else:
                row.settle(now, Decimal(0))
                type(self).objects.filter(pk=self.pk).update(settled_at=None)
                row.hold_again(now)

    def reject_candidates(self, now: datetime, by: Any) -> None:
        """A person says that none of the offered tasks is this generation's. Raises `Superseded` if there are none."""
        with transaction.atomic():
            if not Candidate.objects.reject(self, by, now, state=Candidate.State.OFFERED):
                raise Superseded(f"{self.code} has nothing to choose from")
            self.check_now(now)

    def check_now(self, now: datetime) -> None:
        """A person asks for a check at once. Until it is done, the card says that we are checking. What was given up is
        looked for once more."""
        if self.status == Status.UNKNOWN:
            self.reopen(now)
        if self.final:
            self.poll_now(now)
        else:
            self.move([*RUNNING, Status.UNKNOWN], claimed=False, keep_claim=True, due_at=now, trouble=CHECKING)

    def poll_now(self, now: datetime) -> None:
        """EvoLink has news: read the task now, before the next due time. The card does not change yet."""
        later = type(self).objects.filter(pk=self.pk).exclude(status=Status.QUEUED)
        ended = Q(status__in=(Status.COMPLETED, Status.FAILED), due_at=None) & ~Q(task_id="")
        later.filter(Q(due_at__gt=now) | ended).update(due_at=now)
