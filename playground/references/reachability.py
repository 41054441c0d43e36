"""Whether EvoLink can reach this studio, decided from PUBLIC_URL alone, and said before people spend money."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.translation import gettext as _

from playground.evolink.guard import is_public
from playground.models.references import Delivery

INSIDE_ONLY = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def reachable(url: str) -> bool:
    """False for addresses that nobody outside can reach: loopback, private addresses, names without a dot. Other
    addresses count as reachable until EvoLink fails to reach them."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    # An IP address in any notation of resolvers: 127.1 and 2130706433 are loopback too.
    if ":" in host or all(part[:1].isdigit() for part in host.split(".")):
        return is_public(host)
    return "." in host and not host.endswith(INSIDE_ONLY)


def callback_address(nonce: str) -> str | None:
    """The address at which EvoLink can report the end of an attempt. None if it cannot reach us (it needs HTTPS)."""
    if not settings.PUBLIC_URL.startswith("https://") or not reachable(settings.PUBLIC_URL):
        return None
    return f"{settings.PUBLIC_URL}/callbacks/{nonce}/"


def obstacle(way: str, *, rehearsal: bool) -> str:
    """A sentence that says why EvoLink cannot fetch reference images, or an empty text. The sandbox can always fetch
    them, because it runs on this machine."""
    if rehearsal or way != Delivery.OWN or reachable(settings.PUBLIC_URL):
        return ""
    return _(
        "EvoLink cannot fetch reference images from %(address)s: that address works only on this computer or network."
        " Nothing was sent."
    ) % {"address": settings.PUBLIC_URL}


@register
def reference_settings(**kwargs: Any) -> list[CheckMessage]:
    """A system check: whether REFERENCE_DELIVERY fits the other settings."""
    way = settings.REFERENCE_DELIVERY
    found: list[CheckMessage] = []
    if settings.OLD_REFERENCES:
        hint = f"Set REFERENCE_DELIVERY={way} instead."
        found.append(Warning("The setting REFERENCES has a new name.", hint, id="playground.W105"))
    if way not in Delivery.values:
        found.append(
            Error(f"REFERENCE_DELIVERY must be one of {', '.join(Delivery.values)}, not “{way}”.", id="playground.E101")
        )
    if way == Delivery.BUCKET and settings.STORAGE == "files":
        hint = "Set STORAGE (s3, azure or google) and STORAGE_OPTIONS, or REFERENCE_DELIVERY=own or evolink."
        sentence = "REFERENCE_DELIVERY=bucket needs a bucket, but files are kept on this machine."
        found.append(Error(sentence, hint, id="playground.E102"))
    if settings.MAX_PIXELS < 1_000_000:
        sentence = "MAX_PIXELS is less than one million: hardly any picture would be accepted."
        found.append(Error(sentence, id="playground.E103"))
    if not settings.DEBUG and way == Delivery.OWN and not reachable(settings.PUBLIC_URL):
        hint = "Set PUBLIC_URL to an address on the internet, or REFERENCE_DELIVERY=evolink to upload them there."
        sentence = f"EvoLink cannot fetch reference images from {settings.PUBLIC_URL or 'an empty PUBLIC_URL'}."
        found.append(Warning(sentence, hint, id="playground.W104"))
    return found
