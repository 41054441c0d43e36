"""An attempt: the one time a generation's request may leave the house."""

import json
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from playground.evolink import GenerationRequest, Task

ANSWER_MAX = 200_000


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


class Attempt(models.Model):
    """Written before anything is sent, so that a lost answer can still be told apart from an unsent request.

    The nonce goes into the callback address of exactly this attempt: whoever calls it has seen the request.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("not answered yet")
        NOT_SENT = "not_sent", _("never left this server")
        REJECTED = "rejected", _("refused by EvoLink")
        ACCEPTED = "accepted", _("accepted by EvoLink")
        UNKNOWN = "unknown", _("answer lost")

    generation = models.ForeignKey("playground.Generation", on_delete=models.CASCADE, related_name="attempts")
    nonce = models.CharField(max_length=64, unique=True, default=new_nonce, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    callback_at = models.DateTimeField(null=True, blank=True)
    # A task that may be ours: worth asking EvoLink for when our own answer was lost or came too late.
    hinted_task_id = models.CharField(max_length=200, blank=True)
    hinted_at = models.DateTimeField(null=True, blank=True)
    # While it is looked for: the seconds that passed since then or since the last hint, on a clock that nobody sets;
    # which clock that is, and what it said at the last look.
    watched_seconds = models.FloatField(default=0.0)
    watched_on = models.CharField(max_length=64, blank=True)
    watched_at = models.FloatField(default=0.0)
    # EvoLink's own sums just before sending: {"user_used": "12.5", ...}. Unmoved afterwards means nothing was charged.
    credits_before = models.JSONField(null=True, blank=True)
    # The body that was sent, and the last answer about its task, as they were on the wire. The key is in neither.
    # JSON in ASCII: PostgreSQL's own type refuses characters that an answer may hold.
    request = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    # The group of users EvoLink counts the account in; prices differ between groups.
    user_group = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.outcome}"

    def record_callback(self, task_id: str, now: datetime) -> None:
        """EvoLink knows this attempt, so it arrived: have a look now. The body is a hint, and nothing more."""
        self.callback_at = now
        self.save(update_fields=["callback_at"])
        self.record_hint(task_id or self.hinted_task_id, now)

    def record_hint(self, task_id: str, now: datetime) -> None:
        """A task that may be ours: to be confirmed at EvoLink before it is believed. What was given up for want of
        evidence is looked for again."""
        self.hinted_task_id = task_id
        self.hinted_at = now
        self.watched_seconds = 0.0
        self.save(update_fields=["hinted_task_id", "hinted_at", "watched_seconds"])
        self.generation.reopen(now)
        self.generation.poll_now(now)

    def watch(self, clock: str, seconds: float) -> timedelta:
        """Somebody looks for it when `clock` says `seconds`. Answers how long it has been watched."""
        if clock == self.watched_on:
            self.watched_seconds += max(0.0, seconds - self.watched_at)
        self.watched_on, self.watched_at = clock, seconds
        self.save(update_fields=["watched_seconds", "watched_on", "watched_at"])
        return timedelta(seconds=self.watched_seconds)

    def record_request(self, request: GenerationRequest) -> None:
        """Write down what is about to be sent, for whoever wants to see it later."""
        self.request = json.dumps(request.to_json())
        self.save(update_fields=["request"])

    def record_answer(self, task: Task) -> None:
        """Keep what EvoLink said last; an answer beyond all measure is not worth a row."""
        text = json.dumps(task.raw, default=str)
        self.answer = text if len(text) <= ANSWER_MAX else ""
        self.user_group = (task.user_group or self.user_group)[:60]
        self.save(update_fields=["answer", "user_group"])
