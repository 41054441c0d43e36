"""What happens to a generation if its step raises an unexpected error. The error is counted and shown. The step is
tried again after longer and longer pauses. After `FAULTS_MAX` errors in a row the generation ends as its state
allows."""

from datetime import datetime, timedelta

import structlog

from playground.engine import evidence
from playground.engine.backoff import backoff
from playground.engine.billing import assumed
from playground.evolink.secret import redact
from playground.models import Generation, Status

log = structlog.get_logger(__name__)

# The unexpected errors in a row that end a generation. They take about ten minutes.
FAULTS_MAX = 8
FAULT_LENGTH_MAX = 2000
PAUSE = timedelta(seconds=30)


def handle(claimed: Generation, error: Exception, now: datetime) -> None:
    """Record that a step with this claim raised `error`. Raises `Superseded` if somebody else has changed the row."""
    # The object in memory may have values that a transaction has rolled back.
    row = Generation.objects.select_related("key").get(pk=claimed.pk)
    row.fence = claimed.fence
    fault = redact(f"{type(error).__name__}: {error}")[:FAULT_LENGTH_MAX]
    _report(row, error)
    if row.status == Status.SUBMITTING:
        # The request may have been sent, so it is not sent again.
        row.mark_unknown(now, now + PAUSE, fault)
    elif row.faults + 1 < FAULTS_MAX or not _end(row, fault, now):
        row.record_fault(fault, now + backoff(row.faults))


def _report(row: Generation, error: Exception) -> None:
    """Log the error: with a traceback if it is new for this row, in one line if the last error was of the same
    class."""
    kind = type(error).__name__
    facts = {"generation": row.code, "status": row.status, "faults": row.faults + 1}
    if row.fault.partition(":")[0] == kind:
        log.warning("step failed again", error=kind, **facts)
    else:
        log.error("step failed", exc_info=error, **facts)


def _end(row: Generation, fault: str, now: datetime) -> bool:
    """End the generation as its state allows. Returns whether the row has changed its state."""
    if row.status == Status.QUEUED:
        row.fail("step_failed", fault, now)
    elif row.status in (Status.PENDING, Status.PROCESSING):
        row.mark_unknown(now, now + PAUSE, fault)
    elif row.status == Status.SAVING:
        return _end_saving(row, now)
    elif row.final:
        # It cannot be read, so the estimate counts.
        if row.settled_at is None:
            row.record_bill(assumed(row, row.last_task()), now, None)
        else:
            row.read_again(None)
    elif evidence.look(row, now).over:
        row.give_up(now)
    else:
        return False
    return True


def _end_saving(row: Generation, now: datetime) -> bool:
    """The pictures are paid for, so the worker tries to save them until their links expire. Returns whether the
    generation has ended."""
    for image in row.images.waiting():
        if image.expired(now):
            image.mark_missing("link_dead")
        else:
            image.save_failed("step_failed")
    if row.images.waiting().exists():
        row.settle_early(now)
        return False
    row.complete(now)
    return True
