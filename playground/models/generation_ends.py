"""What the worker does with a generation when it is drawn or has failed: save it, end it, book its cost."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from playground.evolink import Task
from playground.evolink.limits import LINK_LIFE
from playground.models.bills import Bill
from playground.models.generation_columns import GenerationColumns
from playground.models.generation_steps import GenerationSteps
from playground.models.images import GeneratedImage
from playground.models.status import RUNNING, Charged, CostSource, Status


class GenerationEnds(GenerationSteps):
    class Meta(GenerationColumns.Meta):
        abstract = True

    def settle_early(self, now: datetime) -> None:
        """Saving takes too long to keep the credits held. Book the cost now, if it is known, and continue to save."""
        with transaction.atomic():
            self.move([Status.SAVING], keep_claim=True, keep_fault=True)
            if self.cost is not None:
                self.settle(now, self.cost)

    def mark_generated(self, task: Task, bill: Bill, now: datetime, *, failure: str = "", detail: str = "") -> None:
        """EvoLink has finished, but the pictures are not saved yet. Makes a row for each requested picture and for each
        extra one. One without a link waits for a later answer. The worker keeps its claim to save them. EvoLink may
        also finish a task that it first called failed. `failure` says why pictures are missing."""
        with transaction.atomic():
            self.move(
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
            self.hold_again(now)
            self.add_links(task.results, now)

    def record_links(self, task: Task, bill: Bill, now: datetime) -> bool:
        """EvoLink was asked again while pictures are being saved. Returns whether the answer has a new link."""
        with transaction.atomic():
            news: dict[str, Any] = (
                {"cost": bill.cost, "cost_source": bill.source, "charged": bill.charged} if bill.known else {}
            )
            self.move([Status.SAVING], keep_claim=True, keep_fault=True, visible=bool(news), **news)
            return self.add_links(task.results, now)

    def add_links(self, links: Sequence[str], now: datetime) -> bool:
        """Give the links that we do not have yet to the pictures that wait for one, each to its own place if possible.
        Returns whether there was one."""
        images = {image.index: image for image in self.image_rows.all()}
        for index in range(max(self.n, len(links))):
            if index not in images:
                images[index] = GeneratedImage.objects.create(generation_id=self.pk, index=index)
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
        self.move([Status.SAVING], keep_claim=True)

    def complete(self, now: datetime) -> None:
        """Nothing is left to save. It is completed if a picture was saved, else failed. If the cost is known it is
        booked once, in the same transaction as the state. If not, EvoLink is asked for it."""
        State = GeneratedImage.State
        saved = self.image_rows.filter(state__in=[State.SAVED, State.DELETED]).exists()
        nothing_came = not self.image_rows.exclude(source_url="").exists()
        with transaction.atomic():
            self.move(
                [Status.SAVING],
                status=Status.COMPLETED if saved else Status.FAILED,
                failure=self.failure or ("" if saved else "no_pictures" if nothing_came else "links_died"),
                finished_at=now,
                due_at=now if self.cost is None else None,
                trouble="",
                tries=0,
            )
            self.watch_anew()
            if self.cost is not None:
                self.settle(now, self.cost)

    def fail(
        self, failure: str, detail: str, now: datetime, *, attempt: str = "", retry_at: datetime | None = None
    ) -> None:
        """It ends before EvoLink has accepted it, so nothing was charged. `retry_at` is when EvoLink may accept it."""
        with transaction.atomic():
            self.move(
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
                self.answered(attempt, now)
            self.settle(now, Decimal(0))

    def mark_failed(self, failure: str, detail: str, bill: Bill, now: datetime, due_at: datetime | None) -> None:
        """EvoLink has accepted the task and could not finish it. It is asked again at `due_at`, because a later answer
        may say something else."""
        with transaction.atomic():
            self.move(
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
            self.watch_anew()
            if bill.cost is not None:
                self.settle(now, bill.cost)

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
            self.move([Status.COMPLETED, Status.FAILED], visible=not kept, due_at=due_at, tries=F("tries") + 1, **news)
            if not kept:
                self.settle(now, bill.cost)

    def read_again(self, due_at: datetime | None) -> None:
        """A generation that has ended was read, and nothing is new. Read it again at `due_at`, or never."""
        self.move([Status.COMPLETED, Status.FAILED], visible=False, due_at=due_at, tries=F("tries") + 1)

    def give_up(self, now: datetime, trouble: str = "") -> None:
        """A day has brought no evidence. The estimate counts as spent until an administrator corrects it. `trouble`
        says that a person can choose the task."""
        with transaction.atomic():
            self.move(
                [Status.UNKNOWN],
                charged=Charged.POSSIBLY,
                cost=self.estimate_high,
                cost_source=CostSource.ESTIMATED,
                finished_at=now,
                due_at=None,
                trouble=trouble,
            )
            self.settle(now, self.estimate_high)

    def reopen(self, now: datetime) -> None:
        """Evidence came after the generation was given up. Look for it again, and hold again the credits that are not
        booked. A cost that an administrator has corrected does not change."""
        with transaction.atomic():
            given_up = Q(status=Status.FAILED, failure="not_accepted") | Q(status=Status.UNKNOWN)
            over = type(self).objects.filter(given_up, pk=self.pk, finished_at__isnull=False)
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
            self.hold_again(now)

    def discard_pictures(self) -> None:
        """Remove the pictures of a task that was not this generation's, with their files."""
        State = GeneratedImage.State
        self.give_up_waiting()
        self.image_rows.filter(state=State.SAVED).update(state=State.DELETED)
        for image in self.image_rows.all():
            image.remove_files()
            image.delete()
