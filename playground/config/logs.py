"""The format of the log: readable lines in development, one JSON object for each line in production."""

from typing import Any

import structlog

from playground.evolink.secret import redact

_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _masked(logger: object, method: str, line: Any) -> str:
    return redact(str(line))


def configuration(*, debug: bool, level: str) -> dict[str, Any]:
    """The LOGGING setting. Tracebacks have no local variables, because those could hold a key. What looks like a key is
    masked wherever it stands."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    plain = structlog.dev.plain_traceback
    renderer: list[structlog.types.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
        if debug
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer, _masked],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # At INFO the HTTP client logs the address of each request, and result links are private.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
