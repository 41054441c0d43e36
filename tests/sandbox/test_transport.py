"""The sandbox with an asynchronous client: it must never block the event loop."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from playground.evolink import (
    APIConnectionError,
    APITimeoutError,
    Client,
    GenerationRequest,
    InternalServerError,
    Money,
    RateLimitError,
)
from playground.sandbox import Sandbox
from tests.sandbox.conftest import ALICE, Clock
from tests.waits import seconds

REQUEST = GenerationRequest(model="gpt-image-1", prompt="a red fox", quality="low")


def asking(prompt: str) -> GenerationRequest:
    return GenerationRequest(model="gpt-image-1", prompt=prompt, quality="low")


def test_painting_and_waiting_leave_the_loop_free(tmp_path: Path, clock: Clock) -> None:
    async def scene() -> int:
        sandbox = Sandbox(tmp_path, clock=clock)
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0.005)

        async with Client(ALICE, transport=sandbox.transport()) as client:
            counting = asyncio.create_task(count())
            task = await client.generate(asking("a fox sandbox:slow=0.3 sandbox:drip=0.3"))
            clock.advance(6)
            (link,) = (await client.task(task.id)).results
            with (tmp_path / "fox.png").open("wb") as file:
                download = await client.download(link, file, max_bytes=10**8)
            counting.cancel()
        assert sandbox.serving_log()[0].sha256 == download.sha256
        await asyncio.to_thread(sandbox.close)
        return turns

    assert asyncio.run(scene()) > 10


@pytest.mark.parametrize(
    ("word", "error", "money"),
    [
        ("answer_lost", APIConnectionError, Money.UNKNOWN),
        ("dropped", APIConnectionError, Money.UNKNOWN),
        ("slow=60", APITimeoutError, Money.UNKNOWN),
        ("submit_internal_error", InternalServerError, Money.UNKNOWN),
        ("submit_rate_limit_exceeded", RateLimitError, Money.NOT_MOVED),
    ],
)
def test_the_client_names_what_happened(
    tmp_path: Path, clock: Clock, word: str, error: type[Exception], money: Money
) -> None:
    async def scene() -> None:
        sandbox = Sandbox(tmp_path, clock=clock)
        deadline = 0.5 if error is APITimeoutError else seconds(30)
        async with Client(ALICE, transport=sandbox.transport(), deadline=deadline) as client:
            with pytest.raises(error) as raised:
                await client.generate(asking(f"a fox sandbox:{word}"))
            assert raised.value.money is money  # type: ignore[attr-defined]
        await asyncio.to_thread(sandbox.close)

    started = time.monotonic()
    asyncio.run(scene())
    assert time.monotonic() - started < seconds(30)


def test_many_tasks_at_once(tmp_path: Path, clock: Clock) -> None:
    async def scene() -> None:
        sandbox = Sandbox(tmp_path, clock=clock)
        async with Client(ALICE, transport=sandbox.transport()) as client:
            tasks = await asyncio.gather(*(client.generate(REQUEST) for _ in range(50)))
            clock.advance(6)
            done = await asyncio.gather(*(client.task(task.id) for task in tasks))
            assert {task.status for task in done} == {"completed"}
            spent = sum(task.settlement.credits or 0 for task in done)
            assert (await client.credits()).user_used == spent == sum(e.credits for e in sandbox.billing_log())
        await asyncio.to_thread(sandbox.close)

    asyncio.run(scene())


def test_a_sync_client_reaches_it_too(tmp_path: Path, clock: Clock) -> None:
    sandbox = Sandbox(tmp_path, clock=clock)
    with httpx.Client(transport=sandbox.transport(), base_url="https://api.evolink.ai") as client:
        assert client.get("/v1/credits", headers={"authorization": f"Bearer {ALICE}"}).status_code == 200
    sandbox.close()
