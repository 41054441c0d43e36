"""For whoever watches the server."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from playground.models import Heartbeat

PROBE = "healthz"


@never_cache
@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 with every part "ok", or 503 and which part is gone. Says nothing else to strangers."""
    parts = {"database": True, "storage": _storage(), "worker": False}
    try:
        parts["worker"] = Heartbeat.alive(timezone.now())
    except DatabaseError:
        parts["database"] = False
    body = {name: "ok" if well else "gone" for name, well in parts.items()}
    return JsonResponse(body, status=200 if all(parts.values()) else 503)


def _storage() -> bool:
    """Whether a file can be written and read back; the same small file each time."""
    try:
        name = default_storage.save(PROBE, ContentFile(b"ok"))
        with default_storage.open(name) as file:
            return bool(file.read() == b"ok")
    except OSError:
        return False
