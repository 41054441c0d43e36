"""What a person can do with a generation: the buttons and links of its card."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from playground.evolink import MODELS, pricing, successors
from playground.models import Charged, CostSource, Generation, Lineage, Status, current_rates, failures
from playground.models.visibility import sees
from playground.money.amounts import credits_text
from playground.studio import offers


@dataclass(frozen=True)
class Action:
    """A link to `href`, or a button that posts to it. If `makes_new`, the response is the card of a new generation.
    `quiet`: it stands in the menu of the card. `icon` is a heroicons name."""

    label: str
    href: str
    id: str = ""
    posts: bool = False
    makes_new: bool = False
    quiet: bool = False
    icon: str = ""


def actions_of(row: Generation, reader: User) -> Iterator[Action]:
    """The buttons and links of a card, in their order. A reader who is not the owner may only look and use the
    settings."""
    remedy = failures.failure(row.failure).remedy if row.failure else ""
    if row.owner_id == reader.pk:
        yield from _next_steps(row, remedy)
        if row.found:
            yield _button(row, "reject-task", _("This is not mine"), quiet=True)
    else:
        remedy = ""
    if comparison := _comparison(row, reader):
        yield comparison
    if row.parent_id or getattr(row, "has_children", False):
        yield Action(_("Family tree"), reverse("family", args=[row.code]), quiet=True, icon="share")
    if not row.running and remedy != "change":
        yield Action(_("Use these settings"), _form_with(row), quiet=True, icon="adjustments-horizontal")
    address = reverse("generation", args=[row.code])
    yield Action(_("Open"), address, id=f"open-{row.code}", quiet=True, icon="arrow-top-right-on-square")


def _next_steps(row: Generation, remedy: str) -> Iterator[Action]:
    """The actions that help in this state, the most likely one first."""
    if row.status == Status.QUEUED:
        yield _button(row, "cancel", _("Cancel"))
    elif row.status == Status.SAVING and row.trouble:
        yield _button(row, "check-again", _("Try again now"))
    elif row.status == Status.UNKNOWN:
        if row.cost_source != CostSource.CORRECTED:
            yield _button(row, "check-again", _("Check again"))
        yield _button(row, "run-again", _priced(row, _("Run again anyway")), makes_new=True, quiet=True)
    elif row.charged == Charged.POSSIBLY and row.task_id:
        yield _button(row, "check-again", _("Ask for the cost"))
    elif row.failure == "model_refused" and (label := _on_successor(row)):
        yield _button(row, "run-on-successor", label, makes_new=True)
    elif row.status == Status.FAILED and remedy == "change":
        yield Action(_("Change and try again"), _form_with(row))
        yield _button(row, "run-again", _priced(row, _("Try again unchanged")), makes_new=True, quiet=True)
    elif row.status == Status.FAILED and remedy == "keys" and not row.paid_by:
        yield Action(_("Check the keys"), reverse("accounts:keys"))
        yield _button(row, "run-again", _priced(row, _("Try again")), makes_new=True, quiet=True)
    elif rest := offers.missing(row):
        yield _button(row, "make-missing", offers.missing_label(rest), makes_new=True)
        if label := _again(row):
            yield _button(row, "run-again", label, makes_new=True, quiet=True)
    elif row.status in (Status.FAILED, Status.CANCELLED):
        yield _button(row, "run-again", _priced(row, _("Try again")), makes_new=True)
    elif row.status == Status.COMPLETED and (label := _again(row)):
        yield _button(row, "run-again", label, makes_new=True, quiet=True)


def _button(row: Generation, name: str, label: str, *, makes_new: bool = False, quiet: bool = False) -> Action:
    """`name` is the URL name of the view."""
    address = reverse(name, args=[row.code])
    icon = "x-mark" if name == "reject-task" else "arrow-path"
    return Action(label, address, f"{name}-{row.code}", posts=True, makes_new=makes_new, quiet=quiet, icon=icon)


def _form_with(row: Generation) -> str:
    """The address of the studio with this prompt and these settings in the form."""
    return f"{reverse('studio')}?from={row.code}#id_prompt"


def _comparison(row: Generation, reader: User) -> Action | None:
    """The picture beside the one that it was made from. None if one of them cannot be seen. A final version is made to
    be compared; of the others it stands in the menu."""
    shown = next((image for image in row.images.all() if image.shown), None)
    if shown is None or row.parent is None or row.parent_index is None:
        return None
    if not sees(reader, row.parent.owner_id, shared=row.parent.shared):
        return None
    pair = urlencode({"picture": [f"{row.parent.code}.{row.parent_index}", f"{row.code}.{shown.index}"]}, doseq=True)
    final = row.lineage == Lineage.FINAL
    label = _("Compare with the draft") if final else _("Compare with the original")
    return Action(label, f"{reverse('compare')}?{pair}", quiet=not final, icon="view-columns")


def _again(row: Generation) -> str:
    """The label for the same request once more. Empty if the rates have changed since then: the form says the new
    price."""
    if not row.rehearsal and row.rates_version != current_rates().version:
        return ""
    return _priced(row, _("Run again"))


def _priced(row: Generation, label: str) -> str:
    """The label of a button that submits the same request, with what is held for it now. A rehearsal costs nothing."""
    if row.rehearsal or row.model not in MODELS:
        return label
    price, table = row.estimate_high, current_rates()
    if row.rates_version != table.version:
        group = row.key.user_group if row.key else ""
        references = row.reference_uses.count()
        price = pricing.estimate(row.as_request(), references=references, group=group, table=table).high
    return _("%(action)s (%(credits)s credits)") % {"action": label, "credits": credits_text(price)}


def _on_successor(row: Generation) -> str:
    """The label for the same request on the model that replaces a refused one. Empty if no model does."""
    model = MODELS.get(row.model)
    follower = successors.successor(model) if model else None
    if follower is None:
        return ""
    group = row.key.user_group if row.key else ""
    price = pricing.estimate(successors.put_to(follower, row.as_request()), group=group, table=current_rates()).high
    return _("Run it on %(name)s instead (%(credits)s credits)") % {
        "name": follower.name,
        "credits": credits_text(price),
    }
