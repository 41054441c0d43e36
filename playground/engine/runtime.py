"""What the steps of one worker share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

from playground.engine.clients import ClientPool
from playground.engine.group_commit import GroupCommit
from playground.engine.listings import Listings

T = TypeVar("T")


class Runtime:
    """The clients for EvoLink, the small pool that decodes and stores pictures, and the limits."""

    def __init__(self, connections: ClientPool, pool: Executor, stop: asyncio.Event | None = None) -> None:
        self.connections = connections
        self.pool = pool
        # After it is set, no more requests are sent.
        self.stop = stop or asyncio.Event()
        self.posting: set[str] = set()  # the codes of generations whose request may be sent but not answered
        self.downloads = asyncio.Semaphore(8)
        self.posts = asyncio.Semaphore(16)
        self.group_commit = GroupCommit()
        self.listings = Listings()

    async def in_pool(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)
