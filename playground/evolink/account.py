"""What EvoLink reports about the account: credits, uploaded files, the list of tasks. `types` re-exports it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from playground.evolink import reading as read

PAGE_MAX: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Credits:
    """GET /v1/credits: the limit of this key (`token`) and the balance of the account (`user`). None: missing."""

    user_remaining: Decimal
    user_used: Decimal | None = None
    token_remaining: Decimal | None = None
    token_used: Decimal | None = None
    unlimited: bool = False
    """Whether the key has no limit of its own."""
    daily_limit: Decimal | None = None
    daily_used: Decimal | None = None

    @property
    def spendable(self) -> Decimal:
        """What this key can still spend: the lower remainder, or the account's if the key has no limit of its own."""
        if self.unlimited or self.token_remaining is None:
            return self.user_remaining
        return min(self.token_remaining, self.user_remaining)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Raises `APIResponseValidationError` if the balance of the account is missing."""
        data = _data(value)
        token, user = read.fields(data.get("token")), read.fields(data.get("user"))
        remaining = read.credits(user.get("remaining_credits"), negative=True)
        if remaining is None:
            raise read.wrong("the balance", user.get("remaining_credits"))
        return cls(
            user_remaining=remaining,
            user_used=read.credits(user.get("used_credits"), negative=True),
            token_remaining=read.credits(token.get("remaining_credits"), negative=True),
            token_used=read.credits(token.get("used_credits"), negative=True),
            unlimited=read.flag(token.get("unlimited_credits")),
            daily_limit=read.credits(token.get("daily_limit_credits")),
            daily_used=read.credits(token.get("daily_used_credits")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadedFile:
    """A file in EvoLink's own storage, which keeps it for 72 hours. A request names its `file_url` in `image_urls`."""

    file_url: str
    file_id: str | None = None
    file_name: str | None = None
    original_name: str | None = None
    file_size: int | None = None
    mime_type: str | None = None
    upload_path: str | None = None
    download_url: str | None = None
    upload_time: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Raises `APIResponseValidationError` if the address of the file is missing."""
        data = _data(value)
        return cls(
            file_url=read.url(data.get("file_url"), "file_url"),
            file_id=read.own_identifier(data.get("file_id")),
            file_name=read.text(data.get("file_name")),
            original_name=read.text(data.get("original_name")),
            file_size=read.count(data.get("file_size")),
            mime_type=read.text(data.get("mime_type")),
            upload_path=read.text(data.get("upload_path")),
            download_url=read.link(data.get("download_url")),
            upload_time=read.moment(data.get("upload_time")),
            expires_at=read.moment(data.get("expires_at")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FileQuota:
    """How many files the account may keep. EvoLink's example does not add up: do not calculate with it."""

    user_group: str | None
    used_files: int | None
    max_files: int | None
    remain_files: int | None
    is_custom: bool
    quota_reason: str | None

    @classmethod
    def from_json(cls, value: object) -> Self:
        data = _data(value)
        return cls(
            user_group=read.text(data.get("user_group")),
            used_files=read.count(data.get("used_files")),
            max_files=read.count(data.get("max_files")),
            remain_files=read.count(data.get("remain_files")),
            is_custom=read.flag(data.get("is_custom")),
            quota_reason=read.text(data.get("quota_reason")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFile:
    """One line of the file list."""

    file_id: str
    file_name: str | None
    file_size: int | None
    upload_time: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileList:
    """One page of the account's files. `total` counts the files of all pages. Lines without an id are left out."""

    total: int
    files: tuple[ListedFile, ...]

    @classmethod
    def from_json(cls, value: object) -> Self:
        data = _data(value)
        lines = [read.fields(line) for line in read.items(data.get("files"), longest=PAGE_MAX)]
        files = tuple(
            ListedFile(
                file_id=file_id,
                file_name=read.text(line.get("file_name")),
                file_size=read.count(line.get("file_size")),
                upload_time=read.moment(line.get("upload_time")),
            )
            for line in lines
            if (file_id := read.own_identifier(line.get("file_id"))) is not None
        )
        total = read.count(data.get("total"))
        return cls(total=len(files) if total is None else total, files=files)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSummary:
    """One line of the task list. It has no result links."""

    id: str
    status: str
    progress: int
    model: str | None
    created: datetime | None
    has_results: bool
    has_error: bool
    credits_used: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPage:
    """One page of the task list, newest first. `total` counts all pages. Lines without an id are left out."""

    total: int
    page: int
    tasks: tuple[TaskSummary, ...]

    @classmethod
    def from_json(cls, value: object) -> Self:
        body = read.mapping(value, "the answer")
        lines = [read.fields(line) for line in read.listing(body.get("data"), "data")[:PAGE_MAX]]
        tasks = tuple(
            TaskSummary(
                id=task_id,
                status=read.status(line.get("status")),
                progress=read.progress(line.get("progress")),
                model=read.text(line.get("model")),
                created=read.moment(line.get("created_at")),
                has_results=read.flag(line.get("has_results")),
                has_error=read.flag(line.get("has_error")),
                credits_used=read.credits(line.get("credits_used")),
            )
            for line in lines
            if (task_id := read.own_identifier(line.get("id"))) is not None
        )
        total = read.count(body.get("total"))
        return cls(total=len(tasks) if total is None else total, page=read.count(body.get("page")) or 1, tasks=tasks)


def _data(value: object) -> Mapping[str, Any]:
    return read.mapping(read.mapping(value, "the answer").get("data"), "data")
