"""The addresses at which EvoLink fetches the reference images of one attempt.

There are three ways (`Delivery`), chosen when the generation is submitted. OWN: secret addresses of this studio, for
one attempt only, which end with it. BUCKET: links that the bucket signs and that end at a fixed time. EVOLINK:
EvoLink's own file storage, for studios that EvoLink cannot reach.
"""

import asyncio
from collections.abc import Sequence

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from playground.evolink import Client
from playground.models import Attempt, Delivery, Generation, Reference, ReferenceAddress, ReferenceGone, ReferenceUse

UPLOADS_AT_ONCE = 3
# The error code of EvoLink for a task whose reference it could not fetch.
NOT_FOUND = "resource_not_found"
UNUSABLE = (NOT_FOUND, "image_processing_error", "invalid_parameters")


def of(generation: Generation) -> list[ReferenceAddress]:
    """The addresses for the attempt that is sent next, in order. Creates those that do not exist yet. Raises
    `ReferenceGone`."""
    attempt = generation.attempts.filter(outcome=Attempt.Outcome.OPEN).latest("pk")
    uses = list(generation.reference_uses.all())
    if gone := next((use for use in uses if use.reference_id is None), None):
        raise ReferenceGone(f"{gone.name} was deleted.")
    for use in uses:
        ReferenceAddress.objects.get_or_create(attempt=attempt, use=use)
    return list(attempt.addresses.select_related("use__reference"))


async def urls(rows: Sequence[ReferenceAddress], way: Delivery, client: Client) -> tuple[str, ...]:
    """The addresses as the request has them. Raises `ReferenceGone`, `OSError` and, for uploads to EvoLink,
    `EvoLinkError`."""
    if way == Delivery.EVOLINK:
        room = asyncio.Semaphore(UPLOADS_AT_ONCE)
        return tuple(await asyncio.gather(*(_uploaded(row, client, room) for row in rows)))
    if way == Delivery.BUCKET:
        return tuple([await asyncio.to_thread(default_storage.url, _reference(row).file.name) for row in rows])
    return tuple(_here(row) for row in rows)


def _here(row: ReferenceAddress) -> str:
    return settings.PUBLIC_URL + reverse("served-reference", args=[row.token, _reference(row).extension])


async def _uploaded(row: ReferenceAddress, client: Client, room: asyncio.Semaphore) -> str:
    """Uploads the file, unless an earlier try did, under a name that says nothing about it."""
    if row.url:
        return row.url
    reference = _reference(row)
    async with room:
        file = await asyncio.to_thread(reference.file.open, "rb")
        try:
            name = f"{row.token}.{reference.extension}"
            uploaded = await client.upload_file(file.file, name, reference.content_type)
        finally:
            file.close()
    row.url = uploaded.file_url
    await row.asave(update_fields=["url"])
    return row.url


def _reference(row: ReferenceAddress) -> Reference:
    reference = row.use.reference
    if reference is None:
        raise ReferenceGone(f"{row.use.name} was deleted.")
    return reference


def fetched(row: ReferenceAddress) -> None:
    """Notes that EvoLink has fetched the file, which proves that the attempt arrived."""
    ReferenceAddress.objects.filter(pk=row.pk, fetched_at=None).update(fetched_at=timezone.now())


def not_fetched(generation: Generation, code: str) -> bool:
    """Whether a task failed with `code` because EvoLink did not get a reference from us."""
    if generation.reference_way not in (Delivery.OWN, Delivery.BUCKET) or code not in UNUSABLE:
        return False
    if code == NOT_FOUND:
        return True
    # For our own addresses we know which ones EvoLink has fetched.
    ours = ReferenceAddress.objects.filter(attempt__generation=generation, fetched_at=None)
    return generation.reference_way == Delivery.OWN and ours.exists()


def references_of(generation: Generation) -> list[Reference] | None:
    """The references of a generation, in order. None if one of them was deleted."""
    uses = ReferenceUse.objects.filter(generation=generation).select_related("reference")
    found = [use.reference for use in uses]
    kept = [reference for reference in found if reference is not None]
    return kept if len(kept) == len(found) else None
