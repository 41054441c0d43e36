"""How often somebody may try something. `settings.RATE_LIMITS` has the limits; all processes count in Django's cache.

Each limit has a moving window: at most so many attempts of one source within so many seconds.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import address_of

# How long one attempt waits for others that are counted at the same moment, in seconds.
_PATIENCE = 1.0
_PAUSE = 0.01
# A process that ends while it counts holds up the others no longer than this, in seconds.
_LOCK = 10


def take(limit: str, source: str) -> bool:
    """Count one attempt. False if the source has none left; then this one is not counted."""
    most, seconds = settings.RATE_LIMITS[limit]
    key = _key(limit, source)
    with _alone(key) as alone:
        if not alone:
            return False
        now = timezone.now().timestamp()
        attempts = [at for at in cache.get(key, []) if at > now - seconds]
        if len(attempts) >= most:
            return False
        cache.set(key, [*attempts, now], seconds)
    return True


def give_back(limit: str, source: str) -> None:
    """Do not count the newest attempt. If others hold the lock, it stays counted, which is the safe side."""
    _most, seconds = settings.RATE_LIMITS[limit]
    key = _key(limit, source)
    with _alone(key) as alone:
        if alone:
            cache.set(key, cache.get(key, [])[:-1], seconds)


def forget(limit: str, source: str) -> None:
    """Do not count any earlier attempt."""
    cache.delete(_key(limit, source))


def address(request: HttpRequest) -> str:
    """The source for limits per address. Of an IPv6 address only the network counts (/64), because one guesser has
    all addresses in it."""
    text = address_of(request) or ""
    if text and ip_address(text).version == 6:
        return str(IPv6Network((text, 64), strict=False))
    return text


def _key(limit: str, source: str) -> str:
    """Sources are hashed: cache keys must be short and plain, and what people typed does not belong there."""
    return f"limit:{limit}:{hashlib.sha256(source.encode()).hexdigest()}"


@contextmanager
def _alone(key: str) -> Iterator[bool]:
    """Lock one count, and say whether that worked in time."""
    lock, end = f"{key}:lock", time.monotonic() + _PATIENCE
    while not cache.add(lock, True, _LOCK):
        if time.monotonic() > end:
            yield False
            return
        time.sleep(_PAUSE)
    try:
        yield True
    finally:
        cache.delete(lock)
