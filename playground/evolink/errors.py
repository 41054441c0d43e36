"""What can go wrong between us and EvoLink, as one tree.

    EvoLinkError
    ├─ APIConnectionError            no answer: whether the request arrived is unknown
    │   ├─ NotSentError              refused before a byte was sent: DNS, connect refused, connect timeout
    │   │   └─ BlockedAddressError   the guard refused the address
    │   └─ APITimeoutError           the total deadline, or no byte for too long
    ├─ APIStatusError                an HTTP answer other than 2xx
    │   ├─ BadRequestError           a parameter is wrong
    │   │   └─ ContentPolicyError    refused for safety reasons
    │   ├─ AuthenticationError       the key is wrong, expired or switched off
    │   ├─ InsufficientCreditsError  the account, or the key's own limit, has too few credits
    │   ├─ PermissionDeniedError     the key may not do this
    │   │   └─ ModelAccessError      the model is gone, out of reach, or closed to this key
    │   ├─ NotFoundError             no such task, file or address
    │   ├─ ConflictError             the idempotency key was used for another request
    │   ├─ RequestTooLargeError      413
    │   ├─ UnprocessableEntityError  422
    │   ├─ RateLimitError            too many requests
    │   └─ InternalServerError       5xx
    │       └─ ServiceUnavailableError  EvoLink is closed for a moment
    ├─ APIResponseValidationError    a 2xx that is not what the contract says
    └─ DownloadError                 a result link did not give the file
        ├─ TooLargeError             more bytes than the caller allowed
        └─ LinkDeadError             403, 404 or 410: the link has expired

The reason of an HTTP answer decides its class. The code decides the reason, or else the status (`reasons.classify`).
`error.money` and `error.retryable` tell what to do after a failed submit. A request that may have been charged is
never sent again.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import ClassVar, Final

from playground.evolink.details import Details
from playground.evolink.reasons import Outcome, Reason, Verdict, outcome
from playground.evolink.secret import redact

RETRY_AFTER_MAX: Final = 31 * 86_400.0
MESSAGE_MAX: Final = 2000
REQUEST_ID_MAX: Final = 200


class Money(Enum):
    """Whether the failed call may have cost credits."""

    NOT_MOVED = "not_moved"
    UNKNOWN = "unknown"


class EvoLinkError(Exception):
    """A call to EvoLink failed.

    `status` is the HTTP status, `code` is EvoLink's name for the error, `param` is the parameter that it names.
    `request_id` is what EvoLink's support asks for. `retry_after` is in seconds (0 to 31 days) or None.
    `raw` is the answer, shortened, with keys masked. It is empty if there was no answer.
    `spends` tells whether the failed call costs credits.
    """

    ambiguous: ClassVar[bool] = False
    """Whether EvoLink may have accepted the request despite the error. For an HTTP answer, its outcome decides."""
    transient: bool = False
    """Whether the same request may succeed later."""

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
        raw: str = "",
    ) -> None:
        self.message = redact(message)[:MESSAGE_MAX] or type(self).__name__
        super().__init__(self.message)
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id
        self.retry_after = retry_after
        self.raw = raw
        self.money = Money.UNKNOWN if spends and self.ambiguous else Money.NOT_MOVED

    @property
    def retryable(self) -> bool:
        """Whether the program may send the same request again without asking a person."""
        return self.transient and self.money is Money.NOT_MOVED

    def __str__(self) -> str:
        return f"{self.message} (request id: {self.request_id})" if self.request_id else self.message


class APIConnectionError(EvoLinkError):
    """The connection broke. The request may have arrived."""

    ambiguous = True
    transient = True


class NotSentError(APIConnectionError):
    """No connection was made, so no byte of the request was sent."""

    ambiguous = False


class BlockedAddressError(NotSentError):
    """The guard refused to connect to the address."""

    transient = False


class APITimeoutError(APIConnectionError):
    """The answer did not arrive before the deadline."""


class APIStatusError(EvoLinkError):
    """EvoLink, or a server in front of it, answered with a status other than 2xx.

    `reason` is what the error means. `outcome` tells whether a submit was accepted despite it. `details` are the
    figures that EvoLink sent with it.
    """

    reason: Reason = Reason.UNKNOWN
    outcome: Outcome = Outcome.UNKNOWN
    details: Details | None = None

    def judge(self, verdict: Verdict, *, spends: bool) -> None:
        """Sets `reason` and `outcome`, which follow from the code and the status together."""
        self.reason = verdict.reason
        self.outcome = outcome(self.status or 0, verdict)
        self.money = Money.UNKNOWN if spends and self.outcome is Outcome.UNKNOWN else Money.NOT_MOVED
        later = self.reason.passes or (self.status or 0) >= 500
        self.transient = self.outcome is Outcome.RESEND if spends else later


class BadRequestError(APIStatusError):
    """A parameter is wrong."""


class ContentPolicyError(BadRequestError):
    """EvoLink refused the prompt or a picture for safety reasons."""


class AuthenticationError(APIStatusError):
    """The key is missing, wrong, expired or disabled."""


class InsufficientCreditsError(APIStatusError):
    """The account, or the key's own limit, has too few credits. `reason` tells which."""


