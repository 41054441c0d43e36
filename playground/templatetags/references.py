"""What the templates of reference images ask."""

from django import template

from playground import refusals
from playground.models import Generation, ReferenceUse
from playground.uploads import MAX_BYTES, MAX_FILES

register = template.Library()


@register.simple_tag
def reference_limits() -> dict[str, object]:
    """Files, bytes of each, and millions of pixels."""
    return {"files": MAX_FILES, "bytes": MAX_BYTES, "megapixels": refusals.megapixels()}


@register.filter
def reference_uses(generation: Generation) -> list[ReferenceUse]:
    """The references of a generation in their order, with the pictures they came from."""
    uses = generation.reference_uses.select_related("reference__source__generation")
    return list(uses)
