"""EvoLink's contract, sections 1, 2 and 4, as a client sees it: in-process and over HTTP."""

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from playground.evolink import MODELS, Charge, Credits, Task, TaskPage
from tests.sandbox.conftest import ALICE, BOB, NOWHERE, Reached

ID = re.compile(r"task-unified-\d+-[a-z0-9]{8}")


# --- submit --------------------------------------------------------------------------------------------------


def test_a_submit_answers_200_with_a_pending_task(evolink: Reached) -> None:
    response = evolink.submit(model="gpt-image-1")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"] == response.headers["x-oneapi-request-id"] != ""
    body = response.json()
    assert ID.fullmatch(body["id"])
    assert body.pop("id").split("-")[2] == str(int(evolink.clock.now))
    assert body == {
        "created": int(evolink.clock.now),
        "model": "gpt-image-1",
        "object": "image.generation.task",
        "progress": 0,
        "status": "pending",
        "task_info": {"can_cancel": True, "estimated_time": 6},
        "type": "image",
        "usage": {"billing_rule": "per_token", "credits_reserved": 0.6724, "user_group": "default"},
    }


def test_answers_are_compact_json_with_sorted_keys(evolink: Reached) -> None:
    for response in (evolink.submit(), evolink.client.get("/v1/credits"), evolink.anonymous.get("/v1/credits")):
        body = json.dumps(response.json(), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        assert response.text == body


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_model_is_accepted_with_its_defaults(evolink: Reached, model: str) -> None:
    body = evolink.made(model=model, quality=...)
    assert body["model"] == model
    assert body["usage"]["billing_rule"] == MODELS[model].billing
    assert Task.from_json(body).status == "pending"


ACCEPTED: list[dict[str, Any]] = [
    {"n": 10},
    {"n": None},
    {"prompt": "x" * 2000},
    {"prompt": "日本語のプロンプト"},
    {"quality": None, "size": None, "callback_url": None, "image_urls": None},
    {"image_urls": []},
    {"image_urls": [f"{NOWHERE}/{index}.png" for index in range(16)]},
    {"callback_url": "https://example.com/" + "x" * 2028},
    {"style": "vivid", "user": "me"},
    {"model": "gpt-image-2", "size": "1024×1024"},
    {"model": "gpt-image-2", "size": "16:9", "resolution": "4k"},
    {"model": "gpt-image-2", "size": "auto", "background": "transparent", "output_format": "webp"},
    {"model": "gpt-image-2", "size": "3840x2160", "resolution": "1K"},
    {"model": "gpt-image-2", "prompt": "x" * 32000},
    {"model": "gpt-image-2", "mask_url": f"{NOWHERE}/mask.png"},
    {"model": "gpt-image-2.5-flare", "quality": "max"},
    {"model": "gpt-image-2-beta", "size": "21:9", "quality": ...},
    {"model": "gpt-image-2-beta", "size": "auto", "quality": ...},
    {"model": "gpt-image-2.5-flare", "mask_url": f"{NOWHERE}/mask.png"},
    *({"size": size} for size in ("1:1", "2:3", "3:2", "1024x1024", "1024x1536", "1536x1024")),
]


@pytest.mark.parametrize("body", ACCEPTED, ids=[str(index) for index in range(len(ACCEPTED))])
def test_what_the_contract_allows_is_accepted(evolink: Reached, body: dict[str, Any]) -> None:
    evolink.made(**body)


REFUSED: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"model": ...}, 400, "invalid_request", "model"),
    ({"model": 7}, 400, "invalid_request", "model"),
    ({"model": "gpt-image-99"}, 404, "model_not_found", "model"),
    ({"prompt": ...}, 400, "invalid_request", "prompt"),
    ({"prompt": ["a"]}, 400, "invalid_request", "prompt"),
    ({"prompt": " "}, 400, "invalid_request", "prompt"),
    ({"prompt": "x" * 2001}, 400, "invalid_request", "prompt"),
    ({"prompt": "\ud800"}, 400, "invalid_request", "prompt"),
    ({"prompt": "sandbox:no_such_thing"}, 400, "invalid_request", "prompt"),
    ({"prompt": "x" * 32001, "model": "gpt-image-2"}, 400, "invalid_request", "prompt"),
    ({"prompt": "あ" * 20001, "model": "gpt-image-2"}, 400, "invalid_request", "prompt"),
    ({"size": "512x512"}, 400, "invalid_request", "size"),
    ({"size": "auto"}, 400, "invalid_request", "size"),
    (
        {"mask_url": "https://example.com/m.png", "model": "gpt-image-2-beta", "quality": ...},
        400, "unsupported_parameters", "mask_url",
    ),
    ({"size": 1024}, 400, "invalid_request", "size"),
    ({"size": "1025x1024", "model": "gpt-image-2"}, 400, "invalid_request", "size"),
    ({"size": "512x512", "model": "gpt-image-2"}, 400, "invalid_request", "size"),
    ({"size": "3840x2176", "model": "gpt-image-2"}, 400, "invalid_request", "size"),
    ({"size": "3856x1024", "model": "gpt-image-2"}, 400, "invalid_request", "size"),
    ({"size": "3072x1008", "model": "gpt-image-2"}, 400, "invalid_request", "size"),
    ({"size": "1024x1024", "model": "gpt-image-2-beta", "quality": ...}, 400, "invalid_request", "size"),
    ({"quality": "ultra"}, 400, "invalid_request", "quality"),
    ({"quality": "xhigh", "model": "gpt-image-2"}, 400, "invalid_request", "quality"),
    ({"quality": "low", "model": "gpt-image-2-beta"}, 400, "unsupported_parameters", "quality"),
    ({"resolution": "1K"}, 400, "unsupported_parameters", "resolution"),
    ({"resolution": "8K", "model": "gpt-image-2"}, 400, "invalid_request", "resolution"),
    ({"background": "transparent"}, 400, "unsupported_parameters", "background"),
    ({"output_format": "png"}, 400, "unsupported_parameters", "output_format"),
    (
        {"background": "transparent", "output_format": "jpeg", "model": "gpt-image-2"},
        400, "invalid_request", "background",
    ),
    ({"output_format": "gif", "model": "gpt-image-2"}, 400, "invalid_request", "output_format"),
    ({"n": 0}, 400, "invalid_request", "n"),
    ({"n": 11}, 400, "invalid_request", "n"),
    ({"n": "2"}, 400, "invalid_request", "n"),
    ({"n": True}, 400, "invalid_request", "n"),
    ({"n": 1.5}, 400, "invalid_request", "n"),
    ({"n": 2, "model": "gpt-image-1.5"}, 400, "invalid_request", "n"),
    ({"image_urls": "https://example.com/a.png"}, 400, "invalid_request", "image_urls"),
    ({"image_urls": [1]}, 400, "invalid_request", "image_urls"),
    ({"image_urls": ["ftp://example.com/a.png"]}, 400, "invalid_request", "image_urls"),
    ({"image_urls": ["https://example.com/a.png"] * 17}, 400, "invalid_request", "image_urls"),
    ({"mask_url": "https://example.com/mask.png"}, 400, "unsupported_parameters", "mask_url"),
    ({"mask_url": "mask.png", "model": "gpt-image-2"}, 400, "invalid_request", "mask_url"),
    ({"callback_url": "http://example.com/"}, 400, "invalid_request", "callback_url"),
    ({"callback_url": "https://example.com/" + "x" * 2029}, 400, "invalid_request", "callback_url"),
    *(
        ({"callback_url": f"https://{host}/hook"}, 400, "invalid_request", "callback_url")
        for host in (
            "localhost", "LOCALHOST.", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.0.0.8",  # noqa: S104
            "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]", "[::]",
            "[::ffff:10.0.0.1]", "[fd00::1]", "printer.local", "db.internal",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "param"), REFUSED, ids=[f"{i}-{row[3]}" for i, row in enumerate(REFUSED)]
)
def test_what_the_contract_forbids_is_refused_and_costs_nothing(
    evolink: Reached, body: dict[str, Any], status: int, code: str, param: str
) -> None:
    text = json.dumps({"model": "gpt-image-1", "prompt": "a fox", "quality": "low", **body}, default=lambda _: None)
    order = {name: value for name, value in json.loads(text).items() if body.get(name) is not ...}
    response = evolink.client.post(
        "/v1/images/generations", content=json.dumps(order), headers={"content-type": "application/json"}
    )
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["code"], error["param"], error["type"]) == (code, param, "invalid_request_error")
    assert error["message"]
    assert evolink.sandbox.task_log() == []
    assert evolink.credits()["user"]["used_credits"] == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"text"', b"\xff", b'{"n":' + b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(evolink: Reached, content: bytes) -> None:
    response = evolink.client.post("/v1/images/generations", content=content)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"


def test_a_body_over_a_megabyte_is_refused(evolink: Reached) -> None:
    response = evolink.submit(prompt="x" * 1024 * 1024)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "request_too_large"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/images/generations"),
        ("GET", "/v1/tasks/task-unified-1-abcdefgh"),
        ("GET", "/v1/tasks"),
        ("POST", "/v1/tasks/batch"),
        ("GET", "/v1/credits"),
        ("GET", "/v1/models"),
    ],
)
def test_without_a_good_key_every_call_is_401(evolink: Reached, method: str, path: str) -> None:
    for header in (None, "", "Bearer", "Basic c2s6", "Bearer token", "Bearer sk-", "sk-alice-0001"):
        headers = {} if header is None else {"authorization": header}
        response = evolink.anonymous.request(method, path, headers=headers)
        assert response.status_code == 401
        error = response.json()["error"]
        code = 401 if path == "/v1/credits" else "unauthorized"  # that page has kept the old form
        assert (error["code"], error["type"]) == (code, "authentication_error")


