"""The history: every generation of a person, found by the words of its prompt and by its state."""

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playground.fields.widgets import SearchField
from playground.models import Generation, Status
from playground.models.queries import GenerationQuerySet
from playground.models.status import RUNNING

PAGE = 40
# The states that people look for, by their value in the address.
STATES = {
    "running": (_("Running"), RUNNING),
    **{
        str(status): (status.label, (status,))
        for status in (Status.COMPLETED, Status.FAILED, Status.UNKNOWN, Status.CANCELLED)
    },
}


class HistoryForm(forms.Form):
    """The search in the address. A value that is not among the choices is ignored."""

    q = SearchField(max_length=300, label=_("Search in prompts"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("All")), *((value, name) for value, (name, _statuses) in STATES.items())],
    )

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    def found(self, rows: GenerationQuerySet[Generation]) -> GenerationQuerySet[Generation]:
        """Those that match, the newest first."""
        self.full_clean()
        rows = rows.containing(self.cleaned_data.get("q", ""))
        if state := self.cleaned_data.get("state"):
            rows = rows.filter(status__in=STATES[state][1])
        return rows.order_by("-pk")


def page_of(rows: GenerationQuerySet[Generation], number: str | None, reader: User) -> Page[Generation]:
    """A page of these rows, with what their cards need for a reader."""
    page = Paginator(rows.for_cards(), PAGE).get_page(number)
    Generation.objects.with_images(list(page), reader)
    return page
