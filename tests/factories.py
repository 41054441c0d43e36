"""Rows for tests, as plain functions."""

import secrets
from datetime import datetime

from django.utils import timezone

from accounts.models import ApiKey, User
from playground.evolink import ApiSecret, GenerationRequest
from playground.models import Generation


def make_key(*, owner: User, label: str = "Marketing", secret: str = "", **team: bool) -> ApiKey:
    """A key that EvoLink was not asked about yet."""
    return ApiKey.objects.add(owner, label, ApiSecret(secret or f"sk-{secrets.token_hex(24)}"), timezone.now(), **team)


def make_generation(
    *,
    owner: User,
    prompt: str = "A lighthouse at dusk",
    model: str = "gpt-image-1",
    size: str = "1024x1024",
    quality: str = "low",
    n: int = 1,
    rehearsal: bool = True,
    key: ApiKey | None = None,
    request_id: str = "",
    now: datetime | None = None,
) -> Generation:
    """A generation that was just handed in; nothing is sent yet. A live one gets a key where none is given."""
    if not rehearsal and key is None:
        key = ApiKey.objects.kept().filter(owner=owner).first() or make_key(owner=owner)
    request = GenerationRequest(model=model, prompt=prompt, size=size, quality=quality, n=n)
    row, _new = Generation.objects.submit(
        owner,
        request,
        request_id=request_id or secrets.token_urlsafe(16),
        rehearsal=rehearsal,
        key=key,
        now=now or timezone.now(),
    )
    return row
