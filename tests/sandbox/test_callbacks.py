"""Callbacks: after billing, with the body of the task query, 10 seconds, three retries after 1, 2 and 4 seconds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from playground.sandbox import Sandbox
from playground.sandbox.api.callbacks import Postman
from tests.sandbox.conftest import ALICE, Clock, Reached, Web


class Post:
    """A sandbox that sends its callbacks to the test's own web server, round by round."""

    def __init__(self, reached: Reached, web: Web) -> None:
        self.reached = reached
        self.web = web
        self.postman = Postman(reached.sandbox.world)

    def make(self, prompt: str = "a fox", *, status: int = 200) -> str:
        url = self.web.serves("/hook", status=status)
        return str(self.reached.made(prompt=prompt, callback_url=url)["id"])

    def after(self, seconds: float) -> list[dict[str, Any]]:
        """Moves the clock, and returns the bodies that have arrived since."""
        seen = len(self.web.hits)
        self.reached.clock.advance(seconds)
        self.postman.tick()
        return [json.loads(body) for _, _, _, body in self.web.hits[seen:]]


@pytest.fixture
def post(tmp_path: Path, clock: Clock, web: Web) -> Iterator[Post]:
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock, exempt_origins=[web.origin])
    with httpx.Client(transport=sandbox.transport(), base_url="https://api.evolink.ai") as client:
        client.headers["authorization"] = f"Bearer {ALICE}"
        post = Post(Reached(sandbox, clock, client, client), web)
        yield post
        post.postman.stop()
    sandbox.close()


def test_a_callback_comes_once_with_the_body_of_the_task_query(post: Post) -> None:
    task_id = post.make()
    assert post.after(5.9) == []
    (body,) = post.after(0.1)
    assert len(post.reached.sandbox.billing_log()) == 1
    assert body == post.reached.task(task_id).json()
    method, path, headers, _ = post.web.hits[0]
    assert (method, path, headers["content-type"]) == ("POST", "/hook", "application/json")
    assert "authorization" not in {name.lower() for name in headers}
    for _ in range(5):
        assert post.after(60) == []


@pytest.mark.parametrize(("word", "status"), [("service_error", "failed"), ("cancelled", "cancelled")])
def test_failure_and_cancellation_are_told_too(post: Post, word: str, status: str) -> None:
    post.make(f"sandbox:{word}")
    (body,) = post.after(6)
    assert body["status"] == status


def test_three_retries_after_one_two_and_four_seconds(post: Post) -> None:
    post.make(status=500)
    assert len(post.after(6)) == 1
    for pause in (1, 2, 4):
        assert post.after(pause - 0.1) == []
        assert len(post.after(0.1)) == 1
    for _ in range(5):
        assert post.after(60) == []
    assert len(post.web.hits) == 4


def test_a_retry_that_succeeds_is_the_last(post: Post) -> None:
    post.make(status=503)
    assert len(post.after(6)) == 1
    post.web.serves("/hook", status=204)
    assert len(post.after(1)) == 1
    assert post.after(100) == []


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404])
def test_anything_but_2xx_is_a_failure_and_no_redirect_is_followed(post: Post, status: int) -> None:
    post.web.serves("/elsewhere")
    task_id = post.make(status=status)
    post.web.pages["/hook"] = (status, b"", {"Location": "/elsewhere"})
    assert len(post.after(6)) == 1
    assert [path for _, path, _, _ in post.web.hits] == ["/hook"]
    assert len(post.after(1)) == 1
    assert post.reached.task(task_id).json()["status"] == "completed"


def test_a_receiver_that_is_gone_is_a_failure(post: Post) -> None:
    post.make()
    post.web.server.shutdown()
    post.web.server.server_close()
    for pause in (6, 1, 2, 4):
        post.reached.clock.advance(pause)
        assert post.postman.tick() == 1
    post.reached.clock.advance(100)
    assert post.postman.tick() == 0


def test_an_address_inside_is_refused_when_it_is_called(post: Post) -> None:
    post.make()
    post.reached.clock.advance(6)
    strict = Sandbox(post.reached.sandbox.world.directory, clock=post.reached.clock)
    postman = Postman(strict.world)
    assert postman.tick() == 1
    assert post.web.hits == []
    postman.stop()
    strict.close()


def test_a_duplicate(post: Post) -> None:
    post.make("sandbox:callback_duplicate")
    first, second = post.after(6)
    assert first == second


def test_out_of_order(post: Post) -> None:
    task_id = post.make("sandbox:callback_out_of_order")
    (last,) = post.after(6)
    (stale,) = post.after(1)
    assert (last["status"], stale["status"]) == ("completed", "processing")
    assert last["id"] == stale["id"] == task_id
    assert "results" not in stale


def test_early(post: Post) -> None:
    post.make("sandbox:callback_early")
    (early,) = post.after(0)
    assert early["status"] in ("pending", "processing")
    (last,) = post.after(6)
    assert last["status"] == "completed"


def test_late(post: Post) -> None:
    post.make("sandbox:callback_late=90")
    assert post.after(6 + 89) == []
    assert len(post.after(1)) == 1


def test_missing(post: Post) -> None:
    task_id = post.make("sandbox:callback_missing")
    assert post.after(100) == []
    assert post.reached.task(task_id).json()["status"] == "completed"


def test_two_postmen_do_not_deliver_twice(post: Post) -> None:
    other = Postman(post.reached.sandbox.world)
    for _ in range(10):
        post.make()
    post.reached.clock.advance(6)
    assert post.postman.tick() + other.tick() == 10
    assert len(post.web.hits) == 10
    other.stop()


def test_in_process_a_callback_is_only_validated(post: Post) -> None:
    task_id = post.make()
    post.reached.clock.advance(60)
    assert post.reached.task(task_id).json()["status"] == "completed"
    assert post.web.hits == []


def test_an_exemption_is_exact(post: Post) -> None:
    port = post.web.origin.rpartition(":")[2]
    for url in (f"http://localhost:{port}/hook", f"https://127.0.0.1:{port}/hook", "http://127.0.0.1/hook"):
        assert post.reached.submit(callback_url=url).status_code == 400
