"""One generation: its page, and the actions on it."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, local
from playground.evolink import MODELS, GenerationRequest, get_model
from playground.evolink.successors import put_to, successor
from playground.models import Descent, Generation, Lineage
from playground.models.codes import code_or_nothing
from playground.references import reachability
from playground.references.delivery import references_of
from playground.showing.generation_page import page_of
from playground.showing.selection import undo_offer
from playground.studio.cards import card_of
from playground.studio.modes import paying_key
from playground.studio.submission import NOT_HANDED_IN, why_not
from playground.web.cards import after, anything_watched, changed_cards, handed_in


@require_GET
def generation(request: MemberRequest, code: str) -> HttpResponse:
    """Everything about a generation: pictures, words, settings, times, money, and the request to EvoLink.

    While the generation changes, the page polls this address with the `version` that it has. The response is 204 if
    that is the newest.
    """
    rows = Generation.objects.visible_to(request.user).for_cards().select_related("owner")
    row = get_object_or_404(rows, code=code)
    if request.htmx and row.watched and request.GET.get("version") == str(row.version):
        return HttpResponse(status=204)
    card = card_of(row, request.user, timezone.now())
    context = {
        "card": card,
        "page": page_of(row, request.user),
        "ready": card.ready if request.htmx else 0,
        "undo": undo_offer(request),
    }
    return render(request, "playground/generation.html", context)


def _mine(request: MemberRequest, code: str) -> Generation:
    return get_object_or_404(Generation.objects.filter(owner=request.user), code=code)


def _back(request: MemberRequest) -> str:
    """The page that the form was on."""
    return local(request, request.POST.get("next", ""), reverse("studio"))


@require_POST
def check_again(request: MemberRequest, code: str) -> HttpResponse:
    """Checks the result at once, or tries at once to save the pictures that could not be saved."""
    row = _mine(request, code)
    return after(request, row, lambda: row.check_now(timezone.now()), back=_back(request))


@require_POST
def cancel(request: MemberRequest, code: str) -> HttpResponse:
    """Cancels the generation, if it was not sent yet."""
    row = _mine(request, code)
    return after(request, row, lambda: row.cancel(timezone.now()), back=_back(request))


@require_POST
def run_again(request: MemberRequest, code: str) -> HttpResponse:
    """A new generation with the same settings, not with those in the form."""
    row = _mine(request, code)
    return _hand_in_again(request, row, row.as_request())


@require_POST
def run_on_successor(request: MemberRequest, code: str) -> HttpResponse:
    """The same request on the model that replaces the refused one."""
    row = _mine(request, code)
    follower = successor(get_model(row.model)) if row.model in MODELS else None
    if follower is None:
        raise Http404
    return _hand_in_again(request, row, put_to(follower, row.as_request()))


def _hand_in_again(request: MemberRequest, row: Generation, wanted: GenerationRequest) -> HttpResponse:
    """The page sends its own request id, so that a double click makes only one generation."""
    references = references_of(row)
    if references is None:
        return _refused(
            request,
            row,
            _(
                "One of its reference images has been deleted, so nothing was sent. Press “Use these settings” and"
                " choose another."
            ),
        )
    if obstacle := reachability.obstacle(row.reference_way, rehearsal=row.rehearsal):
        return _refused(request, row, obstacle)
    try:
        again, new = Generation.objects.submit(
            request.user,
            wanted,
            request_id=code_or_nothing(request.POST.get("request_id", "")) or secrets.token_urlsafe(16),
            rehearsal=row.rehearsal,
            key=None if row.rehearsal else paying_key(request, str(row.key_id)),
            now=timezone.now(),
            references=references,
            reference_way=row.reference_way,
            other_models=row.other_models,
            descent=Descent(row, Lineage.AGAIN),
        )
    except NOT_HANDED_IN as error:
        return _refused(request, row, why_not(error))
    return handed_in(request, again, new)


def _refused(request: MemberRequest, row: Generation, sentence: str) -> HttpResponse:
    """Nothing was submitted. The card does not change, and a message says why."""
    if not request.htmx:
        messages.error(request, sentence)
        return redirect(_back(request))
    response = changed_cards(request, [row], watching=anything_watched(request), restart=True, notice=sentence)
    response["HX-Reswap"] = "none"
    return response
