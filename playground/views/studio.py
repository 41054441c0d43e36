"""The studio: the form, the history beside it, and the updates of the history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from playground.models import HISTORY_LENGTH, Generation
from playground.models.codes import well_formed
from playground.models.request_values import kept
from playground.references.selection import References, chosen, handed_over
from playground.studio import drafts
from playground.studio.cards import card_of
from playground.studio.estimates import priced, quote_of
from playground.studio.forms import GenerationForm
from playground.studio.modes import rehearses
from playground.studio.submission import NOT_HANDED_IN, submit, why_not
from playground.web.cards import changed_cards, handed_in


@require_GET
@never_cache  # or Back shows an old page, whose request id is used up
def studio(request: MemberRequest) -> HttpResponse:
    """The whole page. Its address may fill the form, but opening it sends nothing."""
    rehearsal, today = rehearses(request), timezone.now().date()
    draft = drafts.draft_of(request.user, request.COOKIES)
    start = drafts.start(request.user, request.GET, draft, rehearsal=rehearsal, today=today)
    pictures = drafts.references(request.user, request.GET)
    own = {"other_models": drafts.other_models(request.user), "reference_way": drafts.agreed(request.user)}
    form = GenerationForm.fresh(pictures, rehearsal, **own, **start.values)
    return render(request, "playground/studio.html", _page(request, form) | {"replaced": start.replaced})


def _page(request: MemberRequest, form: GenerationForm) -> dict[str, Any]:
    mine, now = Generation.objects.filter(owner=request.user), timezone.now()
    cards = [card_of(row, request.user, now) for row in mine.recent(request.user)]
    return {
        "cards": cards,
        "counts": mine.counts(),
        "watching": any(card.watched for card in cards),
    } | priced(form, request.user, now)


@require_GET
def settings_for_model(request: MemberRequest) -> HttpResponse:
    """The part of the form that depends on the model. Values that the new model takes too stay chosen."""
    form = _refilled(request, chosen(request.user, request.GET))
    return render(request, "playground/_model_chosen.html", priced(form, request.user, timezone.now()))


@require_POST
def estimate(request: MemberRequest) -> HttpResponse:
    """The price of the values in the form. It saves nothing; it is a POST because a prompt is too long for an address.

    The response has the button only if that changes, because a click on a button that is being replaced would be lost.
    """
    pictures = chosen(request.user, request.POST)
    form = GenerationForm(request.POST, pictures=pictures, rehearsal=rehearses(request))
    quote = quote_of(form, request.user, timezone.now())
    short = quote is not None and quote.short
    context = {"form": form, "quote": quote, "button": short != ("short" in request.POST)}
    return render(request, "playground/_estimated.html", context)


@require_POST
def calculate(request: MemberRequest) -> HttpResponse:
    """The page with the price of the form's values, for browsers without scripts. Submits nothing."""
    return render(request, "playground/studio.html", _page(request, _refilled(request, handed_over(request))))


def _refilled(request: MemberRequest, pictures: References) -> GenerationForm:
    """The form with the values of the request, without error messages."""
    values = request.POST or request.GET
    other_models = bool(values.get("other_models"))
    words = {name: values.get(name, "") for name in ("prompt", "parent")}
    agreed = bool(values.get("reference_way"))
    own = {"other_models": other_models, "reference_way": agreed}
    return GenerationForm.fresh(pictures, rehearses(request), **kept(values), **words, **own)


@require_POST
def generate(request: MemberRequest) -> HttpResponse:
    """Submits a generation. This sends nothing to EvoLink: it only creates the row, and the worker sends it."""
    form = GenerationForm(request.POST, pictures=handed_over(request), rehearsal=rehearses(request))
    if "request_id" in form.errors:
        form = form.again()
        form.add_error(None, _("The form arrived damaged, so nothing was sent. Try again."))
    elif form.is_valid():
        try:
            row, new = submit(request, form)
        except NOT_HANDED_IN as error:
            form = form.again()
            form.add_error(None, why_not(error))
        else:
            if form.offers_evolink and len(form.pictures):
                drafts.agree(request.user)
            return handed_in(request, row, new, composed=True)
    if request.htmx:
        context = priced(form, request.user, timezone.now())
        response = render(request, "playground/_form.html", context, status=422)
        response["HX-Retarget"] = "#studio-form"
        response["HX-Reswap"] = "outerHTML"
        return response
    return render(request, "playground/studio.html", _page(request, form), status=422)


@require_GET
def changes(request: MemberRequest) -> HttpResponse:
    """The cards of a page that have changed, or 204.

    The page sends its cards and their versions: `?card=CODE.VERSION&card=…`. At most three queries.
    """
    cards = (card.rpartition(".") for card in request.GET.getlist("card")[:HISTORY_LENGTH])
    shown = {code: version for code, _dot, version in cards if well_formed(code)}
    mine = Generation.objects.filter(owner=request.user)
    rows = list(mine.for_cards().filter(code__in=shown).order_by("-pk"))
    changed = [row for row in rows if str(row.version) != shown[row.code]]
    watching = any(row.watched for row in rows)
    if not changed and watching:
        return HttpResponse(status=204)
    return changed_cards(request, changed, watching=watching)
