"""Switches between rehearsal and live, and shows the balance."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import keys
from accounts.access import MemberRequest, local
from accounts.encryption import DecryptionFailed, RingError
from accounts.models import KeyGone
from playground.studio.modes import mode_of, rehearse

# A balance that is newer than this is not requested again.
FRESH = timedelta(seconds=20)


@require_POST
def switch(request: MemberRequest) -> HttpResponse:
    """Turns rehearsing on for the rest of this session, or off."""
    rehearse(request, request.POST.get("rehearsal") == "1")
    return redirect(local(request, request.POST.get("next", ""), "studio"))


@require_POST
def balance(request: MemberRequest) -> HttpResponse:
    """The balance of the key in use, which EvoLink must give within a short time. It is a POST, because it saves the
    balance and marks a refused key."""
    mode = mode_of(request)
    key = mode.key
    now = timezone.now()
    answered = True
    if key is not None and not (key.checked_at and now - key.checked_at < FRESH):
        try:
            answered = keys.check(key).state is not None
        except (DecryptionFailed, RingError, KeyGone):
            answered = False
    works = key is not None and key.is_usable
    team_key = mode.team_key or (key if key is not None and key.owner_id != request.user.pk else None)
    context = {"key": key if works else None, "team_key": team_key, "answered": answered, "asked": True}
    return render(request, "playground/_balance.html", context)
