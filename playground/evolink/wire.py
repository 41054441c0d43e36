"""One request and its answer. It is sent once, has a deadline and a size limit, and raises our own errors.

httpx limits the time of each operation, but not of all together, and it unpacks compressed bytes before we can count
them. So this module has its own deadline, asks for identity encoding, and reads raw bytes. Errors are raised anew, not
chained: the frames below have the Authorization header in their local variables, and error pages show these.
"""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, BinaryIO, Final, TypeVar
from urllib.parse import urljoin

import httpx

from playground.evolink import errors, raw
from playground.evolink import reading as read
from playground.evolink.refusals import status_error
from playground.evolink.secret import ApiSecret
from playground.evolink.types import Download
from playground.evolink.unpacking import UnpackError, unpacker

BODY_MAX: Final = 8 * 1024 * 1024
# The longest wait for the body of an error answer. Its status is already enough.
ERROR_BODY_SECONDS: Final = 5.0
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
REDIRECTS_MAX: Final = 3
# Not httpx's default: the servers of the result links refuse the user agents of Python libraries.
USER_AGENT: Final = "image-studio"
NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
BROKEN: Final = (httpx.HTTPError, TimeoutError, ssl.SSLError)
FAULTS: Final = (*BROKEN, httpx.InvalidURL, errors.BlockedAddressError)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. If the body is too long or broke off, `whole` is False and `body` is its beginning."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True


