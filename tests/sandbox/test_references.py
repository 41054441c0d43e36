"""Reference images: the sandbox fetches them over HTTP like EvoLink, checks their content, and uses them."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from playground.sandbox import paint
from tests.sandbox.conftest import Reached, Web, picture

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


def failed(evolink: Reached, *links: str, **body: Any) -> dict[str, str]:
    """The error of a task with these references."""
    task_id = evolink.made(image_urls=list(links), **body)["id"]
    evolink.wait_for_inputs(task_id)
    task = evolink.task(task_id).json()
    assert task["status"] == "failed"
    assert evolink.sandbox.billing_log() == []
    return task["error"]


@pytest.fixture
def fetching(reach: Callable[..., Reached], web: Web) -> Reached:
    """A sandbox that may fetch files from the test's own web server."""
    return reach(exempt_origins=[web.origin])


@pytest.fixture
def painting(reach: Callable[..., Reached], web: Web) -> Reached:
    """The same, with the real painter."""
    return reach(exempt_origins=[web.origin], paint=paint)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_references_are_fetched_once_each_whatever_their_name(fetching: Reached, web: Web, format: str) -> None:
    links = [web.serves(f"/{index}.bin?x={index}", picture(format=format)) for index in range(16)]
    task_id = fetching.made(image_urls=links)["id"]
    fetching.wait_for_inputs(task_id)
    assert sorted(path for _, path, _, _ in web.hits) == sorted(link.removeprefix(web.origin) for link in links)
    for method, _, headers, _ in web.hits:
        assert method == "GET"
        assert "Authorization" not in headers
    assert fetching.task(task_id).json()["status"] == "pending"
    fetching.clock.advance(6)
    assert fetching.task(task_id).json()["status"] == "completed"


def test_references_are_fetched_though_nobody_polls(fetching: Reached, web: Web) -> None:
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        fetching.submit(prompt="sandbox:answer_lost", image_urls=[web.origin + "/fox.png"])
    (task,) = fetching.sandbox.task_log()
    fetching.wait_for_inputs(task.id)
    assert [path for _, path, _, _ in web.hits] == ["/fox.png"]


def test_each_reference_is_billed_with_each_picture(fetching: Reached, web: Web) -> None:
    links = [web.origin + "/fox.png"] * 3
    task_id = fetching.made(image_urls=links, n=2, prompt="sandbox:token_counts")["id"]
    fetching.wait_for_inputs(task_id)
    fetching.clock.advance(60)
    usage = fetching.task(task_id).json()["usage"]
    assert usage["input_tokens_details"]["image_tokens"] == 2 * 3 * 1536
    output, references, prompt = Decimal("1.3318"), Decimal("5.6402"), Decimal("0.0031")
    assert Decimal(str(usage["credits_used"])) == output + references + prompt


def test_the_picture_is_made_of_the_references(painting: Reached, web: Web) -> None:
    pictures = []
    for colours in ((RED, GREEN), (GREEN, RED)):
        links = [web.serves(f"/{max(c)}-{c.index(max(c))}.png", picture((300, 300), colour=c)) for c in colours]
        task_id = painting.made(image_urls=links)["id"]
        painting.wait_for_inputs(task_id)
        with painting.sandbox.world.store.writing() as connection:
            connection.execute("update tasks set seed = 7 where id = ?", (task_id,))
        painting.clock.advance(60)
        pictures.append(painting.anonymous.get(painting.task(task_id).json()["results"][0]).content)
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("path", "served", "code"),
    [
        ("/missing.png", None, "resource_not_found"),
        ("/broken.png", (500, picture(), {}), "resource_not_found"),
        ("/moved.png", (302, b"", {"Location": "/fox.png"}), "resource_not_found"),
        ("/animated.gif", (200, picture(format="GIF"), {}), "image_processing_error"),
        ("/named.png", (200, picture(format="BMP"), {}), "image_processing_error"),
        ("/page.png", (200, b"<html>", {"Content-Type": "image/png"}), "image_processing_error"),
        ("/half.png", (200, picture((300, 300))[:200], {}), "image_processing_error"),
        ("/empty.png", (200, b"", {}), "image_processing_error"),
        ("/large.png", (200, picture() + b"\0" * 50 * 1024 * 1024, {}), "image_processing_error"),
    ],
)
def test_an_unusable_reference_fails_the_task(
    fetching: Reached, web: Web, path: str, served: tuple[int, bytes, dict[str, str]] | None, code: str
) -> None:
    if served is not None:
        web.pages[path] = served
    assert failed(fetching, web.origin + "/fox.png", web.origin + path)["code"] == code
    assert fetching.credits()["user"] == {"remaining_credits": 100_000, "used_credits": 0}


