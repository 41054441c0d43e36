"""Sends several requests at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(*requests: Callable[[], Any]) -> list[Any]:
    """The responses in order. The threads must share the database, so the test needs
    `@pytest.mark.django_db(transaction=True)`."""
    ready = Barrier(len(requests))

    def ask(request: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(requests)) as threads:
        return list(threads.map(ask, requests))
