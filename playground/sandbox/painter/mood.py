"""The light of a picture: the colours of the sky, the distance and the foreground for each hour."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from playground.sandbox.painter.colour import Lch
from playground.sandbox.painter.words import Brief


@dataclass(frozen=True, kw_only=True)
class Mood:
    """The colours of one light. All other colours are mixed from these."""

    hour: str
    sky: tuple[Lch, ...]  # from the top to the horizon
    light: Lch  # the colour of the sun or the moon
    haze: Lch  # the colour of the distance
    near: Lch  # the darkest foreground
    ground: Lch  # grass, sand or floor in this light
    height: float  # of the sun or moon above the horizon, as a share of the sky
    lamps: bool  # whether windows are lit


MOODS = {
    "dawn": Mood(
        hour="dawn", sky=(Lch(0.55, 0.075, 262), Lch(0.72, 0.065, 300), Lch(0.85, 0.075, 20), Lch(0.93, 0.06, 75)),
        light=Lch(0.97, 0.06, 85), haze=Lch(0.86, 0.045, 40), near=Lch(0.27, 0.045, 262),
        ground=Lch(0.52, 0.06, 150), height=0.16, lamps=False),
    "morning": Mood(
        hour="morning", sky=(Lch(0.66, 0.095, 245), Lch(0.80, 0.07, 230), Lch(0.91, 0.05, 95), Lch(0.96, 0.05, 88)),
        light=Lch(0.98, 0.06, 90), haze=Lch(0.90, 0.03, 200), near=Lch(0.32, 0.06, 190),
        ground=Lch(0.66, 0.11, 135), height=0.45, lamps=False),
    "day": Mood(
        hour="day", sky=(Lch(0.56, 0.13, 252), Lch(0.70, 0.11, 242), Lch(0.86, 0.06, 225), Lch(0.95, 0.025, 200)),
        light=Lch(0.99, 0.03, 95), haze=Lch(0.88, 0.045, 232), near=Lch(0.33, 0.07, 165),
        ground=Lch(0.66, 0.13, 132), height=0.8, lamps=False),
    "sunset": Mood(
        hour="sunset", sky=(Lch(0.33, 0.10, 284), Lch(0.47, 0.14, 320), Lch(0.66, 0.17, 22), Lch(0.80, 0.15, 58),
                            Lch(0.91, 0.12, 88)),
        light=Lch(0.96, 0.10, 88), haze=Lch(0.75, 0.13, 42), near=Lch(0.19, 0.055, 300),
        ground=Lch(0.44, 0.08, 60), height=0.12, lamps=True),
    "night": Mood(
        hour="night", sky=(Lch(0.13, 0.045, 276), Lch(0.20, 0.065, 270), Lch(0.30, 0.08, 262), Lch(0.42, 0.085, 250)),
        light=Lch(0.96, 0.03, 95), haze=Lch(0.36, 0.075, 256), near=Lch(0.10, 0.03, 275),
        ground=Lch(0.26, 0.05, 240), height=0.62, lamps=True),
    "grey": Mood(
        hour="grey", sky=(Lch(0.52, 0.03, 250), Lch(0.64, 0.025, 245), Lch(0.77, 0.02, 230), Lch(0.85, 0.018, 210)),
        light=Lch(0.95, 0.015, 100), haze=Lch(0.79, 0.02, 225), near=Lch(0.25, 0.03, 245),
        ground=Lch(0.50, 0.06, 150), height=0.7, lamps=True),
}  # fmt: skip


@dataclass(frozen=True)
class Feeling:
    """What words such as "warm" and "lonely" do to the colours: the hours they suit, and how hues and chromas change.

    All hues move towards `hue` by `share` (0..1). Without a hue they stay.
    """

    hours: tuple[str, ...]
    hue: float | None = None
    share: float = 0.0
    chroma: float = 1.0


FEELINGS = {
    "warm": Feeling(("sunset", "dawn", "morning"), 62, 0.55, 1.1),
    "cool": Feeling(("morning", "day", "grey"), 238, 0.55),
    "calm": Feeling(("dawn", "morning", "sunset"), chroma=0.9),
    "wild": Feeling(("sunset", "night"), 15, 0.25, 1.35),
    "glad": Feeling(("day", "morning"), 95, 0.15, 1.2),
    "sad": Feeling(("grey",), 255, 0.5, 0.8),
    "secret": Feeling(("night",), 300, 0.4, 1.1),
    "tender": Feeling(("dawn",), 5, 0.45, 0.9),
}


def choose(brief: Brief, roll: random.Random) -> Mood:
    """Return the mood that the words ask for. Without such words, choose a light hour at random."""
    hour = brief.hour
    if hour is None and {"rain", "cloud"} & set(brief.weather):
        hour = "grey"
    if hour is None and ({"stars", "moon"} & set(brief.weather) or "neon" in brief.styles):
        hour = "night"
    felt = [FEELINGS[name] for name in brief.feelings]
    hours = felt[0].hours if felt else ("dawn", "day", "sunset", "morning", "sunset")
    mood = MOODS[hour or roll.choice(hours)]
    turn = roll.uniform(-9, 9)
    for feeling in felt:
        mood = _felt(mood, feeling)
    if "neon" in brief.styles:
        mood = _turned(mood, 35, 1.5)
    if brief.colours and not brief.subjects:
        mood = _towards(mood, brief.colours)
    chroma = 1.25 if "vivid" in brief.styles else 0.72 if {"pastel", "minimal"} & set(brief.styles) else 1.0
    mood = _turned(mood, turn, chroma)
    if "snow" in brief.weather:
        mood = replace(mood, ground=Lch(0.55 + 0.4 * mood.haze.light, 0.025, mood.haze.hue).mix(mood.haze, 0.15))
    if "rain" in brief.weather and mood.hour != "night":
        mood = _turned(mood, 0, 0.6)
    return mood


def _felt(mood: Mood, feeling: Feeling) -> Mood:
    """Return the mood with its colours moved to those of a feeling."""

    def moved(colour: Lch) -> Lch:
        aim = colour.hue if feeling.hue is None else feeling.hue
        return colour.mix(Lch(colour.light, colour.chroma, aim), feeling.share).but(chroma=feeling.chroma)

    return replace(
        mood, sky=tuple(map(moved, mood.sky)), light=moved(mood.light), haze=moved(mood.haze), near=moved(mood.near),
        ground=moved(mood.ground),
    )  # fmt: skip


def _turned(mood: Mood, degrees: float, chroma: float) -> Mood:
    """Return the mood with all hues turned and all chromas multiplied."""
    return replace(
        mood,
        sky=tuple(colour.but(chroma=chroma, hue=degrees) for colour in mood.sky),
        light=mood.light.but(chroma=chroma, hue=degrees / 2),
        haze=mood.haze.but(chroma=chroma, hue=degrees),
        near=mood.near.but(hue=degrees),
        ground=mood.ground.but(chroma=chroma, hue=degrees / 2),
    )


def _towards(mood: Mood, colours: tuple[Lch, ...]) -> Mood:
    """Return the mood with a sky in the colours that the prompt names, from the top to the horizon."""
    sky = list(mood.sky)
    for place, colour in enumerate(sky):
        named = colours[place * len(colours) // len(sky)]
        sky[place] = Lch(colour.light, max(colour.chroma, named.chroma * 0.75), named.hue)
    last = colours[-1]
    return replace(mood, sky=tuple(sky), haze=Lch(mood.haze.light, max(mood.haze.chroma, 0.05), last.hue))
