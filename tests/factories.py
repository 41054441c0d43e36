"""Rows for tests, as plain functions."""

import secrets
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from playground.evolink import GenerationRequest
from playground.models import Generation


def make_generation(
    *,
    owner: User,
    prompt: str = "A lighthouse at dusk",
    model: str = "gpt-image-1",
    size: str = "1024x1024",
    quality: str = "low",
    n: int = 1,
    rehearsal: bool = True,
    request_id: str = "",
    now: datetime | None = None,
) -> Generation:
    """A generation that was just handed in; nothing is sent yet."""
    request = GenerationRequest(model=model, prompt=prompt, size=size, quality=quality, n=n)
    row, _new = Generation.objects.submit(
        owner,
        request,
        request_id=request_id or secrets.token_urlsafe(16),
        rehearsal=rehearsal,
        now=now or timezone.now(),
    )
    return row
