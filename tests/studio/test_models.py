"""The form follows the model, and says if the model is retired."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from playground.evolink import MODELS, GenerationRequest
from playground.evolink.successors import current, put_to
from playground.evolink.validation import problems
from playground.models import Generation, Status
from tests.factories import make_generation
from tests.html import Html

FORM = {"request_id": "one", "prompt": "A lighthouse", "n": "1"}
HTMX = {"headers": {"HX-Request": "true"}}


def settings_of(client: Client, **values: str) -> Html:
    return Html(client.get("/studio/settings/", values))


@pytest.mark.django_db
def test_a_new_model_shows_its_own_settings(as_alice: Client) -> None:
    page = settings_of(as_alice, model="gpt-image-2")
    for name in ("size", "quality", "resolution", "background", "output_format", "width", "height", "n"):
        assert f"[name={name}]" in page
    old = settings_of(as_alice, model="gpt-image-1")
    for name in ("resolution", "background", "output_format", "width", "height"):
        assert f"[name={name}]" not in old


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_every_size_has_a_drawn_shape(as_alice: Client, model: str) -> None:
    sizes = settings_of(as_alice, model=model).all(".tile:has([name=size])")
    assert len(sizes) >= 5
    assert all(".tile-shape" in tile for tile in sizes)


@pytest.mark.django_db
def test_a_size_of_ones_own_goes_to_evolink(as_alice: Client) -> None:
    form = FORM | {"model": "gpt-image-2", "size": "own", "width": "1280", "height": "720", "quality": "low"}
    assert as_alice.post("/generations/", form).status_code == 302
    row = Generation.objects.get()
    assert (row.size, row.width, row.height) == ("1280x720", 1280, 720)
    page = Html(as_alice.get(f"/?from={row.code}"))
    assert "[name=size][value=own][checked]" in page
    width = page.one("[name=width]")
    assert [width[name] for name in ("min", "max", "step", "value")] == ["16", "3840", "16", "1280"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("width", "height", "sentence"),
    [
        ("1281", "720", "Width and height must be multiples of 16."),
        ("3856", "1600", "Width and height must be between 16 and 3,840."),
        ("640", "640", "Width times height must be between"),
        ("3840", "1024", "The long side may be at most 3 times the short side."),
        ("", "720", "Choose one of the others."),
    ],
)
def test_the_four_rules_of_an_own_size_are_said(width: str, height: str, sentence: str, as_alice: Client) -> None:
    form = FORM | {"model": "gpt-image-2", "size": "own", "width": width, "height": height}
    answer = as_alice.post("/generations/", form, **HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.django_db
def test_what_the_model_does_not_take_is_not_sent(as_alice: Client) -> None:
    form = FORM | {"model": "gpt-image-2", "size": "16:9", "resolution": "2K", "background": "transparent"}
    as_alice.post("/generations/", form | {"output_format": "webp", "quality": "low"})
    sent = Generation.objects.get().as_request().to_json()
    assert sent == {
        "model": "gpt-image-2",
        "prompt": "A lighthouse",
        "size": "16:9",
        "quality": "low",
        "n": 1,
        "resolution": "2K",
        "background": "transparent",
        "output_format": "webp",
    }


@pytest.mark.django_db
def test_transparent_needs_a_format_that_can(as_alice: Client) -> None:
    form = FORM | {"model": "gpt-image-2", "background": "transparent", "output_format": "jpeg"}
    assert "needs PNG or WebP" in as_alice.post("/generations/", form, **HTMX).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
def test_every_file_format_comes_home(
    output_format: str, alice: User, as_alice: Client, run_worker: Callable[[], None]
) -> None:
    form = FORM | {"model": "gpt-image-2", "size": "1:1", "quality": "low", "output_format": output_format}
    as_alice.post("/generations/", form)
    run_worker()
    row = Generation.objects.get()
    assert row.status == Status.COMPLETED
    assert row.images.get().content_type == f"image/{output_format}"


@pytest.mark.django_db
def test_a_model_past_its_last_day_is_marked_with_what_to_use(as_alice: Client) -> None:
    with time_machine.travel(datetime(2026, 10, 22, 12, tzinfo=UTC)):
        page = settings_of(as_alice, model="gpt-image-1")
        assert "OpenAI will shut GPT Image 1 down on Oct. 23, 2026" in page.text
    with time_machine.travel(datetime(2026, 10, 23, 12, tzinfo=UTC)):
        page = settings_of(as_alice, model="gpt-image-1")
        assert "OpenAI shut GPT Image 1 down on Oct. 23, 2026" in page.text
        assert page.one("[data-use-model=gpt-image-2]").text == "Use GPT Image 2"
        retired = Html(as_alice.get("/")).one("#chip-model .more-sizes")
        assert retired.one("summary").text == "Retired models"
        assert retired.one("[name=model]")["value"] == "gpt-image-1"


@pytest.mark.django_db
def test_a_refused_model_is_offered_on_its_replacement(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice, size="1024x1536", quality="high", n=3)
    Generation.objects.filter(pk=row.pk).update(
        status=Status.FAILED, failure="model_refused", charged="no", finished_at=row.created_at, due_at=None
    )
    page = as_alice.get("/").content.decode()
    offered = re.search(r"Run it on GPT Image 2 instead \(([\d.]+) credits\)", page)
    assert offered
    as_alice.post(f"/generations/{row.code}/successor/", {"request_id": "again"})
    again = Generation.objects.exclude(pk=row.pk).get()
    assert (again.model, again.size, again.quality, again.n) == ("gpt-image-2", "1024x1536", "high", 3)
    assert f"{again.estimate_high:.2f}" == offered[1]


def test_a_request_is_put_to_any_other_model() -> None:
    request = GenerationRequest(
        model="gpt-image-2",
        prompt="A lighthouse",
        size="1280x720",
        quality="high",
        n=4,
        resolution="2K",
        background="transparent",
        output_format="webp",
    )
    for model in MODELS.values():
        assert problems(model, put_to(model, request)) == ()


def test_the_current_model_follows_replacements_to_one_that_lives() -> None:
    later, earlier = date(2026, 12, 2), date(2026, 1, 1)
    assert current(MODELS["gpt-image-1"], later).id == "gpt-image-2"
    assert current(MODELS["gpt-image-2"], later).id == "gpt-image-2"
    assert current(MODELS["gpt-image-1"], earlier).id == "gpt-image-1"
