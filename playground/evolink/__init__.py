"""EvoLink's GPT Image API: client, models, prices. Knows no Django; one could lift it out."""

from .account import Credits, FileList, FileQuota, ListedFile, TaskPage, TaskSummary, UploadedFile
from .catalogue import (
    MODELS,
    RATES_DATE,
    RATES_HISTORY,
    RATES_VERSION,
    Model,
    Rates,
    RatesVersion,
    Size,
    UnknownModelError,
    get_model,
)
from .errors import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BlockedAddressError,
    DownloadError,
    EvoLinkError,
    InsufficientCreditsError,
    InternalServerError,
    LinkDeadError,
    ModelAccessError,
    Money,
    NotFoundError,
    NotSentError,
    PermissionDeniedError,
    RateLimitError,
    RequestTooLargeError,
    ServiceUnavailableError,
    TooLargeError,
    UnprocessableEntityError,
)
from .rules import Problem
from .secret import ApiSecret, redact
from .types import GenerationRequest, Task, TaskError, Usage
