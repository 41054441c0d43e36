"""What EvoLink reports about the account: credits, uploaded files, the list of tasks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from playground.evolink.account import (
    Credits,
    FileList,
    FileQuota,
    ListedFile,
    TaskPage,
    TaskSummary,
    UploadedFile,
)
from playground.evolink.errors import APIResponseValidationError

CREDITS: dict[str, Any] = {
    "data": {
        "token": {"remaining_credits": 99416.4429, "unlimited_credits": False, "used_credits": 583.5571},
        "user": {"remaining_credits": 1095.3996, "used_credits": 135.9048},
    },
    "message": "",
    "success": True,
}


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


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_every_field_of_an_upload() -> None:
    data = {
        "file_url": "https://h/a.png",
        "file_id": "f1",
        "file_name": "a.png",
        "original_name": "b.png",
        "file_size": 3,
        "mime_type": "image/png",
        "upload_path": "c",
        "download_url": "https://h/d",
        "upload_time": "2026-01-01T12:00:00",
        "expires_at": "2026-01-01T13:00:00+01:00",
    }
    expected = {**data, "upload_time": NOON, "expires_at": NOON}
    assert UploadedFile.from_json({"data": data}) == UploadedFile(**expected)


def test_every_field_of_the_quota() -> None:
    data = {
        "user_group": "vip",
        "used_files": 1,
        "max_files": 2,
        "remain_files": 3,
        "is_custom": True,
        "quota_reason": "asked",
    }
    assert FileQuota.from_json({"data": data}) == FileQuota(**data)


def test_every_field_of_a_list_of_files() -> None:
    line = {"file_id": "f1", "file_name": "a.png", "file_size": 3, "upload_time": "2026-01-01T12:00:00"}
    file = ListedFile(file_id="f1", file_name="a.png", file_size=3, upload_time=NOON)
    assert FileList.from_json({"data": {"total": 0, "files": [line]}}) == FileList(total=0, files=(file,))
    assert FileList.from_json({"data": {"files": [line, {}, line]}}) == FileList(total=2, files=(file, file))
    assert FileList.from_json({"data": {"files": [line] * 1001}}).total == 1000


def test_every_field_of_a_page_of_tasks() -> None:
    line = {
        "id": "task-unified-1-abcdefgh",
        "status": "success",
        "progress": 40,
        "model": "gpt-image-2",
        "created_at": "2026-01-01T12:00:00",
        "has_results": True,
        "has_error": "true",
        "credits_used": "1.50",
    }
    task = TaskSummary(
        id="task-unified-1-abcdefgh",
        status="completed",
        progress=40,
        model="gpt-image-2",
        created=NOON,
        has_results=True,
        has_error=True,
        credits_used=Decimal("1.50"),
    )
    assert TaskPage.from_json({"data": [line], "total": 0, "page": 3}) == TaskPage(total=0, page=3, tasks=(task,))
    assert TaskPage.from_json({"data": [line, {}]}) == TaskPage(total=1, page=1, tasks=(task,))
    assert TaskPage.from_json({"data": [line] * 1001}).total == 1000


def test_every_field_of_the_credits() -> None:
    token = {"remaining_credits": -1, "used_credits": -2, "daily_limit_credits": 3, "daily_used_credits": 4}
    credits = Credits.from_json({"data": {"token": token, "user": {"remaining_credits": 5, "used_credits": -6}}})
    assert credits == Credits(
        user_remaining=Decimal(5),
        user_used=Decimal(-6),
        token_remaining=Decimal(-1),
        token_used=Decimal(-2),
        unlimited=False,
        daily_limit=Decimal(3),
        daily_used=Decimal(4),
    )
    both = {"remaining_credits": 3, "unlimited_credits": True}
    assert Credits.from_json({"data": {"token": both, "user": {"remaining_credits": 5}}}).spendable == 5
    assert Credits(user_remaining=Decimal(5), token_remaining=Decimal(3)).spendable == 3


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        (Credits, [], "the answer is list"), (Credits, {}, "data is NoneType"),
        (Credits, {"data": {"user": {"remaining_credits": "much"}}}, "the balance is str"),
        (UploadedFile, {"data": {}}, "file_url is NoneType"), (TaskPage, 7, "the answer is int"),
        (TaskPage, {"data": {}}, "data is dict"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(shape: Any, value: object, message: str) -> None:
    with pytest.raises(APIResponseValidationError, match=rf": {message}\.$"):
        shape.from_json(value)
