"""Runs a worker until it is told to stop."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from playground.engine.worker import Worker


class Command(BaseCommand):
    help = "Send generations to EvoLink, follow them, and save their pictures. Stops on Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await Worker().run(stop)
