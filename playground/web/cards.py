"""Answers that change the history of generations on the page: they come from the studio and from the cards."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import MemberRequest
from playground.models import HISTORY_LENGTH, Generation
from playground.models.request_values import kept
from playground.references.selection import chosen
from playground.studio.cards import card_of
from playground.studio.choices import priced
from playground.studio.forms import GenerationForm
from playground.studio.modes import rehearses


def handed_in(request: MemberRequest, row: Generation, new: bool) -> HttpResponse:
    """The answer to a generation that was handed in: its card, the counts, and a new request id for the form."""
    if not request.htmx:
        return redirect("studio")
    mine, now = Generation.objects.filter(owner=request.user), timezone.now()
    pictures, prompt = chosen(request.user, request.POST), request.POST.get("prompt", "")
    form = GenerationForm.fresh(pictures, rehearses(request), **kept(request.POST), prompt=prompt)
    context = {
        "card": card_of(row, request.user, now),
        "new": new,
        "counts": mine.counts(),
        "watching": row.watched,
        "dropped": mine.order_by("-pk").values_list("code", flat=True)[HISTORY_LENGTH:].first() if new else None,
        "corrected": "corrected" in request.POST,
    } | priced(form, request.user, now)
    return render(request, "playground/_handed_in.html", context)


def changed_cards(
    request: MemberRequest, rows: list[Generation], *, watching: bool, restart: bool = False, notice: str = ""
) -> HttpResponse:
    """Cards out of band, with the counts; `restart` sets the page asking again."""
    Generation.objects.with_images(rows)
    now = timezone.now()
    cards = [card_of(row, request.user, now) for row in rows]
    context = {
        "cards": cards,
        "counts": Generation.objects.filter(owner=request.user).counts(),
        "watching": watching,
        "restart": restart,
        "notice": notice,
        "ready": sum(card.ready for card in cards),
    }
    response = render(request, "playground/_changes.html", context)
    if any(row.final for row in rows):
        response["HX-Trigger"] = "settled"  # what is left of the budget may have changed
    return response
