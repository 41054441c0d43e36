"""Budgets: the forms for administrators, and sentences about what is left. Amounts are credits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from playground.models import Budget, Standing
from playground.money.amounts import credits_text

TEAM = "team"
_DECIMAL = {"step": "any", "inputmode": "decimal"}


def _limit(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.NumberInput(attrs=_DECIMAL),
    )


class BudgetsForm(forms.Form):
    """The limits of the team and of each active person. An empty field means no limit."""

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data)
        self.people = {f"person-{user.pk}": user for user in User.objects.filter(is_active=True).order_by("username")}
        self.standings: dict[str, Standing] = {}
        self.fields[TEAM] = _limit(_("The whole team"))
        for name, user in self.people.items():
            self.fields[name] = _limit(user.name)
        for budget in Budget.objects.select_related("owner"):
            name = TEAM if budget.is_team else f"person-{budget.owner_id}"
            if name in self.fields:
                self.initial[name] = f"{budget.monthly.normalize():f}"
                self.standings[name] = budget.standing(now)

    def rows(self) -> list[tuple[forms.BoundField, Standing | None]]:
        return [(self[name], self.standings.get(name)) for name in self.fields]

    def save(self) -> None:
        """Saves the limits that have changed."""
        for name in self.changed_data:
            Budget.objects.put(self.people.get(name), self.cleaned_data[name])


class CorrectionForm(forms.Form):
    """The amount that EvoLink really charged, from somebody who has looked it up."""

    credits = forms.DecimalField(
        label=gettext_lazy("Credits EvoLink charged"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.NumberInput(attrs=_DECIMAL),
    )
    note = forms.CharField(
        label=gettext_lazy("Where you found it"),
        required=False,
        max_length=200,
    )


def short_sentence(needed: Decimal, standing: Standing) -> str:
    """Why the budget is not enough: for the disabled button and for a refused submit."""
    amounts = {"needed": credits_text(needed), "left": credits_text(standing.left)}
    if standing.budget.is_team:
        return _("This needs %(needed)s credits; the team has %(left)s left this month.") % amounts
    return _("This needs %(needed)s credits; you have %(left)s left this month.") % amounts


def after_sentence(left: Decimal, standing: Standing) -> str:
    """What the budget has left after this generation."""
    amounts = {"left": credits_text(left), "limit": credits_text(standing.limit)}
    if standing.budget.is_team:
        return _("After this, the team will have %(left)s of %(limit)s credits left this month.") % amounts
    return _("After this, you will have %(left)s of %(limit)s credits left this month.") % amounts


def warning_sentence(standing: Standing) -> str:
    """The warning at 80 % and at 100 % of a budget. Empty below."""
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
