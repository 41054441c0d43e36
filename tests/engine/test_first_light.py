"""From a prompt to a saved picture, without a browser."""

from collections.abc import Callable
from contextlib import closing

import pytest
from django.test import Client

from playground.models import GeneratedImage, Generation, LedgerEntry, Status
from playground.sandbox import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(client: Client, **values: object) -> None:
    form = {"request_id": "first", "prompt": "A lighthouse", "model": "gpt-image-1", "size": "1024x1024", "n": 1}
    response = client.post("/generations/", form | {"quality": "low"} | values)
    assert response.status_code == 302, response.content.decode()


def test_a_prompt_becomes_saved_pictures(as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox) -> None:
    hand_in(as_alice, n=2)
    generation = Generation.objects.get()
    assert generation.status == Status.QUEUED
    assert sandbox.task_log() == []

    run_worker()

    generation.refresh_from_db()
    assert generation.status == Status.COMPLETED
    images = list(generation.images.all())
    assert [image.state for image in images] == ["saved", "saved"]
    for image in images:
        content = as_alice.get(f"/generations/{generation.code}/images/{image.index}/")
        assert b"".join(content.streaming_content)[:8] == b"\x89PNG\r\n\x1a\n"
        assert content["Content-Type"] == "image/png"
        assert (image.width, image.height) == (1024, 1024)
    assert len(sandbox.task_log()) == 1
    assert len({image.sha256 for image in images}) == 2


def test_the_bill_is_what_the_sandbox_billed(
    as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    hand_in(as_alice)
    run_worker()
    charged = LedgerEntry.objects.get(kind="charge").credits
    assert charged == sum(entry.credits for entry in sandbox.billing_log())
    assert charged <= LedgerEntry.objects.get(kind="hold").credits
    assert LedgerEntry.objects.held() == 0


def test_pictures_are_their_owners(as_alice: Client, as_charlie: Client, run_worker: Callable[[], None]) -> None:
    hand_in(as_alice)
    run_worker()
    image = GeneratedImage.objects.select_related("generation").get()
    for suffix in ("", "small/"):
        address = f"/generations/{image.generation.code}/images/0/{suffix}"
        with closing(as_alice.get(address)) as mine:
            assert mine.status_code == 200
        assert as_charlie.get(address).status_code == 404
        assert Client().get(address).status_code == 302
