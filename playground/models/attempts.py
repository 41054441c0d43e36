"""An attempt: one order at EvoLink. It is sent again only after a proven refusal, with the same key and body."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from playground.evolink import GenerationRequest, Task, errors
from playground.models.codes import new_token

if TYPE_CHECKING:
    from playground.models.generation_columns import GenerationColumns

ANSWER_MAX = 200_000


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def lost_beside(self, generation: "GenerationColumns", since: datetime, until: datetime) -> list["Attempt"]:
        """Attempts of other generations for the same model, sent between `since` and `until`, whose answer has not come
        or is lost, so that an unbound task may be theirs. Those on other keys too, because an account may have several
        keys."""
        Outcome = Attempt.Outcome
        account = {"generation__owner": generation.owner_id} if generation.rehearsal else {}
        rows = self.filter(
            outcome__in=(Outcome.OPEN, Outcome.UNKNOWN),
            sent_at__range=(since, until),
            generation__rehearsal=generation.rehearsal,
            generation__model=generation.model,
            generation__task_id="",
            **account,
        )
        return list(rows.exclude(generation=generation.pk).select_related("generation").order_by("sent_at"))


class Attempt(models.Model):
    """The row is written before the request is sent. So a lost answer differs from a request that was not sent.

    The nonce is part of the callback address of this attempt only. So whoever calls the address has seen the request.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("not answered yet")
        NOT_SENT = "not_sent", _("never left this server")
        REJECTED = "rejected", _("refused by EvoLink")
        ACCEPTED = "accepted", _("accepted by EvoLink")
        UNKNOWN = "unknown", _("answer lost")

    generation = models.ForeignKey("playground.Generation", on_delete=models.CASCADE, related_name="attempts")
    nonce = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    created_at = models.DateTimeField()
    # The last time that it was sent, and the first.
    sent_at = models.DateTimeField(null=True, blank=True)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    callback_at = models.DateTimeField(null=True, blank=True)
    # The id of a task that may be ours. We ask EvoLink for it if our own answer was lost or came too late.
    hinted_task_id = models.CharField(max_length=200, blank=True)
    hinted_at = models.DateTimeField(null=True, blank=True)
    # While the worker looks for a lost generation: the seconds since the first look or the last hint, on a clock that
    # nobody can set; the name of that clock; and its seconds at the last look.
    watched_seconds = models.FloatField(default=0.0)
    watched_on = models.CharField(max_length=64, blank=True)
    watched_at = models.FloatField(default=0.0)
    # EvoLink's sums in credits just before sending: {"user_used": "12.5", ...}. If they do not change afterwards,
    # nothing was charged.
    credits_before = models.JSONField(null=True, blank=True)
    # The body of the request, and EvoLink's last answer about its task, both unchanged. Neither has the key.
    # JSON in ASCII, because PostgreSQL's JSON type refuses some characters that an answer may have.
    request = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    # The user group of the account at EvoLink. Prices differ between groups.
    user_group = models.CharField(max_length=60, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["sent_at"], name="attempt_unanswered", condition=models.Q(outcome__in=("open", "unknown"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.outcome}"

    def record_callback(self, task_id: str, now: datetime) -> None:
        """EvoLink has called back, so the request arrived: poll now. The callback's task id is only a hint. But if it
        names another task than the one that was found in the list, that one is not ours."""
        if task_id and self.generation.found and task_id != self.generation.task_id:
            self.generation.reject_task(now, None)
            self.refresh_from_db()
        self.callback_at = now
        self.save(update_fields=["callback_at"])
        self.record_hint(task_id or self.hinted_task_id, now)

    def record_hint(self, task_id: str, now: datetime) -> None:
        """Record a task that may be ours. It counts only after EvoLink has confirmed it. If the generation was given up
        for lack of evidence, the worker looks for it again."""
        self.hinted_task_id = task_id
        self.hinted_at = now
        self.watched_seconds = 0.0
        with transaction.atomic():
            self.save(update_fields=["hinted_task_id", "hinted_at", "watched_seconds"])
            self.generation.reopen(now)
            self.generation.poll_now(now)

    def watch_anew(self) -> None:
        """From now on another time is watched."""
        self.watched_seconds, self.watched_on = 0.0, ""
        self.save(update_fields=["watched_seconds", "watched_on"])

    def drop_hint(self, now: datetime) -> None:
        """The hinted task is not ours, and what EvoLink answered about it does not count. The look for ours begins
        anew."""
        self.hinted_task_id = self.answer = self.user_group = ""
        self.hinted_at, self.outcome = now, self.Outcome.UNKNOWN
        self.save(update_fields=["hinted_task_id", "answer", "user_group", "hinted_at", "outcome"])
        self.watch_anew()

    def watch(self, clock: str, seconds: float) -> timedelta:
        """Record a look at `seconds` of the clock named `clock`. Returns how long the attempt has been watched."""
        if clock == self.watched_on:
            self.watched_seconds += max(0.0, seconds - self.watched_at)
        self.watched_on, self.watched_at = clock, seconds
        self.save(update_fields=["watched_seconds", "watched_on", "watched_at"])
        return timedelta(seconds=self.watched_seconds)

    def mark_sent(self, request: GenerationRequest, credits_before: dict[str, str] | None, now: datetime) -> None:
        """The worker is about to send this request. People can see it later, and it is what is sent again."""
        self.request = json.dumps(request.to_json())
        self.outcome = self.Outcome.OPEN
        self.first_sent_at = self.first_sent_at or now
        self.sent_at, self.answered_at, self.credits_before = now, None, credits_before
        self.save(update_fields=["request", "outcome", "first_sent_at", "sent_at", "answered_at", "credits_before"])

    @property
    def sent_request(self) -> GenerationRequest | None:
        """The request as it was sent. None if it was not sent."""
        return GenerationRequest.from_values(json.loads(self.request)) if self.request else None

    @property
    def model(self) -> str:
        """The model that was asked. Empty if it was not sent."""
        return str(json.loads(self.request)["model"]) if self.request else ""

    @property
    def last_task(self) -> Task | None:
        """The task in EvoLink's last answer. None if no answer was kept, or if it is not a task."""
        try:
            return Task.from_json(json.loads(self.answer)) if self.answer else None
        except errors.APIResponseValidationError:
            return None

    def record_odd_answer(self, raw: str) -> None:
        """Keep an answer that is no task, so that a person can read it."""
        if raw:
            self.answer = json.dumps(raw[:ANSWER_MAX])
            self.save(update_fields=["answer"])

    def record_answer(self, task: Task) -> None:
        """Keep EvoLink's last answer. One of more than `ANSWER_MAX` characters is not kept."""
        text = json.dumps(task.raw, default=str)
        self.answer = text if len(text) <= ANSWER_MAX else ""
        self._belongs_to((task.user_group or "")[:60])
        self.save(update_fields=["answer", "user_group"])

    def _belongs_to(self, group: str) -> None:
        """The account is in this user group, so the next estimates with its key use that group's rates."""
        if group and group != self.user_group:
            self.user_group = group
            ApiKey.objects.filter(generations=self.generation_id).exclude(user_group=group).update(user_group=group)
