"""Colours in OKLCH: lightness 0..1, chroma 0..about 0.3, hue in degrees.

Colours are mixed in OKLab, because a gradient from orange to blue would turn grey in RGB. The matrices are those of
Björn Ottosson's OKLab.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

RGB = tuple[int, int, int]


class Lch(NamedTuple):
    """One colour."""

    light: float
    chroma: float
    hue: float

    def but(self, *, light: float = 0.0, chroma: float = 1.0, hue: float = 0.0) -> Lch:
        """Return the colour, lighter by `light`, with its chroma times `chroma`, its hue turned by `hue` degrees."""
        return Lch(min(max(self.light + light, 0.0), 1.0), self.chroma * chroma, (self.hue + hue) % 360)

    def mix(self, other: Lch, share: float) -> Lch:
        """Return the mixture with `other`: 0 is this colour, 1 is the other one. The mixture is linear in OKLab."""
        (l1, a1, b1), (l2, a2, b2) = _lab(self), _lab(other)
        a, b = a1 + (a2 - a1) * share, b1 + (b2 - b1) * share
        return Lch(l1 + (l2 - l1) * share, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)

    @property
    def rgb(self) -> RGB:
        """The nearest colour that a screen can show, with the same lightness and hue and perhaps less chroma."""
        linear = _linear(self)
        if not _shown(linear):
            low, high = 0.0, self.chroma
            for _ in range(7):
                middle = (low + high) / 2
                inside = _shown(_linear(Lch(self.light, middle, self.hue)))
                low, high = (middle, high) if inside else (low, middle)
            linear = _linear(Lch(self.light, low, self.hue))
        red, green, blue = (_encoded(value) for value in linear)
        return red, green, blue


def from_rgb(colour: Sequence[int]) -> Lch:
    """Return the OKLCH colour of an 8-bit sRGB colour."""
    red, green, blue = (_decoded(value) for value in colour[:3])
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Lch(light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def ramp(stops: Sequence[tuple[float, Lch]], steps: int) -> list[RGB]:
    """Return `steps` colours along the stops. A stop is a position (0..1, rising) and its colour."""
    colours: list[RGB] = []
    after = 0
    for step in range(steps):
        at = step / max(steps - 1, 1)
        while after < len(stops) and stops[after][0] < at:
            after += 1
        if after == 0:
            colours.append(stops[0][1].rgb)
        elif after == len(stops):
            colours.append(stops[-1][1].rgb)
        else:
            (start, first), (end, second) = stops[after - 1], stops[after]
            colours.append(first.mix(second, (at - start) / (end - start)).rgb)
    return colours


def even(*colours: Lch) -> list[tuple[float, Lch]]:
    """Return evenly spaced stops for `ramp`."""
    last = max(len(colours) - 1, 1)
    return [(place / last, colour) for place, colour in enumerate(colours)]


def _lab(colour: Lch) -> tuple[float, float, float]:
    angle = math.radians(colour.hue)
    return colour.light, colour.chroma * math.cos(angle), colour.chroma * math.sin(angle)


def _linear(colour: Lch) -> tuple[float, float, float]:
    light, a, b = _lab(colour)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(linear: tuple[float, float, float]) -> bool:
    return all(-0.001 <= value <= 1.001 for value in linear)


def _encoded(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    shown = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(shown * 255)


def _decoded(value: int) -> float:
    shown = value / 255
    return shown / 12.92 if shown <= 0.04045 else float(((shown + 0.055) / 1.055) ** 2.4)
