"""Runs a worker until it is told to stop."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from playground.engine.worker import Worker

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    help = (
        "Send generations to EvoLink, follow them, and save their pictures. Stops on Ctrl-C or SIGTERM once EvoLink "
        "has answered to what was sent, and at once on the second."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def leave() -> None:
            stop.set()
            for number in SIGNALS:
                loop.remove_signal_handler(number)
                signal.signal(number, signal.SIG_DFL)

        for number in SIGNALS:
            loop.add_signal_handler(number, leave)
        await Worker().run(stop)
