"""The forms of administrators about money. Amounts are credits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playground.models import Budget, Standing

TEAM = "team"


def _limit(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"class": "input", "step": "any", "inputmode": "decimal"}),
    )


class BudgetsForm(forms.Form):
    """A limit for the team and one for each active person; an empty one means no limit."""

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data)
        self.people = {f"person-{user.pk}": user for user in User.objects.filter(is_active=True).order_by("username")}
        self.standings: dict[str, Standing] = {}
        self.fields[TEAM] = _limit(str(_("The whole team")))
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
        """Write what changed."""
        for name in self.changed_data:
            Budget.objects.put(self.people.get(name), self.cleaned_data[name])


class CorrectionForm(forms.Form):
    """What EvoLink charged according to somebody who looked."""

    credits = forms.DecimalField(
        label=_("Credits EvoLink charged"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"class": "input", "step": "any", "inputmode": "decimal"}),
    )
    note = forms.CharField(
        label=_("Where you found it"), required=False, max_length=200, widget=forms.TextInput(attrs={"class": "input"})
    )
