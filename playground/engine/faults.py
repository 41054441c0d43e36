"""What becomes of a generation whose step raised what nobody expected: it is counted, told, taken again ever later, and
after a bound it ends as its state allows."""

from datetime import datetime, timedelta

import structlog

from playground.engine import evidence
from playground.engine.backoff import backoff
from playground.evolink.secret import redact
from playground.models import Generation, Status

log = structlog.get_logger(__name__)

# So many steps in a row may raise the unexpected, within about ten minutes.
FAULTS_MAX = 8
FAULT_LENGTH_MAX = 2000
PAUSE = timedelta(seconds=30)


def handle(claimed: Generation, error: Exception, now: datetime) -> None:
    """Write down that a step with this claim raised `error`. Raises `Superseded` when the row went on without us."""
    # The claim in memory may hold what a transaction did not keep.
    row = Generation.objects.select_related("key").get(pk=claimed.pk)
    row.fence = claimed.fence
    fault = redact(f"{type(error).__name__}: {error}")[:FAULT_LENGTH_MAX]
    _report(row, error)
    if row.final:
        return
    if row.status == Status.SUBMITTING:
        # It may be out, so it is not sent again.
        row.mark_unknown(now, now + PAUSE, fault)
    elif row.faults + 1 < FAULTS_MAX or not _end(row, fault, now):
        row.record_fault(fault, now + backoff(row.faults))


def _report(row: Generation, error: Exception) -> None:
    """With a traceback the first time that this row meets this kind of error, in one line afterwards."""
    kind = type(error).__name__
    facts = {"generation": row.code, "status": row.status, "faults": row.faults + 1}
    if row.fault.partition(":")[0] == kind:
        log.warning("step failed again", error=kind, **facts)
    else:
        log.error("step failed", exc_info=error, **facts)


def _end(row: Generation, fault: str, now: datetime) -> bool:
    """End what is over, as far as this state allows; whether the row was moved on."""
    if row.status == Status.QUEUED:
        row.fail("step_failed", fault, now)
    elif row.status in (Status.PENDING, Status.PROCESSING):
        row.mark_unknown(now, now + PAUSE, fault)
    elif row.status == Status.SAVING:
        return _end_saving(row, now)
    elif evidence.look(row, now).over:
        row.give_up(now)
    else:
        return False
    return True


def _end_saving(row: Generation, now: datetime) -> bool:
    """What was drawn is paid. Its pictures are tried for until their links die."""
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
