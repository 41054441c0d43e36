"""Fills the gallery with thousands of saved pictures in seconds, for demos and for tests with many pictures."""

import hashlib
import io
import random
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
from playground.evolink import GenerationRequest, pricing
from playground.models import Charged, CostSource, GeneratedImage, Generation, LedgerEntry, Status, current_rates
from playground.models.queries import folded
from playground.pictures import decoding
from playground.sandbox.painter import paint

SUBJECTS = (
    "A lighthouse at dusk",
    "A fox reading a book",
    "A quiet street in the rain",
    "A ceramic mug in morning light",
    "A sailing boat on a calm sea",
    "Mountains behind a lake",
    "A bouquet of spring flowers",
    "A small house in a wide valley",
    "夕焼けの海と小さな舟",
    "雨の夜の静かな路地",
    "春の野原に立つ一本の木",
    "雪山と青い湖",
)
MANNERS = (
    "watercolour",
    "oil on canvas",
    "flat shapes, warm palette",
    "long exposure",
    "paper cut",
    "水彩画",
    "版画風",
)
SIZES = ("1024x1024", "1024x1536", "1536x1024")
QUALITIES = ("low", "medium", "high")
NEWEST_FIRST = timedelta(minutes=7)


@dataclass(frozen=True)
class Painting:
    """A stored picture. Many rows share it."""

    prompt: str
    size: str
    stored: dict[str, Any]


class Command(BaseCommand):
    help = "Add saved pictures for demos and tests. They are rehearsals: no money, and nothing is sent anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pictures", type=int, default=5000, help="how many (default 5000)")
        parser.add_argument("--distinct", type=int, default=48, help="how many different paintings (default 48)")
        parser.add_argument("--owner", default="demo", help="the user they belong to (default demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no user {options['owner']!r}.")
        chance = random.Random(options["pictures"])  # noqa: S311  the same pictures every time; this is not for secrets
        paintings = [_painting(number) for number in range(max(options["distinct"], 1))]
        with transaction.atomic():
            made = _hang(owner, paintings, options["pictures"], chance, timezone.now())
        self.stdout.write(f"{made} pictures for {owner.get_username()}, {len(paintings)} of them different.")


def _painting(number: int) -> Painting:
    """Two consecutive numbers share prompt and size, like pictures of one generation."""
    idea, index = divmod(number, 2)
    prompt = f"{SUBJECTS[idea % len(SUBJECTS)]}, {MANNERS[idea % len(MANNERS)]}"
    size = SIZES[idea % len(SIZES)]
    width, height = map(int, size.split("x"))
    # JPEG, because most of EvoLink's results are JPEG and a demo must not fill the disk.
    data = paint(prompt=prompt, width=width, height=height, index=index, seed=idea, quality="low", output_format="jpeg")
    picture = decoding.read_picture(io.BytesIO(data), max_pixels=settings.MAX_PIXELS)
    digest = hashlib.sha256(data).hexdigest()
    name = f"images/seed-{digest[:24]}"
    stored = {
        "file": _kept(f"{name}.{picture.extension}", data),
        "content_type": picture.content_type,
        "sha256": digest,
        "byte_size": len(data),
        "width": width,
        "height": height,
    }
    for field, side in (("thumbnail", decoding.LARGER), ("thumbnail_small", decoding.SMALLER)):
        stored[field] = _kept(f"{name}-{side}.webp", picture.thumbnails[side])
    return Painting(prompt, size, stored)


def _kept(name: str, data: bytes) -> str:
    """Stores the bytes, unless an earlier run has. Returns `name`, which follows from the bytes."""
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def _hang(owner: User, paintings: list[Painting], wanted: int, chance: random.Random, now: datetime) -> int:
    """Creates generations with one to four pictures each, oldest first, until there are `wanted` pictures. Returns
    their number."""
    rows = list(_generations(owner, paintings, wanted, chance, now))
    Generation.objects.bulk_create([row for row, _paintings in rows], batch_size=500)
    images = [
        GeneratedImage(
            generation=row,
            index=index,
            state=GeneratedImage.State.SAVED,
            saved_at=row.finished_at,
            **painting.stored,
        )
        for row, hung in rows
        for index, painting in enumerate(hung)
    ]
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
        for row, _paintings in rows
        for kind, credits in (
            (Kind.HOLD, row.estimate_high),
            (Kind.RELEASE, row.estimate_high),
            (Kind.CHARGE, row.cost or Decimal(0)),
        )
    ]
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    return len(images)


def _generations(
    owner: User, paintings: list[Painting], wanted: int, chance: random.Random, now: datetime
) -> Iterator[tuple[Generation, list[Painting]]]:
    estimates: dict[tuple[str, str, str, int], pricing.Estimate] = {}
    table = current_rates()
    hung = 0
    while hung < wanted:
        first = chance.choice(paintings)
        alike = [painting for painting in paintings if (painting.prompt, painting.size) == (first.prompt, first.size)]
        n = min(chance.choice((1, 1, 1, 2, 4)), wanted - hung)
        quality = chance.choice(QUALITIES)
        kind = (first.prompt, first.size, quality, n)
        if kind not in estimates:
            request = GenerationRequest(
                model=settings.DEFAULT_MODEL, prompt=first.prompt, size=first.size, quality=quality, n=n
            )
            estimates[kind] = pricing.estimate(request, table=table)
        at = now - NEWEST_FIRST * (wanted - hung)
        yield _generation(owner, first, quality, n, estimates[kind], table.version, at), (alike * n)[:n]
        hung += n


def _generation(
    owner: User, painting: Painting, quality: str, n: int, estimate: pricing.Estimate, rates_version: str, at: datetime
) -> Generation:
    done = at + timedelta(seconds=20)
    return Generation(
        owner=owner,
        request_id=f"seed-{painting.stored['sha256'][:12]}-{at.timestamp()}",
        digest=painting.stored["sha256"],
        rehearsal=True,
        model=settings.DEFAULT_MODEL,
        prompt=painting.prompt,
        prompt_folded=folded(painting.prompt),
        size=painting.size,
        quality=quality,
        n=n,
        width=painting.stored["width"],
        height=painting.stored["height"],
        status=Status.COMPLETED,
        progress=100,
        estimate_low=estimate.low,
        estimate_high=estimate.high,
        rates_version=rates_version,
        cost=(estimate.low + (estimate.high - estimate.low) / 4).quantize(Decimal("0.0001")),
        cost_source=CostSource.REPORTED,
        charged=Charged.YES,
        created_at=at,
        sent_at=at + timedelta(seconds=1),
        accepted_at=at + timedelta(seconds=2),
        drawn_at=done - timedelta(seconds=1),
        finished_at=done,
        settled_at=done,
    )
