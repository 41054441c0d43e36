"""The scene: the picture that is being painted, with its size, its light and its random numbers."""

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
    """One picture that is being painted, from back to front.

    `detail` is 1 (low), 2 (medium) or 3 (high). `variant` is the index of the picture and chooses the composition.
    `roll` gives all random numbers. `unit` is the shorter side in pixels; all lengths are shares of it.
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
        self.horizon = height * (0.60, 0.50, 0.70, 0.40)[self.variant % 4]
        # The light is near a third of the width, never in the middle. Its side depends on the index.
        third = (0.66, 0.30, 0.38, 0.76)[self.variant % 4] + self.roll.uniform(-0.04, 0.04)
        self.sun = (width * third, self.horizon * (1 - self.mood.height * self.roll.uniform(0.85, 1.15)))

    @property
    def unit(self) -> int:
        return min(self.size)

    @property
    def light_from_left(self) -> bool:
        return self.sun[0] < self.size[0] / 2

    def depth(self, nearness: float) -> Lch:
        """Return the colour of things at a distance: 0 is far away in the haze, 1 is near."""
        return self.mood.haze.mix(self.mood.near, nearness)

    def has(self, *words: str) -> bool:
        """Return whether the prompt names any of these places, subjects or kinds of weather."""
        named = {*self.brief.places, *self.brief.subjects, *self.brief.weather}
        return not named.isdisjoint(words)

    def layer(self, top: Lch, bottom: Lch, mask: Image.Image) -> None:
        """Paint a gradient through a mask. The gradient is as high as the covered part of the mask."""
        box = mask.getbbox()
        if box is None:
            return
        part = brush.downwards((box[2] - box[0], box[3] - box[1]), [(0, top), (1, bottom)])
        self.picture.paste(part, box, mask.crop(box))
