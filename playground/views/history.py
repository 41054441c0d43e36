"""/history/: every generation of a person, also those that failed, with a search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from playground.models import Generation
from playground.showing.history import HistoryForm, page_of
from playground.showing.selection import undo_offer
from playground.studio.cards import card_of


@require_GET
def history(request: MemberRequest) -> HttpResponse:
    """One page of them. The address holds the search."""
    form, now = HistoryForm(request.GET), timezone.now()
    rows = form.found(Generation.objects.filter(owner=request.user))
    page = page_of(rows, request.GET.get("page"), request.user)
    cards = [card_of(row, request.user, now) for row in page]
    context = {"form": form, "page": page, "cards": cards, "undo": undo_offer(request)}
    return render(request, "playground/history.html", context)
