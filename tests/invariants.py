"""What must be true after any fault. It is checked only from the database, the storage and the sandbox's own logs.

I1 to I7 are the names in the reliability design. Each function yields what is wrong, as sentences.
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Sum

from playground.models import Attempt, Candidate, GeneratedImage, Generation, LedgerEntry, Status
from playground.models.ledger import in_credits
from playground.models.status import RUNNING
from playground.sandbox import Sandbox


def broken(sandbox: Sandbox, *, clicks: int) -> list[str]:
    """Every invariant that is broken. `clicks` is how often a person has pressed Generate."""
    return [*_tasks(sandbox, clicks), *_money(sandbox), *held(), *_ends(), *_pictures(sandbox), *orphans()]


def _tasks(sandbox: Sandbox, clicks: int) -> Iterator[str]:
    tasks = sandbox.task_log()
    if len(tasks) > clicks:
        yield f"I1: {len(tasks)} tasks at EvoLink for {clicks} clicks"
    bound = set(Generation.objects.exclude(task_id="").values_list("task_id", flat=True))
    unbound = {task.id for task in tasks} - bound
    lost = Attempt.objects.filter(outcome=Attempt.Outcome.UNKNOWN).count()
    if len(unbound) > lost:
        yield f"I2: {len(unbound)} tasks belong to nobody, {lost} attempts are unknown"
    if invented := bound - {task.id for task in tasks}:
        yield f"I2: bound to tasks that do not exist: {invented}"


def _money(sandbox: Sandbox) -> Iterator[str]:
    billed = {entry.task_id: entry.credits for entry in sandbox.billing_log()}
    for generation in Generation.objects.exclude(task_id="").filter(finished_at__isnull=False):
        charges = generation.ledger.filter(kind=LedgerEntry.Kind.CHARGE)
        written = charges.aggregate(total=Sum("credits"))["total"] or Decimal(0)
        if written != billed.get(generation.task_id, Decimal(0)):
            yield f"I3: {generation.code} is charged {written}, EvoLink billed {billed.get(generation.task_id)}"


def held() -> Iterator[str]:
    """I7. A generation whose cost is not known holds its whole estimate. If something is booked for it already, because
    it was opened again, it holds at most what is not booked. One that is settled, or that ended, holds nothing."""
    Kind = LedgerEntry.Kind
    entries = LedgerEntry.objects.order_by().values_list("generation", "kind").annotate(Sum("credits"))
    sums = {(generation, kind): in_credits(credits) for generation, kind, credits in entries}
    rows = Generation.objects.values_list("pk", "code", "settled_at", "estimate_high")
    for pk, code, settled, estimate in rows:
        credits = sums.get((pk, Kind.HOLD), Decimal(0)) - sums.get((pk, Kind.RELEASE), Decimal(0))
        booked = [sums[pk, kind] for kind in (Kind.CHARGE, Kind.CORRECTION) if (pk, kind) in sums]
        most = Decimal(0) if settled else max(estimate - sum(booked), Decimal(0))
        least = most if settled or not booked else Decimal(0)
        if not least <= credits <= most:
            yield f"I7: {code} holds {credits} credits, {'it is settled' if settled else f'its estimate is {estimate}'}"


def _ends() -> Iterator[str]:
    for generation in Generation.objects.filter(status__in=RUNNING):
        yield f"I4: {generation.code} is still {generation.status}"
    for generation in Generation.objects.filter(finished_at=None, due_at=None):
        yield f"I4: {generation.code} is {generation.status}, and nobody will look at it again"


def unfinished() -> Iterator[str]:
    """Generations that have not ended, although everything that they could wait for is over."""
    for generation in Generation.objects.filter(finished_at=None) | Generation.objects.exclude(due_at=None):
        yield f"I4: {generation.code} is {generation.status} for ever, due at {generation.due_at}"


def _pictures(sandbox: Sandbox) -> Iterator[str]:
    served: dict[str, set[str]] = {}
    for entry in sandbox.serving_log():
        served.setdefault(entry.task_id, set()).add(entry.sha256)
    for generation in Generation.objects.filter(status=Status.COMPLETED):
        for image in generation.images.all():
            if image.state != GeneratedImage.State.SAVED:
                yield f"I5: {image} is {image.state}"
                continue
            digest = digest_of(image)
            if digest != image.sha256 or digest not in served.get(generation.task_id, set()):
                yield f"I5: {image} is not what was served"
            if not default_storage.exists(str(image.thumbnail.name)):
                yield f"I5: {image} has no thumbnail"


def torn() -> Iterator[str]:
    """I5. The files of saved pictures that are missing, or not as long as their rows say."""
    for image in GeneratedImage.objects.saved():
        for field in (image.file, image.thumbnail, image.thumbnail_small):
            size = default_storage.size(field.name) if default_storage.exists(field.name) else -1
            if size != image.byte_size if field.name == image.file.name else size < 1:
                yield f"I5: {field.name} is not whole: {size} bytes"


def digest_of(image: GeneratedImage) -> str:
    """The SHA-256 of its stored file."""
    with default_storage.open(str(image.file.name)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def orphans() -> Iterator[str]:
    images = GeneratedImage.objects.all()
    known = {name for names in images.values_list("file", "thumbnail", "thumbnail_small") for name in names}
    known |= set(Candidate.objects.values_list("thumbnail", flat=True))
    # A later save will overwrite the files with its token.
    tokens = set(images.waiting().values_list("token", flat=True))
    root = Path(settings.MEDIA_ROOT)
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_file() and name not in known and not any(token in name for token in tokens):
            yield f"I6: {name} belongs to nobody"
