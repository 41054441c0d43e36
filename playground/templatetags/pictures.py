"""Filters for pictures: addresses, descriptions, and file names."""

from django import template
from django.urls import reverse

from playground.models import GeneratedImage
from playground.showing import export
from playground.studio.forms import DescriptionForm

register = template.Library()

# The proportions that `gallery.css` knows: hundredths of the height. A picture is at most 5 % off.
WIDTHS = (
    33, 36, 39, 43, 47, 50, 53, 56, 60, 63, 67, 71, 75, 80, 85, 90, 95, 100, 105,
    112, 118, 125, 133, 142, 150, 160, 170, 178, 190, 200, 210, 222, 233, 250, 265, 280, 300,
)  # fmt: skip


@register.filter
def srcset(image: GeneratedImage, largest: str = "medium") -> str:
    """The addresses of the thumbnails with their real widths. `largest` may be `original`."""
    where = [image.generation.code, image.index]
    parts = [f"{reverse(f'thumbnail-{size}', args=where)} {width}w" for size, width in image.thumbnail_widths.items()]
    if largest == "original":
        parts.append(f"{reverse('image', args=where)} {image.width or 1}w")
    return ", ".join(parts)


@register.filter
def description_form(image: GeneratedImage) -> DescriptionForm:
    return DescriptionForm(image=image)


@register.filter
def file_name(image: GeneratedImage) -> str:
    return export.file_name(image)


@register.filter
def proportion(image: GeneratedImage) -> int:
    """How wide it is, in hundredths of its height: the nearest of `WIDTHS`."""
    wide = 100 * (image.width or 1) / (image.height or 1)
    return min(WIDTHS, key=lambda known: abs(known - wide))
