"""How the studio is, for administrators: the stored files that are not in order."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, administrators_only
from playground.models import BrokenFile, FileCheck

FILES_SHOWN = 200


@administrators_only
@require_GET
def team(request: MemberRequest) -> HttpResponse:
    broken = BrokenFile.objects.current()
    count = broken.count()
    context = {
        "check": FileCheck.objects.last_finished(),
        "broken": broken[:FILES_SHOWN],
        "count": count,
        "more": max(0, count - FILES_SHOWN),
    }
    return render(request, "playground/health.html", context)
