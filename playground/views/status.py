"""How the models do here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from playground.showing.status_page import PERIOD, status_page


@require_GET
def status(request: MemberRequest) -> HttpResponse:
    page = status_page(request.user, timezone.now())
    return render(request, "playground/status.html", {"page": page, "days": PERIOD.days})
