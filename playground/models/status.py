"""The states of a generation, and what people read about the money."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Superseded(Exception):
    """The row has changed: somebody else holds the claim, or the state is not the one that the step expects."""


class Status(models.TextChoices):
    """The states that EvoLink knows have EvoLink's names. The others are ours."""

    QUEUED = "queued", pgettext_lazy("generation", "Queued")
    SUBMITTING = "submitting", pgettext_lazy("generation", "Sending")
    PENDING = "pending", pgettext_lazy("generation", "Accepted")
    PROCESSING = "processing", pgettext_lazy("generation", "Drawing")
    SAVING = "saving", pgettext_lazy("generation", "Saving")
    COMPLETED = "completed", pgettext_lazy("generation", "Saved")
    FAILED = "failed", pgettext_lazy("generation", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("generation", "Canceled")
    UNKNOWN = "unknown", pgettext_lazy("generation", "Unknown")


RUNNING = (Status.QUEUED, Status.SUBMITTING, Status.PENDING, Status.PROCESSING, Status.SAVING)
FINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


class Charged(models.TextChoices):
    """What people read about the money."""

    NO = "no", _("You were not charged.")
    YES = "yes", _("You were charged.")
    REFUNDED = "refunded", _("You were not charged: EvoLink gave the credits back.")
    CHECKING = "checking", _("We do not know yet whether you were charged; we keep asking.")
    POSSIBLY = "possibly", _("We do not know whether you were charged; the estimate counts.")


class CostSource(models.TextChoices):
    REPORTED = "reported", _("reported by EvoLink")
    COMPUTED = "computed", _("computed from the reported tokens")
    ESTIMATED = "estimated", _("estimated")
    CORRECTED = "corrected", _("corrected by an administrator")


class Found(models.TextChoices):
    """How the task of a lost generation was found, if EvoLink itself has not named it to us."""

    LIST = "list", _("Found in the list of tasks at EvoLink, by its time and model.")
    CHOSEN = "chosen", _("Chosen from the list of tasks at EvoLink.")
