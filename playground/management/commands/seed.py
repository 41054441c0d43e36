"""Fills the gallery with saved pictures, for demos and for tests with many pictures.

Painting 200 takes about 75 seconds of one processor, and all processors paint. Thousands of rows that repeat a few
pictures take seconds.
"""

import hashlib
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from playground.evolink import GenerationRequest, Model, get_model
from playground.evolink.successors import current
from playground.models import Charged, CostSource, GeneratedImage, Generation, LedgerEntry, Status, current_rates
from playground.models.queries import folded, request_columns
from playground.pictures import decoding
from playground.sandbox.showpieces import SHAPES, Sheet, painted, showpieces

QUALITIES = ("low", "medium", "high")
NEWEST_FIRST = timedelta(minutes=7)
COUNT = 200


@dataclass(frozen=True)
class Painting:
    """A stored picture and what it was asked for. Rows share it if there are more rows than paintings."""

    request: GenerationRequest
    stored: dict[str, Any]


class Command(BaseCommand):
    help = "Add saved pictures for demos and tests. They are rehearsals: no money, and nothing is sent anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--count", "--pictures", dest="count", type=int, default=COUNT, help="how many (default %(default)s)"
        )
        parser.add_argument(
            "--distinct",
            type=int,
            default=COUNT,
            help="how many of them are different; more repeat these in the same order (default %(default)s)",
        )
        parser.add_argument("--owner", default="demo", help="the user they belong to (default demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no user {options['owner']!r}.")
        model = current(get_model(settings.DEFAULT_MODEL), timezone.now().date())
        paintings = list(_paintings(model, max(min(options["distinct"], options["count"]), 1)))
        with transaction.atomic():
            made = _hang(owner, paintings, options["count"], timezone.now())
        self.stdout.write(f"{made} pictures for {owner.get_username()}, {len(paintings)} of them different.")


def _paintings(model: Model, count: int) -> Iterator[Painting]:
    """Paints and stores pictures in the shapes and qualities of the model."""
    shapes = [shape for shape in SHAPES if model.named_size(shape)] or [size.value for size in model.sizes]
    levels = [level for level in QUALITIES if level in model.qualities] or (model.default_quality,)
    pieces = showpieces(count, shapes)
    sheets, requests = [], []
    for number, piece in enumerate(pieces):
        size = model.named_size(piece.shape)
        quality = levels[number % len(levels)]
        width, height = (1024, 1024) if size is None else size.at(model.default_resolution)
        sheets.append(Sheet(piece, (width, height), quality))
        requests.append(
            GenerationRequest(
                model=model.id,
                prompt=piece.prompt,
                size=piece.shape,
                quality=quality,
                resolution=model.default_resolution,
            )
        )
    for request, data in zip(requests, painted(sheets, mark=settings.SANDBOX_MARK), strict=True):
        yield Painting(request, _stored(data))


def _stored(data: bytes) -> dict[str, Any]:
    """Stores a picture and its thumbnails. Returns the columns of its row."""
    picture = decoding.read_picture(io.BytesIO(data), max_pixels=settings.MAX_PIXELS)
    digest = hashlib.sha256(data).hexdigest()
    name = f"images/seed-{digest[:24]}"
    stored = {
        "file": _kept(f"{name}.{picture.extension}", data),
        "content_type": picture.content_type,
        "sha256": digest,
        "byte_size": len(data),
        "width": picture.width,
        "height": picture.height,
    }
    for field, side in (("thumbnail", decoding.LARGER), ("thumbnail_small", decoding.SMALLER)):
        stored[field] = _kept(f"{name}-{side}.webp", picture.thumbnails[side])
    return stored


def _kept(name: str, data: bytes) -> str:
    """Stores the bytes, unless an earlier run has. Returns `name`, which follows from the bytes."""
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def _hang(owner: User, paintings: list[Painting], wanted: int, now: datetime) -> int:
    """Creates generations with one picture each, oldest first, until there are `wanted`. Returns their number."""
    table = current_rates()
    columns = [request_columns(painting.request, 0, table, "") for painting in paintings]
    rows, images = [], []
    for number in range(wanted):
        place = (wanted - 1 - number) % len(paintings)  # the first piece is the newest, which people see first
        painting = paintings[place]
        at = now - NEWEST_FIRST * (wanted - number)
        row = _generation(owner, painting, columns[place], at)
        rows.append(row)
        images.append(
            GeneratedImage(
                generation=row, index=0, state=GeneratedImage.State.SAVED, saved_at=row.finished_at, **painting.stored
            )
        )
    Generation.objects.bulk_create(rows, batch_size=500)
    GeneratedImage.objects.bulk_create(images, batch_size=500)
    Kind = LedgerEntry.Kind
    entries = [
        LedgerEntry(
            generation=row,
            owner=owner,
            kind=kind,
            credits=credits,
            rates_version=row.rates_version,
            rehearsal=True,
            at=row.created_at,
            effective_at=row.created_at,
        )
        for row in rows
        for kind, credits in (
            (Kind.HOLD, row.estimate_high),
            (Kind.RELEASE, row.estimate_high),
            (Kind.CHARGE, row.cost or Decimal(0)),
        )
    ]
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    return len(images)


def _generation(owner: User, painting: Painting, columns: dict[str, Any], at: datetime) -> Generation:
    """The row of a painting. `columns` are those of its request."""
    low, high = columns["estimate_low"], columns["estimate_high"]
    done = at + timedelta(seconds=20)
    return Generation(
        owner=owner,
        request_id=f"seed-{painting.stored['sha256'][:12]}-{at.timestamp()}",
        digest=painting.stored["sha256"],
        rehearsal=True,
        prompt=painting.request.prompt,
        prompt_folded=folded(painting.request.prompt),
        **columns,
        status=Status.COMPLETED,
        progress=100,
        cost=(low + (high - low) / 4).quantize(Decimal("0.0001")),
        cost_source=CostSource.REPORTED,
        charged=Charged.YES,
        created_at=at,
        sent_at=at + timedelta(seconds=1),
        accepted_at=at + timedelta(seconds=2),
        drawn_at=done - timedelta(seconds=1),
        finished_at=done,
        settled_at=done,
    )
