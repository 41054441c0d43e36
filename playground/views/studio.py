"""The studio: the form, the history beside it, and what keeps the history true."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.models import KeyGone
from playground.evolink import Model
from playground.evolink.successors import current
from playground.models import (
    HISTORY_LENGTH,
    BudgetExceeded,
    Generation,
    Reference,
    ReferenceGone,
    RequestIdReused,
)
from playground.models.codes import code_or_nothing, well_formed
from playground.money.budgets import short_sentence
from playground.studio import estimates
from playground.studio.cards import card_of
from playground.studio.choices import choices_of
from playground.studio.forms import GenerationForm, References, chosen_model, with_own_size
from playground.studio.modes import mode_of
from playground.views.references import chosen, handed_over

SETTINGS = ("model", "size", "quality", "resolution", "background", "output_format", "n")
DRAFT_COOKIE = "draft"
DRAFT_LENGTH = 1000
NOT_HANDED_IN = (KeyGone, ReferenceGone, RequestIdReused, BudgetExceeded)


@require_GET
def studio(request: MemberRequest) -> HttpResponse:
    """The whole page. Its address may fill the form; nothing is sent by opening it."""
    values = _prefilled(request)
    asked_for = chosen_model(values)
    # With real money, what the form was left with names no model: it may be from a rehearsal.
    drafted = _draft(request) is not None and mode_of(request).rehearsal
    if not ("model" in request.GET or "from" in request.GET or drafted):
        values = living(values) | {"prompt": values["prompt"]}
    form = GenerationForm.fresh(_pictures(request), _rehearses(request), **values)
    # Only somebody who once chose the other one wonders where it is.
    replaced = asked_for if asked_for != form.chosen and request.user.defaults.get("model") else None
    return render(request, "playground/studio.html", _page(request, form) | {"replaced": replaced})


def living(values: Mapping[str, Any]) -> dict[str, str]:
    """The settings for a model that is there: the form starts with one, unless somebody names another."""
    return kept({**values, "model": current(chosen_model(values), timezone.now().date()).id})


def _pictures(request: MemberRequest) -> References:
    """The reference images that an address names, or those of an earlier generation (`?from=CODE`)."""
    code = code_or_nothing(request.GET.get("from", ""))
    if code and "reference" not in request.GET:
        mine = Reference.objects.of(request.user).filter(uses__generation__code=code).order_by("uses__position")
        return References(list(mine))
    return chosen(request, request.GET)


def _prefilled(request: MemberRequest) -> dict[str, Any]:
    """Values from an earlier generation (`?from=CODE`), or from the address itself, else one's own defaults."""
    names = ("prompt", *SETTINGS)
    code = code_or_nothing(request.GET.get("from", ""))
    row = Generation.objects.visible_to(request.user).filter(code=code).first() if code else None
    if row:
        return {name: getattr(row, name) for name in names}
    settings = request.GET if "model" in request.GET else _draft(request) or request.user.defaults
    return kept(settings) | {"prompt": request.GET.get("prompt", "")}


def _draft(request: MemberRequest) -> QueryDict | None:
    """The settings as the form was left in this browser (studio.js keeps them), if it was the same person's."""
    draft = QueryDict(unquote(request.COOKIES.get(DRAFT_COOKIE, ""))[:DRAFT_LENGTH])
    return draft if draft.get("user") == str(request.user.pk) else None


def kept(values: Mapping[str, Any]) -> dict[str, str]:
    """Those of the settings that the chosen model takes; the others go back to its defaults."""
    values = with_own_size(values)
    model = chosen_model(values)
    allowed = {
        "model": (model.id,),
        "size": (*model.size_choices, *_own_size(model, str(values.get("size") or ""))),
        "quality": model.qualities,
        "resolution": model.resolutions,
        "background": model.backgrounds,
        "output_format": model.output_formats,
        "n": [str(number) for number in range(1, model.n_max + 1)],
    }
    return {name: values.get(name, "") for name in SETTINGS if values.get(name) in allowed[name]}


def _own_size(model: Model, size: str) -> tuple[str, ...]:
    """`size` if it is one of one's own that the model takes."""
    try:
        model.pixels(size)
    except ValueError:
        return ()
    return (size,)


def _page(request: MemberRequest, form: GenerationForm) -> dict[str, Any]:
    mine = Generation.objects.filter(owner=request.user)
    now = timezone.now()
    cards = [card_of(row, request.user, now) for row in mine.recent()]
    return {
        "cards": cards,
        "counts": mine.counts(),
        "watching": any(card.watched for card in cards),
    } | priced(request, form)


@require_GET
def settings_for_model(request: MemberRequest) -> HttpResponse:
    """The part of the form that depends on the model; what the new model also takes stays chosen."""
    form = GenerationForm.fresh(chosen(request, request.GET), **kept(request.GET), prompt=request.GET.get("prompt", ""))
    return render(request, "playground/_model_chosen.html", priced(request, form))


@require_POST
def estimate(request: MemberRequest) -> HttpResponse:
    """What the values in the form would cost. Writes nothing; a POST because a prompt does not fit into an address.

    The button comes along only when it changes, so that nobody's click is lost on one that was just replaced.
    """
    offer = _offer(request, GenerationForm(request.POST, pictures=chosen(request, request.POST)))
    short = offer is not None and offer.short
    context = {"offer": offer, "renew": True, "button": short != ("short" in request.POST)}
    return render(request, "playground/_estimate.html", context)