def test_the_checks_come_in_the_order_key_balance_model_parameters(evolink: Reached) -> None:
    wrong: dict[str, Any] = {"model": "gpt-image-99", "n": 0}
    assert evolink.submit(key="nonsense", **wrong).status_code == 401
    assert evolink.submit(key="sk-sandbox-empty_account", **wrong).status_code == 402
    assert evolink.submit(**wrong).status_code == 404
    assert evolink.submit(n=0).status_code == 400


def test_a_balance_below_the_reservation_is_402(reach: Callable[..., Reached]) -> None:
    evolink = reach(opening_credits=Decimal("1"))
    response = evolink.submit(quality="high")
    assert response.status_code == 402
    assert response.json()["error"] == {
        "code": "insufficient_quota",
        "message": "Insufficient quota. Please top up your account.",
        "type": "insufficient_quota",
    }
    assert evolink.submit(quality="low").status_code == 200


def test_an_unknown_address_is_404_without_a_code(evolink: Reached) -> None:
    for method, path in (
        ("GET", "/v1/nothing"),
        ("GET", "/"),
        ("PUT", "/v1/credits"),
        ("GET", "/v1/images/generations"),
    ):
        response = evolink.client.request(method, path)
        assert response.status_code == 404
        assert response.json() == {
            "error": {"message": f"Invalid URL ({method} {path})", "type": "invalid_request_error"}
        }


