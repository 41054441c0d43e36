"""What templates ask of a picture: its words, its addresses, its name on disk."""

from django import template
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.translation import gettext as _

from playground import takeaway
from playground.models import GeneratedImage
from playground.pictures import LARGER, SMALLER, fitted

register = template.Library()


@register.filter
def alternative(image: GeneratedImage) -> str:
    """What somebody wrote for those who cannot see it, else its prompt."""
    if image.alternative_text:
        return image.alternative_text
    prompt = truncatechars(image.generation.prompt, 120)
    return _("Picture %(number)s: %(prompt)s") % {"number": image.number, "prompt": prompt}


@register.filter
def srcset(image: GeneratedImage, largest: str = "medium") -> str:
    """The addresses of its sizes with their true widths; `largest` may be `original`."""
    wide, high = image.width or 1, image.height or 1
    widths = {"small": fitted(wide, high, SMALLER)[0], "medium": fitted(wide, high, LARGER)[0]}
    if not image.thumbnail_small:
        del widths["small"]
    where = [image.generation.code, image.index]
    parts = [f"{reverse(f'thumbnail-{size}', args=where)} {width}w" for size, width in widths.items()]
    if largest == "original":
        parts.append(f"{reverse('image', args=where)} {wide}w")
    return ", ".join(parts)


@register.filter
def file_name(image: GeneratedImage) -> str:
    return takeaway.file_name(image)
