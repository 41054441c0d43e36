"""The database, called from the engine's event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import OperationalError

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


def in_database(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    return sync_to_async(function, thread_sensitive=True)


async def insist(function: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
    """Write something that must not be lost. Tries again for about a minute while the database is away, then raises
    `OperationalError`."""
    for pause in (0.2, 0.5, 1, 2, 4, 8, 15, 30):
        try:
            await in_database(function)(*args, **kwargs)
            return
        except OperationalError:
            log.warning("database away, writing again", verb=function.__name__)
            await asyncio.sleep(pause)
    await in_database(function)(*args, **kwargs)