# --- idempotency ---------------------------------------------------------------------------------------------


def test_the_same_idempotency_key_gives_the_first_task_again(evolink: Reached) -> None:
    headers = {"idempotency-key": "attempt-0123456789"}
    first, second = evolink.submit(headers=headers), evolink.submit(headers=headers)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json() == second.json()
    assert len(evolink.sandbox.task_log()) == 1
    assert evolink.submit(key=BOB, headers=headers).json()["id"] != first.json()["id"]


def test_an_idempotency_key_with_another_body_is_a_conflict(evolink: Reached) -> None:
    headers = {"idempotency-key": "attempt-0123456789"}
    evolink.submit(headers=headers)
    response = evolink.submit(headers=headers, prompt="something else")
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_conflict"
    assert len(evolink.sandbox.task_log()) == 1


@pytest.mark.parametrize("key", ["short", "x" * 97, "with blank 0123456789"])
def test_an_idempotency_key_of_another_form_is_refused(evolink: Reached, key: str) -> None:
    assert evolink.submit(headers={"idempotency-key": key}).status_code == 400


# --- tasks ---------------------------------------------------------------------------------------------------


def test_a_task_advances_by_the_clock_and_not_by_reading(evolink: Reached) -> None:
    task_id = evolink.made()["id"]
    seen = []
    for _ in range(4):
        assert evolink.task(task_id).json() == evolink.task(task_id).json()
        body = evolink.task(task_id).json()
        seen.append((body["status"], body["progress"], body["task_info"]["can_cancel"], "results" in body))
        evolink.clock.advance(2)
    assert seen == [
        ("pending", 0, True, False),
        ("processing", 31, True, False),
        ("processing", 63, True, False),
        ("completed", 100, False, True),
    ]


