"""Prompts for a gallery full of different pictures, and their painting in several processes at once.

Nothing here needs Django, because each process imports this module anew.
"""

from __future__ import annotations

import io
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from PIL import Image

from playground.sandbox.painter import paint

# Neighbours show different things in different light.
SUBJECTS = (
    "A lighthouse above the sea at dusk", "A fox reading a book under a tree", "雨の夜の静かな路地、ネオンの光",
    "A ceramic mug on a white table in morning light", "A logo of a mountain and a rising sun, two colors",
    "Snowy mountains behind a blue lake", "春の花束、ガラスの花瓶", "A red sports car in the desert, noon",
    "Planet with rings in a purple nebula", "A bowl of ramen on a wooden table", "A white cat, portrait, green wall",
    "ラベンダー畑の小さな家、朝", "Downtown skyline at sunset", "A sailing boat on a calm sea at noon",
    "Geometric shapes in blue and amber", "A green bottle of perfume on marble", "霧の森、早朝",
    "A hot air balloon over green fields", "An astronaut, stars behind", "A birthday cake, candlelight, dark wall",
    "A torii gate in the snow", "Portrait of a woman in a yellow coat, seaside", "寿司の盛り合わせ、白いテーブル",
    "A logo of the moon over the sea", "A bicycle in a meadow, summer day", "Aurora above a cabin at night",
    "A blue butterfly, close-up", "Dunes in the evening", "モンステラの鉢植え、窓辺の光",
    "A train in the countryside, autumn",
    "A goldfish, blue background", "Mount Fuji with cherry blossoms at dawn", "A black camera on linen, studio shot",
    "A rabbit in a flower field, spring", "A quiet shopping street in the rain, afternoon",
    "A wild abstract painting in red and black", "A castle on a hill, stormy sky", "赤いりんごと本、静物",
    "A rocket launch at night", "Palm trees on a tropical beach, day", "A robot holding a heart, pastel wall",
    "A calm zen pattern in teal", "桜の木の下の犬、春の昼", "A burger on a wooden table, night",
    "Winter forest in moonlight", "A watch on black marble, dramatic light", "Logo of a fox head, emblem",
    "An owl above a misty lake, dawn", "Three pears and a candle on a table", "A quiet harbour town at night",
    "A laptop on a desk, bright office", "赤い傘のある野原、曇り空", "A bear with a cup in the forest, autumn",
    "Golden silk folds, abstract", "A vase of sunflowers, wooden table, day", "A pink sneaker, product photo",
    "Milky way above the mountains", "An ice cream, mint wall, summer", "A team meeting in an office, morning",
    "森のロゴ、2色",
)  # fmt: skip
MANNERS = (
    "", "watercolour", "oil painting", "warm colors", "水彩画", "woodblock print", "cinematic", "golden light",
    "storybook illustration", "vivid colors", "pixel art", "vintage film", "パステル",
)  # fmt: skip
SHAPES = ("1:1", "3:2", "2:3", "1:1", "16:9", "4:5", "1:1", "2:3")
WORTH_A_POOL = 16  # pictures; fewer are painted faster than processes start
SMALLER = 0.5  # of each side while painting; a seeded picture need not be as fine as one that somebody waits for


@dataclass(frozen=True)
class Showpiece:
    """One picture: its prompt and shape, and the composition and seed that the painter takes for it."""

    prompt: str
    shape: str
    index: int
    seed: int


def showpieces(count: int, shapes: Sequence[str] = SHAPES) -> list[Showpiece]:
    """Return `count` pictures. None is like another among its thirty neighbours on each side.

    Each prompt is another one until all subjects are used up in all manners. From then on only the seeds differ.
    """
    found = []
    for number in range(count):
        round_, place = divmod(number, len(SUBJECTS))
        manner = MANNERS[(place * 5 + round_) % len(MANNERS)]
        prompt = ", ".join(filter(None, (SUBJECTS[place], manner)))
        found.append(Showpiece(prompt, shapes[(number + round_) % len(shapes)], number % 4, number))
    return found


@dataclass(frozen=True)
class Sheet:
    """What `painted` needs of one picture."""

    piece: Showpiece
    size: tuple[int, int]
    quality: str | None


def painted(sheets: Sequence[Sheet], *, mark: bool) -> Iterator[bytes]:
    """Yield the JPEG file of each picture, in order. Many are painted by as many processes as there are processors."""
    work = partial(_painted, mark=mark)
    if len(sheets) < WORTH_A_POOL:
        yield from map(work, sheets)
        return
    # A new interpreter: a fork would share the database's connection and may stop in the middle of a thread's lock.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=context) as pool:
        yield from pool.map(work, sheets, chunksize=4)


def _painted(sheet: Sheet, *, mark: bool) -> bytes:
    width, height = sheet.size
    content = paint(
        prompt=sheet.piece.prompt,
        width=max(round(width * SMALLER), 1),
        height=max(round(height * SMALLER), 1),
        index=sheet.piece.index,
        seed=sheet.piece.seed,
        quality=sheet.quality,
        mark=mark,
    )
    into = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        # JPEG, because most of EvoLink's results are JPEG and a demo must not fill the disk.
        image.convert("RGB").resize(sheet.size, Image.Resampling.BICUBIC).save(into, "JPEG", quality=88)
    return into.getvalue()
