"""The sandbox's image model: what is promised for every picture, tested with small ones."""

from __future__ import annotations

import io
import itertools
import random
import time
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image, ImageChops, ImageFilter, ImageStat
from pytest_django.fixtures import Settings

from playground.models import GeneratedImage
from playground.sandbox.painter import collage, paint, stage, words
from playground.sandbox.painter.colour import Lch, from_rgb, ramp
from playground.sandbox.painter.finish import FORMATS, MARK

SUNSET = "A beautiful colorful sunset over the ocean"


def picture(prompt: str = SUNSET, **options: object) -> bytes:
    settings = {"width": 160, "height": 160, "index": 0, "seed": 1, "quality": "low", **options}
    return paint(prompt=prompt, **settings)


def shown(prompt: str = SUNSET, **options: object) -> Image.Image:
    image = Image.open(io.BytesIO(picture(prompt, **options)))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures in 8-bit steps."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


def structure(image: Image.Image) -> Image.Image:
    """The light and dark areas, without the hue."""
    return image.convert("L").resize((16, 16), Image.Resampling.BOX)


@pytest.mark.parametrize(
    "size",
    [(1, 1), (16, 300), (160, 160), (333, 77), (256, 384), (1536, 1024), (3840, 1280)],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
def test_picture_has_exactly_the_size_asked(size):
    assert shown(width=size[0], height=size[1]).size == size


@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("transparent", [False, True])
def test_bytes_decode_as_the_format_asked(output_format, transparent):
    image = shown("a cat", output_format=output_format, transparent=transparent)
    assert image.format == FORMATS[output_format]
    assert image.size == (160, 160)


def test_an_unknown_format_is_refused():
    with pytest.raises(KeyError):
        picture(output_format="bmp")


@pytest.mark.parametrize("output_format", ["png", "webp"])
@pytest.mark.parametrize("prompt", ["a cat", "a bouquet of roses", "logo of a fox", "mountains at dawn", "zxqv"])
def test_transparent_picture_stands_on_nothing(prompt, output_format):
    alpha = shown(prompt, transparent=True, output_format=output_format).getchannel("A")
    corners = [alpha.getpixel(place) for place in ((0, 0), (159, 0), (0, 159))]
    assert corners == [0, 0, 0]
    covered = sum(alpha.histogram()[250:]) / (160 * 160)
    assert 0.08 < covered < 0.9
    assert alpha.crop((40, 40, 120, 120)).getextrema()[1] == 255


def test_opaque_and_jpeg_pictures_have_no_alpha():
    assert shown("a cat").mode == "RGB"
    assert shown("a cat", output_format="jpeg", transparent=True).mode == "RGB"


@pytest.mark.parametrize("options", [{}, {"transparent": True}, {"references": (Image.new("RGB", (40, 30), "red"),)}])
def test_same_arguments_give_the_same_bytes(options):
    prompt = "夜の東京の街並み、雨"
    assert picture(prompt, quality="high", **options) == picture(prompt, quality="high", **options)


@pytest.mark.parametrize(
    "prompt",
    [
        SUNSET,
        "a cup of coffee",
        "portrait of a woman",
        "logo of a fox",
        "abstract shapes",
        "city at night",
        "zxqv vbnm",
    ],
)
def test_each_index_is_another_composition(prompt):
    pictures = [structure(shown(prompt, index=index)) for index in range(4)]
    for place, one in enumerate(pictures):
        for other in pictures[place + 1 :]:
            assert difference(one, other) > 3


def test_each_seed_is_another_picture():
    assert difference(shown(seed=1), shown(seed=2)) > 2


def test_each_prompt_is_another_picture():
    prompts = [
        SUNSET,
        "forest",
        "city",
        "night sky",
        "cat",
        "coffee",
        "portrait",
        "flower",
        "abstract",
        "logo",
        "food",
        "space",
        "snow",
        "rain",
        "house",
        "car",
        "book",
        "bottle",
        "phone",
        "qwv",
        "bnm",
    ]
    pictures = [shown(prompt).convert("RGB").resize((24, 24)) for prompt in prompts]
    for place, one in enumerate(pictures):
        for other in pictures[place + 1 :]:
            assert difference(one, other) > 4


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("sunset over the ocean", "海の夕焼け"),
        ("a cat and a book", "猫と本"),
        ("a snowy mountain at night", "夜の雪山"),
        ("cup of coffee, watercolor", "コーヒー、水彩画"),
        ("a red car in the rain, city", "雨の街、赤い車"),
    ],
)
def test_japanese_words_mean_what_english_words_mean(english, japanese):
    one, other = words.read(english), words.read(japanese)
    for kind in ("hour", "genre"):
        assert getattr(one, kind) == getattr(other, kind)
    for kind in ("weather", "places", "subjects", "styles", "colours"):
        assert set(getattr(one, kind)) == set(getattr(other, kind))


