"""Outdoor pictures: which layers make up the place that a prompt names, back to front."""

from __future__ import annotations

from . import land, sky, water
from .scene import Scene


def paint(scene: Scene) -> None:
    """The whole landscape."""
    sky.paint(scene)
    if scene.has("desert"):
        land.dunes(scene)
    elif scene.has("sea"):
        _coast(scene)
    elif scene.has("lake"):
        _lake(scene)
    elif scene.has("forest") and not scene.has("mountain", "house"):
        _forest(scene)
    elif scene.has("field") and not scene.has("mountain"):
        land.hills(scene, top=scene.horizon)
    else:
        _range(scene)
    sky.weather(scene)


def _coast(scene: Scene) -> None:
    water.sea(scene)
    if scene.variant % 2 == 0:
        water.beach(scene)


def _lake(scene: Scene) -> None:
    height = scene.size[1]
    scene.horizon = height * 0.5
    land.mountains(scene, until=height * 0.56)
    land.woods(scene, height * 0.575, scene.unit * 0.07, 0.62)
    water.lake(scene, height * 0.585)
    if scene.has("mist") or scene.mood.hour == "dawn":
        sky.mist(scene, height * 0.49, height * 0.68, 0.8)


def _forest(scene: Scene) -> None:
    height = scene.size[1]
    for layer in range(2 + scene.detail):
        near = (layer + 1) / (2 + scene.detail)
        base = scene.horizon + (height * 1.02 - scene.horizon) * near**1.2
        gap = (scene.sun[0] - scene.unit * 0.25, scene.sun[0] + scene.unit * 0.25)
        land.woods(scene, base, scene.unit * (0.12 + 0.4 * near), 0.2 + 0.75 * near, gap=gap if near > 0.5 else None)
        if near < 1:
            sky.mist(scene, base - scene.unit * 0.12, base + scene.unit * 0.06, 0.8)


def _range(scene: Scene) -> None:
    height = scene.size[1]
    land.mountains(scene, until=height * 0.8)
    land.woods(scene, height * 0.88, scene.unit * 0.12, 0.75)
    land.woods(scene, height * 1.0, scene.unit * 0.26, 0.95)