def test_a_running_task_has_the_documented_fields_and_no_others(evolink: Reached) -> None:
    task_id = evolink.made()["id"]
    evolink.clock.advance(3)
    assert evolink.task(task_id).json() == {
        "created": int(evolink.clock.now) - 3,
        "id": task_id,
        "model": "gpt-image-1",
        "object": "image.generation.task",
        "progress": 47,
        "status": "processing",
        "task_info": {"can_cancel": True},
        "type": "image",
    }


def test_a_completed_task_has_links_usage_and_billing(evolink: Reached) -> None:
    body = evolink.finished(n=2)
    assert body["status"] == "completed"
    assert "error" not in body
    assert len(body["results"]) == len(set(body["results"])) == 2
    for place, link in enumerate(body["results"]):
        assert re.fullmatch(r"https?://[^/]+/[0-9a-f]{32}/images/2027/01/15/[0-9a-f]{32}_\d\.png", link)
        assert link.endswith(f"_{place}.png")
    assert body["usage"]["credits_used"] == body["billing"]["charged_credits"] == 1.3355
    assert body["billing"]["charge_status"] == "charged"
    task = Task.from_json(body)
    assert str(task.settlement.credits) == "1.3355"
    assert task.user_group == "default"


def test_without_reporting_a_finished_task_has_only_the_documented_fields(reach: Callable[..., Reached]) -> None:
    body = reach(reports_usage=False).finished()
    assert sorted(body) == [
        "created", "id", "model", "object", "progress", "results", "status", "task_info", "type",
    ]  # fmt: skip


def test_a_failed_task_has_an_error_no_results_and_no_progress(evolink: Reached) -> None:
    body = evolink.finished(prompt="sandbox:content_policy_violation")
    assert (body["status"], body["progress"]) == ("failed", 0)
    assert body["error"]["code"] == "content_policy_violation"
    assert body["error"]["message"].startswith("Content policy violation.\nYour request was blocked")
    assert body["error"]["type"] == "task_error"
    assert "results" not in body
    assert body["billing"] == {
        "charge_status": "released",
        "charged_credits": 0,
        "refund_scope": "account_balance",
        "refund_status": "completed",
        "refunded_at": "2027-01-15T08:00:06Z",
        "refunded_credits": 0.6757,
        "reserved_credits": 0.6757,
    }
    assert Task.from_json(body).settlement.charge is Charge.REFUNDED


@pytest.mark.parametrize(
    ("task_id", "status", "code"),
    [("job-1", 400, "invalid_task_id"), ("task-unified-1-abcdefgh", 404, "task_not_found")],
)
def test_a_task_that_is_not_there(evolink: Reached, task_id: str, status: int, code: str) -> None:
    response = evolink.task(task_id)
    assert response.status_code == status
    assert (response.json()["error"]["code"], response.json()["error"]["param"]) == (code, "task_id")


def test_a_task_of_another_key_is_403(evolink: Reached) -> None:
    response = evolink.task(evolink.made()["id"], key=BOB)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "permission_denied"


def test_a_picture_that_the_painter_fails_on_is_a_plain_one(
    reach: Callable[..., Reached], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**options: object) -> bytes:
        raise RuntimeError("out of paint")

    evolink = reach(paint=broken)
    body = evolink.finished(model="gpt-image-2", size="16:9", n=2, output_format="webp", prompt="my own secret")
    assert body["status"] == "completed"
    for link in body["results"]:
        response = evolink.anonymous.get(link)
        with Image.open(io.BytesIO(response.content), formats=["WEBP"]) as image:
            assert image.size == (1360, 768)
    first, second = [record for record in caplog.records if record.levelname == "ERROR"]
    assert first.getMessage() == f"The painter failed on picture 0 of {body['id']}; a plain picture takes its place"
    assert "picture 1" in second.getMessage()
    assert "out of paint" in caplog.text
    assert "my own secret" not in caplog.text


def test_pictures_have_the_size_asked_for_and_differ(evolink: Reached) -> None:
    body = evolink.finished(model="gpt-image-2", size="16:9", n=2, quality="low", output_format="webp")
    contents = []
    for link in body["results"]:
        response = evolink.anonymous.get(link)
        assert response.status_code == 200
        assert response.headers["content-type"] == "image/webp"
        assert int(response.headers["content-length"]) == len(response.content)
        with Image.open(io.BytesIO(response.content), formats=["WEBP"]) as image:
            assert image.size == (1360, 768)
        contents.append(response.content)
    assert contents[0] != contents[1]
    assert evolink.anonymous.get(link).content == contents[1]
    assert evolink.anonymous.head(link).headers["content-length"] == str(len(contents[1]))


