"""Budgets in sentences."""

from decimal import Decimal

from django.utils.translation import gettext as _

from playground.models import Standing
from playground.money.amounts import credits_text


def short_sentence(needed: Decimal, standing: Standing) -> str:
    """Why the button is disabled, and why a submit was refused."""
    amounts = {"needed": credits_text(needed), "left": credits_text(standing.left)}
    if standing.budget.is_team:
        return _("This needs %(needed)s credits; the team has %(left)s left this month.") % amounts
    return _("This needs %(needed)s credits; you have %(left)s left this month.") % amounts


def after_sentence(left: Decimal, standing: Standing) -> str:
    """What remains once this was generated."""
    amounts = {"left": credits_text(left), "limit": credits_text(standing.limit)}
    if standing.budget.is_team:
        return _("After this, the team will have %(left)s of %(limit)s credits left this month.") % amounts
    return _("After this, you will have %(left)s of %(limit)s credits left this month.") % amounts


def warning_sentence(standing: Standing) -> str:
    """The warning at 80 and at 100 %; empty below."""
    amounts = {"percent": standing.percent, "limit": credits_text(standing.limit)}
    if standing.level == 100:
        if standing.budget.is_team:
            return _("The team’s budget of %(limit)s credits for this month is used up.") % amounts
        return _("Your budget of %(limit)s credits for this month is used up.") % amounts
    if standing.level:
        if standing.budget.is_team:
            return _("%(percent)s%% of the team’s budget for this month has been used.") % amounts
        return _("%(percent)s%% of your budget for this month has been used.") % amounts
    return ""
