"""What the templates of reference images ask."""

from django import template

from playground.references import errors
from playground.references.uploads import MAX_BYTES
from playground.sandbox.state.world import FILE_LIFE

register = template.Library()


@register.simple_tag
def reference_limits() -> dict[str, object]:
    """Files, bytes of each, what they may measure in words, and how long EvoLink's own storage keeps them."""
    hours = int(FILE_LIFE // 3600)
    return {**errors.LIMITS, "bytes": MAX_BYTES, "megapixels": errors.megapixels(), "evolink_hours": hours}