def test_the_largest_reference_is_fifty_megabytes(fetching: Reached, web: Web) -> None:
    content = picture()
    link = web.serves("/large.png", content + b"\0" * (50 * 1024 * 1024 - len(content)))
    task_id = fetching.made(image_urls=[link])["id"]
    fetching.wait_for_inputs(task_id)
    fetching.clock.advance(6)
    assert fetching.task(task_id).json()["status"] == "completed"


def test_a_reference_may_not_be_wider_than_the_model_takes(fetching: Reached, web: Web) -> None:
    link = web.serves("/wide.png", picture((23_171, 1)))
    assert failed(fetching, link, model="gpt-image-2")["code"] == "image_dimension_mismatch"
    link = web.serves("/vast.png", picture((13_400, 13_400), mode="1", colour=0))
    assert failed(fetching, link, model="gpt-image-2")["code"] == "image_dimension_mismatch"


def test_the_guard_refuses_addresses_inside(evolink: Reached, web: Web) -> None:
    error = failed(evolink, web.origin + "/fox.png")
    assert error["code"] == "resource_not_found"
    assert web.hits == []


def test_an_exemption_is_exact(reach: Callable[..., Reached], web: Web) -> None:
    evolink = reach(exempt_origins=["http://127.0.0.1:1"])
    assert failed(evolink, web.origin + "/fox.png")["code"] == "resource_not_found"
    assert failed(evolink, web.origin.replace("127.0.0.1", "localhost") + "/fox.png")["code"] == "resource_not_found"
    assert web.hits == []


def test_uploads_and_results_serve_as_references(evolink: Reached) -> None:
    files = {"file": ("fox.png", picture())}
    upload = evolink.client.post("/api/v1/files/upload/stream", files=files).json()["data"]
    result = evolink.finished()["results"][0]
    task_id = evolink.made(image_urls=[upload["file_url"], upload["download_url"], result])["id"]
    evolink.wait_for_inputs(task_id)
    evolink.clock.advance(60)
    assert evolink.task(task_id).json()["status"] == "completed"
    gone = result.rpartition("/")[0] + "/" + "0" * 32 + "_0.png"
    assert failed_again(evolink, gone) == "resource_not_found"


def failed_again(evolink: Reached, link: str) -> str:
    task_id = evolink.made(image_urls=[link])["id"]
    evolink.wait_for_inputs(task_id)
    return evolink.task(task_id).json()["error"]["code"]


def mask(size: tuple[int, int]) -> bytes:
    """A mask that is transparent in its left half, which is the part to paint again."""
    image = Image.new("RGBA", size, (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def test_a_mask_keeps_what_it_covers(painting: Reached, web: Web) -> None:
    reference = web.serves("/blue.png", picture((512, 512), colour=BLUE))
    mask_url = web.serves("/mask.png", mask((512, 512)))
    task_id = painting.made(model="gpt-image-2", size="1:1", image_urls=[reference], mask_url=mask_url)["id"]
    painting.wait_for_inputs(task_id)
    painting.clock.advance(60)
    content = painting.anonymous.get(painting.task(task_id).json()["results"][0]).content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (1024, 1024)
        assert image.convert("RGB").crop((600, 0, 1024, 1024)).getcolors() == [(424 * 1024, BLUE)]
        assert image.convert("RGB").crop((0, 0, 400, 1024)).getcolors(1) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (picture((512, 512)), "Invalid mask image format - mask image missing alpha channel"),
        (mask((256, 256)), "Invalid mask image format - mask size does not match image size"),
    ],
)
def test_a_mask_that_does_not_fit_fails_the_task(fetching: Reached, web: Web, content: bytes, message: str) -> None:
    reference = web.serves("/blue.png", picture((512, 512)))
    error = failed(fetching, reference, model="gpt-image-2", mask_url=web.serves("/mask.png", content))
    assert (error["code"], error["message"]) == ("invalid_parameters", message)


def test_a_mask_without_references_is_ignored(fetching: Reached, web: Web) -> None:
    body = fetching.finished(model="gpt-image-2", mask_url=web.origin + "/mask.png")
    assert body["status"] == "completed"
    assert web.hits == []
