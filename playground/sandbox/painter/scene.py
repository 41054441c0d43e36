"""The sheet a picture is painted on: its size, its light and its chance, handed from layer to layer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from PIL import Image

from playground.sandbox.painter import brush
from playground.sandbox.painter.brush import Point, Size
from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.mood import Mood
from playground.sandbox.painter.words import Brief


@dataclass
class Scene:
    """One picture being painted, back to front.

    `detail` is 1 (low), 2 (medium) or 3 (high). `variant` is the index of the picture: it chooses the composition,
    where chance only varies it. `unit` is the shorter side in pixels; everything is measured by it.
    """

    size: Size
    brief: Brief
    mood: Mood
    roll: random.Random
    detail: int
    variant: int
    picture: Image.Image = field(init=False)
    horizon: float = field(init=False)  # pixels from the top
    sun: Point = field(init=False)

    def __post_init__(self) -> None:
        width, height = self.size
        self.picture = Image.new("RGB", self.size)
        self.horizon = height * (0.60, 0.52, 0.66, 0.45)[self.variant % 4]
        # The light stands on a third, never in the middle, and changes sides from picture to picture.
        third = (0.66, 0.30, 0.38, 0.72)[self.variant % 4] + self.roll.uniform(-0.04, 0.04)
        self.sun = (width * third, self.horizon * (1 - self.mood.height * self.roll.uniform(0.85, 1.15)))

    @property
    def unit(self) -> int:
        return min(self.size)

    @property
    def light_from_left(self) -> bool:
        return self.sun[0] < self.size[0] / 2

    def depth(self, nearness: float) -> Lch:
        """The colour of things at a distance: 0 is lost in the haze, 1 is right here."""
        return self.mood.haze.mix(self.mood.near, nearness)

    def has(self, *words: str) -> bool:
        """Whether the prompt names any of these places, subjects or kinds of weather."""
        named = {*self.brief.places, *self.brief.subjects, *self.brief.weather}
        return not named.isdisjoint(words)

    def layer(self, top: Lch, bottom: Lch, mask: Image.Image) -> None:
        """Paint through a mask with a gradient that spans the mask's own height."""
        box = mask.getbbox()
        if box is None:
            return
        part = brush.downwards((box[2] - box[0], box[3] - box[1]), [(0, top), (1, bottom)])
        self.picture.paste(part, box, mask.crop(box))
