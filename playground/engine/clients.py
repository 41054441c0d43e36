"""The EvoLink that a generation uses: the real one, or the built-in sandbox. All other code is the same for both."""

import asyncio
from collections.abc import Callable
from functools import cached_property, partial
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError

from accounts import keys
from accounts.encryption import DecryptionFailed, RingError
from accounts.key_check import Watch, open_client
from accounts.models import ApiKey, KeyGone
from playground.evolink import BUILT_IN, ApiSecret, Client, RateTable
from playground.models import Generation
from playground.sandbox import Sandbox, paint, paint_plain

log = structlog.get_logger(__name__)


class KeyUnavailable(Exception):
    """A live generation has no usable key: the key is gone, or the key ring cannot decrypt it."""


def open_sandbox() -> Sandbox:
    """The sandbox that all processes of this installation share. Of the private addresses it may fetch references from
    the exact origin of PUBLIC_URL only."""
    public = urlsplit(settings.PUBLIC_URL)
    return Sandbox(
        settings.SANDBOX_DIR,
        seconds_per_image=settings.SANDBOX_SECONDS,
        exempt_origins=[f"{public.scheme}://{public.netloc}"],
        paint=paint_plain if settings.SANDBOX_PLAIN else partial(paint, mark=settings.SANDBOX_MARK),
    )


class ClientPool:
    """The open clients of one process. All its generations share them."""

    def __init__(self) -> None:
        self._rehearsals: dict[int, Client] = {}
        self._live: dict[UUID, Client] = {}
        self._watches: dict[UUID, Watch] = {}
        self._rates = BUILT_IN

    @cached_property
    def _sandbox(self) -> Sandbox:
        sandbox = open_sandbox()
        sandbox.world.rates = self._rates
        return sandbox

    def rehearse_with(self, rates: RateTable) -> None:
        """The sandbox bills by these rates from now on."""
        self._rates = rates
        if "_sandbox" in self.__dict__:
            self._sandbox.world.rates = rates

    @cached_property
    def _transport(self) -> httpx.AsyncBaseTransport:
        return self._sandbox.transport()

    def client(self, generation: Generation) -> Client:
        """The client for this generation's account. Raises `KeyUnavailable`."""
        return self._rehearsal(generation.owner_id) if generation.rehearsal else self._paid_by(generation.key)

    def fetcher(self, generation: Generation) -> Client:
        """A client for downloads. They send no key, so they also work for generations whose key is gone."""
        if generation.rehearsal:
            return self._rehearsal(generation.owner_id)
        return self.keyless

    @cached_property
    def keyless(self) -> Client:
        """A client of EvoLink for what needs no key."""
        return open_client(ApiSecret("sk-none"))

    def _rehearsal(self, owner: int) -> Client:
        """The client of a person's own account in the sandbox."""
        if owner not in self._rehearsals:
            self._rehearsals[owner] = Client(f"sk-sandbox-{owner}", transport=self._transport)
        return self._rehearsals[owner]

    def _paid_by(self, key: ApiKey | None) -> Client:
        if key is None:
            raise KeyUnavailable("A live generation without a key.")
        if key.pk not in self._live:
            try:
                secret = key.secret()
            except (DecryptionFailed, RingError, KeyGone) as error:
                raise KeyUnavailable(str(error)) from None
            watch = Watch(partial(_write, keys.doubted, key.pk), partial(_write, keys.accepted, key.pk))
            self._watches[key.pk] = watch
            self._live[key.pk] = open_client(secret, watch=watch)
        if key.is_suspect or key.is_refused:
            self._watches[key.pk].in_doubt = True
        return self._live[key.pk]

    async def close(self) -> None:
        keyless = [self.keyless] if "keyless" in self.__dict__ else []
        for client in [*self._rehearsals.values(), *self._live.values(), *keyless]:
            await client.aclose()
        if "_sandbox" in self.__dict__:
            await asyncio.to_thread(self._sandbox.close)


async def _write(note: Callable[[UUID], None], key: UUID) -> None:
    """Write down what EvoLink thinks of a key. The code that reads the answer decides what happens to the
    generation."""
    try:
        await sync_to_async(note, thread_sensitive=True)(key)
    except DatabaseError as error:
        log.warning("the state of a key was not written", error=type(error).__name__)
