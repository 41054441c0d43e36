"""What EvoLink said about a key, as a sentence."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.gateway import Trouble, Verdict
from accounts.models import KeyState

_TROUBLES = {
    Trouble.SILENT: gettext_lazy("EvoLink did not answer, so the key could not be checked."),
    Trouble.FORBIDDEN: gettext_lazy(
        "EvoLink does not allow this key to be used from here, so it could not be checked. "
        "Look at its limits in your account at EvoLink."
    ),
    Trouble.BUSY: gettext_lazy(
        "EvoLink was asked too often just now, so the key could not be checked. Try again in a minute."
    ),
    Trouble.BROKEN: gettext_lazy("EvoLink has trouble of its own, so the key could not be checked. Try again later."),
}


def verdict(answer: Verdict) -> str:
    if answer.state is KeyState.WORKS and answer.credits is not None:
        amount = number_format(answer.credits, decimal_pos=2, use_l10n=True, force_grouping=True)
        return _("The key works. It can spend %(credits)s credits.") % {"credits": amount}
    if answer.state is KeyState.EMPTY:
        return _("EvoLink accepts the key, but there are no credits left. Top up the account at EvoLink.")
    if answer.state is KeyState.REFUSED:
        return _("EvoLink does not accept this key.")
    return str(_TROUBLES[answer.trouble])
