"""The studio's built-in examples: the sandbox understands their words in both languages, and draws what they say."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from functools import cache

import pytest
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image, ImageChops, ImageOps, ImageStat

from playground.guide.ideas import IDEAS
from playground.sandbox.painter import paint, words
from playground.sandbox.painter.colour import Lch, from_rgb
from tests.ideas import CHOSEN, FOLDER, PROMPTS, painted
from tests.ideas import SIDE as IDEA_SIDE

SAID = {
    "mug": {"subjects": {"mug"}, "surface": "white", "hour": "morning", "genre": "product"},
    "sunset": {"hour": "sunset", "places": {"sea"}, "styles": {"vivid"}, "feelings": {"calm"}},
    "street": {"hour": "night", "weather": {"rain"}, "places": {"street"}, "styles": {"neon", "dramatic"}},
    "fox": {"subjects": {"fox", "book"}, "places": {"tree"}, "feelings": {"warm"}, "styles": {"storybook"}},
    "logo": {"genre": "logo", "places": {"mountain"}, "weather": {"sun"}, "inks": "two", "styles": {"minimal"}},
    "flowers": {"subjects": {"vase"}, "material": "glass", "styles": {"watercolour"}},
}
SIDE = 192
LANGUAGES = ("en", "ja")
every_variant = pytest.mark.parametrize(
    ("language", "index"), list(itertools.product(LANGUAGES, range(4))), ids=lambda value: str(value)
)


def prompt_in(language: str, name: str) -> str:
    with translation.override(language):
        return gettext(PROMPTS[name])


@cache
def drawn(prompt: str, index: int, side: int = SIDE) -> Image.Image:
    content = paint(prompt=prompt, width=side, height=side, index=index, seed=5, quality="medium", mark=False)
    return Image.open(io.BytesIO(content)).convert("RGB")


class Part:
    """The colours of one part of a picture: from left, top to right, bottom, as shares of its sides."""

    def __init__(self, image: Image.Image, left: float, top: float, right: float, bottom: float) -> None:
        width, height = image.size
        self.left, self.top = round(left * width), round(top * height)
        self.right, self.bottom = round(right * width), round(bottom * height)
        self.colours = {
            (x, y): from_rgb(image.getpixel((x, y)))
            for x in range(self.left, self.right, 2)
            for y in range(self.top, self.bottom, 2)
        }

    def places(self, **within: tuple[float, float]) -> list[tuple[int, int]]:
        """The places whose colour lies within the limits of light, chroma and hue."""
        return [place for place, colour in self.colours.items() if like(colour, **within)]

    def share(self, **within: tuple[float, float]) -> float:
        return len(self.places(**within)) / len(self.colours)


def like(colour: Lch, **within: tuple[float, float]) -> bool:
    return all(low <= getattr(colour, field) <= high for field, (low, high) in within.items())


def middle(places: list[tuple[int, int]]) -> tuple[float, float]:
    assert places
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def distance(one: Image.Image, other: Image.Image) -> float:
    """How far apart two compositions are: the mean difference of light and dark on a grid of 16 × 16, of 255."""
    grids = [ImageOps.autocontrast(image.convert("L").resize((16, 16), Image.Resampling.BOX)) for image in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*grids)).mean[0]


def test_every_example_has_its_own_words_in_japanese() -> None:
    for name, prompt in PROMPTS.items():
        assert prompt_in("ja", name) != prompt


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROMPTS)
def test_the_brief_holds_what_the_prompt_says(name: str, language: str) -> None:
    brief = words.read(prompt_in(language, name))
    for field, said in SAID[name].items():
        found = getattr(brief, field)
        assert set(found) >= said if isinstance(said, set) else found == said, (field, found)
    assert set(brief.subjects) == SAID[name].get("subjects", set())
    assert brief.colours == ()


@every_variant
def test_the_mug_stands_on_a_white_table_in_the_morning(language: str, index: int) -> None:
    image = drawn(prompt_in(language, "mug"), index)
    for corner in (Part(image, 0.02, 0.84, 0.15, 0.96), Part(image, 0.85, 0.84, 0.98, 0.96)):
        assert corner.share(light=(0.66, 1), chroma=(0, 0.035)) > 0.85
    assert ImageStat.Stat(image.convert("L")).mean[0] > 130
    coffee = Part(image, 0.1, 0.3, 0.9, 0.7).places(light=(0, 0.36), hue=(20, 90))
    assert len(coffee) > 12
    # No saucer: beside the foot of the mug, which stands below its coffee, is only the table.
    x, y = (value / SIDE for value in middle(coffee))
    foot = Part(image, x - 0.27, y + 0.24, x - 0.22, y + 0.30)
    assert foot.share(chroma=(0, 0.05)) > 0.8


@every_variant
def test_the_sunset_glows_over_dark_water(language: str, index: int) -> None:
    image = drawn(prompt_in(language, "sunset"), index)
    assert Part(image, 0, 0, 1, 1).share(chroma=(0.08, 1), hue=(5, 95)) > 0.12
    assert Part(image, 0, 0, 1, 0.15).share(hue=(260, 360)) > 0.8
    assert Part(image, 0, 0.75, 1, 1).share(light=(0, 0.6)) > 0.5


@every_variant
def test_the_street_is_full_of_neon(language: str, index: int) -> None:
    image = drawn(prompt_in(language, "street"), index)
    signs, ground = Part(image, 0, 0.1, 1, 0.7), Part(image, 0, 0.8, 1, 1)
    assert ImageStat.Stat(image.convert("L")).mean[0] < 110
    pink = signs.share(light=(0.5, 1), chroma=(0.13, 1), hue=(290, 360)) + signs.share(
        light=(0.5, 1), chroma=(0.13, 1), hue=(0, 30)
    )
    assert pink > 0.02
    assert ground.share(chroma=(0.06, 1)) > 0.3  # their light on the wet ground


@every_variant
def test_the_fox_holds_a_book_under_a_tree_in_warm_colours(language: str, index: int) -> None:
    image = drawn(prompt_in(language, "fox"), index)
    fur = Part(image, 0, 0.4, 1, 1).places(light=(0.5, 0.78), chroma=(0.15, 1), hue=(38, 62))
    paper = Part(image, 0, 0.66, 1, 0.93).places(light=(0.78, 1), chroma=(0, 0.09))
    assert len(fur) > 60
    assert len(paper) > 0.02 * SIDE * SIDE / 4
    left, right = min(x for x, _ in paper), max(x for x, _ in paper)
    assert right - left > 0.1 * SIDE  # an open book is wide
    assert sum(left - 8 < x < right + 8 for x, _ in fur) > len(fur) / 4  # and the fox is behind it
    crown = Part(image, 0, 0.05, 1, 0.4).share(light=(0.3, 0.8), chroma=(0.07, 1), hue=(20, 90))
    assert crown > 0.25
    whole = Part(image, 0, 0, 1, 1)
    assert whole.share(chroma=(0.03, 1), hue=(0, 125)) > 3 * whole.share(chroma=(0.03, 1), hue=(126, 330))


@every_variant
def test_the_logo_is_a_sun_over_a_mountain_in_two_flat_colours(language: str, index: int) -> None:
    side = 2 * SIDE  # the smooth edges of the shapes are narrow then
    image = drawn(prompt_in(language, "logo"), index, side)
    counted = image.getcolors(side * side)
    flat = sorted(counted, reverse=True)[:3]
    assert sum(count for count, _ in flat) > 0.95 * side * side
    inks = [rgb for _, rgb in flat if from_rgb(rgb).chroma > 0.05]
    assert len(inks) == 2
    sun = next(rgb for rgb in inks if 20 < from_rgb(rgb).hue < 90)
    centre = [(x, y) for x in range(side // 5, side * 4 // 5) for y in range(side // 5, side * 4 // 5)]
    suns = [place for place in centre if image.getpixel(place) == sun]
    assert len(suns) > 240
    # The mountain is what is in the middle below: it is narrow above and wide below.
    foot = max(y for y in range(side) if image.getpixel((side // 2, y)) == image.getpixel((side // 2, side * 3 // 5)))
    land = image.getpixel((side // 2, side * 3 // 5))
    assert land != sun
    rows = [
        sum(image.getpixel((x, y)) == land for x in range(side // 5, side * 4 // 5))
        for y in (foot - side // 6, foot - side // 50)
    ]
    assert rows[0] < rows[1] * 0.8
    assert middle(suns)[1] < foot - side // 6


@every_variant
def test_the_flowers_stand_in_glass_on_paper(language: str, index: int) -> None:
    image = drawn(prompt_in(language, "flowers"), index)
    for corner in (Part(image, 0, 0, 0.03, 0.03), Part(image, 0.97, 0.97, 1, 1)):
        assert corner.share(light=(0.93, 1), chroma=(0, 0.03)) > 0.8
    hues = Counter(int(colour.hue // 40) for colour in Part(image, 0.1, 0.1, 0.9, 0.5).colours.values()
                   if colour.chroma > 0.09)  # fmt: skip
    assert len([hue for hue, count in hues.items() if count > 60]) >= 2
    assert len(Part(image, 0.15, 0.5, 0.85, 0.9).places(light=(0.5, 0.9), chroma=(0.02, 1), hue=(140, 215))) > 60


@pytest.mark.parametrize("name", PROMPTS)
def test_the_empty_studio_shows_what_the_painter_draws(name: str) -> None:
    file = FOLDER / f"{name}.webp"
    assert file.stat().st_size < 40_000
    with Image.open(file) as image:
        assert (image.format, image.size) == ("WEBP", (IDEA_SIDE, IDEA_SIDE))
        shown = image.convert("RGB")
    # Run `python -m tests.ideas` after a change to the painter.
    assert max(ImageStat.Stat(ImageChops.difference(shown, painted(name))).mean) < 6
    assert CHOSEN.keys() == PROMPTS.keys() == {path.stem for path in FOLDER.iterdir()}


def test_they_are_the_ideas_that_the_studio_offers() -> None:
    with translation.override("en"):
        assert {idea.slug: str(idea.prompt) for idea in IDEAS} == PROMPTS


VARIED = (
    *PROMPTS.values(), "a cup of coffee", "a portrait of a woman", "a cat", "a red car", "a lake", "a bird",
    "flowers in a field", "a house", "sushi", "city at night", "an unheard-of zxqv",
)  # fmt: skip


@pytest.mark.parametrize("prompt", VARIED)
def test_the_four_pictures_of_one_prompt_differ_in_composition(prompt: str) -> None:
    for one, other in itertools.combinations(range(4), 2):
        assert distance(drawn(prompt, one), drawn(prompt, other)) > 19, (one, other)


def mean_colour(prompt: str) -> Lch:
    """The mean colour of the four pictures of a prompt, each with three seeds."""
    together = Image.new("RGB", (12, 1))
    for place in range(12):
        content = paint(prompt=prompt, width=64, height=64, index=place % 4, seed=place, quality="low", mark=False)
        with Image.open(io.BytesIO(content)) as image:
            together.putpixel((place, 0), image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))
    return from_rgb(together.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_subjects_have_the_mood_of_the_words(language: str) -> None:
    prompts = {
        "en": ("a warm zxqv", "a cold zxqv", "a wild, furious zxqv", "a lonely, gentle zxqv"),
        "ja": ("暖かなヌルポ", "冷たいヌルポ", "激しいヌルポ", "寂しい穏やかなヌルポ"),
    }[language]
    warm, cold, wild, lonely = map(mean_colour, prompts)
    assert 25 < warm.hue < 110
    assert 190 < cold.hue < 290
    assert wild.chroma > lonely.chroma * 2