class Wire:
    """Sends requests with the key, and fetches links without it."""

    def __init__(self, secret: ApiSecret, transport: httpx.AsyncBaseTransport) -> None:
        self._secret = secret
        self._auth = _Bearer(secret)
        self._http = httpx.AsyncClient(
            transport=_Unredirected(transport),
            trust_env=False,
            follow_redirects=False,
            headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def ask(
        self,
        reader: Callable[[object, httpx.Headers], T],
        method: str,
        url: str,
        *,
        deadline: float,
        spends: bool = False,
        public: bool = False,
        **content: Any,
    ) -> T:
        """Sends one request. Calls `reader` with the JSON of the answer (None if it is empty) and its headers.

        Sends the key unless `public` is set. `content` is as in httpx. `spends`: the request costs credits, so a lost
        answer may have been charged. Raises `EvoLinkError`.
        """
        auth = None if public else self._auth
        work = self._exchange(deadline, method, url, auth, content)
        answer = await _within(deadline, work, spends=spends)
        unchanged = answer.status == 304 and "If-None-Match" in content.get("headers", {})
        if not (200 <= answer.status <= 299 or unchanged):
            raise self._refusal(answer.status, answer, spends=spends)
        try:
            value = None if unchanged or answer.status == 204 else self._json(answer)
            if isinstance(value, Mapping) and value.get("success") is False:
                raise self._disguised(value, answer, spends=spends)
            return reader(value, answer.headers)
        except errors.APIResponseValidationError as error:
            failure = error
        failure.settle(
            spends=spends,
            status=answer.status,
            request_id=errors.request_id_of(answer.headers),
            raw=raw.as_text(self._secret.hide_in_bytes(answer.body)),
        )
        raise failure

    async def fetch(self, url: str, into: BinaryIO, *, max_bytes: int, deadline: float) -> Download:
        """Writes the file at `url` to `into`. Sends no key. After an error, `into` may contain a part of it."""
        return await _within(deadline, self._fetch(url, into, max_bytes, deadline), spends=False)

    def _request(self, seconds: float, method: str, url: str, **content: Any) -> httpx.Request:
        """Raises `httpx.InvalidURL` for every invalid address. httpx itself raises other errors for some of them."""
        try:
            return self._http.build_request(method, url, timeout=_timeouts(seconds), **content)
        except ValueError as error:
            raise httpx.InvalidURL(f"{type(error).__name__}: {error}") from None

    async def _exchange(
        self, seconds: float, method: str, url: str, auth: httpx.Auth | None, content: Mapping[str, Any]
    ) -> Answer:
        request = self._request(seconds, method, url, **content)
        response = await self._send(request, auth)
        try:
            return await _answer(response)
        finally:
            await response.aclose()

    async def _fetch(self, url: str, into: BinaryIO, max_bytes: int, seconds: float) -> Download:
        for _hop in range(REDIRECTS_MAX + 1):
            request = self._request(seconds, "GET", url)
            response = await self._send(request, None)
            try:
                if response.status_code in REDIRECTS:
                    url = _target(response, url)
                    continue
                _check_link(response)
                return await _written(response, into, max_bytes)
            finally:
                await response.aclose()
        raise errors.DownloadError("The link redirects too often.", status=response.status_code)

    async def _send(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        try:
            _ = request.url.host  # decoded only when it is read; raises for an invalid name
        except ValueError:
            raise httpx.InvalidURL("The host is no name.") from None
        try:
            return await self._http.send(request, auth=auth, stream=True)
        except ValueError as error:
            raise httpx.RequestError(type(error).__name__, request=request) from None

    def _json(self, answer: Answer) -> object:
        if not answer.whole:
            raise errors.APIResponseValidationError("EvoLink's answer is too long.")
        return read.parse_json(self._secret.hide_in_bytes(answer.body))

    def _refusal(self, status: int, answer: Answer, *, spends: bool) -> errors.APIStatusError:
        body = self._secret.hide_in_bytes(answer.body)
        try:
            value = read.parse_json(body)
        except errors.APIResponseValidationError:
            value = None
        return status_error(status, value, answer.headers, spends=spends, raw=raw.as_text(body))

    def _disguised(
        self, value: Mapping[str, Any], answer: Answer, *, spends: bool
    ) -> errors.APIStatusError | errors.APIResponseValidationError:
        """The error for a refusal with a 2xx status. The files API sends such answers, with the real status in `code`.

        If the request costs credits, the `code` is not trusted, because the HTTP status says accepted.
        """
        code = value.get("code")
        if not spends and isinstance(code, int) and 400 <= code <= 599:
            return self._refusal(code, answer, spends=False)
        return errors.APIResponseValidationError("EvoLink answered success: false without saying why.")


class _Unredirected(httpx.AsyncBaseTransport):
    """Hides the redirect target of an answer from httpx. httpx would read it even if it must not follow it, and would
    raise for an invalid target as if nothing had been sent."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if "location" in response.headers:
            response.extensions["location"] = response.headers.pop("location")
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bearer(httpx.Auth):
    """Adds the key to the request as late as possible, so that no dictionary contains it before."""

    def __init__(self, secret: ApiSecret) -> None:
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        yield request


async def _within(seconds: float, work: Awaitable[T], *, spends: bool) -> T:
    """The result of `work`. Raises our own errors, without the stack frames that contain the key."""
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
    """Waiting for a free connection, connecting and TLS may use three quarters of the deadline.

    So a request that was never sent is recognised as such, and only a request that was sent can hit the deadline.
    """
    return httpx.Timeout(seconds, connect=seconds / 4, pool=seconds / 4)


async def _answer(response: httpx.Response) -> Answer:
    """The answer with its body. Only the beginning of a body that is too long, or of an error's that breaks off."""
    body = bytearray()
    try:
        async with asyncio.timeout(None if response.is_success else ERROR_BODY_SECONDS):
            async for piece in _pieces(response, BODY_MAX):
                body += piece
    except errors.DownloadError:
        return Answer(response.status_code, response.headers, bytes(body), whole=False)
    except BROKEN:
        if response.is_success:
            raise
        return Answer(response.status_code, response.headers, bytes(body), whole=False)
    return Answer(response.status_code, response.headers, bytes(body))


async def _written(response: httpx.Response, into: BinaryIO, max_bytes: int) -> Download:
    length, digest = 0, hashlib.sha256()
    async for piece in _pieces(response, max_bytes):
        length += len(piece)
        digest.update(piece)
        into.write(piece)
    content_type = read.text(response.headers.get("content-type"), longest=200)
    return Download(content_type=content_type, length=length, sha256=digest.hexdigest())


async def _pieces(response: httpx.Response, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The unpacked body in pieces. Raises `TooLargeError` above `max_bytes`, `DownloadError` if unpacking fails."""
    status = response.status_code
    claimed = response.headers.get("content-length", "")
    if claimed.isdecimal() and len(claimed) < 20 and int(claimed) > max_bytes:
        raise errors.TooLargeError(f"The answer has {claimed} bytes; {max_bytes} are allowed.", status=status)
    length = 0
    try:
        unpack = unpacker(response.headers.get("content-encoding", ""))
        # Not aiter_raw, which refuses answers whose content the transport has already read.
        async for chunk in response.stream:  # type: ignore[union-attr]
            for piece in unpack.feed(chunk):
                length += len(piece)
                if length > max_bytes:
                    raise errors.TooLargeError(f"The answer has more than {max_bytes} bytes.", status=status)
                yield piece
        unpack.end()
    except UnpackError as error:
        raise errors.DownloadError(f"The answer cannot be unpacked: {error}", status=status) from None


def _target(response: httpx.Response, url: str) -> str:
    """The redirect target of a link. The guard checks it like the link. Raises `DownloadError` unless it is https."""
    location = response.extensions.get("location", "")
    try:
        target = read.link(urljoin(url, location))
    except ValueError:
        target = None
    if not location or target is None or not target.startswith("https://"):
        raise errors.DownloadError("The link redirects to no https address.", status=response.status_code)
    return target


def _check_link(response: httpx.Response) -> None:
    """Raises `DownloadError` unless the status is 2xx, and its `LinkDeadError` for 403, 404 and 410."""
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