class PermissionDeniedError(APIStatusError):
    """The key may not do this."""


class ModelAccessError(PermissionDeniedError):
    """The model is unknown, retired, unavailable, or not allowed for this key. `reason` tells which."""


class NotFoundError(APIStatusError):
    """The task, file or address does not exist."""


class ConflictError(APIStatusError):
    """The idempotency key was already used with another request. That request may have been accepted."""


class RequestTooLargeError(APIStatusError):
    """The request is too large (413)."""


class UnprocessableEntityError(APIStatusError):
    """EvoLink cannot process the request (422)."""


class RateLimitError(APIStatusError):
    """Too many requests. `retry_after` is the time to wait, if EvoLink named one."""


class InternalServerError(APIStatusError):
    """An error of EvoLink (5xx). How far it processed the request is unknown."""


class ServiceUnavailableError(InternalServerError):
    """EvoLink is unavailable for a short time."""


class APIResponseValidationError(EvoLinkError):
    """A 2xx answer that breaks the contract. `raw` is that answer."""

    ambiguous = True
    transient = True

    def settle(self, *, spends: bool, status: int, request_id: str | None, raw: str) -> None:
        """Adds the facts about the call. The reader that raised this error does not know them."""
        self.money = Money.UNKNOWN if spends else Money.NOT_MOVED
        self.status = status
        self.request_id = request_id
        self.raw = raw


class DownloadError(EvoLinkError):
    """A result link did not give the file. Downloads never cost credits."""

    transient = True


class TooLargeError(DownloadError):
    """The file is larger than the caller allowed."""

    transient = False


class LinkDeadError(DownloadError):
    """A result link answered with 403, 404 or 410: its 24 hours are over."""

    transient = False


_BY_REASON: Final[Mapping[Reason, type[APIStatusError]]] = {
    Reason.CONTENT: ContentPolicyError,
    Reason.TOO_LARGE: RequestTooLargeError,
    Reason.NOT_FOUND: NotFoundError,
    Reason.CONFLICT: ConflictError,
    Reason.BALANCE: InsufficientCreditsError,
    Reason.KEY_LIMIT: InsufficientCreditsError,
    Reason.KEY_DAILY_LIMIT: InsufficientCreditsError,
    Reason.KEY_REFUSED: AuthenticationError,
    Reason.KEY_EXPIRED: AuthenticationError,
    Reason.KEY_DISABLED: AuthenticationError,
    Reason.ACCOUNT_DISABLED: PermissionDeniedError,
    Reason.ADDRESS_REFUSED: PermissionDeniedError,
    Reason.FORBIDDEN: PermissionDeniedError,
    Reason.MODEL_NOT_ALLOWED: ModelAccessError,
    Reason.MODEL_UNAVAILABLE: ModelAccessError,
    Reason.RATE_LIMITED: RateLimitError,
}
_BY_STATUS: Final[Mapping[int, type[APIStatusError]]] = {
    400: BadRequestError,
    402: InsufficientCreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: RequestTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: ServiceUnavailableError,
}


def class_for(status: int, reason: Reason) -> type[APIStatusError]:
    """The error class of an HTTP answer."""
    kind = _BY_REASON.get(reason) or _BY_STATUS.get(status)
    if kind is None:
        kind = InternalServerError if 500 <= status <= 599 else APIStatusError
    return kind


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The request id in the headers of an answer, or None."""
    found = headers.get("x-request-id") or headers.get("x-oneapi-request-id")
    return redact(found)[:REQUEST_ID_MAX] if found else None


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """The seconds to wait, 0 to 31 days, from a Retry-After header (seconds or an HTTP date). None if it is invalid."""
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
