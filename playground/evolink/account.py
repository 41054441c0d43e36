"""What EvoLink tells about the account: credits, uploaded files, the list of tasks. `types` re-exports it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

from playground.evolink import reading as read

PAGE_MAX: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Credits:
    """GET /v1/credits: the limit of this key (`token`) and the balance of the account (`user`)."""

    token_remaining: Decimal
    token_used: Decimal | None
    unlimited: bool
    user_remaining: Decimal
    user_used: Decimal | None

    @property
    def spendable(self) -> Decimal:
        """What this key can still spend: the smaller of both, unless the key has no limit of its own."""
        return self.user_remaining if self.unlimited else min(self.token_remaining, self.user_remaining)

    @classmethod
    def from_json(cls, value: object) -> Self:
        data = read.mapping(read.mapping(value, "the answer").get("data"), "data")
        token = read.mapping(data.get("token"), "data.token")
        user = read.mapping(data.get("user"), "data.user")
        unlimited = read.flag(token.get("unlimited_credits"), "unlimited_credits")
        return cls(
            token_remaining=_amount(token.get("remaining_credits"), required=not unlimited),
            token_used=read.credits(token.get("used_credits"), "used_credits", negative=True),
            unlimited=unlimited,
            user_remaining=_amount(user.get("remaining_credits"), required=True),
            user_used=read.credits(user.get("used_credits"), "used_credits", negative=True),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadedFile:
    """A file in EvoLink's own storage, kept for 72 hours; `file_url` goes into `image_urls`."""

    file_id: str
    file_url: str
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
        data = read.mapping(read.mapping(value, "the answer").get("data"), "data")
        download = data.get("download_url")
        return cls(
            file_id=read.identifier(data.get("file_id"), "file_id"),
            file_url=read.url(data.get("file_url"), "file_url"),
            file_name=read.text(data.get("file_name"), "file_name"),
            original_name=read.text(data.get("original_name"), "original_name"),
            file_size=read.count(data.get("file_size"), "file_size"),
            mime_type=read.text(data.get("mime_type"), "mime_type"),
            upload_path=read.text(data.get("upload_path"), "upload_path"),
            download_url=read.url(download, "download_url") if download else None,
            upload_time=read.iso_time(data.get("upload_time"), "upload_time"),
            expires_at=read.iso_time(data.get("expires_at"), "expires_at"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FileQuota:
    """How many files the account may keep. EvoLink's own example does not add up: compute nothing from it."""

    user_group: str | None
    used_files: int | None
    max_files: int | None
    remain_files: int | None
    is_custom: bool
    quota_reason: str | None

    @classmethod
    def from_json(cls, value: object) -> Self:
        data = read.mapping(read.mapping(value, "the answer").get("data"), "data")
        return cls(
            user_group=read.text(data.get("user_group"), "user_group"),
            used_files=read.count(data.get("used_files"), "used_files"),
            max_files=read.count(data.get("max_files"), "max_files"),
            remain_files=read.count(data.get("remain_files"), "remain_files"),
            is_custom=read.flag(data.get("is_custom"), "is_custom"),
            quota_reason=read.text(data.get("quota_reason"), "quota_reason"),
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
    """One page of the files the account keeps; `total` counts all pages."""

    total: int
    files: tuple[ListedFile, ...]

    @classmethod
    def from_json(cls, value: object) -> Self:
        data = read.mapping(read.mapping(value, "the answer").get("data"), "data")
        lines = read.optional_list(data.get("files"), "files", longest=PAGE_MAX)
        files = tuple(_listed_file(line) for line in lines)
        total = read.count(data.get("total"), "total")
        return cls(total=len(files) if total is None else total, files=files)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSummary:
    """One line of the task list; it has no links."""

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
    """One page of the task list, newest first; `total` counts all pages."""

    total: int
    page: int
    tasks: tuple[TaskSummary, ...]

    @classmethod
    def from_json(cls, value: object) -> Self:
        body = read.mapping(value, "the answer")
        if not isinstance(body.get("data"), list):
            raise read.wrong("data", body.get("data"))
        tasks = tuple(_summary(line) for line in read.optional_list(body["data"], "data", longest=PAGE_MAX))
        total = read.count(body.get("total"), "total")
        page = read.count(body.get("page"), "page")
        return cls(total=len(tasks) if total is None else total, page=page or 1, tasks=tasks)


def _summary(value: object) -> TaskSummary:
    line = read.mapping(value, "a task")
    return TaskSummary(
        id=read.identifier(line.get("id"), "id"),
        status=read.status(line.get("status")),
        progress=read.progress(line.get("progress")),
        model=read.text(line.get("model"), "model"),
        created=_moment(line.get("created_at")),
        has_results=read.flag(line.get("has_results"), "has_results"),
        has_error=read.flag(line.get("has_error"), "has_error"),
        credits_used=read.credits(line.get("credits_used"), "credits_used"),
    )


def _listed_file(value: object) -> ListedFile:
    line = read.mapping(value, "a file")
    return ListedFile(
        file_id=read.identifier(line.get("file_id"), "file_id"),
        file_name=read.text(line.get("file_name"), "file_name"),
        file_size=read.count(line.get("file_size"), "file_size"),
        upload_time=_moment(line.get("upload_time")),
    )


def _moment(value: object) -> datetime | None:
    """A time that may be written as unix seconds or in ISO 8601; the lists are not documented."""
    return read.iso_time(value, "a time") if isinstance(value, str) else read.unix_time(value, "a time")


def _amount(value: object, *, required: bool) -> Decimal:
    amount = read.credits(value, "an amount of credits", negative=True)
    if amount is None and required:
        raise read.wrong("an amount of credits", value)
    return Decimal(0) if amount is None else amount
