"""Names for EvoLink's parameters and values, for people who have never seen an API."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, Model


@dataclass(frozen=True)
class Words:
    name: Promise | str
    use: Promise | str = ""


# The name of a parameter for people, and its use. A parameter that is not here keeps its name in the API.
PARAMETERS = {
    "model": Words(_("Model"), _("The model that draws.")),
    "prompt": Words(_("Prompt"), _("What the picture should show, or how to change the reference images.")),
    "size": Words(_("Size"), _("The shape of the picture, as a ratio or in pixels.")),
    "resolution": Words(_("Resolution"), _("How large a picture given as a ratio is drawn.")),
    "quality": Words(_("Quality"), _("How finely it is drawn. This decides most of the cost and of the waiting time.")),
    "background": Words(_("Background"), _("Whether the background is drawn or left transparent.")),
    "output_format": Words(_("File format"), _("The file format of the pictures.")),
    "image_urls": Words(_("Reference images"), _("Addresses of reference images, to edit them or to draw from them.")),
    "mask_url": Words(_("Mask"), _("Address of a mask: only what is transparent in it is drawn anew.")),
    "n": Words(_("How many pictures"), _("How many pictures to draw from this prompt.")),
    "callback_url": Words("callback_url", _("Where EvoLink reports that the task has ended.")),
}

# The text below a setting in the form.
HINTS = {
    "resolution": _("Applies to the named shapes, not to a custom size or Automatic."),
}

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

# The sizes that are always visible if a model has many, in this order. The first one is the first choice of a form.
COMMON_SIZES = ("1:1", "2:3", "3:2", "9:16", "16:9", "auto")

OTHERS = {
    "1K": Words("1K", _("about 1 megapixel")),
    "2K": Words("2K", _("about 4 megapixels")),
    "4K": Words("4K", _("about 8 megapixels")),
    "opaque": Words(_("Filled"), _("a drawn background")),
    "transparent": Words(_("Transparent"), _("no background (a preview at EvoLink)")),
    "png": Words("PNG", _("lossless, the largest files")),
    "jpeg": Words("JPEG", _("small files, no transparency")),
    "webp": Words("WebP", _("small files, transparency too")),
}

QUALITIES = {
    "low": Words(_("Draft"), _("cheapest and fastest")),
    "medium": Words(_("Standard"), _("a good balance")),
    "high": Words(pgettext_lazy("quality", "High"), _("fine detail, slower")),
    "xhigh": Words(pgettext_lazy("quality", "Very high"), _("more detail, higher cost")),
    "max": Words(pgettext_lazy("quality", "Maximum"), _("all the detail there is, highest cost")),
}


def parameter(name: str) -> Words:
    """The words for a parameter of a request."""
    return PARAMETERS.get(name) or Words(name)


def setting(name: str, value: str) -> Words:
    """The words for a value of the setting `name`."""
    if name == "model":
        return Words(model_name(value))
    if name == "size":
        return size(value)
    return quality(value) if name == "quality" else other(value)


def model_name(model_id: str) -> str:
    """The name of a model, or its id if it is no longer in the catalogue."""
    model = MODELS.get(model_id)
    return model.name if model else model_id


def size(value: str) -> Words:
    """The words for a size. The name of a custom size is its width and height."""
    return SIZES.get(value) or Words(value.replace("x", " × "))


def quality(value: str) -> Words:
    """The words for a quality. They are the same for every model."""
    return QUALITIES.get(value) or Words(value)


# The states of a task that has ended.
_TASK_STATUSES = {
    "completed": pgettext_lazy("task at EvoLink", "completed"),
    "failed": pgettext_lazy("task at EvoLink", "failed"),
    "cancelled": pgettext_lazy("task at EvoLink", "canceled"),
}


def task_status(value: str) -> Promise | str:
    """The words for the status of a task at EvoLink."""
    return _TASK_STATUSES.get(value) or pgettext_lazy("task at EvoLink", "not finished")


CATEGORIES = {
    "image_output": Words(_("Image output"), _("The picture that is drawn. Grows with size and quality.")),
    "image_input": Words(_("Image input"), _("Reference images. Only when you use them.")),
    "image_cached_input": Words(_("Image cached input"), _("Reference images that EvoLink had just read.")),
    "text_input": Words(_("Text input"), _("Your prompt.")),
    "text_cached_input": Words(_("Text cached input"), _("A prompt that EvoLink had just read.")),
    "text_output": Words(_("Text output"), _("What the model thinks, and the prompt it refined.")),
    "per_call": Words(_("Picture"), _("One price per picture, whatever the prompt.")),
}


def summary(model: Model) -> str:
    """What the model is good for, and its price compared with the others."""
    return gettext(model.summary)


def category(name: str) -> Words:
    """The words for a category of tokens in EvoLink's prices."""
    return CATEGORIES.get(name) or Words(name)


def other(value: str) -> Words:
    """The words for a value of any other setting, such as a resolution, a background or a file format."""
    return OTHERS.get(value) or Words(value)


def listed(parts: Iterable[object]) -> str:
    """The parts, separated in the way of the page's language."""
    return pgettext("between the items of a list", ", ").join(map(str, parts))