def test_links_die_after_24_hours_and_the_task_stays(evolink: Reached) -> None:
    body = evolink.finished()
    evolink.clock.advance(24 * 3600 - 601)
    assert evolink.anonymous.get(body["results"][0]).status_code == 200
    evolink.clock.advance(601)
    assert evolink.anonymous.get(body["results"][0]).status_code == 404
    assert evolink.task(body["id"]).json()["status"] == "completed"


def test_the_list_is_newest_first_filtered_and_without_links(evolink: Reached) -> None:
    first = evolink.finished()["id"]
    second = evolink.finished(prompt="sandbox:service_error")["id"]
    third = evolink.made(model="gpt-image-2")["id"]
    evolink.submit(key=BOB)

    def listed(**query: Any) -> list[str]:
        response = evolink.client.get("/v1/tasks", params=query)
        assert response.status_code == 200
        return [line["id"] for line in response.json()["data"]]

    everything = evolink.client.get("/v1/tasks").json()
    assert (everything["total"], everything["page"], everything["page_size"]) == (3, 1, 20)
    assert [line["id"] for line in everything["data"]] == [third, second, first]
    assert everything["data"][2] == {
        "created_at": int(evolink.clock.now) - 1200,
        "credits_used": 0.6678,
        "has_error": False,
        "has_results": True,
        "id": first,
        "model": "gpt-image-1",
        "progress": 100,
        "status": "completed",
        "type": "image",
    }
    assert listed(status="processing") == [third]
    assert listed(status="failed") == [second]
    assert listed(status="completed") == [first]
    assert listed(status="cancelled") == listed(type="video") == []
    assert listed(model="gpt-image-2", type="image") == [third]
    assert listed(page=2, page_size=2) == [first]
    assert evolink.client.get("/v1/tasks", params={"page_size": 500}).json()["page_size"] == 50
    for query in ({"page": "0"}, {"page": "x"}, {"status": "odd"}):
        assert evolink.client.get("/v1/tasks", params=query).status_code == 400
    assert TaskPage.from_json(everything).total == 3


def test_the_batch_gives_the_tasks_that_are_ones_own(evolink: Reached) -> None:
    own, other = evolink.made()["id"], evolink.made(key=BOB)["id"]

    def batch(ids: object) -> httpx.Response:
        return evolink.client.post("/v1/tasks/batch", json={"task_ids": ids})

    body = batch([own, other, "task-unified-1-abcdefgh"]).json()
    assert body == {"data": [evolink.task(own).json()]}
    assert len(batch([own] * 50).json()["data"]) == 1
    for ids in (None, [], [1], own, [own] * 51):
        assert batch(ids).status_code == 400


# --- credits -------------------------------------------------------------------------------------------------


def test_credits_are_reserved_then_charged_or_released(evolink: Reached) -> None:
    before = evolink.credits()
    assert before["user"] == {"remaining_credits": 100_000, "used_credits": 0}
    assert before["token"]["unlimited_credits"] is False
    task_id = evolink.made()["id"]
    assert evolink.credits()["user"] == {"remaining_credits": 99_999.3276, "used_credits": 0}
    evolink.clock.advance(6)
    assert evolink.credits()["user"] == {"remaining_credits": 99_999.3322, "used_credits": 0.6678}
    evolink.made(prompt="sandbox:unknown_error")
    evolink.clock.advance(6)
    assert evolink.credits()["user"] == {"remaining_credits": 99_999.3322, "used_credits": 0.6678}
    assert evolink.credits(key=BOB)["user"]["used_credits"] == 0
    assert [(entry.task_id, str(entry.credits)) for entry in evolink.sandbox.billing_log()] == [(task_id, "0.6678")]
    assert Credits.from_json({"data": evolink.credits()}).spendable < 100_000


def test_a_key_without_a_limit_says_so(evolink: Reached) -> None:
    assert evolink.credits(key="sk-sandbox-unlimited")["token"]["unlimited_credits"] is True


def test_the_models_are_listed(evolink: Reached) -> None:
    body = evolink.client.get("/v1/models").json()
    assert [line["id"] for line in body["data"]] == list(MODELS)
    assert ALICE not in json.dumps(body)
