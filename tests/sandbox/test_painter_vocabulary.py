"""No prompt breaks the painter: tests every pair of its words, shapes and compositions, and all combinations in soak
tests.

Pictures are 64 pixels wide, because that is fast. The tests do not check what is drawn.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.sandbox.painter import brush, compose, mood, paint, words
from playground.sandbox.painter.finish import FORMATS
from playground.sandbox.painter.scene import Scene

SHAPES = ((64, 64), (64, 114), (114, 64))
SLIM = ((64, 192), (192, 64))  # the narrowest shapes of EvoLink
COMPOSITIONS = range(4)
DETAILS = (1, 2, 3)
VOCABULARY = [word for meanings in words.TABLE.values() for listed in meanings.values() for word in listed.split(", ")]


def named(kind: str) -> list[str]:
    """First no word, and then one word for each meaning of this kind."""
    return ["", *(listed.split(", ")[0] for listed in words.TABLE[kind].values())]


def composed(prompt: str, size: brush.Size, composition: int, detail: int = 1, *, transparent: bool = False) -> None:
    """Composes one picture. A failure names the arguments."""
    brief = words.read(prompt)
    roll = brush.dice(prompt, size, composition)
    try:
        scene = Scene(size, brief, mood.choose(brief, roll), roll, detail, composition)
        picture = compose.cutout(scene, ()) if transparent else compose.picture(scene, ())
    except Exception as error:
        error.add_note(f"{prompt!r} in {size}, composition {composition}, detail {detail}")
        raise
    assert picture.size == size


def every_pair(*factors: Sequence[object]) -> Iterator[tuple[object, ...]]:
    """Rows with one value of each factor. Any two values of two factors are together in at least one row."""
    choices = [[(place, value) for value in values] for place, values in enumerate(factors)]
    left = dict.fromkeys(
        pair for one, other in itertools.combinations(choices, 2) for pair in itertools.product(one, other)
    )
    while left:
        row = dict(next(iter(left)))
        for place, values in enumerate(choices):
            if place not in row:
                row |= [max(values, key=lambda choice: sum(pair in left for pair in pairs([*row.items(), choice])))]
        for pair in pairs(row.items()):
            left.pop(pair, None)
        yield tuple(value for _, value in sorted(row.items()))


def pairs(choices: object) -> Iterator[tuple[object, object]]:
    return itertools.combinations(sorted(choices, key=lambda choice: choice[0]), 2)


@pytest.mark.parametrize("prompt", ["桜並木と富士山", "temple with cherry blossoms", "roses beside the sea"])
def test_flowers_stand_beside_any_place(prompt: str) -> None:
    for size, composition in itertools.product(SHAPES + SLIM, COMPOSITIONS):
        composed(prompt, size, composition)


@pytest.mark.parametrize("prompt", ["zxqv vbnm", "geometric shapes"])
def test_abstract_pictures_have_any_shape(prompt: str) -> None:
    for size, composition, detail in itertools.product(SHAPES + SLIM, COMPOSITIONS, DETAILS):
        composed(prompt, size, composition, detail)


def test_every_pair_of_words_shapes_and_compositions_is_painted() -> None:
    kinds = ("subject", "style", "place", "weather", "hour")
    for *chosen, size, composition, detail in every_pair(*map(named, kinds), SHAPES, COMPOSITIONS, DETAILS):
        composed(", ".join(filter(None, chosen)), size, composition, detail)


def test_every_subject_is_painted_in_every_kind_of_picture() -> None:
    kinds = ("subject", "genre", "surface")
    for *chosen, size, composition, transparent in every_pair(*map(named, kinds), SHAPES, COMPOSITIONS, (False, True)):
        composed(", ".join(filter(None, chosen)), size, composition, transparent=transparent)


def test_every_feeling_and_number_of_inks_is_painted_in_every_place() -> None:
    kinds = ("place", "feeling", "genre", "inks", "weather")
    for *chosen, size, composition, transparent in every_pair(*map(named, kinds), SHAPES, COMPOSITIONS, (False, True)):
        composed(", ".join(filter(None, chosen)), size, composition, transparent=transparent)


def test_somebody_reads_under_a_tree_in_any_shape_and_season() -> None:
    for who, season, size, composition in itertools.product(
        ("fox", "woman", "bird"), ("", "snow", "cherry blossoms"), SHAPES + SLIM, COMPOSITIONS
    ):
        composed(f"a {who} with a book under a tree, {season}", size, composition)


def test_the_rows_hold_every_pair() -> None:
    factors = (range(7), range(3), range(5), "ab")
    rows = list(every_pair(*factors))
    for one, other in itertools.combinations(range(len(factors)), 2):
        assert {(row[one], row[other]) for row in rows} == set(itertools.product(factors[one], factors[other]))
    assert len(rows) < 7 * 5 * 1.3


@pytest.mark.soak
@pytest.mark.parametrize("subject", named("subject"))
def test_every_combination_is_painted(subject: str) -> None:
    for place, style, size, composition in itertools.product(named("place"), named("style"), SHAPES, COMPOSITIONS):
        composed(", ".join(filter(None, (subject, place, style))), size, composition)


PHRASES = st.lists(st.one_of(st.sampled_from(VOCABULARY), st.text(max_size=30)), max_size=12)
SIDES = st.integers(16, 180)


@pytest.mark.soak
@settings(max_examples=3000, deadline=None)
@given(
    phrases=PHRASES,
    between=st.sampled_from(("", " ", ", ", "、", " beside a ")),
    width=SIDES,
    height=SIDES,
    index=st.integers(0, 9),
    seed=st.integers(0, 2**32 - 1),
    quality=st.sampled_from((None, "low", "medium", "high")),
    output_format=st.sampled_from(sorted(FORMATS)),
    transparent=st.booleans(),
    references=st.lists(st.tuples(st.sampled_from(("RGB", "RGBA", "L")), SIDES, SIDES), max_size=4),
)
def test_any_words_give_a_picture(
    phrases: list[str],
    between: str,
    width: int,
    height: int,
    references: list[tuple[str, int, int]],
    **options: object,
) -> None:
    images = [Image.new(mode, (wide, high)) for mode, wide, high in references]
    content = paint(prompt=between.join(phrases), width=width, height=height, references=images, **options)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, picture.format) == ((width, height), FORMATS[options["output_format"]])
