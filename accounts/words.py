"""What EvoLink said about a key, as a sentence."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.gateway import Verdict
from accounts.models import KeyState


def verdict(answer: Verdict) -> str:
    if answer.state is KeyState.WORKS and answer.credits is not None:
        amount = number_format(answer.credits, decimal_pos=2, use_l10n=True, force_grouping=True)
        return _("The key works. It can spend %(credits)s credits.") % {"credits": amount}
    if answer.state is KeyState.EMPTY:
        return _("EvoLink accepts the key, but there are no credits left. Top up the account at EvoLink.")
    if answer.state is KeyState.REFUSED:
        return _("EvoLink does not accept this key.")
    return _("EvoLink did not answer, so the key could not be checked.")
