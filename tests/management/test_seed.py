"""`manage.py seed`: pictures for demos, each unlike its neighbours."""

import io
import itertools
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from PIL import Image, ImageChops, ImageStat
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.evolink import MODELS
from playground.models import GeneratedImage, Generation, LedgerEntry
from playground.sandbox.showpieces import SUBJECTS, WORTH_A_POOL, Sheet, painted, showpieces

NEIGHBOURS = 30
SHOWN = {"1:1": (96, 96), "3:2": (120, 80), "2:3": (80, 120), "16:9": (128, 72), "4:5": (86, 108)}


@pytest.mark.django_db
def test_every_picture_is_another_one_of_the_model_in_use(alice: User, settings: Settings) -> None:
    settings.DEFAULT_MODEL = "gpt-image-2.5-flare"
    call_command("seed", count=6, owner="alice", verbosity=0)
    images = GeneratedImage.objects.select_related("generation").order_by("generation__created_at")
    assert len({image.sha256 for image in images}) == len({image.generation.prompt for image in images}) == 6
    assert {image.generation.model for image in images} == {settings.DEFAULT_MODEL}
    assert LedgerEntry.objects.live().count() == 0
    for image in images:
        with image.file.open("rb") as file, Image.open(file) as opened:
            assert (opened.format, opened.size) == ("JPEG", (image.width, image.height))


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.5-sunburst"])
def test_the_pictures_have_shapes_and_qualities_that_the_model_takes(
    alice: User, settings: Settings, model: str
) -> None:
    settings.DEFAULT_MODEL = model
    call_command("seed", count=3, owner="alice", verbosity=0)
    for row in Generation.objects.all():
        assert row.model == model
        assert MODELS[model].pixels(row.size, row.resolution or None) == (row.width, row.height)
        assert row.quality in (MODELS[model].qualities or ("",))


@pytest.mark.django_db
def test_a_model_that_is_shut_down_gives_way_to_the_one_recommended_instead(alice: User, settings: Settings) -> None:
    settings.DEFAULT_MODEL = "gpt-image-1"
    ends = MODELS["gpt-image-1"].shutdown_on
    assert ends is not None
    for day, model in ((ends - timedelta(days=2), "gpt-image-1"), (ends, MODELS["gpt-image-1"].replacement)):
        with time_machine.travel(datetime.combine(day, time(12), UTC), tick=False):
            call_command("seed", count=1, owner="alice", verbosity=0)
        newest = Generation.objects.latest("pk")
        assert newest.model == model


@pytest.mark.django_db
def test_more_pictures_than_different_ones_repeat_them_in_order(alice: User) -> None:
    call_command("seed", count=5, distinct=2, owner="alice", verbosity=0)
    prompts = list(Generation.objects.order_by("-created_at").values_list("prompt", flat=True))
    assert len(set(prompts[:2])) == 2
    assert prompts == [*prompts[:2], *prompts[:2], prompts[0]]


@pytest.mark.django_db
def test_pictures_need_an_owner() -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        call_command("seed", owner="nobody")


def test_two_hundred_prompts_are_all_different_and_in_turn() -> None:
    pieces = showpieces(200)
    assert len({piece.prompt for piece in pieces}) == 200
    assert len({piece.shape for piece in pieces}) == len(SHOWN)
    for start in range(len(pieces) - NEIGHBOURS):
        subjects = Counter(subject_of(piece.prompt) for piece in pieces[start : start + NEIGHBOURS])
        assert max(subjects.values()) == 1


def subject_of(prompt: str) -> str:
    return max((subject for subject in SUBJECTS if prompt.startswith(subject)), key=len)


# The subjects begin anew after sixty pictures.
@pytest.mark.parametrize(("first", "end"), [(42, 82), pytest.param(0, 200, marks=pytest.mark.soak)])
def test_no_picture_is_like_its_neighbours(first: int, end: int) -> None:
    assert first < len(SUBJECTS) < end
    count = end - first
    assert count >= WORTH_A_POOL  # painted by several processes
    sheets = [Sheet(piece, SHOWN[piece.shape], "low") for piece in showpieces(end)[first:]]
    small = []
    for content in painted(sheets, mark=False):
        with Image.open(io.BytesIO(content)) as image:
            small.append(image.convert("RGB").resize((16, 16), Image.Resampling.BOX))
    assert len(small) == count
    for one, other in itertools.combinations(range(count), 2):
        if other - one < NEIGHBOURS:
            difference = sum(ImageStat.Stat(ImageChops.difference(small[one], small[other])).mean) / 3
            assert difference > 13, (sheets[one].piece.prompt, sheets[other].piece.prompt)
