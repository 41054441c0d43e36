"""The format of amounts. Amounts are `Decimal` credits; see `playground.money.amounts`."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext

from playground.money import amounts

register = template.Library()

register.filter("credits", amounts.credits_text)
register.filter("brief", amounts.brief)
register.filter("brief_money", amounts.brief_money)
register.filter("exact", amounts.exact)
register.filter("usd", amounts.usd_text)
register.filter("usd_rate", amounts.usd_rate)
register.filter("usd_bound", amounts.usd_bound)
register.filter("currency", amounts.currency_text)


@register.simple_tag
def bound(low: Decimal, high: Decimal) -> str:
    """A range of credits. One number if both ends look the same."""
    return between(amounts.credits_text(low), amounts.credits_text(high))


@register.simple_tag
def rounded(low: Decimal, high: Decimal) -> str:
    """The same with two decimals, for numbers beside each other."""
    return between(amounts.rounded(low), amounts.rounded(high))


@register.simple_tag
def between(low: str, high: str) -> str:
    """A range from two texts."""
    return low if low == high else gettext("%(low)s – %(high)s") % {"low": low, "high": high}


@register.filter
def also(amount: Decimal) -> str:
    """Credits in US dollars, and in the display currency if there is one."""
    return " · ".join(part for part in (amounts.usd_text(amount), amounts.currency_text(amount)) if part)


@register.filter
def whole(number: int) -> str:
    """A count in the number format of the reader's language."""
    return amounts.exact(Decimal(number))
