"""Prompts to start from, each with a picture that the sandbox has painted for it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Idea:
    """`picture` is the path of a static file."""

    name: Promise
    prompt: Promise
    slug: str

    @property
    def picture(self) -> str:
        return f"img/ideas/{self.slug}.webp"


IDEAS: Final = (
    Idea(
        _("Product picture"),
        _("A ceramic mug with a soft matte glaze on a white table, gentle morning light, product photo"),
        "mug",
    ),
    Idea(
        pgettext_lazy("kind of picture", "Landscape"),
        _("A beautiful colorful sunset over the ocean, calm waves, wide view"),
        "sunset",
    ),
    Idea(
        _("Mood"),
        _("A quiet city street at night in the rain, neon signs reflected on the ground, cinematic"),
        "street",
    ),
    Idea(
        _("Illustration"),
        _("A fox reading a book under a tree, warm colors, illustration for a children’s book"),
        "fox",
    ),
    Idea(
        _("Logo idea"),
        _("A minimal logo of a mountain and a rising sun, two colors, flat shapes"),
        "logo",
    ),
    Idea(
        _("Watercolor"),
        _("A bouquet of spring flowers in a glass vase, loose watercolor on paper"),
        "flowers",
    ),
)
