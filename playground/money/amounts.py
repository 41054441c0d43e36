"""The format of amounts of money. The program counts in credits; US dollars and one more currency are only shown.

Credits are `Decimal`; 68 credits are 1 USD. `DISPLAY_CURRENCY` gives the other currency and its fixed rate.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from playground.evolink import pricing

_CENT: Final = Decimal("0.01")
_FOUR: Final = Decimal("0.0001")


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


def _shown(amount: Decimal) -> str:
    """The amount with all its decimals, in the number format of the reader's language."""
    places = max(0, -int(amount.as_tuple().exponent))
    return str(format_decimal(amount, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=_locale()))


def _everyday(amount: Decimal, small: Decimal) -> Decimal:
    """The amount with two decimals, or with four if it is closer to zero than `small`. Zero never has a minus sign."""
    fine = amount.quantize(_FOUR, ROUND_HALF_EVEN)
    if not fine:
        return Decimal("0.00")
    return fine if abs(fine) < small else amount.quantize(_CENT, ROUND_HALF_EVEN)


def credits_text(amount: Decimal) -> str:
    """Credits for people: two decimals, or four below one credit."""
    return _shown(_everyday(amount, Decimal(1)))


def brief(amount: Decimal) -> str:
    """Credits in as few digits as a person needs to decide: one decimal, two below one credit, none from 100 on."""
    unit = Decimal(1) if amount >= 100 else Decimal("0.1") if amount >= 1 else _CENT
    return _shown(max(amount.quantize(unit, ROUND_HALF_EVEN), _CENT) if amount else amount.quantize(Decimal(1)))


def brief_money(amount: Decimal) -> str:
    """Credits in the display currency, or else in US dollars: whole cents below one dollar."""
    if settings.DISPLAY_CURRENCY is not None:
        return currency_text(amount)
    dollars = pricing.usd(amount)
    if dollars >= 1:
        return f"US${_shown(dollars.quantize(_CENT, ROUND_HALF_EVEN))}"
    cents = (dollars * 100).quantize(Decimal(1), ROUND_HALF_EVEN)
    if dollars and not cents:
        return _("under 1 ¢")
    return _("%(cents)s ¢") % {"cents": cents}


def rounded(amount: Decimal) -> str:
    """Credits that are easy to compare: two decimals, and at least 0.01."""
    return _shown(max(amount.quantize(_CENT, ROUND_HALF_EVEN), _CENT))


def exact(amount: Decimal, decimals: int = 5) -> str:
    """A rate or a limit with at most `decimals` decimals, without zeros at the end."""
    return _shown(_without_zeros(amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)))


def usd_rate(amount: Decimal) -> str:
    """Credits as US dollars, as EvoLink prints its rates: at most four decimals, at least two significant digits."""
    dollars = pricing.usd(amount).quantize(_FOUR, ROUND_HALF_EVEN)
    return f"US${_shown(_without_zeros(dollars, keep=2))}"


def usd_bound(amount: Decimal) -> str:
    """Credits as US dollars, as EvoLink prints the price range of a picture: 0.0098 – 0.446."""
    dollars = pricing.usd(amount)
    places = _FOUR if dollars < Decimal("0.1") else Decimal("0.001")
    return f"US${_shown(_without_zeros(dollars.quantize(places, ROUND_HALF_EVEN), keep=2))}"


def usd_text(amount: Decimal) -> str:
    """Credits as US dollars for people: two decimals, or four below ten cents."""
    dollars = _everyday(pricing.usd(amount), Decimal("0.1"))
    return f"{'-' if dollars < 0 else ''}US${_shown(abs(dollars))}"


def currency_text(amount: Decimal) -> str:
    """Credits in the display currency. Empty if none is set."""
    if settings.DISPLAY_CURRENCY is None:
        return ""
    code, per_dollar = settings.DISPLAY_CURRENCY
    value = pricing.usd(amount) * per_dollar
    return str(format_currency(value.quantize(_FOUR), code, locale=_locale(), decimal_quantization=abs(value) >= 1))


def _without_zeros(amount: Decimal, *, keep: int = 0) -> Decimal:
    """Removes zeros at the end, but keeps at least `keep` significant digits."""
    sign, digits, exponent = amount.as_tuple()
    left, power = list(digits), int(exponent)
    while power < 0 and len(left) > keep and left[-1] == 0:
        left.pop()
        power += 1
    return Decimal((sign, tuple(left) or (0,), power))
