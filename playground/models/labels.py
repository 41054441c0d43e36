"""EvoLink's choices in the words of people who have never seen an API."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from playground.evolink import MODELS


@dataclass(frozen=True)
class Words:
    name: Promise | str
    use: Promise | str = ""


SIZES = {
    "auto": Words(_("Automatic"), _("EvoLink decides from your prompt")),
    "1:1": Words(_("Square 1:1"), _("avatars, product pictures")),
    "2:3": Words(_("Portrait 2:3"), _("posters, book covers")),
    "3:2": Words(_("Landscape 3:2"), _("photos, blog headers")),
    "1024x1024": Words(_("Square"), _("avatars, product pictures")),
    "1024x1536": Words(_("Portrait"), _("posters, phone screens")),
    "1536x1024": Words(_("Landscape"), _("slides, banners")),
    "1:2": Words(_("Tall 1:2"), _("phone screens, bookmarks")),
    "2:1": Words(_("Wide 2:1"), _("banners, headers")),
    "1:3": Words(_("Very tall 1:3"), _("side banners")),
    "3:1": Words(_("Very wide 3:1"), _("web page headers")),
    "3:4": Words(_("Portrait 3:4"), _("social posts, flyers")),
    "4:3": Words(_("Landscape 4:3"), _("slides")),
    "4:5": Words(_("Portrait 4:5"), _("social posts")),
    "5:4": Words(_("Landscape 5:4"), _("prints")),
    "9:16": Words(_("Portrait 9:16"), _("phone stories")),
    "16:9": Words(_("Landscape 16:9"), _("slides, video covers")),
    "9:21": Words(_("Very tall 9:21"), _("phone wallpapers")),
    "21:9": Words(_("Very wide 21:9"), _("cinema, banners")),
}

# Of a model with many sizes, those that are seen without looking for them.
COMMON_SIZES = ("auto", "1:1", "2:3", "3:2", "9:16", "16:9")

OTHERS = {
    "1K": Words(_("Standard")),
    "2K": Words(_("Large")),
    "4K": Words(_("Very large")),
    "opaque": Words(_("Filled")),
    "transparent": Words(_("Transparent")),
    "png": Words("PNG"),
    "jpeg": Words("JPEG"),
    "webp": Words("WebP"),
}

QUALITIES = {
    "low": Words(_("Draft"), _("cheapest and fastest")),
    "medium": Words(_("Standard"), _("a good balance")),
    "high": Words(_("Best"), _("finest detail, slowest")),
    "xhigh": Words(_("Extra fine"), _("more detail, higher cost")),
    "max": Words(_("Finest"), _("all the detail there is, highest cost")),
}

# Models with more levels than three: there, “high” is not the best one.
_QUALITIES_OF_FIVE = {**QUALITIES, "high": Words(_("Fine"), _("fine detail"))}


def model_name(model_id: str) -> str:
    """A model's name; of one that has left the catalogue, its id."""
    model = MODELS.get(model_id)
    return model.name if model else model_id


def size(value: str) -> Words:
    """Words for a size; a free one is its own name."""
    return SIZES.get(value) or Words(value.replace("x", " × "))


def quality(value: str, levels: tuple[str, ...] = ()) -> Words:
    table = _QUALITIES_OF_FIVE if len(levels) > 3 else QUALITIES
    return table.get(value) or Words(value)


CATEGORIES = {
    "image_output": Words(_("Image output"), _("The picture that is drawn. Grows with size and quality.")),
    "image_input": Words(_("Image input"), _("Reference images. Only when you use them.")),
    "image_cached_input": Words(_("Image cached input"), _("Reference images that EvoLink had just read.")),
    "text_input": Words(_("Text input"), _("Your prompt.")),
    "text_cached_input": Words(_("Text cached input"), _("A prompt that EvoLink had just read.")),
    "text_output": Words(_("Text output"), _("What the model thinks, and the prompt it refined.")),
    "per_call": Words(_("Picture"), _("One price per picture, whatever the prompt.")),
}


def category(name: str) -> Words:
    """Words for a category of tokens that EvoLink prices."""
    return CATEGORIES.get(name) or Words(name)


def other(value: str) -> Words:
    """Words for a resolution, a background or a file format."""
    return OTHERS.get(value) or Words(value)


def listed(parts: Iterable[object]) -> str:
    """One after the other, as the page's language separates them."""
    return pgettext("between the items of a list", ", ").join(map(str, parts))
