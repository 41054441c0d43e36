"""The columns of a generation, and what follows from them. `generations.Generation` adds the verbs that change them."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import ApiKey
from playground.evolink import BUILT_IN, GenerationRequest, RateTable
from playground.evolink.types import SETTINGS
from playground.models.codes import new_code
from playground.models.lineage import Lineage
from playground.models.rates import rates_of
from playground.models.references import Delivery
from playground.models.status import FINAL, RUNNING, Charged, CostSource, Found, Status

# The `trouble` of a row while a check that a person has asked for is pending.
CHECKING = "checking"


class GenerationColumns(models.Model):
    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="generations")
    request_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    # A generation stays a rehearsal or live. A live one is always paid with the same key, even if its owner changes
    # or deletes keys.
    rehearsal = models.BooleanField()
    key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="generations")
    # Whether the whole team sees it.
    shared = models.BooleanField(default=False)

    # What it came from, and how: see `lineage`. `root` is the first of the family; the first itself has none. They
    # describe it and nothing more, so a generation outlives its parent.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    parent_index = models.PositiveSmallIntegerField(null=True, blank=True)
    parent_id: int | None
    root_id: int | None
    root = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lineage = models.CharField(max_length=9, choices=Lineage.choices, blank=True)

    model = models.CharField(max_length=64)
    prompt = models.TextField()
    # The prompt in the form that the search compares: see `queries.folded`.
    prompt_folded = models.TextField(blank=True, editable=False)
    size = models.CharField(max_length=20, blank=True)
    quality = models.CharField(max_length=10, blank=True)
    resolution = models.CharField(max_length=10, blank=True)
    background = models.CharField(max_length=20, blank=True)
    output_format = models.CharField(max_length=10, blank=True)
    n = models.PositiveSmallIntegerField(default=1)
    # Whether another model may draw it if this one is not available. If one does: the model that was asked for, the
    # upper end of its estimate in credits, and our code for why it was not available.
    other_models = models.BooleanField(default=False)
    asked_model = models.CharField(max_length=64, blank=True)
    asked_estimate = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unavailable = models.CharField(max_length=60, blank=True)
    # The settings without a column of their own, by EvoLink's names.
    extra = models.JSONField(default=dict, blank=True)
    # How EvoLink gets the reference images. Empty if there are none.
    reference_way = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    # The size of the pictures in pixels. None if EvoLink chooses it.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    task_id = models.CharField(max_length=200, blank=True)
    # Empty if EvoLink's answer or callback named the task.
    found = models.CharField(max_length=6, choices=Found.choices, blank=True)
    revised_prompt = models.TextField(blank=True)
    failure = models.CharField(max_length=60, blank=True)
    failure_detail = models.TextField(blank=True)
    # When EvoLink may accept it, if EvoLink has said so.
    retry_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=60, blank=True)
    # The unexpected error of the last step, as class and message, and how many steps in a row raised one.
    fault = models.TextField(blank=True)
    faults = models.PositiveSmallIntegerField(default=0)
    # Grows with every change that a person can see. A card is sent again only if it has grown.
    version = models.PositiveIntegerField(default=1)

    estimate_low = models.DecimalField(max_digits=14, decimal_places=4)
    estimate_high = models.DecimalField(max_digits=14, decimal_places=4)
    rates_version = models.CharField(max_length=32)
    # The user group at EvoLink whose rates the estimate used. Empty: the default one.
    rates_group = models.CharField(max_length=60, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    cost_source = models.CharField(max_length=10, choices=CostSource.choices, blank=True)
    charged = models.CharField(max_length=10, choices=Charged.choices, blank=True)

    usual_seconds = models.PositiveIntegerField(null=True, blank=True)

    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    # When the last picture was saved, or the generation ended without.
    finished_at = models.DateTimeField(null=True, blank=True)
    # When the hold was released and the cost was booked. EvoLink may tell the cost long after the pictures.
    settled_at = models.DateTimeField(null=True, blank=True)

    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=100, blank=True)
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="generation_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["owner", "-id"], name="generation_history"),
            models.Index(fields=["owner"], name="generation_open", condition=Q(settled_at=None)),
            models.Index(fields=["created_at"], name="generation_created"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "request_id"], name="generation_request_once"),
            models.UniqueConstraint(
                fields=["rehearsal", "task_id"], name="generation_task_once", condition=~Q(task_id="")
            ),
            models.CheckConstraint(
                name="generation_rehearsal_spends_no_key", condition=Q(rehearsal=False) | Q(key=None)
            ),
            models.CheckConstraint(name="generation_n", condition=Q(n__gte=1, n__lte=10)),
            models.CheckConstraint(name="generation_progress", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="generation_final_is_finished",
                condition=~Q(status__in=FINAL) | Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="generation_only_a_task_is_read_again",
                condition=~Q(status__in=FINAL) | Q(due_at__isnull=True) | ~Q(task_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.status}"

    @cached_property
    def rate_table(self) -> RateTable:
        """The rates that the estimate used, or the catalogue's if nobody has them any more."""
        return rates_of(self.rates_version) or BUILT_IN

    @property
    def running(self) -> bool:
        return self.status in RUNNING

    @property
    def final(self) -> bool:
        return self.finished_at is not None

    @property
    def watched(self) -> bool:
        """Whether a page must keep asking for the card: the generation runs, its cost is not known yet, or a person has
        just asked to check it."""
        asked = self.status == Status.UNKNOWN and self.trouble == CHECKING and not self.final
        return self.running or self.cost_open or asked

    @property
    def cost_open(self) -> bool:
        """Whether it has ended, and EvoLink has not said yet what it costs."""
        return self.final and self.settled_at is None

    @property
    def paid_by(self) -> Any:
        """The owner of the key that pays. None if it is the person's own key, or if there is no key."""
        return None if self.key is None or self._own_key else self.key.owner

    @property
    def on_own_account(self) -> bool:
        """Whether only the owner spends with the key: in a rehearsal, and with a key of theirs that is no team key."""
        return self.rehearsal or (self._own_key and self.key is not None and not self.key.is_team_key)

    @property
    def _own_key(self) -> bool:
        return self.key is not None and self.key.owner_id == self.owner_id

    def as_request(self, **wire: Any) -> GenerationRequest:
        """The request as EvoLink gets it. `wire` adds the values of one attempt (addresses)."""
        chosen = {name: getattr(self, name) or None for name in SETTINGS}
        return GenerationRequest.from_values({"prompt": self.prompt, **chosen, **self.extra, **wire})
