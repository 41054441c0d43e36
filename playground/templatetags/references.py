"""What the templates of reference images ask."""

from django import template

from playground import refusals
from playground.uploads import MAX_BYTES, MAX_FILES

register = template.Library()


@register.simple_tag
def reference_limits() -> dict[str, object]:
    """Files, bytes of each, and millions of pixels."""
    return {"files": MAX_FILES, "bytes": MAX_BYTES, "megapixels": refusals.megapixels()}
