"""Save the pictures that EvoLink has drawn."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from playground.engine.backoff import backoff
from playground.engine.billing import bill_of
from playground.engine.clients import KeyUnavailable
from playground.engine.database import in_database, insist
from playground.engine.runtime import Runtime
from playground.evolink import Client, errors
from playground.evolink.limits import LINK_LIFE
from playground.evolink.types import Download
from playground.models import GeneratedImage, Generation, Superseded, failures
from playground.models.images import LINK_DEAD, LINK_MISSING, NOT_STORED
from playground.pictures import decoding

log = structlog.get_logger(__name__)

MAX_IMAGE_BYTES = 100 * 1024 * 1024
# A picture that was cut short may be whole the next time. After so many tries it is kept as it is.
READ_TRIES = 3


async def save(runtime: Runtime, generation: Generation) -> None:
    """Save every picture that is not saved yet. A failed one is tried again until its link expires. If a link is dead
    or missing, EvoLink is asked for another one."""
    # A download needs no key, so the pictures can be saved even if the key is gone.
    fetcher = runtime.connections.fetcher(generation)
    images = await in_database(lambda: list(generation.images.waiting()))()
    saving = [_save_image(runtime, generation, image, fetcher) for image in images if image.source_url]
    for outcome in await asyncio.gather(*saving, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
    now = timezone.now()
    left = await in_database(lambda: list(generation.images.waiting()))()
    if any(image.wants_link for image in left) and await _new_links(runtime, generation):
        pause = backoff(generation.tries) if generation.tries else timedelta()
        await in_database(generation.wait)(now + pause, generation.trouble)
        return
    given_up = [image for image in left if _over(generation, image, now)]
    for image in given_up:
        await in_database(image.mark_missing)(image.save_error or LINK_MISSING)
    if len(given_up) < len(left):
        trouble = "could_not_save" if any(image.source_url for image in left) else "links_missing"
        await in_database(generation.wait)(now + backoff(generation.tries), trouble)
    else:
        await insist(generation.complete, now)


def _over(generation: Generation, image: GeneratedImage, now: datetime) -> bool:
    """Whether to give up a picture that was tried just now. Its link has expired, or EvoLink has not sent one for
    `LINKS_SECONDS`. If only this server could not store it, the link may still work."""
    if not image.source_url:
        return now - (generation.drawn_at or now) >= timedelta(seconds=settings.LINKS_SECONDS)
    if image.save_error == LINK_DEAD and now - (generation.sent_at or now) >= LINK_LIFE:
        # A task that was found late may have finished long before we read it.
        return True
    return image.expired(now) and image.save_error != NOT_STORED


async def _new_links(runtime: Runtime, generation: Generation) -> bool:
    """Read the task again. Returns whether the answer has a link that helps."""
    try:
        client = runtime.connections.client(generation)
        task = await client.task(generation.task_id)
    except (KeyUnavailable, errors.EvoLinkError) as error:
        log.info("no new links", generation=generation.code, error=str(error))
        return False
    await insist(generation.record_answer, task)
    return await in_database(generation.record_links)(task, bill_of(generation, task), timezone.now())


async def _save_image(runtime: Runtime, generation: Generation, image: GeneratedImage, client: Client) -> None:
    with tempfile.TemporaryFile() as file:
        try:
            async with runtime.downloads:
                download = await client.download(image.source_url, file, max_bytes=MAX_IMAGE_BYTES)
            await in_database(image.begin_storing)(generation.fence)
            stored = await runtime.in_pool(_store, image, file, download, generation.tries >= READ_TRIES)
        except (errors.EvoLinkError, decoding.NotAPicture, OSError) as error:
            log.warning("picture not saved", generation=generation.code, index=image.index, error=str(error))
            await in_database(image.save_failed)(failures.save_error_of(error))
        except Superseded:
            raise
        except Exception:
            await in_database(image.save_failed)("step_failed")
            raise
        else:
            await insist(image.mark_saved, timezone.now(), **stored)
            await in_database(generation.show)()


def _store(image: GeneratedImage, file: IO[bytes], download: Download, as_it_is: bool) -> dict[str, Any]:
    """Check the picture, and store its unchanged bytes and its thumbnails. Returns the values for `mark_saved`. Raises
    `NotAPicture` or `OSError`. `as_it_is`: what begins as a picture is kept even if it cannot be read. Runs in the
    pool."""
    try:
        picture = decoding.read_picture(file, max_pixels=settings.MAX_PIXELS)
    except decoding.NotAPicture as error:
        if not (as_it_is or error.code not in decoding.CUT_SHORT):
            raise
        picture = decoding.recognised(file)
    file.seek(0)
    contents = {
        "file": File(file),
    } | {
        field: ContentFile(picture.thumbnails[side])
        for field, side in (("thumbnail", decoding.LARGER), ("thumbnail_small", decoding.SMALLER))
        if side in picture.thumbnails
    }
    names = image.names(picture.extension)
    return {
        **{field: default_storage.save(names[field], content) for field, content in contents.items()},
        "content_type": picture.content_type,
        "sha256": download.sha256,
        "byte_size": download.length,
        "width": picture.width,
        "height": picture.height,
    }
