"""One request and its answer: sent once, within a deadline, counted as it arrives, its faults translated.

httpx limits each operation but not the sum, and unpacks what is compressed before it can be counted. Hence a
deadline of our own, identity encoding, and raw bytes. Faults are raised anew rather than chained: the frames
below hold the Authorization header in their local variables, and error pages show those.
"""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, BinaryIO, Final, TypeVar

import httpx

from playground.evolink import errors
from playground.evolink import reading as read
from playground.evolink.secret import ApiSecret
from playground.evolink.types import Download

BODY_MAX: Final = 4 * 1024 * 1024
# An answer that is an error already needs no more patience for its explanation.
ERROR_BODY_SECONDS: Final = 5.0
NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
FAULTS: Final = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ssl.SSLError, errors.BlockedAddressError)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is None where it could not be read (too long, compressed, broken off)."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes | None = field(repr=False)


class Wire:
    """Sends requests with the key, and fetches links without it."""

    def __init__(self, secret: ApiSecret, transport: httpx.AsyncBaseTransport, deadline: float) -> None:
        self._secret = secret
        self._deadline = deadline
        self._auth = _Bearer(secret)
        self._http = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "image-studio"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def ask(
        self,
        reader: Callable[[object], T],
        method: str,
        url: str,
        *,
        deadline: float | None = None,
        spends: bool = False,
        **content: Any,
    ) -> T:
        """Send one request with the key and give its JSON answer to `reader`. `content` is as in httpx.

        Raises `EvoLinkError`; `spends` says whether a lost answer leaves the question of money open.
        """
        seconds = self._deadline if deadline is None else deadline
        answer = await _within(seconds, self._exchange(seconds, method, url, content), spends=spends)
        if not 200 <= answer.status <= 299:
            raise self._refusal(answer.status, answer, spends=spends)
        try:
            value = None if answer.status == 204 else read.parse_json(answer.body)
            if isinstance(value, Mapping) and value.get("success") is False:
                raise self._disguised(value, answer, spends=spends)
            return reader(value)
        except errors.APIResponseValidationError as error:
            failure = error
        failure.settle(spends=spends, status=answer.status, request_id=errors.request_id_of(answer.headers))
        raise failure

    async def fetch(self, url: str, into: BinaryIO, *, max_bytes: int, deadline: float) -> Download:
        """Write what `url` gives to `into`, without the key. After an error `into` may hold a part."""
        return await _within(deadline, self._fetch(url, into, max_bytes, deadline), spends=False)

    def _request(self, seconds: float, method: str, url: str, **content: Any) -> httpx.Request:
        """Raises `httpx.InvalidURL` for every address that is none: httpx lets other errors out for some."""
        try:
            return self._http.build_request(method, url, timeout=_timeouts(seconds), **content)
        except ValueError as error:
            raise httpx.InvalidURL(f"{type(error).__name__}: {error}") from None

    async def _exchange(self, seconds: float, method: str, url: str, content: Mapping[str, Any]) -> Answer:
        request = self._request(seconds, method, url, **content)
        response = await self._http.send(request, auth=self._auth, stream=True)
        try:
            return Answer(response.status_code, response.headers, await _body(response))
        finally:
            await response.aclose()

    async def _fetch(self, url: str, into: BinaryIO, max_bytes: int, seconds: float) -> Download:
        request = self._request(seconds, "GET", url)
        response = await self._http.send(request, auth=None, stream=True)
        try:
            _check_link(response)
            length, digest = 0, hashlib.sha256()
            async for chunk in _chunks(response, max_bytes):
                length += len(chunk)
                digest.update(chunk)
                into.write(chunk)
            return Download(content_type=response.headers.get("content-type"), length=length, sha256=digest.hexdigest())
        finally:
            await response.aclose()

    def _refusal(self, status: int, answer: Answer, *, spends: bool) -> errors.APIStatusError:
        text = self._secret.hide_in((answer.body or b"").decode(errors="replace"))
        try:
            value = read.parse_json(text.encode())
        except errors.APIResponseValidationError:
            value = None
        return errors.status_error(status, value, answer.headers, spends=spends)

    def _disguised(
        self, value: Mapping[str, Any], answer: Answer, *, spends: bool
    ) -> errors.APIStatusError | errors.APIResponseValidationError:
        """A refusal that came with a 2xx: the files API does that, its real status in `code`.

        Where money is at stake such a word is not believed: the HTTP status says accepted.
        """
        code = value.get("code")
        if not spends and isinstance(code, int) and 400 <= code <= 599:
            return self._refusal(code, answer, spends=False)
        return errors.APIResponseValidationError("EvoLink answered success: false without saying why.")


class _Bearer(httpx.Auth):
    """Puts the key into the request at the last moment, so that it is in no dictionary on the way."""

    def __init__(self, secret: ApiSecret) -> None:
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        yield request


async def _within(seconds: float, work: Awaitable[T], *, spends: bool) -> T:
    """The result of `work`, its faults as ours, without the frames that saw the key."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except FAULTS as error:
        failure = _translated(error, spends=spends)
    raise failure


def _translated(error: Exception, *, spends: bool) -> errors.EvoLinkError:
    if isinstance(error, errors.BlockedAddressError):
        return errors.BlockedAddressError(error.message, spends=spends)
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, NOT_SENT):
        return errors.NotSentError(f"No connection came about ({detail}).", spends=spends)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return errors.APITimeoutError(f"No complete answer in time ({detail}).", spends=spends)
    return errors.APIConnectionError(f"The connection broke ({detail}).", spends=spends)


def _timeouts(seconds: float) -> httpx.Timeout:
    """Waiting for a place in the pool, connecting and TLS share three quarters of the deadline.

    So what never left is known as that, and the deadline only ever strikes a request that is on its way.
    """
    return httpx.Timeout(seconds, connect=seconds / 4, pool=seconds / 4)


async def _body(response: httpx.Response) -> bytes | None:
    """The whole body; None where it is too long or compressed, or broken and the status says enough."""
    if response.is_success:
        return await _capped(response)
    try:
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            return await _capped(response)
    except (httpx.HTTPError, TimeoutError, ssl.SSLError):
        return None


async def _capped(response: httpx.Response) -> bytes | None:
    try:
        return b"".join([chunk async for chunk in _chunks(response, BODY_MAX)])
    except errors.DownloadError:
        return None


async def _chunks(response: httpx.Response, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The raw bytes as they come. Raises `DownloadError` if compressed, `TooLargeError` past `max_bytes`."""
    status = response.status_code
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise errors.DownloadError("The answer is compressed, which was not asked for.", status=status)
    claimed = response.headers.get("content-length", "")
    if claimed.isdecimal() and len(claimed) < 20 and int(claimed) > max_bytes:
        raise errors.TooLargeError(f"The answer has {claimed} bytes; {max_bytes} are allowed.", status=status)
    length = 0
    # Not aiter_raw: that refuses answers which a transport gave with their content in hand.
    async for chunk in response.stream:  # type: ignore[union-attr]
        length += len(chunk)
        if length > max_bytes:
            raise errors.TooLargeError(f"The answer has more than {max_bytes} bytes.", status=status)
        yield chunk


def _check_link(response: httpx.Response) -> None:
    """Raise `DownloadError` for anything but a 2xx."""
    if response.is_success:
        return
    status = response.status_code
    dead = status in (403, 404, 410)
    raise (errors.LinkDeadError if dead else errors.DownloadError)(
        f"The link answered with HTTP {status}.",
        status=status,
        request_id=errors.request_id_of(response.headers),
        retry_after=errors.parse_retry_after(response.headers.get("retry-after")),
    )