def test_the_longest_word_wins_and_parts_of_words_mean_nothing():
    assert words.read("海老の料理").places == ()
    assert words.read("a category of carpets").subjects == ()
    assert words.read("three black cats").subjects == ("cat",)


def test_every_subject_of_the_table_can_be_drawn():
    for subject, names in words.TABLE["subject"].items():
        assert subject in {*stage.TALL, *stage.BEINGS, *stage.OUTDOORS}, subject
        alpha = shown(names.split(", ")[0], transparent=True).getchannel("A")
        assert sum(alpha.histogram()[200:]) > 160 * 160 * 0.03, subject


def test_night_is_darker_and_bluer_than_day():
    night, day = (ImageStat.Stat(shown(f"mountains, {hour}")).mean for hour in ("night", "day"))
    assert sum(night) < sum(day) * 0.6
    assert night[2] > night[0]


def test_a_named_colour_is_seen():
    red, blue = (
        ImageStat.Stat(shown(f"a {colour} apple, studio").crop((50, 60, 110, 130))).mean for colour in ("red", "blue")
    )
    assert red[0] > red[2] + 20
    assert blue[2] > blue[0] + 20


def edges(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]


@pytest.mark.parametrize("prompt", ["a mountain lake", "city at night", "a bouquet of flowers"])
def test_quality_is_seen_as_detail(prompt):
    low, medium, high = (
        edges(shown(prompt, quality=quality, width=320, height=320)) for quality in ("low", "medium", "high")
    )
    assert low * 1.1 < medium < high


def test_no_quality_is_medium_and_the_highest_are_drawn():
    assert picture(quality=None) == picture(quality="medium")
    assert shown(quality="max").size == shown(quality="xhigh").size == (160, 160)


@pytest.mark.parametrize("options", [{}, {"transparent": True}, {"output_format": "jpeg"}])
def test_the_mark_stands_in_the_lower_right_corner_unless_it_is_switched_off(options):
    with_mark, without = (
        shown("a cat", width=400, height=400, mark=mark, **options).convert("RGBA") for mark in (True, False)
    )
    box = ImageChops.difference(with_mark, without).convert("L").point(lambda value: 255 if value > 60 else 0).getbbox()
    assert MARK == "sandbox"
    assert box is not None
    assert box[0] > 320
    assert box[1] > 370
    assert box[2] - box[0] < 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mark", [True, False])
def test_an_administrator_may_switch_the_mark_off(
    as_alice: Client, run_worker: Callable[[], None], settings: Settings, mark: bool
) -> None:
    settings.SANDBOX_PLAIN, settings.SANDBOX_MARK = False, mark
    form = {"request_id": "one", "prompt": "A logo of a mountain, two colors", "model": "gpt-image-1"}
    as_alice.post("/generations/", {**form, "size": "1024x1024", "quality": "low", "n": "1"})
    run_worker()
    with GeneratedImage.objects.get().file.open("rb") as file, Image.open(file) as image:
        corner = image.convert("RGB").crop((800, 960, 1024, 1024))
    # A flat logo has one colour in its corner, so everything else is the mark.
    assert (len(corner.getcolors(1 << 16)) > 1) == mark


