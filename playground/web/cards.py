"""Responses that change the history of generations on a page. The studio and the cards send them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from playground.models import HISTORY_LENGTH, Generation, Superseded
from playground.models.request_values import kept
from playground.references.selection import chosen
from playground.studio import drafts
from playground.studio.cards import card_of
from playground.studio.estimates import priced
from playground.studio.forms import GenerationForm
from playground.studio.modes import rehearses


def handed_in(request: MemberRequest, row: Generation, new: bool, *, composed: bool = False) -> HttpResponse:
    """The response to a submitted generation: its card and the counts. If the form asked for it (`composed`), also the
    form with a new request id and without its references. It says if the generation is not new."""
    said = "" if new else _("This was sent before, so nothing was sent again. Here is what became of it.")
    if not request.htmx:
        if said:
            messages.info(request, said)
        return redirect("studio")
    Generation.objects.with_images([row], request.user)
    mine, now = Generation.objects.filter(owner=request.user), timezone.now()
    context = {
        "card": card_of(row, request.user, now),
        "said": said,
        "counts": mine.counts(),
        "watching": row.watched,
        "dropped": mine.order_by("-pk").values_list("code", flat=True)[HISTORY_LENGTH:].first() if new else None,
    }
    if composed:
        context |= _emptied(request)
    return render(request, "playground/_handed_in.html", context)


def _emptied(request: MemberRequest) -> dict[str, object]:
    """The form after it was sent: the same words and settings, a new request id, and no references."""
    words = {name: request.POST.get(name, "") for name in ("prompt", "parent")}
    agreed = drafts.agreed(request.user)
    form = GenerationForm.fresh(None, rehearses(request), **kept(request.POST), **words, reference_way=agreed)
    return {
        "corrected": "corrected" in request.POST,
        "put_away": [reference.token for reference in chosen(request.user, request.POST).chosen],
    } | priced(form, request.user, timezone.now())


def changed_cards(
    request: MemberRequest, rows: list[Generation], *, watching: bool, restart: bool = False, notice: str = ""
) -> HttpResponse:
    """The changed cards as htmx out-of-band swaps, with the counts. With `restart` the page begins to ask for changes
    again."""
    Generation.objects.with_images(rows, request.user)
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
        response["HX-Trigger"] = "settled"  # the budget may have more left now
    return response


def anything_watched(request: MemberRequest) -> bool:
    """Whether the person's history has a card that the page must keep asking for."""
    return any(row.watched for row in Generation.objects.filter(owner=request.user).recent(request.user))


def after(
    request: MemberRequest, row: Generation, verb: Callable[[], None], *, back: str = "studio", said: str = ""
) -> HttpResponse:
    """The card after `verb`, or for a whole page a redirect to `back` with `said` as a message. If the row has changed
    meanwhile, the card shows its present state."""
    notice = ""
    try:
        verb()
    except Superseded:
        notice = _("It has changed in the meantime; this is how it is now.")
    row.refresh_from_db()
    if request.htmx:
        return changed_cards(request, [row], watching=anything_watched(request), restart=True, notice=notice)
    if notice or said:
        messages.info(request, notice or said)
    return redirect(back)
