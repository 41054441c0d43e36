"""Odd answers, read by the client: none of them may cost a picture that was paid for."""

import asyncio
import hashlib
import io
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.evolink import Client, Credits, GenerationRequest, Reason, Task, errors
from playground.sandbox import SCENARIOS, Sandbox, Scenario, paint_plain
from playground.sandbox.oddities import HUGE
from playground.sandbox.server import SandboxServer
from tests.sandbox.conftest import ALICE, Clock, Reached

Scene = Callable[[Client, Sandbox, Clock], Coroutine[Any, Any, None]]


@pytest.fixture(params=["in-process", "http"])
def play(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Callable[[Scene], None]]:
    """Runs a scene with our own client, in-process or over HTTP."""
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock, paint=paint_plain)
    server = SandboxServer(sandbox, "127.0.0.1", 0) if request.param == "http" else None
    if server is not None:
        thread = threading.Thread(target=server.serve_forever, args=[0.005])
        thread.start()

    def run(scene: Scene) -> None:
        async def main() -> None:
            if server is None:
                client = Client(ALICE, transport=sandbox.transport())
            else:
                client = Client(ALICE, base_url=server.base, files_url=server.base, exempt_origins=[server.base])
            async with client:
                await scene(client, sandbox, clock)

        asyncio.run(main())

    yield run
    if server is not None:
        server.shutdown()
        thread.join()
        server.server_close()
    sandbox.close()


def asking(words: str, n: int = 1) -> GenerationRequest:
    return GenerationRequest(model="gpt-image-1", prompt=f"a fox {words}", quality="low", n=n)


async def drawn(client: Client, clock: Clock, words: str, n: int = 1) -> Task:
    """The finished task of a request."""
    task = await client.generate(asking(words, n))
    clock.advance(60)
    return await client.task(task.id)


async def saved(client: Client, link: str) -> str:
    """The SHA-256 of what the link gives."""
    into = io.BytesIO()
    result = await client.download(link, into, max_bytes=10_000_000)
    assert hashlib.sha256(into.getvalue()).hexdigest() == result.sha256
    assert into.getvalue().startswith(b"\x89PNG")
    return result.sha256


# Answers about a finished task that are odd and still bring their two pictures.
HARMLESS = [
    "no_usage", "results_objects", "results_one_bad", "result_data_list", "amounts_text", "counts_fractional",
    "usage_odd", "created_ms", "created_iso", "progress_text", "side_fields_odd", "field_huge", "status_succeeded",
    "status_done", "answer_odd_characters", "answer_gzip", "answer_deflate", "answer_br", "answer_aws_chunked",
    "answer_encoding_empty", "answer_encoding_odd", "progress_odd", "status_odd", "token_counts",
]  # fmt: skip


@pytest.mark.parametrize("word", HARMLESS)
def test_an_odd_answer_costs_no_picture(play: Callable[[Scene], None], word: str) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, f"sandbox:{word} sandbox:token_counts", n=2)
        assert (task.status, len(task.results)) == ("completed", 2)
        assert task.raw["id"] == task.id
        hashes = [await saved(client, link) for link in task.results]
        assert hashes == [entry.sha256 for entry in sandbox.serving_log()]

    play(scene)


def test_a_huge_field_is_sent_and_not_kept(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, "sandbox:field_huge")
        assert "debug" in task.raw["…"]
        assert len(repr(task.raw)) < HUGE / 10

    play(scene)


def test_a_single_object_beside_the_results_is_one_picture(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, "sandbox:result_data_object", n=2)
        assert [await saved(client, link) for link in task.results] == [sandbox.serving_log()[0].sha256]

    play(scene)


def test_links_may_come_late(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, "sandbox:results_late=100")
        assert (task.status, task.results) == ("completed", ())
        clock.advance(100)
        assert len((await client.task(task.id)).results) == 1

    play(scene)


def test_an_answer_about_another_task_is_an_error(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await client.generate(asking("sandbox:another_task"))
        with pytest.raises(errors.APIResponseValidationError, match="another task"):
            await client.task(task.id)
        clock.advance(60)
        assert (await client.task(task.id)).status == "completed"

    play(scene)


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("failed_without_reason", "failed", Reason.NOT_SAID),
        ("status_failure", "failed", Reason.FAULT),
        ("status_canceled", "cancelled", Reason.CANCELLED),
        ("cancelled", "cancelled", Reason.CANCELLED),
        ("content_policy_violation", "failed", Reason.CONTENT),
        ("quota_exceeded", "failed", Reason.QUOTA),
    ],
)
def test_failures_say_why_or_that_they_do_not(
    play: Callable[[Scene], None], word: str, status: str, reason: Reason
) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, f"sandbox:{word}")
        assert (task.status, task.reason, task.results) == (status, reason, ())

    play(scene)


