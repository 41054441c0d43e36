"""Filters for pictures: addresses, descriptions, and file names."""

from django import template
from django.urls import reverse

from playground.models import GeneratedImage
from playground.showing import export
from playground.studio.forms import DescriptionForm

register = template.Library()


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
