"""What the templates of reference images ask."""

from django import template

from playground.evolink.sandbox.world import FILE_LIFE
from playground.references import refusals
from playground.references.uploads import MAX_BYTES

register = template.Library()


@register.simple_tag
def reference_limits() -> dict[str, object]:
    """Files, bytes of each, what they may measure in words, and how long EvoLink's own storage keeps them."""
    hours = int(FILE_LIFE // 3600)
    return {**refusals.LIMITS, "bytes": MAX_BYTES, "megapixels": refusals.megapixels(), "evolink_hours": hours}
