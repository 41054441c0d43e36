"""Sentences about the bill of one generation."""

from django.utils.translation import gettext as _

from playground.models import CostSource, Generation


def charged_sentence(row: Generation) -> str:
    """Whether EvoLink has charged for it, as far as that is proven."""
    return _("A rehearsal costs nothing.") if row.rehearsal else row.get_charged_display()


def difference_sentence(row: Generation) -> str:
    """Why the cost differs from the estimate, as far as the numbers show it. Empty if there is no cost yet."""
    if row.cost is None:
        return ""
    if row.cost_source == CostSource.CORRECTED:
        return _("An administrator looked up what EvoLink charged.")
    if row.cost_source == CostSource.ESTIMATED:
        return _("EvoLink did not report the cost, so the estimate counts.")
    if row.cost == row.estimate_high:
        return _("It cost what was estimated.")
    if row.cost > row.estimate_high:
        return _("EvoLink charged more than was estimated.")
    if row.cost >= row.estimate_low:
        return _("The cost is within the estimate.")
    return _lower(row)


def _lower(row: Generation) -> str:
    came = sum(1 for image in row.images.all() if image.source_url)
    if came < row.n:
        return _("%(came)s of %(wanted)s pictures arrived.") % {"came": came, "wanted": row.n}
    usage = row.last_task().usage
    if usage and (usage.cached_text_tokens or usage.cached_image_tokens):
        return _("EvoLink had read a part of it before, which costs less.")
    return _("EvoLink charged less than was estimated.")
