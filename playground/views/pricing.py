"""The public page of prices and its calculator."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from playground.evolink import MODELS, RATES_HISTORY, pricing
from playground.evolink.catalogue import TOKEN_CATEGORIES
from playground.models import labels
from playground.money import prices
from playground.money.calculator import CalculatorForm
from playground.money.terms import terms_of
from playground.studio.drafts import named_model


@login_not_required
@require_GET
def price_list(request: HttpRequest) -> HttpResponse:
    """The whole page for one model. The address chooses the model and fills the calculator."""
    form = CalculatorForm({**request.GET.dict(), "model": named_model(request)})
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
            "rates": prices.rates(model),
            "free": prices.free_categories(model),
            "range": pricing.published_range(model.id),
            "ends": prices.range_ends(model),
            "tables": prices.tables(model.id),
            "bars": prices.bars(model),
            "examples": prices.examples(model),
            "comparison": prices.comparison(),
            "categories": [labels.category(name) for name in TOKEN_CATEGORIES],
            "versions": RATES_HISTORY,
            "unlisted": prices.unlisted(),
            "changes": prices.changes(RATES_HISTORY[0]),
            "reference_tokens": pricing.REFERENCE_TOKENS,
            "credits_per_usd": pricing.CREDITS_PER_USD,
            "currency": settings.DISPLAY_CURRENCY,
        },
    )


@login_not_required
@require_GET
def calculation(request: HttpRequest) -> HttpResponse:
    """The result of the calculator for the values in it."""
    return render(request, "playground/_calculation.html", _calculation(CalculatorForm(request.GET.dict())))


@login_not_required
@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator for another model, which has other choices."""
    return render(request, "playground/_calculator.html", _calculation(CalculatorForm(request.GET.dict())))


def _calculation(form: CalculatorForm) -> dict[str, Any]:
    estimate = form.cleaned_data["estimate"] if form.is_valid() else None
    return {"calculator": form, "estimate": estimate, "terms": terms_of(estimate) if estimate else ()}
