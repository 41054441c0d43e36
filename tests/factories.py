"""Functions that create rows for tests."""

import hashlib
import io
import secrets
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts.models import ApiKey, User
from playground.evolink import ApiSecret, GenerationRequest, Task
from playground.models import Bill, Charged, CostSource, GeneratedImage, Generation, Reference


def make_key(*, owner: User, label: str = "Marketing", secret: str = "", **team: bool) -> ApiKey:
    """A key that was not checked at EvoLink yet."""
    return ApiKey.objects.add(owner, label, ApiSecret(secret or f"sk-{secrets.token_hex(24)}"), timezone.now(), **team)


def make_generation(
    *,
    owner: User,
    prompt: str = "A lighthouse at dusk",
    model: str = "gpt-image-1",
    size: str = "1024x1024",
    quality: str = "low",
    resolution: str | None = None,
    n: int = 1,
    rehearsal: bool = True,
    key: ApiKey | None = None,
    request_id: str = "",
    now: datetime | None = None,
    other_models: bool = False,
) -> Generation:
    """A generation that was just submitted and not sent yet. A live one without `key` gets one."""
    if not rehearsal and key is None:
        key = ApiKey.objects.kept().filter(owner=owner).first() or make_key(owner=owner)
    request = GenerationRequest(
        model=model, prompt=prompt, size=size, quality=quality or None, resolution=resolution, n=n
    )
    row, _new = Generation.objects.submit(
        owner,
        request,
        request_id=request_id or secrets.token_urlsafe(16),
        rehearsal=rehearsal,
        key=key,
        now=now or timezone.now(),
        other_models=other_models,
    )
    return row


def make_reference(
    *, owner: User, name: str = "photo.png", byte_size: int = 1000, now: datetime | None = None
) -> Reference:
    """The row of an uploaded picture. Its files do not exist."""
    return Reference.objects.create(
        owner=owner,
        name=name,
        sha256=secrets.token_hex(32),
        file=f"references/{name}",
        thumbnail=f"references/{name}-small.webp",
        content_type="image/png",
        byte_size=byte_size,
        width=60,
        height=40,
        created_at=now or timezone.now(),
        touched_at=now or timezone.now(),
    )


def charged(credits: str | Decimal) -> Bill:
    """What EvoLink reports when it has charged these credits, or none."""
    cost = Decimal(credits)
    return Bill(Charged.YES if cost else Charged.NO, cost, CostSource.REPORTED)


def make_saved(
    *, owner: User, prompt: str = "A lighthouse at dusk", n: int = 1, shared: bool = False, **values: object
) -> Generation:
    """A completed generation with small saved pictures in different colours. It uses the same methods as the worker."""
    # In one transaction, so that no worker of the test takes the row.
    with transaction.atomic():
        row = make_generation(owner=owner, prompt=prompt, n=n, **values)  # type: ignore[arg-type]
        draw(row)
        Generation.objects.filter(pk=row.pk).update(shared=shared)
    row.refresh_from_db()
    return row


def draw(row: Generation, came: int | None = None) -> Generation:
    """Completes a submitted generation with small saved pictures: as many as were asked for, or as `came`."""
    now = row.created_at
    task = Task(
        id=f"task-unified-{secrets.token_hex(8)}",
        status="completed",
        progress=100,
        results=tuple(f"https://files.example/{index}.png" for index in range(row.n if came is None else came)),
    )
    row.mark_submitting(now, None)
    row.mark_accepted(task.id, now, now)
    row.mark_generated(task, charged("1.5"), now)
    for image in row.images.waiting().exclude(source_url=""):
        keep_picture(image, now)
    row.complete(now)
    row.refresh_from_db()
    return row


def keep_picture(image: GeneratedImage, now: datetime) -> None:
    """Saves a small picture for this row."""
    drawn = Image.new("RGB", (64, 48), (40 * image.index % 256, image.pk % 256, 90))
    out, small = io.BytesIO(), io.BytesIO()
    drawn.save(out, "PNG")
    drawn.save(small, "WEBP")
    data = out.getvalue()
    image.mark_saved(
        now,
        file=default_storage.save(f"images/{image.token}.png", ContentFile(data)),
        thumbnail=default_storage.save(f"images/{image.token}-640.webp", ContentFile(small.getvalue())),
        thumbnail_small=default_storage.save(f"images/{image.token}-320.webp", ContentFile(small.getvalue())),
        content_type="image/png",
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        width=64,
        height=48,
    )
