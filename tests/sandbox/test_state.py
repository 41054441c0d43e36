"""What the sandbox stores on disk, with any number of threads and processes."""

import hashlib
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.evolink import MODELS, GenerationRequest
from playground.evolink.invisible import is_empty
from playground.evolink.pricing import estimate
from playground.sandbox import Sandbox, paint_plain
from tests.sandbox.conftest import ALICE, NOWHERE, Clock, Reached
from tests.waits import seconds

URL = "https://api.evolink.ai/v1/images/generations"
HEADERS = {"authorization": f"Bearer {ALICE}"}
ORDER = {"model": "gpt-image-1", "prompt": "a red fox", "quality": "low"}


def test_a_restart_keeps_everything(tmp_path: Path, clock: Clock) -> None:
    sandbox = Sandbox(tmp_path, clock=clock)
    with httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client:
        task_id = client.post(URL, json=ORDER, headers={"idempotency-key": "attempt-0123456789"}).json()["id"]
    sandbox.close()
    clock.advance(6)
    sandbox = Sandbox(tmp_path, clock=clock, paint=paint_plain)
    with httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client:
        body = client.get(f"https://api.evolink.ai/v1/tasks/{task_id}").json()
        content = client.get(body["results"][0]).content
        again = client.post(URL, json=ORDER, headers={"idempotency-key": "attempt-0123456789"})
        assert again.json()["id"] == task_id
    sandbox.close()
    sandbox = Sandbox(tmp_path, clock=clock)
    with httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client:
        assert client.get(body["results"][0]).content == content
    (serving, second) = sandbox.serving_log()
    assert serving.sha256 == second.sha256 == hashlib.sha256(content).hexdigest()
    assert (serving.task_id, serving.index, serving.length) == (task_id, 0, len(content))
    assert [entry.task_id for entry in sandbox.billing_log()] == [task_id]
    sandbox.close()


def _submit_many(directory: Path, count: int, results: Any) -> None:
    sandbox = Sandbox(directory, seconds_per_image=0)
    with httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client:
        results.put([client.post(URL, json=ORDER).json()["id"] for _ in range(count)])
    sandbox.close()


def test_processes_that_start_at_once_share_one_directory(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_submit_many, args=(tmp_path, 25, results)) for _ in range(3)]
    for process in processes:
        process.start()
    ids = {task_id for _ in processes for task_id in results.get(timeout=seconds(60))}
    for process in processes:
        process.join()
        assert process.exitcode == 0
    sandbox = Sandbox(tmp_path)
    assert {task.id for task in sandbox.task_log()} == ids
    assert len(ids) == 75
    assert {entry.task_id for entry in sandbox.billing_log()} == ids
    with httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client:
        used = client.get("https://api.evolink.ai/v1/credits").json()["data"]["user"]["used_credits"]
    assert Decimal(str(used)) == sum(entry.credits for entry in sandbox.billing_log())
    sandbox.close()


def test_a_task_read_by_many_at_once_is_charged_once_and_painted_once(alone: Reached) -> None:
    task_id = alone.made(n=2)["id"]
    alone.clock.advance(12)
    with ThreadPoolExecutor(16) as threads:
        bodies = list(threads.map(lambda _: alone.task(task_id).json(), range(64)))
        assert all(body == bodies[0] for body in bodies)
        link = bodies[0]["results"][0]
        contents = set(threads.map(lambda _: alone.anonymous.get(link).content, range(8)))
    assert len(contents) == 1
    assert len(alone.sandbox.billing_log()) == 1
    assert len({entry.sha256 for entry in alone.sandbox.serving_log()}) == 1
    assert len(alone.sandbox.serving_log()) == 8


def test_one_idempotency_key_at_once_makes_one_task(alone: Reached) -> None:
    headers = {"idempotency-key": "attempt-0123456789"}
    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(lambda _: alone.submit(headers=headers).json()["id"], range(32)))
    assert len(ids) == 1
    assert len(alone.sandbox.task_log()) == 1


def test_credits_cannot_be_overspent_at_once(tmp_path: Path, clock: Clock) -> None:
    sandbox = Sandbox(tmp_path, clock=clock, opening_credits=Decimal(5))
    with (
        httpx.Client(transport=sandbox.transport(), headers=HEADERS) as client,
        ThreadPoolExecutor(16) as threads,
    ):
        statuses = list(threads.map(lambda _: client.post(URL, json=ORDER).status_code, range(32)))
    assert sorted(set(statuses)) == [200, 402]
    assert statuses.count(200) == len(sandbox.task_log()) == 7
    sandbox.close()


def test_no_key_is_kept_on_disk(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, seconds_per_image=0)
    canary = "sk-canary-5f0c2a9d7e"
    with httpx.Client(transport=sandbox.transport(), headers={"authorization": f"Bearer {canary}"}) as client:
        client.post(URL, json=ORDER)
        assert canary not in repr(sandbox.task_log())
    sandbox.close()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or canary.encode() not in path.read_bytes()


def test_dead_pictures_are_swept_away(alone: Reached) -> None:
    link = alone.finished()["results"][0]
    assert alone.anonymous.get(link).status_code == 200
    pictures = alone.sandbox.world.directory / "pictures"
    assert len(list(pictures.iterdir())) == 1
    alone.clock.advance(24 * 3600)
    alone.credits()
    assert list(pictures.iterdir()) == []
    assert len(alone.sandbox.billing_log()) == len(alone.sandbox.serving_log()) == 1


ORDERS = st.sampled_from(sorted(MODELS)).flatmap(
    lambda model: st.fixed_dictionaries(
        {
            "model": st.just(model),
            "prompt": st.text(min_size=1, max_size=300).filter(lambda text: not is_empty(text)),
            "n": st.integers(1, MODELS[model].n_max),
            "size": st.sampled_from(MODELS[model].size_choices) | st.none(),
            "quality": st.sampled_from((*MODELS[model].qualities, None)),
            "resolution": st.sampled_from((*MODELS[model].resolutions, None)),
            "image_urls": st.lists(st.just(f"{NOWHERE}/a.png"), max_size=16),
        }
    )
)


@given(order=ORDERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_bill_lies_within_its_estimate(alone: Reached, order: dict[str, Any]) -> None:
    before = len(alone.sandbox.billing_log())
    task_id = alone.made(**order)["id"]
    with alone.sandbox.world.store.writing() as connection:
        connection.execute("update tasks set inputs = 'ready' where id = ?", (task_id,))
    alone.clock.advance(600)
    charges = {entry.task_id: entry.credits for entry in alone.sandbox.billing_log()}
    assert len(charges) == before + 1
    expected = estimate(GenerationRequest(**{**order, "image_urls": tuple(order["image_urls"])}))
    assert expected.low <= charges[task_id] <= expected.high


def test_reading_does_not_wait_for_painting(alone: Reached) -> None:
    body = alone.finished(model="gpt-image-2", size="3840x2160", quality="high")
    running = alone.made()["id"]
    with ThreadPoolExecutor(1) as threads:
        painting = threads.submit(alone.anonymous.get, body["results"][0])
        reads = 0
        while not painting.done():
            assert alone.task(running).status_code == 200
            reads += 1
    assert painting.result().status_code == 200
    assert reads > 20


@pytest.mark.parametrize("options", [{"scenarios": ["nonsense"]}, {"exempt_origins": ["no-origin"]}])
def test_options_that_cannot_work_stop_the_start(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"scenario|origin"):
        Sandbox(tmp_path, **options)
