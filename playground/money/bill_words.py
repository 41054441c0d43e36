"""Sentences about the bill of one generation."""

from django.utils.translation import gettext as _

from playground.models import CostSource, Generation


def charged_sentence(row: Generation) -> str:
    """Whether EvoLink has charged for it, as far as we know."""
    return _("A rehearsal costs nothing.") if row.rehearsal else row.get_charged_display()


def difference_sentence(row: Generation) -> str:
    """Why the cost differs from the estimate. Empty if there is no cost yet."""
    if row.cost is None:
        return ""
    if row.cost_source == CostSource.CORRECTED:
        return _("An administrator looked up what EvoLink charged.")
    if row.cost_source == CostSource.ESTIMATED:
        return _("EvoLink did not report the cost, so the estimate counts.")
    if row.cost == row.estimate_high:
        return _("It cost what was estimated.")
    if row.cost > row.estimate_high:
        return _("EvoLink charged more than was estimated: it counted more than these settings usually take.")
    if row.cost >= row.estimate_low:
        return _("The estimate counts the most tokens your words could have; the bill counts what they really had.")
    came = sum(1 for image in row.images.all() if image.source_url)
    if came < row.n:
        return _("%(came)s of %(wanted)s pictures arrived, and only those are charged.") % {
            "came": came,
            "wanted": row.n,
        }
    return _("EvoLink charged less than was estimated: what it had already read a moment before is cheaper.")
