"""Amounts in templates. The figures are `Decimal` credits; see `playground.money.amounts`."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext

from playground.models import Standing, labels
from playground.money import amounts, budgets
from playground.showing import generation_page
from playground.studio.estimates import Quote

register = template.Library()

register.filter("credit", amounts.credits_text)
register.filter("exact", amounts.exact)
register.filter("usd", amounts.usd_text)
register.filter("usd_rate", amounts.usd_rate)
register.filter("usd_bound", amounts.usd_bound)
register.filter("currency", amounts.currency_text)
register.filter("category", labels.category)
register.filter("difference", generation_page.difference)


@register.simple_tag
def bound(low: Decimal, high: Decimal) -> str:
    """A range of credits; one figure where both ends look the same."""
    return between(amounts.credits_text(low), amounts.credits_text(high))


@register.simple_tag
def rounded(low: Decimal, high: Decimal) -> str:
    """The same in two decimals, for figures beside each other."""
    return between(amounts.rounded(low), amounts.rounded(high))


@register.simple_tag
def between(low: str, high: str) -> str:
    """A range of what is text already."""
    return low if low == high else gettext("%(low)s – %(high)s") % {"low": low, "high": high}


@register.filter
def also(amount: Decimal) -> str:
    """Credits in US dollars, and in the currency for show if there is one."""
    return " · ".join(part for part in (amounts.usd_text(amount), amounts.currency_text(amount)) if part)


@register.filter
def whole(number: int) -> str:
    """A count, grouped as the reader's language does."""
    return amounts.exact(Decimal(number))


@register.filter
def short(quote: Quote) -> str:
    """Why it cannot be generated; empty when it can."""
    return budgets.short_sentence(quote.estimate.high, quote.standing) if quote.short and quote.standing else ""


@register.filter
def after(quote: Quote) -> str:
    if quote.standing is None or quote.left_after is None:
        return ""
    return budgets.after_sentence(quote.left_after, quote.standing)


@register.filter
def warning(standing: Standing) -> str:
    return budgets.warning_sentence(standing)
