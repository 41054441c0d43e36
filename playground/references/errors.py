"""The reasons why a file cannot be a reference image, in words for the person who chose it. They are only here."""

from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.evolink.catalogue import REFERENCE_BYTES_MAX, REFERENCES_MAX

# The numbers in the sentences.
LIMITS: dict[str, int] = {"files": REFERENCES_MAX, "megabytes": REFERENCE_BYTES_MAX // 2**20}

SENTENCES: dict[str, Promise] = {
    "empty": gettext_lazy("The file is empty. Choose it again, or another one."),
    "too_large": gettext_lazy(
        "It is larger than %(megabytes)s MB. Save it smaller, for example as JPEG, and add it again."
    ),
    "too_many": gettext_lazy("That is one too many; the limit is %(files)s. Remove another one first."),
    "damaged": gettext_lazy("The file is damaged. Open it on your computer, save it again, then add it once more."),
    "coarse": gettext_lazy(
        "The fine details of the picture are missing. Copy or download the file again, then add it once more."
    ),
    "bomb": gettext_lazy(
        "A small part of this file unpacks to a huge one. Open it on your computer, save it again, then add it once"
        " more."
    ),
    "unchecked": gettext_lazy("This server could not check the file. Try again, or tell your administrator."),
    "too_costly": gettext_lazy("This file needs too much memory or time to open. Save it smaller and add it again."),
    "busy": gettext_lazy("Many pictures are being checked right now. Try again in a minute."),
    "quota": gettext_lazy(
        "There is no space left for your reference images. Delete earlier ones that you no longer need."
    ),
    "not_a_picture": gettext_lazy("This is not a picture that can be used. Use JPEG, PNG or WebP."),
}

# How much is missing, in words, up to so many percent: of the picture, which is packed from above, and of the file.
MISSING: list[tuple[int, Promise, Promise]] = [
    (7, gettext_lazy("The lower edge of the picture"), gettext_lazy("The end of the file")),
    (17, gettext_lazy("The lower tenth of the picture"), gettext_lazy("About a tenth of the file")),
    (29, gettext_lazy("The lower quarter of the picture"), gettext_lazy("About a quarter of the file")),
    (41, gettext_lazy("The lower third of the picture"), gettext_lazy("About a third of the file")),
    (58, gettext_lazy("The lower half of the picture"), gettext_lazy("About half of the file")),
    (70, gettext_lazy("The lower two thirds of the picture"), gettext_lazy("About two thirds of the file")),
    (85, gettext_lazy("The lower three quarters of the picture"), gettext_lazy("About three quarters of the file")),
    (99, gettext_lazy("Almost all of the picture"), gettext_lazy("Almost all of the file")),
    (100, gettext_lazy("All of the picture"), gettext_lazy("All of the file")),
]

# Other formats that people send, by their first bytes: (bytes to skip, first bytes, name).
OTHER_FORMATS: list[tuple[int, bytes, str]] = [
    (0, b"GIF8", "GIF"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyphe", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypmsf1", "HEIC"),
    (4, b"ftyp", "MP4"),
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"<svg", "SVG"),
    (0, b"<?xml", "SVG"),
    (0, b"\x00\x00\x00\x0cJXL", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
]


class Refused(Exception):
    """This file cannot be used. `str()` gives the sentence for the person."""

    def __init__(self, code: str, *, head: bytes = b"", width: int = 0, height: int = 0, missing: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.head = head
        self.size = (width, height)
        self.missing = missing

    def __str__(self) -> str:
        if self.code == "not_a_picture" and (name := _format_of(self.head)):
            return _("EvoLink does not accept %(format)s files. Save or export it as JPEG or PNG and add that.") % {
                "format": name
            }
        if self.code == "too_many_pixels":
            return _too_many_pixels(*self.size)
        if self.code in ("incomplete", "cut_off"):
            return _incomplete(self.missing, file=self.code == "cut_off")
        return str(SENTENCES[self.code]) % LIMITS


def _format_of(head: bytes) -> str:
    return next((name for skip, start, name in OTHER_FORMATS if head[skip:].startswith(start)), "")


def _incomplete(percent: int, *, file: bool) -> str:
    of_picture, of_file = next(words for most, *words in MISSING if percent <= most)
    return _("%(what)s is missing. Copy or download the file again, then add it once more.") % {
        "what": of_file if file else of_picture
    }


def _too_many_pixels(width: int, height: int) -> str:
    limit = settings.MAX_PIXELS
    scale = (limit / (width * height)) ** 0.5
    return _(
        "It has %(width)s × %(height)s pixels; the limit is %(limit)s in total. In a photo app, choose “Resize” and"
        " enter %(smaller_width)s × %(smaller_height)s or less, then add it again."
    ) % {
        "width": _grouped(width),
        "height": _grouped(height),
        "limit": _grouped(limit),
        "smaller_width": _grouped(max(1, int(width * scale))),
        "smaller_height": _grouped(max(1, int(height * scale))),
    }


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def room(used: int) -> dict[str, Any]:
    """How much of their storage a person uses, in bytes for the progress bar and in words."""
    total = settings.REFERENCE_QUOTA
    return {"used": used, "total": total, "used_words": filesizeformat(used), "total_words": filesizeformat(total)}


def megapixels() -> str:
    """The largest number of pixels of a picture, in millions, as text."""
    return _grouped(settings.MAX_PIXELS // 1_000_000)
