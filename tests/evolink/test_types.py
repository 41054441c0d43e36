"""Reading what EvoLink sends: the documented answers, and the odd ones, of which nothing paid for may be lost."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.evolink import Charge, Reason, raw
from playground.evolink.account import Credits, FileList, FileQuota, TaskPage, UploadedFile
from playground.evolink.errors import APIResponseValidationError
from playground.evolink.reading import DEPTH_MAX, parse_json
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
        mask_url="https://a/m.png",
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
        "mask_url": "https://a/m.png",
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
    assert task.settlement.credits is None, "a reservation is not a bill"
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


STATUSES = {
    "pending": ["pending", "PENDING"],
    "processing": ["processing", "queued", "", None, 3, [], "dreaming"],
    "completed": ["completed", "COMPLETED", "succeeded", "success", "Done", " complete ", "finished"],
    "failed": ["failed", "FAILED", "failure", "error"],
    "cancelled": ["cancelled", "canceled", "Canceled"],
}


@pytest.mark.parametrize(("status", "written"), [(status, word) for status in STATUSES for word in STATUSES[status]])
def test_every_word_for_the_five_states_and_any_other_is_still_running(status: str, written: object) -> None:
    task = Task.from_json({**COMPLETED, "status": written})
    assert task.status == status
    assert task.raw["status"] == written


@pytest.mark.parametrize(
    ("claimed", "read"),
    [
        (250, 100),
        (-3, 0),
        (None, 0),
        (45.9, 45),
        (10**400, 100),
        ("45", 45),
        ("45.9 %", 45),
        ("half", 0),
        ([], 0),
        (True, 0),
    ],
)
def test_progress_is_clamped_and_may_be_text(claimed: object, read: int) -> None:
    assert Task.from_json({**COMPLETED, "progress": claimed}).progress == read


CREATED = datetime(2025, 9, 2, 12, 50, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (1756817421, CREATED), (1756817421.0, CREATED), (1756817421000, CREATED), ("1756817421", CREATED),
        ("2025-09-02T12:50:21Z", CREATED), ("2025-09-02T20:50:21+08:00", CREATED), ("2025-09-02T12:50:21", CREATED),
        ("2025-09-02T12:50:21.000000193Z", CREATED), ("yesterday", None), (-1, None), (10**30, None), (None, None),
        ("", None), (True, None), ({}, None), (float("inf"), None), (253_402_300_800_000, None),
        ("0001-01-01T00:00:00+23:59", None),
    ],
)  # fmt: skip
def test_a_time_in_seconds_milliseconds_or_words(written: object, read: datetime | None) -> None:
    assert Task.from_json({**COMPLETED, "created": written}).created == read


def test_unknown_keys_are_kept() -> None:
    assert Task.from_json({**COMPLETED, "novelty": {"x": [1]}}).raw["novelty"] == {"x": [1]}


def test_null_results_are_none_and_eleven_are_kept() -> None:
    assert Task.from_json({**COMPLETED, "results": None}).results == ()
    assert len(Task.from_json({**COMPLETED, "results": ["https://h/i.png"] * 11}).results) == 11
    assert len(Task.from_json({**COMPLETED, "results": ["https://h/i.png"] * 101}).results) == 100


ONE = ("https://h/1.png",)


@pytest.mark.parametrize(
    ("answer", "links"),
    [
        ({"results": ["https://h/1.png"], "result_data": [{"image_url": "https://h/2.png"}]}, ONE),
        ({"results": [{"url": "https://h/1.png"}]}, ONE),
        ({"results": [{"image_url": "https://h/1.png"}]}, ONE),
        ({"results": {"url": "https://h/1.png"}}, ONE),
        ({"results": "https://h/1.png"}, ONE),
        ({"results": ["javascript:alert(1)", "https://h/1.png", None, 7, {"url": 3}, [], "https://xn--/"]}, ONE),
        ({"results": None, "result_data": [{"image_url": "https://h/1.png"}, {"title": "no picture"}]}, ONE),
        ({"results": [], "result_data": {"image_url": "https://h/1.png"}}, ONE),
        ({"results": ["ftp://h/1.png"], "result_data": [{"url": "https://h/1.png"}]}, ONE),
        ({"results": 5, "result_data": "odd"}, ()),
        ({"results": {}, "result_data": [[]]}, ()),
    ],
)
def test_results_in_every_shape(answer: dict[str, Any], links: tuple[str, ...]) -> None:
    assert Task.from_json({**COMPLETED, **answer}).results == links


def test_a_failed_task_keeps_the_links_it_has() -> None:
    assert Task.from_json({**COMPLETED, "status": "failed", "error": {"code": "service_error"}}).results != ()


def test_a_refined_prompt_comes_with_the_task_or_its_first_picture() -> None:
    rich = [{"image_url": "https://h/1.png"}, {"revised_prompt": "a fine cat"}]
    assert Task.from_json({**COMPLETED, "result_data": rich}).revised_prompt == "a fine cat"
    assert Task.from_json({**COMPLETED, "result_data": rich[1]}).revised_prompt == "a fine cat"
    assert Task.from_json({**COMPLETED, "revised_prompt": "mine", "result_data": rich}).revised_prompt == "mine"
    assert Task.from_json({**COMPLETED, "revised_prompt": 4, "result_data": 4}).revised_prompt is None


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
        "https://xn--/",
        "https://xn--a/x.png",
        "https://\u2488/",
        "",
        None,
        7,
        {"link": "https://host/x"},
    ],
)
def test_only_web_addresses_are_results(link: object) -> None:
    assert Task.from_json({**COMPLETED, "results": [link]}).results == ()


ODD: list[Any] = [None, True, -1, 1.5, 10**400, float("nan"), "", "odd", "a\x00b", "\ud800", [], [[]], {}, {"a": []}]
SIDE_FIELDS = (
    "created", "model", "object", "progress", "task_info", "type", "error", "usage", "billing", "result_data",
    "revised_prompt", "estimated_time", "duration", "request_id", "novelty",
)  # fmt: skip


@pytest.mark.parametrize("field", SIDE_FIELDS)
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_one_odd_side_field_loses_no_picture(field: str, value: object) -> None:
    for odd in (value, {field: value}, {"credits_used": value, "cost": value, "input_tokens_details": value}):
        task = Task.from_json({**SUBMITTED, **COMPLETED, field: odd})
        assert (task.id, task.status, task.results) == (COMPLETED["id"], "completed", tuple(COMPLETED["results"]))
        json.dumps(task.raw, allow_nan=False).encode()


@pytest.mark.parametrize("id", [None, "", 5, "../credits", "a/b", "a?b", "a" * 201, "task-1\n", [], {}])
def test_without_a_usable_id_it_is_no_task(id: object) -> None:
    with pytest.raises(APIResponseValidationError):
        Task.from_json({**COMPLETED, "id": id})


@pytest.mark.parametrize("value", [None, [], "x", 5, True, {}, {"error": {"message": "no"}}])
def test_what_is_no_task_raises_the_named_error(value: object) -> None:
    with pytest.raises(APIResponseValidationError):
        Task.from_json(value)


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        ("failed", {"code": "content_policy_violation", "message": "x"}, Reason.CONTENT),
        ("failed", {"code": "moderation_blocked"}, Reason.CONTENT),
        ("failed", {"code": None, "message": "Your request was rejected by our safety system"}, Reason.CONTENT),
        ("failed", {"code": "quota_exceeded"}, Reason.QUOTA),
        ("failed", {"code": "request_cancelled"}, Reason.CANCELLED),
        ("failed", {"code": "novelty"}, Reason.UNKNOWN),
        ("failed", "out of paper", Reason.UNKNOWN),
        ("failed", None, Reason.NOT_SAID),
        ("failed", {}, Reason.NOT_SAID),
        ("failed", {"code": None, "message": ""}, Reason.NOT_SAID),
        ("failed", 5, Reason.NOT_SAID),
        ("cancelled", None, Reason.CANCELLED),
        ("cancelled", {"code": "service_error"}, Reason.FAULT),
        ("completed", {"code": "service_error"}, None),
        ("processing", None, None),
    ],
)
def test_why_a_task_failed(status: str, error: object, reason: Reason | None) -> None:
    assert Task.from_json({**COMPLETED, "status": status, "error": error}).reason is reason


def test_amounts_may_be_text() -> None:
    billing = {"charge_status": "charged", "charged_credits": "1.50"}
    usage = {"credits_used": " 2.5 ", "credits_reserved": "3", "input_tokens": "12", "output_tokens": "7.6"}
    task = Task.from_json({**COMPLETED, "billing": billing, "usage": usage})
    assert (task.settlement.charge, task.settlement.credits) == (Charge.CHARGED, Decimal("1.50"))
    assert task.usage is not None
    assert (task.usage.credits_used, task.usage.credits_reserved) == (Decimal("2.5"), Decimal(3))
    assert (task.usage.input_tokens, task.usage.output_tokens) == (12, 8)


def test_fractional_counts_are_rounded_and_missing_ones_missing() -> None:
    usage = Usage.from_json({"input_tokens": 271.5, "output_tokens": 271.4, "total_tokens": None})
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (272, 271, None)


def test_the_answer_is_kept_whole_where_it_is_short() -> None:
    answer = {**COMPLETED, "novelty": {"x": [1, {"key": "a\nsk-evo-CANARYcanaryCANARYcanary1234"}]}}
    kept = Task.from_json(answer).raw
    assert kept["novelty"] == {"x": [1, {"key": "a\nsk-…1234"}]}
    assert {**kept, "novelty": 0} == {**answer, "novelty": 0}


def test_of_a_long_answer_the_longest_parts_are_left_out_and_named() -> None:
    huge = {"x" * 5_000_000: 1, "padding": "y" * 5_000_000, **{str(number): "z" * 100 for number in range(5000)}}
    task = Task.from_json({**huge, **COMPLETED})
    assert task.results == tuple(COMPLETED["results"])
    assert len(json.dumps(task.raw)) < raw.RAW_MAX + 2000
    assert task.raw["id"] == COMPLETED["id"]
    assert "padding" in task.raw["…"]
    assert "padding" not in task.raw


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
    assert task.id == COMPLETED["id"] or field == "id"
    cost = task.settlement.credits
    assert cost is None or (cost.is_finite() and cost >= 0)
    json.dumps(task.raw, allow_nan=False)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_any_json_is_an_account_value_or_the_named_error(value: object) -> None:
    for shape in (Credits, UploadedFile, FileQuota, FileList, TaskPage):
        for candidate in (value, {"data": value}, {"data": {"token": value, "user": value, "files": [value]}}):
            try:
                shape.from_json(candidate)
            except APIResponseValidationError:
                continue


def test_deep_nesting_loses_that_field_alone() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    for field in ("progress", "novelty", "usage", "results"):
        assert Task.from_json({**COMPLETED, field: deep}).raw[field] is None
    while isinstance(deep, list):  # taken apart by hand: freeing it in one go would recurse
        deep = deep.pop()


@pytest.mark.parametrize("body", [None, b"", b"<html>", b"{", b"\xff\xfe{}", b"[" * 100_000], ids=range(6))
def test_bodies_that_are_no_json_are_the_named_error(body: bytes | None) -> None:
    with pytest.raises(APIResponseValidationError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": NaN, "b": -Infinity, "c": 1e999, "d": ' + b"9" * 5000 + b"}", dict.fromkeys("abcd")),
        (b"\xef\xbb\xbf{}", {}),
        (b'"\\ud800"', "\ufffd"),
        (b'{"\\u0000": "a\\u0000"}', {"\ufffd": "a\ufffd"}),
        (b'"a\x00\n"', "a\ufffd\n"),
        (b'"\xff"', "\ufffd"),
        ('"\U0001f98a"'.encode(), "\U0001f98a"),
        (b'"\\ud83e\\udd8a"', "\U0001f98a"),
    ],
    ids=range(8),
)
def test_what_cannot_be_kept_as_text_is_replaced(body: bytes, value: object) -> None:
    assert parse_json(body) == value


def test_what_is_nested_too_deeply_is_cut() -> None:
    value = parse_json(b'{"id": 1, "deep": ' + b"[" * 100 + b"]" * 100 + b"}")
    assert isinstance(value, dict)
    assert value["id"] == 1
    for _ in range(DEPTH_MAX - 1):
        value = value["deep"] if isinstance(value, dict) else value[0]
    assert value == [None]


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


def test_credits_in_odd_shapes() -> None:
    data = {"token": {"remaining_credits": "5.5", "unlimited_credits": "true"}, "user": {"remaining_credits": "9.25"}}
    credits = Credits.from_json({"data": data})
    assert (credits.token_remaining, credits.user_remaining) == (Decimal("5.5"), Decimal("9.25"))
    assert (credits.unlimited, credits.spendable, credits.user_used) == (True, Decimal("9.25"), None)
    for token in (None, [], {}, {"remaining_credits": "much", "used_credits": {}, "unlimited_credits": 3}):
        found = Credits.from_json({"data": {"token": token, "user": {"remaining_credits": 1}}})
        assert (found.spendable, found.token_remaining, found.token_used) == (1, None, None)


def test_a_key_with_a_limit_by_the_day() -> None:
    token = {"remaining_credits": 3, "daily_limit_credits": "10", "daily_used_credits": 7}
    credits = Credits.from_json({"data": {"token": token, "user": {"remaining_credits": 1}}})
    assert (credits.daily_limit, credits.daily_used) == (10, 7)


@pytest.mark.parametrize("user", [None, {}, {"remaining_credits": None}, {"remaining_credits": "much"}])
def test_credits_without_a_balance_are_no_credits(user: object) -> None:
    with pytest.raises(APIResponseValidationError):
        Credits.from_json({"data": {"token": {"remaining_credits": 1}, "user": user}})


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


@pytest.mark.parametrize(
    "side",
    [
        {"file_id": None},
        {"file_id": 5, "file_size": "2048"},
        {"expires_at": 1760198400, "upload_time": 1759939200000},
        {"expires_at": "soon", "download_url": "x", "file_name": [], "mime_type": 3},
    ],
)
def test_an_upload_is_its_address(side: dict[str, Any]) -> None:
    file = UploadedFile.from_json({"data": {"file_url": "https://files.evolink.ai/a.png", **side}})
    assert file.file_url == "https://files.evolink.ai/a.png"
    assert file.file_id is None
    numeric = isinstance(side.get("expires_at"), int)
    assert file.expires_at == (datetime(2025, 10, 11, 16, tzinfo=UTC) if numeric else None)
    assert file.upload_time == (datetime(2025, 10, 8, 16, tzinfo=UTC) if numeric else None)


@pytest.mark.parametrize("data", [None, [], {}, {"file_id": "f"}, {"file_url": "javascript:alert(1)"}])
def test_without_an_address_it_is_no_upload(data: object) -> None:
    with pytest.raises(APIResponseValidationError):
        UploadedFile.from_json({"data": data})


def test_file_quota_and_list() -> None:
    quota = FileQuota.from_json(
        {"data": {"user_group": "default", "used_files": 35, "max_files": 2000, "remain_files": 65}}
    )
    assert (quota.used_files, quota.max_files, quota.remain_files, quota.is_custom) == (35, 2000, 65, False)
    line = {"file_id": "f1", "file_name": "a.png", "file_size": 3, "upload_time": "2026-01-01T00:00:00"}
    files = FileList.from_json({"data": {"total": 41, "files": [None, {"file_name": "no id"}, line]}})
    assert files.total == 41
    assert files.files[0].upload_time == datetime(2026, 1, 1, tzinfo=UTC)


def test_task_page() -> None:
    line = {"id": "task-unified-1-abcdefgh", "status": "odd", "progress": 40, "created_at": 0, "has_results": True}
    page = TaskPage.from_json({"data": [7, {"status": "failed"}, line], "total": 7, "page": 2, "page_size": 1})
    assert (page.total, page.page, len(page.tasks)) == (7, 2, 1)
    assert page.tasks[0].status == "processing"
    assert page.tasks[0].created == datetime(1970, 1, 1, tzinfo=UTC)
    assert page.tasks[0].has_results
    with pytest.raises(APIResponseValidationError):
        TaskPage.from_json({"total": 7})