COLOURS = {
    "red": (214, 40, 40),
    "green": (40, 160, 70),
    "blue": (40, 70, 200),
    "yellow": (240, 200, 40),
    "pink": (230, 90, 170),
}


def centre_of(image: Image.Image, colour: tuple[int, int, int]) -> tuple[float, float]:
    """The centre of a colour as parts of width and height. Fails if the colour is missing."""
    hue = from_rgb(colour).hue
    small = image.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    places = []
    for y in range(64):
        for x in range(64):
            found = from_rgb(small.getpixel((x, y)))
            if found.chroma > 0.09 and abs((found.hue - hue + 180) % 360 - 180) < 16:
                places.append((x, y))
    assert len(places) > 40, f"{colour} covers {len(places)} of 4096"
    return sum(x for x, _ in places) / len(places) / 64, sum(y for _, y in places) / len(places) / 64


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("count", [2, 3, 5])
def test_every_reference_is_found_in_reading_order(count, index):
    chosen = list(COLOURS.values())[:count]
    references = tuple(Image.new("RGB", (120, 90), colour) for colour in chosen)
    board = shown("a moodboard", width=320, height=240, index=index, references=references)
    centres = [centre_of(board, colour) for colour in chosen]
    for (x, y), (next_x, next_y) in itertools.pairwise(centres):
        assert next_y > y + 0.08 or (next_x > x + 0.05 and next_y > y - 0.08)


def test_sixteen_references_each_have_their_place():
    references = tuple(Image.new("RGB", (90, 120), Lch(0.6, 0.12, place * 22).rgb) for place in range(16))
    board = shown("board", width=480, height=480, references=references).convert("RGB")
    hues = {
        round(from_rgb(colour).hue / 22) % 16
        for _, colour in board.getcolors(480 * 480)
        if from_rgb(colour).chroma > 0.09
    }
    assert hues == set(range(16))


@pytest.mark.parametrize("index", range(4))
def test_one_reference_is_recognised_in_the_result(index):
    reference = Image.new("RGB", (120, 120), COLOURS["blue"])
    reference.paste(COLOURS["yellow"], (60, 0, 120, 120))
    result = shown("oil painting", index=index, references=(reference,))
    assert centre_of(result, COLOURS["blue"])[0] < 0.45
    assert centre_of(result, COLOURS["yellow"])[0] > 0.55


def test_words_steer_the_treatment_of_a_reference():
    reference = Image.new("RGB", (120, 120), (200, 150, 110))
    plain, night, mono = (
        ImageStat.Stat(shown(words_, references=(reference,))).mean
        for words_ in ("keep", "at night", "black and white")
    )
    assert sum(night) < sum(plain) * 0.85
    assert night[2] / night[0] > plain[2] / plain[0]
    assert max(mono) - min(mono) < 4


@pytest.mark.parametrize("prompt", ["a cup of coffee", "a house", "logo of a mountain and a sun"])
def test_a_prompt_with_a_subject_has_the_colours_of_the_reference_and_its_own_shapes(prompt):
    plain = shown(prompt)
    for name in ("green", "blue"):
        reference = Image.new("RGB", (60, 60), COLOURS[name])
        reference.paste((250, 250, 245), (0, 0, 60, 20))
        dressed = shown(prompt, references=(reference,))
        assert difference(structure(dressed), structure(plain)) < 30
        assert difference(structure(dressed), structure(shown("a bowl of ramen"))) > 30
        red, green, blue = ImageStat.Stat(dressed).mean
        assert max(red, green, blue) == (green if name == "green" else blue)


