"""Reads EvoLink's answers: the documented ones, and everything that it should not send."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.evolink.account import Credits, FileList, FileQuota, TaskPage, UploadedFile
from playground.evolink.errors import APIResponseValidationError
from playground.evolink.reading import parse_json
from playground.evolink.types import GenerationRequest, Task, Usage

SUBMITTED: dict[str, Any] = {
    "created": 1757156493,
    "id": "task-unified-1757156493-imcg5zqt",
    "model": "gpt-image-2",
    "object": "image.generation.task",
    "progress": 0,
    "status": "pending",
    "task_info": {"can_cancel": True, "estimated_time": 100},
    "type": "image",
    "usage": {"billing_rule": "per_call", "credits_reserved": 2.5, "user_group": "default"},
}
COMPLETED: dict[str, Any] = {
    "created": 1756817821,
    "id": "task-unified-1756817821-4x3rx6ny",
    "model": "gpt-image-2",
    "object": "image.generation.task",
    "progress": 100,
    "results": ["http://example.com/image.jpg"],
    "status": "completed",
    "task_info": {"can_cancel": False},
    "type": "image",
}
CREDITS: dict[str, Any] = {
    "data": {
        "token": {"remaining_credits": 99416.4429, "unlimited_credits": False, "used_credits": 583.5571},
        "user": {"remaining_credits": 1095.3996, "used_credits": 135.9048},
    },
    "message": "",
    "success": True,
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["completed", "http://h/p", "https://[", "javascript:alert(1)", "task-unified-1-abcdefgh"]),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)


def test_request_leaves_out_what_is_not_set() -> None:
    assert GenerationRequest(model="gpt-image-1", prompt="a cat").to_json() == {
        "model": "gpt-image-1",
        "prompt": "a cat",
        "n": 1,
    }


def test_request_sends_everything_that_is_set() -> None:
    request = GenerationRequest(
        model="gpt-image-2",
        prompt="p",
        size="16:9",
        quality="low",
        n=2,
        resolution="2K",
        background="transparent",
        output_format="webp",
        image_urls=("https://a/1.png", "https://a/2.png"),
        callback_url="https://a/c",
    )
    assert request.to_json() == {
        "model": "gpt-image-2",
        "prompt": "p",
        "size": "16:9",
        "quality": "low",
        "n": 2,
        "resolution": "2K",
        "background": "transparent",
        "output_format": "webp",
        "image_urls": ["https://a/1.png", "https://a/2.png"],
        "callback_url": "https://a/c",
    }


def test_submit_answer() -> None:
    task = Task.from_json(SUBMITTED)
    assert (task.id, task.status, task.progress) == ("task-unified-1757156493-imcg5zqt", "pending", 0)
    assert task.created == datetime(2025, 9, 6, 11, 1, 33, tzinfo=UTC)
    assert task.estimated_time == 100
    assert task.usage is not None
    assert task.usage.credits_reserved == Decimal("2.5")
    assert task.usage.billing_rule == "per_call"
    assert task.user_group == "default"
    assert task.settled_credits is None, "a reservation is not a bill"
    assert not task.finished


def test_completed_answer() -> None:
    task = Task.from_json(COMPLETED)
    assert task.results == ("http://example.com/image.jpg",)
    assert task.finished
    assert task.usage is None


def test_failed_answer() -> None:
    error = {"code": "content_policy_violation", "message": "Blocked.\nWhy", "type": "task_error"}
    task = Task.from_json({**COMPLETED, "status": "failed", "progress": 0, "results": None, "error": error})
    assert task.finished
    assert task.error is not None
    assert (task.error.code, task.error.message) == ("content_policy_violation", "Blocked.\nWhy")
    assert task.error.suggestion is None


def test_failed_with_bare_words_or_the_old_integer_code() -> None:
    bare = Task.from_json({**COMPLETED, "status": "failed", "error": "no reason"})
    assert bare.error is not None
    assert (bare.error.code, bare.error.message) == (None, "no reason")
    old = Task.from_json({**COMPLETED, "status": "failed", "error": {"code": 500, "suggestion": "try again"}})
    assert old.error is not None
    assert (old.error.code, old.error.suggestion) == ("500", "try again")


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_the_five_states(status: str) -> None:
    assert Task.from_json({**COMPLETED, "status": status}).status == status


@pytest.mark.parametrize("status", ["queued", "", None, "COMPLETED"])
def test_an_unknown_status_is_still_running(status: str | None) -> None:
    task = Task.from_json({**COMPLETED, "status": status})
    assert task.status == "processing"
    assert task.raw["status"] == status


@pytest.mark.parametrize(("claimed", "read"), [(250, 100), (-3, 0), (None, 0), (45.9, 45), (10**400, 100)])
def test_progress_is_clamped(claimed: object, read: int) -> None:
    assert Task.from_json({**COMPLETED, "progress": claimed}).progress == read


def test_unknown_keys_are_kept() -> None:
    assert Task.from_json({**COMPLETED, "novelty": {"x": [1]}}).raw["novelty"] == {"x": [1]}


def test_null_results_are_none_and_eleven_are_kept() -> None:
    assert Task.from_json({**COMPLETED, "results": None}).results == ()
    assert len(Task.from_json({**COMPLETED, "results": ["https://h/i.png"] * 11}).results) == 11


def test_results_may_come_with_their_data() -> None:
    rich = [{"image_url": "https://h/1.png", "revised_prompt": "a fine cat"}, {"title": "no picture"}]
    task = Task.from_json({**COMPLETED, "results": None, "result_data": rich})
    assert task.results == ("https://h/1.png",)
    assert task.revised_prompt == "a fine cat"
    assert Task.from_json({**COMPLETED, "revised_prompt": "mine", "result_data": rich}).revised_prompt == "mine"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "ftp://host/x.png",
        "//host/x.png",
        "/x.png",
        "https://",
        "https://[",
        "https://host:99999/x",
        "https://user:password@host/x",
        "https://host/a b",
        "https://host/\nx",
        "https://host/\\x",
        "https://host/\ud800",
        "https://host/" + "a" * 9000,
        "",
        None,
        7,
        {"url": "https://host/x"},
    ],
)
def test_only_web_addresses_are_results(link: object) -> None:
    with pytest.raises(APIResponseValidationError):
        Task.from_json({**COMPLETED, "results": [link]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", ""),
        ("id", 5),
        ("id", "../credits"),
        ("id", "a/b"),
        ("id", "a?b"),
        ("id", "a" * 201),
        ("id", "task-1\n"),
        ("status", 3),
        ("progress", "50%"),
        ("progress", True),
        ("progress", float("nan")),
        ("created", "yesterday"),
        ("created", -1),
        ("created", 10**15),
        ("created", 253_402_300_800),
        ("created", 253_402_300_799.9999),
        ("created", float("inf")),
        ("model", []),
        ("model", "a\x00b"),
        ("model", "\ud800"),
        ("results", {}),
        ("results", "https://h/i.png"),
        ("results", ["https://h/i.png"] * 101),
        ("result_data", "x"),
        ("error", 5),
        ("error", {"code": True}),
        ("error", {"code": -4}),
        ("error", {"message": []}),
        ("usage", []),
        ("usage", {"credits_used": -1}),
        ("usage", {"credits_used": "2.5"}),
        ("usage", {"credits_used": 10**400}),
        ("usage", {"credits_used": True}),
        ("usage", {"input_tokens": 1.5}),
        ("usage", {"input_tokens": -1}),
        ("usage", {"input_tokens_details": 3}),
        ("usage", {"cost": 3}),
        ("usage", {"cost": {"credits": "x"}}),
        ("task_info", []),
        ("task_info", {"estimated_time": "soon"}),
        ("billing", "x"),
        ("billing", {"charged_credits": {}}),
        ("billing", {"charge_status": 3}),
        ("revised_prompt", 4),
    ],
)
def test_wrong_shapes_raise_the_named_error(field: str, value: object) -> None:
    with pytest.raises(APIResponseValidationError) as caught:
        Task.from_json({**COMPLETED, field: value})
    assert caught.value.task_id == (None if field == "id" else COMPLETED["id"])


@pytest.mark.parametrize("value", [None, [], "x", 5, True, {}, {"error": {"message": "no"}}])
def test_what_is_no_task_raises_the_named_error(value: object) -> None:
    with pytest.raises(APIResponseValidationError):
        Task.from_json(value)


def test_settled_credits_in_the_order_of_the_contract() -> None:
    usage = {"credits_reserved": 9, "credits_used": 1.783, "cost": {"credits": 3.5, "usd": 0.05}}
    billed = {**COMPLETED, "usage": usage, "billing": {"charged_credits": 1.5, "charge_status": "charged"}}
    assert Task.from_json(billed).settled_credits == Decimal("1.5")
    assert Task.from_json(billed).charge_status == "charged"
    assert Task.from_json({**billed, "billing": {}}).settled_credits == Decimal("1.783")
    del usage["credits_used"]
    assert Task.from_json({**billed, "billing": None}).settled_credits == Decimal("3.5")
    del usage["cost"]
    assert Task.from_json({**billed, "billing": None}).settled_credits is None


def test_a_charge_of_nothing_is_a_charge() -> None:
    task = Task.from_json({**COMPLETED, "billing": {"charged_credits": 0}, "usage": {"credits_used": 4}})
    assert task.settled_credits == 0


def test_usage_under_openai_names() -> None:
    usage = Usage.from_json(
        {
            "input_tokens": 50,
            "output_tokens": 1100.0,
            "total_tokens": 1150,
            "input_tokens_details": {
                "text_tokens": 10,
                "image_tokens": 40,
                "cached_tokens_details": {"text_tokens": 4, "image_tokens": 8},
            },
            "output_tokens_details": {"text_tokens": 44, "image_tokens": 1056},
        }
    )
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (50, 1100, 1150)
    assert (usage.input_text_tokens, usage.input_image_tokens) == (10, 40)
    assert (usage.cached_text_tokens, usage.cached_image_tokens) == (4, 8)
    assert (usage.output_text_tokens, usage.output_image_tokens) == (44, 1056)


def test_cached_tokens_without_a_split_are_text_only_where_there_was_no_image() -> None:
    text_only = Usage.from_json({"input_tokens_details": {"text_tokens": 10, "cached_tokens": 6}})
    assert text_only.cached_text_tokens == 6
    mixed = Usage.from_json({"input_tokens_details": {"text_tokens": 10, "image_tokens": 5, "cached_tokens": 6}})
    assert mixed.cached_text_tokens is None
    assert mixed.cached_image_tokens is None


@given(json_values)
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_task_or_the_named_error(value: object) -> None:
    try:
        task = Task.from_json(value)
    except APIResponseValidationError:
        return
    assert task.id


@given(st.sampled_from(sorted({*COMPLETED, *SUBMITTED, "error", "billing", "result_data"})), json_values)
@settings(max_examples=400, deadline=None)
def test_any_field_replaced_by_any_json_is_a_task_or_the_named_error(field: str, value: object) -> None:
    try:
        task = Task.from_json({**SUBMITTED, **COMPLETED, field: value})
    except APIResponseValidationError:
        return
    assert 0 <= task.progress <= 100
    assert all(link.startswith(("http://", "https://")) for link in task.results)
    assert task.status in {"pending", "processing", "completed", "failed", "cancelled"}
    assert task.settled_credits is None or (task.settled_credits.is_finite() and task.settled_credits >= 0)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_any_json_is_an_account_value_or_the_named_error(value: object) -> None:
    for shape in (Credits, UploadedFile, FileQuota, FileList, TaskPage):
        for candidate in (value, {"data": value}, {"data": {"token": value, "user": value, "files": [value]}}):
            try:
                shape.from_json(candidate)
            except APIResponseValidationError:
                continue


def test_deep_nesting_is_the_named_error_and_not_a_recursion_error() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(APIResponseValidationError):
        Task.from_json({**COMPLETED, "progress": deep})
    assert Task.from_json({**COMPLETED, "novelty": deep}).raw["novelty"] is deep
    while isinstance(deep, list):  # taken apart by hand: freeing it in one go would recurse
        deep = deep.pop()


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"<html>",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
        b'"\\ud800"',
        b'{"\\u0000": 1}',
        b'["a\\u0000"]',
        b"[" * 100_000,
        b"[" * 100 + b"]" * 100,
        b'{"a":' * 70 + b"1" + b"}" * 70,
    ],
    ids=range(15),
)
def test_bodies_that_cannot_be_kept_are_the_named_error(body: bytes | None) -> None:
    with pytest.raises(APIResponseValidationError):
        parse_json(body)


def test_parse_json_takes_what_json_is() -> None:
    value = {"a": [1, 2.5, None, True, "猫"], "b": {"c": {}}}
    assert parse_json(json.dumps(value).encode()) == value


def test_credits_example_of_the_documentation() -> None:
    credits = Credits.from_json(CREDITS)
    assert credits.token_remaining == Decimal("99416.4429")
    assert credits.token_used == Decimal("583.5571")
    assert credits.user_remaining == Decimal("1095.3996")
    assert credits.user_used == Decimal("135.9048")
    assert credits.spendable == Decimal("1095.3996")


def test_spendable_is_the_smaller_limit_unless_the_key_has_none() -> None:
    token = {"remaining_credits": 3, "unlimited_credits": False}
    user = {"remaining_credits": -2.5}
    data = {"token": token, "user": user}
    assert Credits.from_json({"data": data}).spendable == Decimal("-2.5")
    user["remaining_credits"] = 10
    assert Credits.from_json({"data": data}).spendable == 3
    unlimited = {"token": {"unlimited_credits": True}, "user": user}
    assert Credits.from_json({"data": unlimited}).spendable == 10


def test_credits_without_a_balance_are_no_credits() -> None:
    for data in ({"token": {}, "user": {"remaining_credits": 1}}, {"token": {"remaining_credits": 1}, "user": {}}):
        with pytest.raises(APIResponseValidationError):
            Credits.from_json({"data": data})


def test_upload_example_of_the_documentation() -> None:
    file = UploadedFile.from_json(
        {
            "success": True,
            "code": 200,
            "msg": "File uploaded successfully",
            "data": {
                "file_id": "file_abc123",
                "file_name": "avatar.png",
                "original_name": "avatar.png",
                "file_size": 2048576,
                "mime_type": "image/png",
                "upload_path": "avatars",
                "file_url": "https://files.evolink.ai/avatars/avatar.png",
                "download_url": "https://files.evolink.ai/api/v1/files/download/file_abc123",
                "upload_time": "2025-10-09T00:00:00+08:00",
                "expires_at": "2025-10-12T00:00:00+08:00",
            },
        }
    )
    assert file.file_id == "file_abc123"
    assert file.file_url == "https://files.evolink.ai/avatars/avatar.png"
    assert file.file_size == 2048576
    assert file.expires_at == datetime(2025, 10, 11, 16, tzinfo=UTC)


def test_file_quota_and_list() -> None:
    quota = FileQuota.from_json(
        {"data": {"user_group": "default", "used_files": 35, "max_files": 2000, "remain_files": 65}}
    )
    assert (quota.used_files, quota.max_files, quota.remain_files, quota.is_custom) == (35, 2000, 65, False)
    line = {"file_id": "f1", "file_name": "a.png", "file_size": 3, "upload_time": "2026-01-01T00:00:00"}
    files = FileList.from_json({"data": {"total": 41, "files": [line]}})
    assert files.total == 41
    assert files.files[0].upload_time == datetime(2026, 1, 1, tzinfo=UTC)


def test_task_page() -> None:
    line = {"id": "task-unified-1-abcdefgh", "status": "odd", "progress": 40, "created_at": 0, "has_results": True}
    page = TaskPage.from_json({"data": [line], "total": 7, "page": 2, "page_size": 1})
    assert (page.total, page.page, len(page.tasks)) == (7, 2, 1)
    assert page.tasks[0].status == "processing"
    assert page.tasks[0].created == datetime(1970, 1, 1, tzinfo=UTC)
    assert page.tasks[0].has_results
    with pytest.raises(APIResponseValidationError):
        TaskPage.from_json({"total": 7})