def test_every_odd_answer_is_tried_here() -> None:
    tried = {
        *HARMLESS, "result_data_object", "results_late", "another_task", "failed_without_reason", "status_failure",
        "status_canceled", "results_null", "results_eleven", "results_script",
    }  # fmt: skip
    assert {row.name for row in SCENARIOS.values() if row.changes is not None} <= tried


# --- pictures ------------------------------------------------------------------------------------------------


def pictures() -> list[Scenario]:
    return [row for row in SCENARIOS.values() if row.place == "picture" and row.encoding is not None]


@pytest.mark.parametrize("scenario", pictures(), ids=lambda row: row.name)
def test_a_picture_comes_home_in_any_encoding(play: Callable[[Scene], None], scenario: Scenario) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, f"sandbox:{scenario.name}")
        assert await saved(client, task.results[0]) == sandbox.serving_log()[0].sha256

    play(scene)


def test_encodings_are_named_on_the_wire(alone: Reached) -> None:
    body = alone.finished(prompt="sandbox:picture_gzip sandbox:answer_br")
    with alone.anonymous.stream("GET", body["results"][0]) as response:
        assert response.headers["content-encoding"] == "gzip"
        assert next(response.iter_raw()).startswith(b"\x1f\x8b")
    with alone.client.stream("GET", f"/v1/tasks/{body['id']}") as response:
        assert response.headers["content-encoding"] == "br"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_links_may_redirect_three_times(tmp_path: Path, clock: Clock, times: int) -> None:
    async def main() -> None:
        sandbox = Sandbox(tmp_path, clock=clock, paint=paint_plain)
        async with Client(ALICE, transport=sandbox.transport()) as client:
            task = await drawn(client, clock, f"sandbox:picture_redirect={times}")
            assert await saved(client, task.results[0]) == sandbox.serving_log()[0].sha256
        sandbox.close()

    asyncio.run(main())


@pytest.mark.parametrize("word", ["picture_redirect=4", "picture_redirect_http"])
def test_other_redirects_are_not_followed(tmp_path: Path, clock: Clock, word: str) -> None:
    async def main() -> None:
        sandbox = Sandbox(tmp_path, clock=clock, paint=paint_plain)
        async with Client(ALICE, transport=sandbox.transport()) as client:
            task = await drawn(client, clock, f"sandbox:{word}")
            with pytest.raises(errors.DownloadError, match="redirects"):
                await saved(client, task.results[0])
        assert sandbox.serving_log() == []
        sandbox.close()

    asyncio.run(main())


def test_a_redirect_into_an_internal_network_is_stopped_by_the_guard(tmp_path: Path, clock: Clock) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock, paint=paint_plain)
    server = SandboxServer(sandbox, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=[0.005])
    thread.start()

    async def main() -> None:
        async with Client(ALICE, base_url=server.base, exempt_origins=[server.base]) as client:
            task = await drawn(client, clock, "sandbox:picture_redirect_inside")
            with pytest.raises(errors.BlockedAddressError):
                await saved(client, task.results[0])

    asyncio.run(main())
    server.shutdown()
    thread.join()
    server.server_close()
    sandbox.close()


def test_a_dead_link_may_be_renewed_by_reading_the_task_again(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        task = await drawn(client, clock, "sandbox:link_renewed=100")
        with pytest.raises(errors.LinkDeadError) as caught:
            await saved(client, task.results[0])
        assert caught.value.status == 403
        clock.advance(100)
        with pytest.raises(errors.LinkDeadError):
            await saved(client, task.results[0])
        again = await client.task(task.id)
        assert again.results != task.results
        await saved(client, again.results[0])

    play(scene)


# --- the submit ----------------------------------------------------------------------------------------------


def test_a_repeated_key_gives_the_first_task_and_says_so(play: Callable[[Scene], None]) -> None:
    async def scene(client: Client, sandbox: Sandbox, clock: Clock) -> None:
        first = await client.generate(asking(""), idempotency_key="attempt-0123456789")
        again = await client.generate(asking(""), idempotency_key="attempt-0123456789")
        assert (first.replayed, again.replayed, again.id) == (False, True, first.id)
        with pytest.raises(errors.ConflictError):
            await client.generate(asking("other"), idempotency_key="attempt-0123456789")
        assert len(sandbox.task_log()) == 1

    play(scene)


@pytest.mark.parametrize(
    ("key", "spendable"),
    [("credits_text", 100_000), ("daily_limit", 100_000), ("vip", 100_000), ("empty_account", 0)],
)
def test_the_balance_in_other_shapes(alone: Reached, key: str, spendable: int) -> None:
    headers = {"authorization": f"Bearer sk-sandbox-{key}"}
    credits = Credits.from_json(alone.client.get("/v1/credits", headers=headers).json())
    assert credits.spendable == spendable
    assert credits.daily_limit == (50 if key == "daily_limit" else None)
