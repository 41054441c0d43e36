"""What can go wrong between us and EvoLink, as one tree.

    EvoLinkError
    ├─ APIConnectionError            no answer: whether the request arrived is unknown
    │   ├─ NotSentError              refused before a byte was sent: DNS, connect refused, connect timeout
    │   │   └─ BlockedAddressError   the guard refused the address
    │   └─ APITimeoutError           the total deadline, or no byte for too long
    ├─ APIStatusError                an HTTP answer other than 2xx
    │   ├─ BadRequestError           400
    │   ├─ AuthenticationError       401
    │   ├─ InsufficientCreditsError  402
    │   ├─ PermissionDeniedError     403
    │   │   └─ ModelAccessError      400, 403 or 404 that is about the model
    │   ├─ NotFoundError             404
    │   ├─ RequestTooLargeError      413
    │   ├─ UnprocessableEntityError  422
    │   ├─ RateLimitError            429
    │   └─ InternalServerError       5xx
    │       └─ ServiceUnavailableError  503 with a JSON error: nothing was accepted
    ├─ APIResponseValidationError    a 2xx that is not what the contract says
    └─ DownloadError                 a result link did not give the file
        ├─ TooLargeError             more bytes than the caller allowed
        └─ LinkDeadError             403, 404 or 410: the link has expired

Two class facts decide the rest. `ambiguous`: EvoLink may have accepted the request all the same.
`transient`: the same request may succeed later. A request whose money is unknown is never `retryable`.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import ClassVar, Final

from playground.evolink.secret import redact

RETRY_AFTER_MAX: Final = 3600.0
MESSAGE_MAX: Final = 2000
MODEL_CODES: Final = frozenset({"model_access_denied", "model_not_found", "model_unavailable", "key_model_not_allowed"})
# The one code that says, at any HTTP status, that a charge may stand.
PAID_OUTCOME_UNKNOWN: Final = "paid_outcome_unknown"


class Money(Enum):
    """Whether credits may have left the account because of the failed call."""

    NOT_MOVED = "not_moved"
    UNKNOWN = "unknown"


class EvoLinkError(Exception):
    """Anything that kept EvoLink from doing what was asked.

    `status` is the HTTP status, `code` EvoLink's word for the fault, `param` the parameter it names,
    `request_id` what their support asks for, `retry_after` seconds (0 to 3600) or None.
    `spends` says whether the failed call was one that costs credits.
    """

    ambiguous: ClassVar[bool] = False
    transient: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        spends: bool = True,
    ) -> None:
        self.message = redact(message)[:MESSAGE_MAX] or type(self).__name__
        super().__init__(self.message)
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id
        self.retry_after = retry_after
        unknown = spends and (self.ambiguous or code == PAID_OUTCOME_UNKNOWN)
        self.money = Money.UNKNOWN if unknown else Money.NOT_MOVED

    @property
    def retryable(self) -> bool:
        """Whether the program may send the same request again by itself."""
        return self.transient and self.money is Money.NOT_MOVED

    def __str__(self) -> str:
        return f"{self.message} (request id: {self.request_id})" if self.request_id else self.message


class APIConnectionError(EvoLinkError):
    """The connection broke: the request may have arrived."""

    ambiguous = True
    transient = True


class NotSentError(APIConnectionError):
    """No connection came about, so not a byte of the request left."""

    ambiguous = False


class BlockedAddressError(NotSentError):
    """The guard refused to connect to the address."""

    transient = False


class APITimeoutError(APIConnectionError):
    """The deadline passed while the answer was still due."""


class APIStatusError(EvoLinkError):
    """EvoLink, or something before it, answered with a status other than 2xx that has no class of its own."""

    ambiguous = True


class BadRequestError(APIStatusError):
    """400: a parameter is wrong."""

    ambiguous = False


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong, expired or disabled."""

    ambiguous = False


class InsufficientCreditsError(APIStatusError):
    """402: the key or the account has too few credits."""

    ambiguous = False


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""

    ambiguous = False


