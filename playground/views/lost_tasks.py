"""The tasks in EvoLink's list that may belong to a lost generation: a person chooses one, or rejects the one that was
bound."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from playground.models import Candidate, Generation
from playground.models.visibility import chooses_task
from playground.web.cards import after
from playground.web.pictures import picture_response


@require_POST
def choose(request: MemberRequest, code: str) -> HttpResponse:
    """Takes the chosen task for the generation's. Without a choice, none of the offered tasks is."""
    row = _to_choose(request, code)
    chosen = request.POST.get("candidate", "")
    candidate = row.candidates.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 16 else None
    if chosen and candidate is None:
        raise Http404

    def verb() -> None:
        now = timezone.now()
        if candidate is None:
            row.reject_candidates(now, request.user)
        else:
            candidate.choose(request.user, now)
            row.refresh_from_db()
            row.check_now(now)

    return after(request, row, verb, back=_page(row))


@require_POST
def reject(request: MemberRequest, code: str) -> HttpResponse:
    """The task that was found is not the generation's."""
    row = get_object_or_404(Generation.objects.kept_by(request.user), code=code)
    said = _("Its pictures are removed here, and the search goes on.")
    return after(request, row, lambda: row.reject_task(timezone.now(), request.user), back=_page(row), said=said)


@require_safe
def picture(request: MemberRequest, code: str, candidate: int) -> HttpResponseBase:
    """The thumbnail of an offered task. Only the owner of the key sees it."""
    row = _to_choose(request, code)
    if not row.on_own_account:
        raise Http404
    offered = get_object_or_404(Candidate.objects.open().exclude(thumbnail=""), pk=candidate, generation=row)
    return picture_response(request, offered.thumbnail, tag=offered.token, content_type="image/webp")


def _to_choose(request: MemberRequest, code: str) -> Generation:
    row = get_object_or_404(Generation.objects.visible_to(request.user).select_related("key__owner"), code=code)
    if not chooses_task(request.user, row.owner_id, own_account=row.on_own_account):
        raise Http404
    return row


def _page(row: Generation) -> str:
    return reverse("generation", args=[row.code])
