"""Why a generation was not submitted, in words for the person who pressed the button."""

from typing import Final

from django.utils.translation import gettext as _

from accounts.models import KeyGone
from playground.models import BudgetExceeded, ReferenceGone, RequestIdReused
from playground.money.budgets import short_sentence
from playground.studio.modes import CannotPay

NOT_HANDED_IN: Final = (CannotPay, KeyGone, ReferenceGone, RequestIdReused, BudgetExceeded)


def why_not(error: CannotPay | KeyGone | ReferenceGone | RequestIdReused | BudgetExceeded) -> str:
    """Why nothing was submitted."""
    if isinstance(error, CannotPay):
        return str(error)
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
