"""The states of a generation, and what a person is told about the money in each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Superseded(Exception):
    """The row has moved on without us: somebody else holds the claim, or its state is not what the step expected."""


class Status(models.TextChoices):
    """EvoLink's words where they exist, ours around them."""

    QUEUED = "queued", _("Waiting to be sent")
    SUBMITTING = "submitting", _("Being sent")
    PENDING = "pending", _("Accepted, waiting for EvoLink")
    PROCESSING = "processing", _("EvoLink is drawing")
    SAVING = "saving", _("Saving")
    COMPLETED = "completed", _("Saved")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Unknown")


RUNNING = (Status.QUEUED, Status.SUBMITTING, Status.PENDING, Status.PROCESSING, Status.SAVING)
FINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


class Charged(models.TextChoices):
    """What the person is told about money."""

    NO = "no", _("You were not charged.")
    YES = "yes", _("You were charged.")
    CHECKING = "checking", _("We are checking whether you were charged.")
    POSSIBLY = "possibly", _("It may have been charged; it is counted at the estimate.")


class CostSource(models.TextChoices):
    REPORTED = "reported", _("reported by EvoLink")
    COMPUTED = "computed", _("computed from the reported tokens")
    ESTIMATED = "estimated", _("estimated")
    CORRECTED = "corrected", _("corrected by an administrator")
