"""The health check for monitoring."""

import secrets
from collections.abc import Callable

import structlog
from django import db
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.models import Heartbeat

log = structlog.get_logger(__name__)

ADDRESS = "/healthz"


def health_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answers /healthz before other middleware queries the database, because it must also answer without one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return healthz(request) if request.path_info == ADDRESS else get_response(request)

    return middleware


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 and "ok" for every part, or 503 and "gone" for the missing parts. Strangers learn nothing else."""
    parts = {"database": True, "storage": _storage(), "worker": False}
    try:
        parts["worker"] = Heartbeat.alive(timezone.now())
    except db.Error:
        parts["database"] = False
    body = {name: "ok" if well else "gone" for name, well in parts.items()}
    return JsonResponse(body, status=200 if all(parts.values()) else 503)


def _storage() -> bool:
    """Whether a file can be written, read and deleted. Each check uses its own file, because several may run at
    once."""
    try:
        name = default_storage.save(f"healthz/{secrets.token_urlsafe(16)}", ContentFile(b"ok"))
        try:
            with default_storage.open(name) as file:
                return bool(file.read() == b"ok")
        finally:
            default_storage.delete(name)
    except Exception as error:  # each kind of storage has its own errors, and here they all mean the same
        log.warning("storage away", error=type(error).__name__)
        return False
