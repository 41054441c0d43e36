"""Whether EvoLink can come to us, judged by the look of PUBLIC_URL alone."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from playground.evolink.guard import is_public


def reachable(url: str) -> bool:
    """False for addresses that are certainly ours alone: loopback, private ones, bare names. All others are trusted
    until EvoLink fails to reach them."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))
    return is_public(host)


def callback_address(nonce: str) -> str | None:
    """Where EvoLink may tell us that an attempt is over; None where it could not (it takes HTTPS only)."""
    if not settings.PUBLIC_URL.startswith("https://") or not reachable(settings.PUBLIC_URL):
        return None
    return f"{settings.PUBLIC_URL}/callbacks/{nonce}/"
