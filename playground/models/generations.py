"""A generation: one submitted request and its results. Its row is the queue, the record and the lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from playground.evolink import GenerationRequest, Task
from playground.evolink.limits import LINK_LIFE
from playground.models.attempts import Attempt
from playground.models.bills import Bill
from playground.models.budgets import Budget
from playground.models.candidates import Candidate
from playground.models.generation_columns import CHECKING, GenerationColumns
from playground.models.images import LINK_MISSING, GeneratedImage
from playground.models.ledger import LedgerEntry
from playground.models.queries import GenerationQuerySet, request_columns
from playground.models.status import RUNNING, Charged, CostSource, Status, Superseded


class Generation(GenerationColumns):
    """Only the verbs (methods) of this class write `status`. Each is a compare-and-set: it checks the state and, for a
    worker, the fence of its claim. It raises `Superseded` if the row has changed. No verb reads the clock: `now` is an
    argument."""

    objects = GenerationQuerySet.as_manager()

    # --- Verbs of the worker's steps ---

    def mark_submitting(
        self, now: datetime, credits_before: dict[str, str] | None, request: GenerationRequest | None = None
    ) -> Attempt:
        """The worker is about to send `request`, the row's own one by default. From now on it may have been sent."""
        with transaction.atomic():
            self._move([Status.QUEUED], keep_claim=True, status=Status.SUBMITTING, sent_at=now, trouble="")
            attempt = self.attempts.latest("pk")
            attempt.mark_sent(request or self.as_request(), credits_before, now)
        return attempt

    def release(self) -> None:
        """Give up the claim before sending, so that another worker can send it."""
        self._move([Status.QUEUED], keep_fault=True, visible=False)

    def postpone(self, now: datetime, due_at: datetime, outcome: str, trouble: str) -> None:
        """EvoLink certainly has not accepted the request. The same attempt is sent again at `due_at`."""
        with transaction.atomic():
            self._move(
                [Status.SUBMITTING],
                status=Status.QUEUED,
                due_at=due_at,
                trouble=trouble,
                tries=F("tries") + 1,
            )
            self._answered(outcome, now)

    def go_on_with(self, request: GenerationRequest, references: int, unavailable: str, now: datetime) -> None:
        """EvoLink has certainly not accepted the request, because the model is not available. Another model may draw
        it, in a new attempt. `unavailable` is our code for the reason."""
        with transaction.atomic():
            self._move(
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
            self._answered(Attempt.Outcome.REJECTED, now)
            Attempt.objects.create(generation=self, created_at=now)

    def mark_accepted(self, task_id: str, now: datetime, due_at: datetime, found: str = "") -> None:
        """EvoLink has accepted the request and named its task. A task belongs to one generation, so an id that another
        generation has proves nothing. `found` says how we know the task, if EvoLink has not named it to us."""
        if Generation.objects.bound_to(task_id, self.rehearsal).exclude(pk=self.pk).exists():
            self.mark_unknown(now, due_at, f"EvoLink answered with a task that is already known: {task_id}")
            return
        with transaction.atomic():
            self._move(
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
            self._answered(Attempt.Outcome.ACCEPTED, now)

    def mark_unknown(self, now: datetime, due_at: datetime, detail: str) -> None:
        """The answer is lost: the task may run and may be charged. The program never sends the request again."""
        with transaction.atomic():
            self._move(
                RUNNING,
                status=Status.UNKNOWN,
                failure="answer_lost" if not self.task_id else "task_lost",
                failure_detail=detail,
                charged=Charged.CHECKING,
                due_at=due_at,
                trouble="",
            )
            if not self.task_id:
                self._answered(Attempt.Outcome.UNKNOWN, now)

    def record_answer(self, task: Task) -> None:
        """Keep EvoLink's last answer about the task with the attempt that was sent."""
        attempt = self.attempts.exclude(sent_at=None).first()
        if attempt:
            attempt.record_answer(task)

    def record_odd_answer(self, raw: str) -> None:
        """Keep an answer about the task that could not be understood."""
        attempt = self.attempts.exclude(sent_at=None).first()
        if attempt:
            attempt.record_odd_answer(raw)

    def last_task(self) -> Task:
        """EvoLink's last answer about the task. An unread task if none was kept."""
        attempt = self.attempts.exclude(answer="").first()
        return (attempt.last_task if attempt else None) or Task(id=self.task_id, status="processing", progress=0)

    def has_news(self, task: Task) -> bool:
        """Whether the answer has a picture that we do not know."""
        known = set(self.images.values_list("source_url", flat=True))
        return task.status == "completed" and not known.issuperset(task.results)

    def mark_progress(self, task: Task, due_at: datetime, trouble: str = "") -> None:
        """EvoLink is still drawing. The progress that people see never falls, even if EvoLink reports less."""
        progress = max(self.progress, task.progress)
        status = Status.PROCESSING if task.status == "processing" else self.status
        found = self.status == Status.UNKNOWN
        cleared: dict[str, Any] = {"failure": "", "failure_detail": "", "charged": ""} if found else {}
        visible = found or (status, progress, trouble) != (self.status, self.progress, self.trouble)
        self._move(
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
        self._move(
            [*RUNNING, Status.UNKNOWN],
            visible=trouble != self.trouble,
            due_at=due_at,
            trouble=trouble,
            tries=F("tries") + 1,
        )

    def record_fault(self, fault: str, due_at: datetime) -> None:
        """A step raised an unexpected error. Try it again at `due_at`. The card says so; administrators can read
        `fault`."""
        self._move(
            [*RUNNING, Status.UNKNOWN, Status.COMPLETED, Status.FAILED],
            due_at=due_at,
            trouble="step_failed",
            fault=fault,
            faults=F("faults") + 1,
        )

    def settle_early(self, now: datetime) -> None:
        """Saving takes too long to keep the credits held. Book the cost now, if it is known, and continue to save."""
        with transaction.atomic():
            self._move([Status.SAVING], keep_claim=True, keep_fault=True)
            if self.cost is not None:
                self._settle(now, self.cost)

    def mark_generated(self, task: Task, bill: Bill, now: datetime, *, failure: str = "", detail: str = "") -> None:
        """EvoLink has finished, but the pictures are not saved yet. Makes a row for each requested picture and for each
        extra one. One without a link waits for a later answer. The worker keeps its claim to save them. EvoLink may
        also finish a task that it first called failed. `failure` says why pictures are missing."""
        with transaction.atomic():
            self._move(
                [Status.PENDING, Status.PROCESSING, Status.UNKNOWN, Status.FAILED],
                keep_claim=True,
                status=Status.SAVING,
                progress=100,
                drawn_at=self.drawn_at or now,
                finished_at=None,
                settled_at=None,
                due_at=now,
                cost=bill.cost,
                cost_source=bill.source,
                charged=bill.charged,
                failure=failure,
                failure_detail=detail,
                revised_prompt=task.revised_prompt or "",
                trouble="",
                tries=0,
            )
            self._hold_again(now)
            self._add_links(task.results, now)

    def record_links(self, task: Task, bill: Bill, now: datetime) -> bool:
        """EvoLink was asked again while pictures are being saved. Returns whether the answer has a new link."""
        with transaction.atomic():
            news: dict[str, Any] = (
                {"cost": bill.cost, "cost_source": bill.source, "charged": bill.charged} if bill.known else {}
            )
            self._move([Status.SAVING], keep_claim=True, keep_fault=True, visible=bool(news), **news)
            return self._add_links(task.results, now)

    def _add_links(self, links: Sequence[str], now: datetime) -> bool:
        """Give the links that we do not have yet to the pictures that wait for one, each to its own place if possible.
        Returns whether there was one."""
        images = {image.index: image for image in self.images.all()}
        for index in range(max(self.n, len(links))):
            if index not in images:
                images[index] = GeneratedImage.objects.create(generation=self, index=index)
        known = {image.source_url for image in images.values()}
        fresh = {index: link for index, link in enumerate(links) if link not in known}
        wanting = [image for image in images.values() if image.wants_link]
        for image in wanting:
            if fresh:
                place = image.index if image.index in fresh else min(fresh)
                image.take_link(fresh.pop(place), now + LINK_LIFE)
        return any(not image.wants_link for image in wanting)

    def show(self) -> None:
        """One more picture is saved, so the card must be sent again."""
        self._move([Status.SAVING], keep_claim=True)

    def complete(self, now: datetime) -> None:
        """Nothing is left to save. It is completed if a picture was saved, else failed. If the cost is known it is
        booked once, in the same transaction as the state. If not, EvoLink is asked for it."""
        State = GeneratedImage.State
        saved = self.images.filter(state__in=[State.SAVED, State.DELETED]).exists()
        nothing_came = not self.images.exclude(source_url="").exists()
        with transaction.atomic():
            self._move(
                [Status.SAVING],
                status=Status.COMPLETED if saved else Status.FAILED,
                failure=self.failure or ("" if saved else "no_pictures" if nothing_came else "links_died"),
                finished_at=now,
                due_at=now if self.cost is None else None,
                trouble="",
                tries=0,
            )
            self._watch_anew()
            if self.cost is not None:
                self._settle(now, self.cost)

    def fail(
        self, failure: str, detail: str, now: datetime, *, attempt: str = "", retry_at: datetime | None = None
    ) -> None:
        """It ends before EvoLink has accepted it, so nothing was charged. `retry_at` is when EvoLink may accept it."""
        with transaction.atomic():
            self._move(
                [*RUNNING, Status.UNKNOWN],
                status=Status.FAILED,
                failure=failure,
                failure_detail=detail,
                retry_at=retry_at,
                charged=Charged.NO,
                finished_at=now,
                due_at=None,
                trouble="",
            )
            if attempt:
                self._answered(attempt, now)
            self._settle(now, Decimal(0))

    def mark_failed(self, failure: str, detail: str, bill: Bill, now: datetime, due_at: datetime | None) -> None:
        """EvoLink has accepted the task and could not finish it. It is asked again at `due_at`, because a later answer
        may say something else."""
        with transaction.atomic():
            self._move(
                [Status.PENDING, Status.PROCESSING, Status.UNKNOWN],
                status=Status.FAILED,
                failure=failure,
                failure_detail=detail,
                charged=bill.charged,
                cost=bill.cost or None,
                cost_source=bill.source if bill.cost else "",
                finished_at=now,
                due_at=due_at,
                trouble="",
                tries=0,
            )
            self._watch_anew()
            if bill.cost is not None:
                self._settle(now, bill.cost)

    def record_bill(self, bill: Bill, now: datetime, due_at: datetime | None) -> None:
        """A generation that has ended was read again, and its cost is known now. If another cost was booked, the ledger
        is corrected. A cost that an administrator has corrected does not change."""
        if bill.cost is None:
            raise ValueError("The bill has no cost.")
        with transaction.atomic():
            kept = self.cost_source == CostSource.CORRECTED or (
                self.settled_at is not None and bill.charged == self.charged and bill.cost == (self.cost or 0)
            )
            zero = self.status == Status.FAILED and not bill.cost
            news: dict[str, Any] = (
                {}
                if kept
                else {
                    "charged": bill.charged,
                    "cost": None if zero else bill.cost,
                    "cost_source": "" if zero else bill.source,
                }
            )
            self._move([Status.COMPLETED, Status.FAILED], visible=not kept, due_at=due_at, tries=F("tries") + 1, **news)
            if not kept:
                self._settle(now, bill.cost)

    def read_again(self, due_at: datetime | None) -> None:
        """A generation that has ended was read, and nothing is new. Read it again at `due_at`, or never."""
        self._move([Status.COMPLETED, Status.FAILED], visible=False, due_at=due_at, tries=F("tries") + 1)

    def give_up(self, now: datetime, trouble: str = "") -> None:
        """A day has brought no evidence. The estimate counts as spent until an administrator corrects it. `trouble`
        says that a person can choose the task."""
        with transaction.atomic():
            self._move(
                [Status.UNKNOWN],
                charged=Charged.POSSIBLY,
                cost=self.estimate_high,
                cost_source=CostSource.ESTIMATED,
                finished_at=now,
                due_at=None,
                trouble=trouble,
            )
            self._settle(now, self.estimate_high)

    def reopen(self, now: datetime) -> None:
        """Evidence came after the generation was given up. Look for it again, and hold again the credits that are not
        booked. A cost that an administrator has corrected does not change."""
        with transaction.atomic():
            given_up = Q(status=Status.FAILED, failure="not_accepted") | Q(status=Status.UNKNOWN)
            over = Generation.objects.filter(given_up, pk=self.pk, finished_at__isnull=False)
            changed = over.exclude(cost_source=CostSource.CORRECTED).update(
                status=Status.UNKNOWN,
                failure=Case(When(failure="not_accepted", then=Value("answer_lost")), default=F("failure")),
                charged=Charged.CHECKING,
                cost=None,
                cost_source="",
                finished_at=None,
                settled_at=None,
                due_at=now,
                trouble="",
                tries=0,
                version=F("version") + 1,
            )
            if not changed:
                return
            self.refresh_from_db()
            self._hold_again(now)

    def discard_pictures(self) -> None:
        """Remove the pictures of a task that was not this generation's, with their files."""
        State = GeneratedImage.State
        self._give_up_waiting()
        self.images.filter(state=State.SAVED).update(state=State.DELETED)
        for image in self.images.all():
            image.remove_files()
            image.delete()

    # --- Verbs of people ---

    def correct(self, cost: Decimal, now: datetime, by: Any, note: str = "") -> None:
        """An administrator replaces the estimate by what EvoLink really charged, in credits. This is possible once.
        Raises `Superseded` if there is no estimate to correct."""
        with transaction.atomic():
            open_to_it = Generation.objects.filter(
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
            self._enter(
                LedgerEntry.Kind.CORRECTION,
                cost - self.ledger.spent(),
                now,
                effective_at=self._charged_at() or now,
                corrected_by=by,
                note=note,
            )
            self.refresh_from_db(fields=["cost", "cost_source", "charged", "version"])

    def cancel(self, now: datetime, failure: str = "") -> None:
        """Cancel a generation that was not sent. A worker may hold a claim on it: the worker's next write will fail.
        `failure` says why, if the program cancels it and not a person."""
        with transaction.atomic():
            self._move(
                [Status.QUEUED],
                claimed=False,
                status=Status.CANCELLED,
                failure=failure,
                charged=Charged.NO,
                finished_at=now,
                due_at=None,
            )
            self._settle(now, Decimal(0))

    def reject_task(self, now: datetime, by: Any) -> None:
        """A person says that the task that was found is not this generation's. Its pictures are hidden at once, and the
        worker looks for another task. The ledger takes back what was booked for it, and the estimate is held again. A
        cost that an administrator has corrected stays, and then nothing is looked for. Raises `Superseded` if the task
        was not found in the list, or is no longer bound."""
        with transaction.atomic():
            row = Generation.objects.select_for_update().get(pk=self.pk)
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
            row._move(
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
                row._give_up_waiting()
            else:
                row._settle(now, Decimal(0))
                Generation.objects.filter(pk=self.pk).update(settled_at=None)
                row._hold_again(now)

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
            self._move([*RUNNING, Status.UNKNOWN], claimed=False, keep_claim=True, due_at=now, trouble=CHECKING)

    def poll_now(self, now: datetime) -> None:
        """EvoLink has news: read the task now, before the next due time. The card does not change yet."""
        later = Generation.objects.filter(pk=self.pk).exclude(status=Status.QUEUED)
        ended = Q(status__in=(Status.COMPLETED, Status.FAILED), due_at=None) & ~Q(task_id="")
        later.filter(Q(due_at__gt=now) | ended).update(due_at=now)

    # --- Internal ---

    def _move(
        self,
        expected: Iterable[str],
        *,
        claimed: bool = True,
        keep_claim: bool = False,
        keep_fault: bool = False,
        visible: bool = True,
        **changes: Any,
    ) -> None:
        if not keep_fault:
            changes = {"fault": "", "faults": 0} | changes
        row = Generation.objects.filter(pk=self.pk, status__in=list(expected))
        if claimed:
            row = row.filter(fence=self.fence)
        if visible:
            changes["version"] = F("version") + 1
        if not keep_claim:
            changes["lease_until"] = None
        if not row.update(**changes):
            raise Superseded(f"{self.code} is no longer {'/'.join(expected)} under fence {self.fence}")
        for name, value in changes.items():
            if hasattr(value, "resolve_expression"):
                # Only the database knows the result. It is read at the next access.
                self.__dict__.pop(name, None)
            else:
                setattr(self, name, value)

    def _answered(self, outcome: str, now: datetime) -> None:
        """Record the outcome of the attempt that was sent last."""
        attempt = self.attempts.exclude(sent_at=None).latest("pk")
        attempt.outcome = outcome
        attempt.answered_at = now
        attempt.save(update_fields=["outcome", "answered_at"])

    def _settle(self, now: datetime, cost: Decimal) -> None:
        """Release the held credits, and book the difference between `cost` and what is booked. The caller has opened
        the transaction that also writes the state. Writes no entry if nothing is held and the cost is booked."""
        Generation.objects.filter(pk=self.pk).update(settled_at=now)
        self.settled_at = now
        Kind = LedgerEntry.Kind
        if held := self.ledger.held():
            self._enter(Kind.RELEASE, held, now)
        if difference := cost - self.ledger.spent():
            charged_at = self._charged_at()
            kind = Kind.CORRECTION if charged_at else Kind.CHARGE
            estimated = self.cost_source == CostSource.ESTIMATED
            self._enter(kind, difference, now, effective_at=charged_at or now, estimated=estimated)
            if not self.rehearsal:
                Budget.objects.warn(self.owner, now)
        if self.key is not None:
            self.key.wipe_if_free()

    def _watch_anew(self) -> None:
        """The time that EvoLink is asked about the end is measured from now on."""
        if attempt := self.attempts.exclude(sent_at=None).first():
            attempt.watch_anew()

    def _hold_again(self, now: datetime) -> None:
        """Hold what is neither held nor booked of the estimate, because the generation goes on after its end."""
        missing = self.estimate_high - self.ledger.spent() - self.ledger.held()
        if missing > 0:
            self._enter(LedgerEntry.Kind.HOLD, missing, now)

    def _give_up_waiting(self) -> None:
        for image in self.images.waiting():
            image.mark_missing(image.save_error or LINK_MISSING)

    def _charged_at(self) -> datetime | None:
        """The time that all bookings of this generation count for. None if nothing is booked."""
        first = self.ledger.bills().first()
        return first.effective_at if first else None

    def _enter(self, kind: str, credits: Decimal, now: datetime, **facts: Any) -> None:
        LedgerEntry.objects.create(
            generation=self,
            owner_id=self.owner_id,
            kind=kind,
            credits=credits,
            rates_version=self.rates_version,
            rehearsal=self.rehearsal,
            at=now,
            **facts,
        )
