"""Save the pictures that EvoLink has drawn."""

import asyncio
import tempfile
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from playground.engine.backoff import backoff
from playground.engine.database import in_database, insist
from playground.engine.runtime import Runtime
from playground.evolink import Client, errors
from playground.evolink.types import Download
from playground.models import GeneratedImage, Generation, failures
from playground.pictures import decoding

log = structlog.get_logger(__name__)

MAX_IMAGE_BYTES = 100 * 1024 * 1024


async def save(runtime: Runtime, generation: Generation, client: Client) -> None:
    """Save every picture that is not saved yet. A failed one is tried again until its link expires."""
    images = await in_database(lambda: list(generation.images.waiting()))()
    saving = [_save_image(runtime, generation, image, client) for image in images]
    for outcome in await asyncio.gather(*saving, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
    now = timezone.now()
    if await in_database(generation.images.waiting().exists)():
        await in_database(generation.wait)(now + backoff(generation.tries), "could_not_save")
    else:
        await insist(generation.complete, now)


async def _save_image(runtime: Runtime, generation: Generation, image: GeneratedImage, client: Client) -> None:
    # The clock may be wrong, so even an expired link is tried once more before the picture counts as missing.
    last_try = image.expired(timezone.now())
    with tempfile.TemporaryFile() as file:
        try:
            async with runtime.downloads:
                download = await client.download(image.source_url, file, max_bytes=MAX_IMAGE_BYTES)
            stored = await runtime.in_pool(_store, image, file, download)
        except (errors.EvoLinkError, decoding.NotAPicture, OSError) as error:
            log.warning("picture not saved", generation=generation.code, index=image.index, error=str(error))
            # An OSError means that this server could not store the picture. Its link may still work.
            if last_try and not isinstance(error, OSError):
                await in_database(image.mark_missing)("link_dead")
            else:
                await in_database(image.save_failed)(failures.trouble_of(error))
        except Exception:
            await in_database(image.save_failed)("step_failed")
            raise
        else:
            await insist(image.mark_saved, timezone.now(), **stored)
            await in_database(generation.show)()


def _store(image: GeneratedImage, file: IO[bytes], download: Download) -> dict[str, Any]:
    """Check the picture, and store its unchanged bytes and its thumbnails. Returns the values for `mark_saved`. Raises
    `NotAPicture` or `OSError`. Runs in the pool."""
    picture = decoding.read_picture(file, max_pixels=settings.MAX_PIXELS)
    file.seek(0)
    name = default_storage.save(f"images/{image.token}.{picture.extension}", File(file))
    thumbnails = {
        name: default_storage.save(f"images/{image.token}-{side}.webp", ContentFile(picture.thumbnails[side]))
        for name, side in (("thumbnail", decoding.LARGER), ("thumbnail_small", decoding.SMALLER))
    }
    return {
        "file": name,
        **thumbnails,
        "content_type": picture.content_type,
        "sha256": download.sha256,
        "byte_size": download.length,
        "width": picture.width,
        "height": picture.height,
    }
