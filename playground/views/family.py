"""/generations/<code>/family/: what came from what."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from playground.models import Generation
from playground.showing.family import FAMILY_MAX, family_of


@require_GET
def family(request: MemberRequest, code: str) -> HttpResponse:
    """The whole family of a generation, as far as the reader may see it."""
    row = get_object_or_404(Generation.objects.visible_to(request.user), code=code)
    members = family_of(row, request.user)
    return render(request, "playground/family.html", {"members": members, "here": code, "most": FAMILY_MAX})
