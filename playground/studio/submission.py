"""Submits what a form asks for, or says why not, in words for the person who pressed the button."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import KeyGone
from playground.models import BudgetExceeded, Descent, Generation, ReferenceGone, RequestIdReused
from playground.money.budgets import short_sentence
from playground.studio.descent import descent_of
from playground.studio.forms import GenerationForm
from playground.studio.modes import CannotPay, paying_key

NOT_HANDED_IN: Final = (CannotPay, KeyGone, ReferenceGone, RequestIdReused, BudgetExceeded)


def submit(request: MemberRequest, form: GenerationForm, descent: Descent | None = None) -> tuple[Generation, bool]:
    """Submits a valid form. Without `descent` the form itself says what it comes from. Returns the row, and whether it
    is new. Raises the exceptions of `NOT_HANDED_IN`."""
    data = form.cleaned_data
    live = data["mode"] == "live"
    return Generation.objects.submit(
        request.user,
        data["request"],
        request_id=data["request_id"],
        rehearsal=not live,
        key=paying_key(request, data["key"]) if live else None,
        now=timezone.now(),
        references=form.pictures.chosen,
        reference_way=data["reference_way"],
        other_models=data["other_models"],
        descent=descent or descent_of(form, request.user),
    )


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