@require_POST
def calculate(request: MemberRequest) -> HttpResponse:
    """The page again with the price of the form's values, for browsers without scripts. Nothing is handed in."""
    form = GenerationForm.fresh(
        handed_over(request),
        _rehearses(request),
        **kept(request.POST),
        prompt=request.POST.get("prompt", ""),
    )
    return render(request, "playground/studio.html", _page(request, form))


def priced(request: MemberRequest, form: GenerationForm) -> dict[str, Any]:
    """`form` with its choices and the price of what is in it, for the templates."""
    offer, now = _offer(request, form), timezone.now()
    return {"form": form, "offer": offer, "choices": choices_of(form, offer, now.date())}


def _offer(request: MemberRequest, form: GenerationForm) -> estimates.Offer | None:
    """The price of a form as far as it is filled in: an empty prompt costs nothing yet and is no error here."""
    data = QueryDict(mutable=True)
    data.update({name: form[name].value() or "" for name in ("prompt", *SETTINGS)})
    data["request_id"] = "estimate"
    if not data.get("prompt", "").strip():
        data["prompt"] = "…"
    filled = GenerationForm(data)
    if not filled.is_valid():
        return None
    wanted, references = filled.cleaned_data["request"], len(form.pictures)
    rehearsal, now = _rehearses(request), timezone.now()
    return estimates.offer(request.user, wanted, rehearsal=rehearsal, references=references, now=now)


def _rehearses(request: MemberRequest) -> bool:
    """Whether what stands in the form would be a rehearsal. A form that was sent says so itself."""
    wanted = (request.POST or request.GET).get("mode", "live" if request.method == "GET" else "rehearsal")
    return mode_of(request).rehearsal or wanted != "live"


@require_POST
def generate(request: MemberRequest) -> HttpResponse:
    """Hand in a generation. Nothing is sent to EvoLink here: the row is the order, the worker carries it out."""
    form = GenerationForm(request.POST, pictures=handed_over(request), rehearsal=_rehearses(request))
    if "request_id" in form.errors:
        form = _with_new_request_id(form)
        form.add_error(None, _("The form arrived damaged, so nothing was sent. Try again."))
    elif form.is_valid():
        mode = mode_of(request)
        try:
            row, new = Generation.objects.submit(
                request.user,
                form.cleaned_data["request"],
                request_id=form.cleaned_data["request_id"],
                rehearsal=mode.rehearsal or form.cleaned_data["mode"] != "live",
                key=mode.key,
                now=timezone.now(),
                references=form.pictures.chosen,
                reference_way=form.cleaned_data["reference_way"],
            )
        except NOT_HANDED_IN as error:
            form = _with_new_request_id(form)
            form.add_error(None, why_not(error))
        else:
            return handed_in(request, row, new)
    if request.htmx:
        response = render(request, "playground/_form.html", priced(request, form), status=422)
        response["HX-Retarget"] = "#studio-form"
        response["HX-Reswap"] = "outerHTML"
        return response
    return render(request, "playground/studio.html", _page(request, form), status=422)


def why_not(error: KeyGone | ReferenceGone | RequestIdReused | BudgetExceeded) -> str:
    """Why a generation was not handed in, for the person who pressed the button."""
    if isinstance(error, BudgetExceeded):
        return short_sentence(error.needed, error.standing)
    if isinstance(error, ReferenceGone):
        return _("A reference image has been deleted in the meantime, so nothing was sent. Choose another one.")
    if isinstance(error, RequestIdReused):
        return _("This form was sent before with different content, so nothing was sent this time. Try again.")
    return _(
        "Your API key has been removed or refused in the meantime, so nothing was sent. Check your keys, or reload the"
        " page to rehearse."
    )


def _with_new_request_id(form: GenerationForm) -> GenerationForm:
    data = QueryDict(mutable=True)
    data.update({name: form[name].value() or "" for name in ("prompt", "mode", "reference_way", *SETTINGS)})
    data["request_id"] = GenerationForm.fresh().initial["request_id"]
    again = GenerationForm(data, pictures=form.pictures, rehearsal=form.rehearsal)
    again.full_clean()
    return again


def handed_in(request: MemberRequest, row: Generation, new: bool) -> HttpResponse:
    """The answer to a generation that was handed in: its card, the counts, and a new request id for the form."""
    if not request.htmx:
        return redirect("studio")
    mine = Generation.objects.filter(owner=request.user)
    form = GenerationForm.fresh(
        chosen(request, request.POST),
        _rehearses(request),
        **kept(request.POST),
        prompt=request.POST.get("prompt", ""),
    )
    context = {
        "card": card_of(row, request.user, timezone.now()),
        "new": new,
        "counts": mine.counts(),
        "watching": row.watched,
        "dropped": mine.order_by("-pk").values_list("code", flat=True)[HISTORY_LENGTH:].first() if new else None,
        "corrected": "corrected" in request.POST,
    } | priced(request, form)
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


@require_GET
def changes(request: MemberRequest) -> HttpResponse:
    """What became of the running cards a page shows: those that changed, or 204.

    The page says which cards it has, and in which version: `?card=CODE.VERSION&card=…`. Three queries at most.
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
