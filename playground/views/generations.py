"""One generation: its page, and the actions on it."""

import secrets
from collections.abc import Callable

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
from playground.showing.family import family_of, strip_around
from playground.showing.generation_page import page_of
from playground.showing.selection import undo_offer
from playground.studio.cards import card_of
from playground.studio.modes import paying_key
from playground.studio.offers import MoreForm, Offer, final, missing, more, offers_of
from playground.studio.submission import NOT_HANDED_IN, why_not
from playground.web.cards import after, anything_watched, changed_cards, handed_in
from playground.web.picture_menu import menu_of


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
    card, page = card_of(row, request.user, timezone.now()), page_of(row, request.user)
    context = {
        "card": card,
        "page": page,
        "menus": [menu_of(image, request.user, "", request.path) for image in page.images],
        "ready": card.ready if request.htmx else 0,
        "undo": undo_offer(request),
        "offers": offers_of(row, request.user),
        "family": strip_around(family_of(row, request.user), row.code),
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
    return _hand_in_again(request, row, row.as_request(), Descent(row, Lineage.AGAIN))


@require_POST
def run_on_successor(request: MemberRequest, code: str) -> HttpResponse:
    """The same request on the model that replaces the refused one."""
    row = _mine(request, code)
    follower = successor(get_model(row.model)) if row.model in MODELS else None
    if follower is None:
        raise Http404
    return _hand_in_again(request, row, put_to(follower, row.as_request()), Descent(row, Lineage.AGAIN))


@require_GET
def offers(request: MemberRequest, code: str) -> HttpResponse:
    """What can be made of it with one press, with the prices of now. With `?inline` the page has the history."""
    shown = offers_of(_mine(request, code), request.user)
    return render(request, "playground/_offers.html", {"offers": shown, "inline": "inline" in request.GET})


@require_POST
def make_final(request: MemberRequest, code: str) -> HttpResponse:
    """One picture of the same request in the highest quality."""
    return _take_up(request, _mine(request, code), final)


@require_POST
def make_more(request: MemberRequest, code: str) -> HttpResponse:
    """More pictures of the same request, as many as the form says."""
    row = _mine(request, code)
    form = MoreForm(request.POST, row=row) if row.model in MODELS else None
    if form is None or not form.is_valid():
        raise Http404
    return _take_up(request, row, lambda row: more(row, form.cleaned_data["n"]))


@require_POST
def make_missing(request: MemberRequest, code: str) -> HttpResponse:
    """Exactly the pictures that did not arrive."""
    return _take_up(request, _mine(request, code), missing)


def _take_up(request: MemberRequest, row: Generation, offered: Callable[[Generation], Offer | None]) -> HttpResponse:
    offer = offered(row) if row.model in MODELS else None
    if offer is None:
        raise Http404
    return _hand_in_again(request, row, offer.request, offer.descent)


def _hand_in_again(
    request: MemberRequest, row: Generation, wanted: GenerationRequest, descent: Descent
) -> HttpResponse:
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
            descent=descent,
        )
    except NOT_HANDED_IN as error:
        return _refused(request, row, why_not(error))
    response = handed_in(request, again, new)
    response["HX-Trigger"] = "settled"  # the budget has less left now, and the answer knows nothing of the form
    return response


def _refused(request: MemberRequest, row: Generation, sentence: str) -> HttpResponse:
    """Nothing was submitted. The card does not change, and a message says why."""
    if not request.htmx:
        messages.error(request, sentence)
        return redirect(_back(request))
    response = changed_cards(request, [row], watching=anything_watched(request), restart=True, notice=sentence)
    response["HX-Reswap"] = "none"
    return response
