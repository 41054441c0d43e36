"""Answers that change the history of generations on the page: they come from the studio and from the cards."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import MemberRequest
from playground.models import HISTORY_LENGTH, Generation, Status
from playground.models.request_values import kept
from playground.references.selection import chosen
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
        "generation": row,
        "new": new,
        "counts": mine.counts(),
        "watching": row.watched,
        "dropped": mine.order_by("-pk")[HISTORY_LENGTH : HISTORY_LENGTH + 1].first() if new else None,
        "corrected": "corrected" in request.POST,
        "technical": request.user.is_administrator,
        "now": now,
    } | priced(form, request.user, now)
    return render(request, "playground/_handed_in.html", context)


def changed_cards(
    request: MemberRequest, rows: list[Generation], *, watching: bool, restart: bool = False, notice: str = ""
) -> HttpResponse:
    """Cards out of band, with the counts; `restart` sets the page asking again."""
    Generation.objects.with_images(rows)
    context = {
        "generations": rows,
        "counts": Generation.objects.filter(owner=request.user).counts(),
        "watching": watching,
        "restart": restart,
        "notice": notice,
        "ready": sum(image.shown for row in rows if row.status == Status.COMPLETED for image in row.images.all()),
        "technical": request.user.is_administrator,
        "now": timezone.now(),
    }
    response = render(request, "playground/_changes.html", context)
    if any(row.final for row in rows):
        response["HX-Trigger"] = "settled"  # what is left of the budget may have changed
    return response