class ModelAccessError(PermissionDeniedError):
    """The model is unknown, retired, or closed to this key."""


class NotFoundError(APIStatusError):
    """404: no such task, file or address."""

    ambiguous = False


class RequestTooLargeError(APIStatusError):
    """413."""

    ambiguous = False


class UnprocessableEntityError(APIStatusError):
    """422."""

    ambiguous = False


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` says how long to wait, where EvoLink said so."""

    ambiguous = False
    transient = True


class InternalServerError(APIStatusError):
    """5xx: the fault is theirs, and how far they came is unknown."""

    transient = True


class ServiceUnavailableError(InternalServerError):
    """503 with a JSON error: refused before anything was accepted."""

    ambiguous = False


class APIResponseValidationError(EvoLinkError):
    """A 2xx that is not what the contract says. `task_id` is kept where the answer had a readable one."""

    ambiguous = True
    transient = True
    task_id: str | None = None

    def settle(self, *, spends: bool, status: int, request_id: str | None) -> None:
        """Add what the reader of a value cannot know: the call it came from."""
        self.money = Money.UNKNOWN if spends else Money.NOT_MOVED
        self.status = status
        self.request_id = request_id


class DownloadError(EvoLinkError):
    """A result link did not give the file. Downloads never move money."""

    transient = True


class TooLargeError(DownloadError):
    """The file is larger than the caller allowed."""

    transient = False


class LinkDeadError(DownloadError):
    """403, 404 or 410 from a result link: the 24 hours are over."""

    transient = False


_BY_STATUS: Final[Mapping[int, type[APIStatusError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: InsufficientCreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: RequestTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def class_for(status: int, code: str | None, *, json_error: bool) -> type[APIStatusError]:
    """The error class of an HTTP status; `json_error` is whether the body carried EvoLink's error object."""
    if status in (400, 403, 404) and code in MODEL_CODES:
        return ModelAccessError
    if status == 503 and json_error:
        return ServiceUnavailableError
    if 500 <= status <= 599:
        return InternalServerError
    return _BY_STATUS.get(status, APIStatusError)


def read_error_body(body: object) -> tuple[bool, str | None, str | None, str | None]:
    """(is an error object, code, message, param) from any dialect: string or integer code, files API, none.

    An integer code is the HTTP status again and says nothing, so then the `type` stands in for it.
    """
    if not isinstance(body, Mapping):
        return False, None, None, None
    error = body.get("error")
    if isinstance(error, Mapping):
        code = _word(error.get("code")) or _word(error.get("type"))
        return True, code, _word(error.get("message")), _word(error.get("param"))
    if body.get("success") is False:
        return True, None, _word(body.get("msg")) or _word(body.get("message")), None
    return False, None, _word(error) or _word(body.get("message")), None


def status_error(status: int, body: object, headers: Mapping[str, str], *, spends: bool) -> APIStatusError:
    """The error for an answer other than 2xx; `body` is the parsed JSON, or None for anything else."""
    json_error, code, message, param = read_error_body(body)
    if json_error and isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        body_id = _word(body["error"].get("request_id"))
    else:
        body_id = None
    return class_for(status, code, json_error=json_error)(
        message or f"EvoLink answered with HTTP {status}.",
        status=status,
        code=code,
        param=param,
        request_id=request_id_of(headers) or body_id,
        retry_after=parse_retry_after(headers.get("retry-after")),
        spends=spends,
    )


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The request id an answer carries, or None."""
    return _word(headers.get("x-request-id")) or _word(headers.get("x-oneapi-request-id"))


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait from a Retry-After header (seconds or an HTTP date), 0 to 3600; None for nonsense."""
    if not value or len(value) > 64:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), RETRY_AFTER_MAX) if math.isfinite(seconds) else None


def _word(value: object) -> str | None:
    """A non-empty string as it is, masked and cut, else None."""
    return redact(value)[:MESSAGE_MAX] if isinstance(value, str) and value else None
