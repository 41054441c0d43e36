"""Which EvoLink a generation belongs to: the real one, or the built-in sandbox. Everything behind is the same code."""

from functools import cached_property
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from playground.evolink import Client
from playground.evolink.sandbox import Sandbox
from playground.models import Generation


def open_sandbox() -> Sandbox:
    """The sandbox all processes of this installation share. It may fetch references from exactly PUBLIC_URL."""
    public = urlsplit(settings.PUBLIC_URL)
    return Sandbox(
        settings.SANDBOX_DIR,
        seconds_per_image=settings.SANDBOX_SECONDS,
        exempt_origins=[f"{public.scheme}://{public.netloc}"],
    )


class Connections:
    """The ways to EvoLink one process holds open, shared by all its generations."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    @cached_property
    def _sandbox(self) -> httpx.AsyncBaseTransport:
        return open_sandbox().transport()

    def client(self, generation: Generation) -> Client:
        """The client for this generation's account. In rehearsal everybody has an account of their own."""
        key = f"sk-sandbox-{generation.owner_id}"
        if key not in self._clients:
            self._clients[key] = Client(key, transport=self._sandbox)
        return self._clients[key]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
