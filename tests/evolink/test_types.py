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
from playground.evolink.types import CONTENT, SETTINGS, GenerationRequest, Settlement, Task, TaskError, Usage

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


def test_a_request_by_the_names_of_the_api() -> None:
    given = {"model": "m", "prompt": "p", "image_urls": ["https://a/1.png"], "quality": None, "style": "new", "n": 2}
    request = GenerationRequest.from_values(given)
    assert request == GenerationRequest(
        model="m", prompt="p", image_urls=("https://a/1.png",), n=2, extra={"style": "new"}
    )
    assert request.to_json() == {name: value for name, value in given.items() if value is not None}
    fields = ["model", "prompt", "size", "quality", "n", "resolution", "background", "output_format"]
    assert list(request.values()) == [*fields, "image_urls", "mask_url", "callback_url", "style"]
    assert request.settings() == {
        "model": "m", "size": None, "quality": None, "n": 2, "resolution": None, "background": None,
        "output_format": None, "style": "new",
    }  # fmt: skip
    assert SETTINGS == ("model", "size", "quality", "n", "resolution", "background", "output_format")
    assert {"prompt", "image_urls", "mask_url", "callback_url"} == CONTENT
    plain = {"model": "m", "prompt": "p", "size": "", "style": None}
    assert GenerationRequest(model="m", prompt="p", size="", extra={"style": None, "none": []}).to_json() == {
        "model": "m", "prompt": "p", "n": 1,
    }  # fmt: skip
    assert GenerationRequest.from_values(plain).extra == {}


def test_a_task_without_more_has_no_cost_and_no_answer_and_none_is_printed() -> None:
    bare = Task(id="a", status="pending", progress=0)
    assert (bare.settlement, bare.raw) == (Settlement(), {})
    assert "novelty" not in repr(Task.from_json({**COMPLETED, "novelty": 1}))


def test_requests_can_be_told_apart_in_a_set() -> None:
    requests = [GenerationRequest(model="m", prompt="p", extra={"style": style}) for style in ("new", "old", "new")]
    assert len({*requests}) == 2


def test_every_field_of_an_answer() -> None:
    answer = {
        "id": "task-unified-1-abcdefgh",
        "status": "failed",
        "progress": 40,
        "model": "gpt-image-2",
        "created": 1756817421,
        "results": ["https://h/1.png"],
        "error": {"code": "odd", "message": "No.", "suggestion": "Wait.", "type": "task_error"},
        "usage": {
            "input_tokens": 1,
            "output_tokens": 2,
            "total_tokens": 3,
            "input_tokens_details": {
                "text_tokens": 4,
                "image_tokens": 5,
                "cached_tokens_details": {"text_tokens": 6, "image_tokens": 7},
            },
            "output_tokens_details": {"text_tokens": 8, "image_tokens": 9},
            "credits_reserved": 10,
            "credits_used": 11,
            "billing_rule": "per_token",
            "user_group": "vip",
        },
        "billing": {"charge_status": "charged", "charged_credits": 12},
        "task_info": {"estimated_time": 13.9},
        "revised_prompt": "better",
    }
    assert Task.from_json(answer) == Task(
        id="task-unified-1-abcdefgh",
        status="failed",
        progress=40,
        model="gpt-image-2",
        created=CREATED,
        results=("https://h/1.png",),
        error=TaskError(code="odd", message="No.", suggestion="Wait.", type="task_error"),
        usage=Usage(
            input_tokens=1,
            output_tokens=2,
            total_tokens=3,
            input_text_tokens=4,
            input_image_tokens=5,
            cached_text_tokens=6,
            cached_image_tokens=7,
            output_text_tokens=8,
            output_image_tokens=9,
            credits_reserved=Decimal(10),
            credits_used=Decimal(11),
            billing_rule="per_token",
            user_group="vip",
        ),
        settlement=Settlement(
            charge=Charge.CHARGED, credits=Decimal(12), reserved=Decimal(10), charge_status="charged"
        ),
        estimated_time=13,
        revised_prompt="better",
        user_group="vip",
        raw=answer,
    )
    bare = Task.from_json({"id": "a"})
    assert bare == Task(
        id="a", status="processing", progress=0, settlement=Settlement(charge=Charge.OPEN), raw={"id": "a"}
    )
    assert not bare.replayed


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"estimated_time": 7}, 7), ({"task_info": {"estimated_time": "8"}, "estimated_time": 7}, 8),
        ({"task_info": {}, "estimated_time": 0}, 0), ({"estimated_time": -1}, 0), ({"estimated_time": 86_400}, 86_400),
        ({"estimated_time": 86_401}, 86_400), ({"estimated_time": "soon"}, None), ({}, None),
    ],
)  # fmt: skip
def test_the_wait_that_evolink_expects_is_a_day_at_most(answer: dict[str, Any], seconds: int | None) -> None:
    assert Task.from_json({**COMPLETED, "task_info": None, **answer}).estimated_time == seconds


