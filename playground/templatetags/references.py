"""Tags for the templates of reference images."""

from datetime import timedelta

from django import template

from playground.evolink.catalogue import REFERENCE_BYTES_MAX
from playground.evolink.limits import FILE_LIFE
from playground.references import errors

register = template.Library()


@register.simple_tag
def reference_limits() -> dict[str, object]:
    """The largest number of files, their largest size in bytes and in pixels, and how long EvoLink's own storage keeps
    them."""
    hours = FILE_LIFE // timedelta(hours=1)
    return {**errors.LIMITS, "bytes": REFERENCE_BYTES_MAX, "megapixels": errors.megapixels(), "evolink_hours": hours}
