"""The hostile upstream itself: what it says may be wrong, what it writes down is not."""

from pathlib import Path

import httpx
import pytest

from tests.hostile.upstream import Upstream


def test_killed_it_goes_on_and_its_log_has_every_order(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path)

    def order(number: int, words: str) -> httpx.Response:
        body = {"model": "gpt-image-2", "size": "1024x640", "prompt": f"A lighthouse {number} {words}"}
        headers = {"Authorization": "Bearer sk-of-nobody", "Idempotency-Key": f"number-{number}-of-this-test"}
        url = f"{upstream.base}/v1/images/generations"
        return httpx.post(url, json=body, headers=headers, trust_env=False)

    try:
        for number, damage in enumerate(("lost", "cut")):
            with pytest.raises(httpx.TransportError):
                order(number, f"hostile:answers={damage}")
        assert order(2, "hostile:answers=policy").status_code == 400
        upstream.kill()
        upstream.start()
        assert order(3, "").is_success
        upstream.tell()
        truth = upstream.truth()
    finally:
        upstream.close()
    assert [posts[0]["outcome"] for posts in truth.posts.values()] == ["accepted", "accepted", "refused", "accepted"]
    assert [(task.status, task.links) for task in truth.tasks.values()] == [("completed", 1)] * 3
    assert all(task.charged for task in truth.tasks.values())