KEY = "sk-evo-CANARYcanaryCANARYcanary1234"
MASKED = TaskError(code="sk-…1234", message="sk-…1234", suggestion="sk-…1234", type="sk-…1234")


@pytest.mark.parametrize(
    ("error", "read"),
    [
        ({}, TaskError(code=None, message="")),
        ([], TaskError(code=None, message="")),
        ("", TaskError(code=None, message="")),
        (f"No {KEY}", TaskError(code=None, message="No sk-…1234")),
        ("x" * 2001, TaskError(code=None, message="x" * 2000)),
        ({"code": 500.0, "message": 7}, TaskError(code="500", message="")),
        ({"code": KEY, "message": KEY, "suggestion": KEY, "type": KEY}, MASKED),
        ({"code": "", "suggestion": "", "type": ""}, TaskError(code=None, message="")),
    ],
    ids=range(8),
)  # fmt: skip
def test_an_error_in_every_shape(error: object, read: TaskError) -> None:
    assert TaskError.from_json(error) == read


def test_an_error_says_something_with_a_code_or_a_message() -> None:
    assert TaskError(code=None, message="").says_nothing
    assert not TaskError(code="odd", message="").says_nothing
    assert not TaskError(code=None, message="No.").says_nothing
    assert Task.from_json({**COMPLETED, "error": {}, "status": "failed"}).error is None


@pytest.mark.parametrize(
    ("status", "finished"), [("completed", True), ("failed", True), ("cancelled", True), ("odd", False)]
)
def test_three_states_are_final(status: str, finished: bool) -> None:
    assert Task.from_json({**COMPLETED, "status": status}).finished is finished


def test_an_error_of_a_task_is_read_with_its_type_and_its_message() -> None:
    def reason(**error: object) -> Reason | None:
        return Task.from_json({**COMPLETED, "status": "failed", "error": error}).reason

    assert reason(code=429, type="rate_limit_error", message="x") is Reason.RATE_LIMITED
    assert reason(code=400, message="Insufficient credits") is Reason.BALANCE
    assert reason(code=429, message="Slow down") is Reason.UNKNOWN, "a task has no HTTP status"


def test_cached_tokens_that_are_split_are_taken_from_the_split() -> None:
    split = {"cached_tokens": 9, "cached_tokens_details": {"text_tokens": 4}}
    assert Usage.from_json({"input_tokens_details": split}).cached_text_tokens == 4
    no_image = {"cached_tokens": 9, "image_tokens": 0}
    assert Usage.from_json({"input_tokens_details": no_image}).cached_text_tokens == 9


def test_only_a_hundred_pictures_are_looked_through() -> None:
    many: list[Any] = [{}] * 99
    late = {"image_url": "https://h/1.png", "revised_prompt": "late"}
    found = Task.from_json({**COMPLETED, "results": None, "result_data": [*many, late]})
    assert (found.results, found.revised_prompt) == (ONE, "late")
    missed = Task.from_json({**COMPLETED, "results": None, "result_data": [*many, {}, late]})
    assert (missed.results, missed.revised_prompt) == ((), None)
    both = {"url": "https://h/2.png", "image_url": "https://h/1.png"}
    assert Task.from_json({**COMPLETED, "results": [both]}).results == ("https://h/2.png",)
    assert Task.from_json({**COMPLETED, "results": None, "result_data": [both]}).results == ONE


@pytest.mark.parametrize(("value", "message"), [([], "the task is list"), ({"id": 5}, "id is int")])
def test_what_is_no_task_is_named(value: object, message: str) -> None:
    with pytest.raises(APIResponseValidationError, match=rf": {message}\.$"):
        Task.from_json(value)
