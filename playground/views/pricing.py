"""The public page of prices and its calculator."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, administrators_only
from playground.evolink import MODELS, pricing
from playground.evolink.catalogue import TOKEN_CATEGORIES
from playground.models import ListChanged, PublishedPrices, current_rates, labels
from playground.models.rates import follows, versions
from playground.money import prices
from playground.money.calculator import CalculatorForm
from playground.money.terms import terms_of
from playground.studio.drafts import named_model


@login_not_required
@require_GET
def price_list(request: HttpRequest) -> HttpResponse:
    """The whole page for one model. The address chooses the model and fills the calculator."""
    table = current_rates()
    form = CalculatorForm({**request.GET.dict(), "model": named_model(request)}, table)
    model = form.chosen
    return render(
        request,
        "playground/pricing.html",
        _calculation(form)
        | {
            "model": model,
            "models": MODELS.values(),
            "retired": model.retired(timezone.localdate()),
            "replacement": MODELS.get(model.replacement or ""),
            "rates": prices.rates(model, table),
            "free": prices.free_categories(model, table),
            "range": pricing.published_range(model.id, table=table),
            "ends": prices.range_ends(model, table),
            "tables": prices.tables(model.id, table),
            "bars": prices.bars(model, table),
            "examples": prices.examples(model, table),
            "comparison": prices.comparison(table),
            "categories": [labels.category(name) for name in TOKEN_CATEGORIES],
            "rates_in_use": table.info,
            "versions": versions(),
            "unlisted": prices.unlisted(table),
            "changes": prices.changes(table),
            "reference_tokens": pricing.REFERENCE_TOKENS,
            "credits_per_usd": pricing.CREDITS_PER_USD,
            "currency": settings.DISPLAY_CURRENCY,
            "followed": prices.followed() if getattr(request.user, "is_administrator", False) else None,
        },
    )


@login_not_required
@require_GET
def calculation(request: HttpRequest) -> HttpResponse:
    """The result of the calculator for the values in it."""
    form = CalculatorForm(request.GET.dict(), current_rates())
    return render(request, "playground/_calculation.html", _calculation(form))


@login_not_required
@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator for another model, which has other choices."""
    form = CalculatorForm(request.GET.dict(), current_rates())
    return render(request, "playground/_calculator.html", _calculation(form))


@administrators_only
@require_POST
def take_over(request: MemberRequest) -> HttpResponse:
    """Makes the published prices that the page has shown a new version of the rates."""
    found = PublishedPrices.objects.first()
    if found is None or not follows():
        raise Http404
    try:
        taken = found.take_over(request.POST.get("digest", ""), request.user, timezone.now())
    except ListChanged:
        messages.error(request, _("EvoLink’s prices have changed again meanwhile. Look at them, then take them over."))
    else:
        told = _("Taken over. New estimates use these prices.") if taken else _("These prices are in use already.")
        messages.success(request, told)
    return redirect(f"{reverse('pricing')}#version")


def _calculation(form: CalculatorForm) -> dict[str, Any]:
    estimate = form.cleaned_data["estimate"] if form.is_valid() else None
    return {"calculator": form, "estimate": estimate, "terms": terms_of(estimate) if estimate else ()}
