"""Read EvoLink's public price list once a day. What it says is only kept: an administrator decides about it."""

import structlog
from django.utils import timezone

from accounts.models import ApiKey
from playground.engine.clients import ClientPool
from playground.engine.database import in_database
from playground.evolink import errors
from playground.models import PublishedPrices, current_rates
from playground.models.rates import follows

log = structlog.get_logger(__name__)


async def rehearse(connections: ClientPool) -> None:
    """Rehearsals cost what the estimates say, also after a takeover."""
    if follows():
        connections.rehearse_with(await in_database(current_rates)())


async def read(connections: ClientPool) -> None:
    """Read the list if it is due. A studio without a key is not live, so it reads nothing."""
    row = await in_database(_claim)()
    if row is None:
        return
    try:
        found = await connections.keyless.price_list(etag=row.etag or None)
    except errors.EvoLinkError as error:
        log.warning("the price list was not read", error=str(error))
        await in_database(row.record_trouble)(str(error))
    else:
        await in_database(row.record)(found, timezone.now())


def _claim() -> PublishedPrices | None:
    if not follows() or not ApiKey.objects.usable().exists():
        return None
    return PublishedPrices.objects.claim(timezone.now())
