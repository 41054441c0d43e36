"""Receives EvoLink's callbacks. A callback is only a hint: the worker then reads the task from EvoLink."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from playground.models import Attempt

MAX_BODY = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
def callback(request: HttpRequest, nonce: str) -> HttpResponse:
    """Answers 204 to everybody who knows the attempt's nonce, as often as it comes. Others get 404."""
    attempt = get_object_or_404(Attempt.objects.select_related("generation"), nonce=nonce)
    attempt.record_callback(_task_id(request), timezone.now())
    return HttpResponse(status=204)


def _task_id(request: HttpRequest) -> str:
    """The id of the task in the body. Empty for any other content."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        return ""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    value = body.get("id") if isinstance(body, dict) else None
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        return ""
    return value if value.startswith("task-") else ""
