"""What a generation came from: its parent, and how it came from it."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy


class Lineage(models.TextChoices):
    """How a generation came from its parent."""

    CHANGE = "change", pgettext_lazy("lineage", "Changed")
    FINAL = "final", pgettext_lazy("lineage", "Final version")
    MORE = "more", pgettext_lazy("lineage", "More like this")
    MISSING = "missing", pgettext_lazy("lineage", "Missing ones")
    AGAIN = "again", pgettext_lazy("lineage", "Run again")
    SETTINGS = "settings", pgettext_lazy("lineage", "Same settings")
    REFERENCE = "reference", pgettext_lazy("lineage", "Used as a reference image")


@dataclass(frozen=True)
class Descent:
    """Where a new generation comes from: the generation `parent`. `index` is that of the picture of `parent`, or None
    if it comes from the words and settings alone."""

    parent: Any
    lineage: Lineage
    index: int | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the new generation. `root` is the first generation of the whole family."""
        return {
            "parent_id": self.parent.pk,
            "root_id": self.parent.root_id or self.parent.pk,
            "parent_index": self.index,
            "lineage": self.lineage,
        }