def test_the_first_reference_gives_more_of_its_colour_than_the_second():
    red, blue = (Image.new("RGB", (60, 60), COLOURS[name]) for name in ("red", "blue"))
    first, second = (ImageStat.Stat(shown("a house", references=order)).mean for order in ((red, blue), (blue, red)))
    assert first[0] - first[2] > second[0] - second[2] + 10


def test_a_cut_out_subject_has_the_colours_of_the_reference_too():
    reference = Image.new("RGB", (60, 60), COLOURS["green"])
    image = shown("an apple", transparent=True, references=(reference,))
    assert image.getchannel("A").getpixel((5, 5)) == 0
    red, green, _blue, _alpha = ImageStat.Stat(image, mask=image.getchannel("A").point(lambda v: 255 * (v > 0))).mean
    assert green > red + 15


@pytest.mark.parametrize("prompt", ["make the cat blue", "a cat, but keep the rest", "猫を追加して", "猫はそのまま"])
def test_a_change_shows_the_reference_itself(prompt):
    reference = Image.new("RGB", (120, 120), COLOURS["blue"])
    reference.paste(COLOURS["yellow"], (60, 0, 120, 120))
    result = shown(prompt, references=(reference,))
    assert centre_of(result, COLOURS["blue"])[0] < centre_of(result, COLOURS["yellow"])[0]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_references_of_every_mode_are_accepted(mode):
    reference = Image.new(mode, (30, 20))
    assert shown(references=(reference,)).size == (160, 160)


def test_a_reference_lying_on_its_side_is_turned_upright():
    reference = Image.new("RGB", (40, 20), "red")
    reference.getexif()[0x0112] = 6
    assert collage.upright(reference).size == (20, 40)


def test_references_larger_and_slimmer_than_the_picture_are_used():
    references = (Image.new("RGB", (3000, 20), COLOURS["red"]), Image.new("RGB", (20, 3000), COLOURS["blue"]))
    board = shown("a board", references=references)
    for colour in (COLOURS["red"], COLOURS["blue"]):
        centre_of(board, colour)


@pytest.mark.parametrize("style", list(words.TABLE["style"]))
def test_every_style_changes_the_picture(style):
    word = words.TABLE["style"][style].split(", ")[0]
    assert difference(shown("a lake, day", quality="medium"), shown(f"a lake, day, {word}", quality="medium")) > 2


@pytest.mark.parametrize("prompt", ["", " ", "🦊", "\x00", "\ud800", "あ" * 2000, "<script>", "sunset " * 280])
def test_any_prompt_gives_a_picture(prompt):
    assert shown(prompt).size == (160, 160)


@pytest.mark.parametrize("seed", range(12))
def test_any_mixture_of_known_words_gives_a_picture(seed):
    roll = random.Random(seed)
    known = [word for values in words.TABLE.values() for listed in values.values() for word in listed.split(", ")]
    size = {"width": roll.choice((16, 90, 200)), "height": roll.choice((16, 90, 200))}
    references = tuple(
        Image.new("RGB", (roll.randint(1, 300), roll.randint(1, 300)), "teal")
        for _ in range(roll.choice((0, 0, 1, 3, 16)))
    )
    prompt = " ".join(roll.sample(known, roll.choice((1, 2, 4, 8))))
    image = shown(
        prompt,
        index=seed,
        quality=roll.choice(("low", "high")),
        transparent=seed % 3 == 0,
        references=references,
        **size,
    )
    assert image.size == (size["width"], size["height"])


def test_gradients_hold_their_ends_and_pass_between_them():
    first, last = Lch(0.3, 0.1, 280), Lch(0.9, 0.1, 80)
    colours = ramp([(0, first), (1, last)], 9)
    assert (colours[0], colours[-1]) == (first.rgb, last.rgb)
    lights = [from_rgb(colour).light for colour in colours]
    assert lights == sorted(lights)


def test_a_large_picture_is_quick():
    start = time.process_time()
    picture("a mountain lake at dawn", width=2048, height=2048, quality="high")
    assert time.process_time() - start < 8
