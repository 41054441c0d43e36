"""Clients for the real EvoLink with a person's key, and what EvoLink says about such a key."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from threading import Thread
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import KeyState
from playground.evolink import ApiSecret, AuthenticationError, Client, Credits, EvoLinkError, errors
from playground.evolink.guard import GuardedTransport, origin_of

# How long a person waits for EvoLink's answer about a key, in seconds.
PATIENCE = 4.0
_GRACE = 0.5
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Unanswered(Enum):
    """Why EvoLink did not say anything about the key."""

    SILENT = "no answer"
    FORBIDDEN = "403"
    BUSY = "429"
    BROKEN = "5xx, or nothing we know"


@dataclass(frozen=True)
class Verdict:
    """EvoLink's answer about a key. `state` is None if there was none, and `unanswered` says why. `credits` is what the
    key can still spend."""

    state: KeyState | None
    credits: Decimal | None = None
    unanswered: Unanswered = Unanswered.SILENT


def exempt_origins() -> tuple[str, ...]:
    """Addresses in our own network that may stand for EvoLink: loopback, in development only."""
    addresses = (settings.EVOLINK_URL, settings.EVOLINK_FILES_URL) if settings.DEBUG else ()
    return tuple({origin_of(address) for address in addresses if is_loopback(address)})


def is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in _LOOPBACK


@dataclass
class Watch:
    """What to do when EvoLink answers 401, and when it accepts a key of which we doubt."""

    refused: Callable[[], Awaitable[None]]
    accepted: Callable[[], Awaitable[None]]
    in_doubt: bool = False


def open_client(secret: ApiSecret, *, watch: Watch | None = None) -> Client:
    """A client with this key. `watch` sees its answers."""
    transport: httpx.AsyncBaseTransport = GuardedTransport(exempt_origins())
    if watch is not None:
        transport = _Watched(transport, watch)
    return Client(secret, transport=transport, base_url=settings.EVOLINK_URL, files_url=settings.EVOLINK_FILES_URL)


def ask(secret: ApiSecret) -> Verdict:
    """Ask EvoLink about a key. This costs nothing and takes at most `PATIENCE` seconds."""
    answer: Future[Credits] = Future()

    def work() -> None:
        try:
            answer.set_result(asyncio.run(_credits(secret)))
        except Exception as error:
            answer.set_exception(error)

    # The thread is needed because the caller may run inside an event loop. If it hangs beyond the client's deadline,
    # for example in a name server, nobody waits for it.
    Thread(target=work, daemon=True).start()
    try:
        credits = answer.result(PATIENCE + _GRACE)
    except TimeoutError:
        return Verdict(None)
    except AuthenticationError:
        return Verdict(KeyState.REFUSED)
    except errors.InsufficientCreditsError:
        return Verdict(KeyState.EMPTY)
    except EvoLinkError as error:
        return Verdict(None, unanswered=_unanswered(error))
    return Verdict(KeyState.WORKS if credits.spendable > 0 else KeyState.EMPTY, credits.spendable)


def _unanswered(error: EvoLinkError) -> Unanswered:
    if isinstance(error, errors.PermissionDeniedError):
        return Unanswered.FORBIDDEN
    if isinstance(error, errors.RateLimitError):
        return Unanswered.BUSY
    answered = isinstance(error, errors.APIStatusError | errors.APIResponseValidationError)
    return Unanswered.BROKEN if answered else Unanswered.SILENT


async def _credits(secret: ApiSecret) -> Credits:
    async with open_client(secret) as client:
        return await client.credits(deadline=PATIENCE)


class _Watched(httpx.AsyncBaseTransport):
    """Passes requests on and tells the watch about the answers to requests with the key."""

    def __init__(self, inner: httpx.AsyncBaseTransport, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if "authorization" not in request.headers:
            return response
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._watch.in_doubt = True
            await self._watch.refused()
        elif response.is_success and self._watch.in_doubt:
            self._watch.in_doubt = False
            await self._watch.accepted()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


_UNANSWERED = {
    Unanswered.SILENT: gettext_lazy("EvoLink did not answer, so the key could not be checked."),
    Unanswered.FORBIDDEN: gettext_lazy(
        "EvoLink does not allow this key to be used from here, so it could not be checked. "
        "Look at its limits in your account at EvoLink."
    ),
    Unanswered.BUSY: gettext_lazy(
        "EvoLink was asked too often just now, so the key could not be checked. Try again in a minute."
    ),
    Unanswered.BROKEN: gettext_lazy(
        "EvoLink has trouble of its own, so the key could not be checked. Try again later."
    ),
}


def verdict(answer: Verdict) -> str:
    """A sentence for people about EvoLink's answer."""
    if answer.state is KeyState.WORKS and answer.credits is not None:
        amount = number_format(answer.credits, decimal_pos=2, use_l10n=True, force_grouping=True)
        return _("The key works. It can spend %(credits)s credits.") % {"credits": amount}
    if answer.state is KeyState.EMPTY:
        return _("EvoLink accepts the key, but there are no credits left. Top up the account at EvoLink.")
    if answer.state is KeyState.REFUSED:
        return _("EvoLink does not accept this key.")
    return str(_UNANSWERED[answer.unanswered])
