"""The client for EvoLink's API.

The client never sends a request again. `error.retryable` tells the caller whether it may.
"""

import base64
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeVar

import httpx

from playground.evolink import reading as read
from playground.evolink.account import Credits, FileList, FileQuota, TaskPage, UploadedFile
from playground.evolink.errors import APIResponseValidationError, LinkDeadError
from playground.evolink.guard import GuardedTransport, origin_of
from playground.evolink.price_list import PriceList
from playground.evolink.secret import ApiSecret
from playground.evolink.types import Download, GenerationRequest, Task
from playground.evolink.wire import Wire

API_URL: Final = "https://api.evolink.ai"
FILES_URL: Final = "https://files-api.evolink.ai"
BATCH_MAX: Final = 50
DEADLINE: Final = 30.0
# The deadline of `generate` is the longest, because a lost answer to it costs money.
SUBMIT_DEADLINE: Final = 120.0
UPLOAD_DEADLINE: Final = 300.0
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9._-]{16,96}")
_JSON: Final = {"Content-Type": "application/json"}

T = TypeVar("T")


class Client:
    """EvoLink's API with one key. Use as `async with Client(key) as client`.

    `transport` replaces the network, for example with the sandbox in this process. Without it, the guard checks every
    address except `exempt_origins` (`scheme://host:port`). `deadline` is the limit for a whole call in seconds: 30 by
    default, 120 for `generate`. Every method raises `EvoLinkError` if the call fails and `ValueError` for arguments
    that cannot be sent. The client raises no other errors.
    """

    def __init__(
        self,
        api_key: ApiSecret | str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        base_url: str = API_URL,
        files_url: str = FILES_URL,
        deadline: float | None = None,
        exempt_origins: Collection[str] = (),
    ) -> None:
        self._secret = api_key if isinstance(api_key, ApiSecret) else ApiSecret(api_key)
        self._api = _base(base_url)
        self._files = _base(files_url)
        self._deadline = deadline or DEADLINE
        self._submit_deadline = deadline or SUBMIT_DEADLINE
        self._wire = Wire(self._secret, transport or GuardedTransport(exempt_origins))

    def __repr__(self) -> str:
        return f"Client({self._api!r}, key={str(self._secret)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._wire.aclose()

    async def generate(self, request: GenerationRequest, *, idempotency_key: str | None = None) -> Task:
        """Submits `request` once. `error.money` tells whether a failed call may have been charged.

        EvoLink does not document `idempotency_key` (16 to 96 of `A-Za-z0-9._-`), so do not rely on it. If EvoLink
        honours it, the same key with the same request returns the first task again (`task.replayed`), and the same key
        with another request raises `ConflictError`.
        """
        headers = dict(_JSON)
        if idempotency_key is not None:
            if not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
                raise ValueError("An idempotency key is 16 to 96 of A-Z a-z 0-9 . _ -")
            headers["Idempotency-Key"] = idempotency_key
        return await self._wire.ask(
            _submitted,
            "POST",
            f"{self._api}/v1/images/generations",
            content=_encoded(request.to_json()),
            headers=headers,
            deadline=self._submit_deadline,
            spends=True,
        )

    async def task(self, task_id: str, *, deadline: float | None = None) -> Task:
        """The current state of the task. `NotFoundError` for a new task may mean that EvoLink does not know it yet.

        Raises `APIResponseValidationError` if the answer is about another task.
        """
        url = f"{self._api}/v1/tasks/{_segment(task_id)}"

        def asked_for(value: object) -> Task:
            task = Task.from_json(value)
            if task.id != task_id:
                raise APIResponseValidationError("EvoLink answered with another task than was asked for.")
            return task

        return await self._ask(asked_for, "GET", url, deadline)

    async def tasks(
        self, *, status: str | None = None, model: str | None = None, page: int = 1, page_size: int = 20
    ) -> TaskPage:
        """One page of the account's image tasks, newest first, without links (undocumented at EvoLink)."""
        wanted = {"status": status, "type": "image", "model": model, "page": page, "page_size": page_size}
        params = {name: str(value) for name, value in wanted.items() if value is not None}
        return await self._ask(TaskPage.from_json, "GET", f"{self._api}/v1/tasks", params=params)

    async def tasks_by_id(self, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """Reads up to 50 tasks at once (undocumented at EvoLink). Ids that EvoLink does not know are missing."""
        if len(task_ids) > BATCH_MAX:
            raise ValueError(f"At most {BATCH_MAX} tasks in one read.")
        wanted = {_segment(task_id) for task_id in task_ids}

        def asked_for(value: object) -> tuple[Task, ...]:
            answered = read.listing(read.mapping(value, "the answer").get("data"), "data")
            return tuple(Task.from_json(task) for task in answered if read.fields(task).get("id") in wanted)

        body = _encoded({"task_ids": list(task_ids)})
        return await self._ask(asked_for, "POST", f"{self._api}/v1/tasks/batch", content=body, headers=_JSON)

    async def credits(self, *, deadline: float | None = None) -> Credits:
        """The remaining credits of the key and the account. The call is free, so it can also test a key."""
        return await self._ask(Credits.from_json, "GET", f"{self._api}/v1/credits", deadline)

    async def price_list(self, *, etag: str | None = None) -> PriceList | None:
        """The prices that EvoLink publishes. Sends no key. Returns None if they have not changed since `etag`."""
        headers = {"If-None-Match": etag} if etag else {}
        url = f"{self._api}/v1/catalog/pricing-rules"
        return await self._wire.ask(_price_list, "GET", url, headers=headers, deadline=self._deadline, public=True)

    async def upload_file(
        self, file: BinaryIO, name: str, content_type: str, *, deadline: float = UPLOAD_DEADLINE
    ) -> UploadedFile:
        """Uploads a seekable `file` from its start as a stream. EvoLink keeps it for 72 hours."""
        file.seek(0)
        parts = {"file": (name, file, content_type)}
        url = f"{self._files}/api/v1/files/upload/stream"
        return await self._ask(UploadedFile.from_json, "POST", url, deadline, files=parts)

    async def upload_base64(
        self, data: bytes, name: str, content_type: str, *, deadline: float = UPLOAD_DEADLINE
    ) -> UploadedFile:
        """Uploads `data` inside a JSON body, for small files."""
        encoded = base64.b64encode(data).decode("ascii")
        body = {"base64_data": f"data:{content_type};base64,{encoded}", "file_name": name}
        return await self._upload("base64", body, deadline)

    async def upload_url(
        self, file_url: str, name: str | None = None, *, deadline: float = UPLOAD_DEADLINE
    ) -> UploadedFile:
        """Makes EvoLink fetch the file from a public address."""
        body = {"file_url": file_url} if name is None else {"file_url": file_url, "file_name": name}
        return await self._upload("url", body, deadline)

    async def file_quota(self) -> FileQuota:
        """How many files the account keeps and may keep."""
        return await self._ask(FileQuota.from_json, "GET", f"{self._files}/api/v1/files/quota")

    async def files(self, *, page: int = 1, page_size: int = 20) -> FileList:
        """One page of the account's files (undocumented at EvoLink)."""
        params = {"page": str(page), "pageSize": str(page_size)}
        return await self._ask(FileList.from_json, "GET", f"{self._files}/api/v1/files/list", params=params)

    async def delete_file(self, file_id: str) -> None:
        """Deletes a file before its 72 hours are over (undocumented at EvoLink)."""
        await self._ask(_nothing, "DELETE", f"{self._files}/api/v1/files/{_segment(file_id)}")

    async def download(self, url: str, into: BinaryIO, *, max_bytes: int, deadline: float = 120.0) -> Download:
        """Writes the file of a result link to `into`, unpacked if compressed. Sends no key.

        Follows up to three redirects, only to https addresses. The guard checks each like the link itself. Raises
        `TooLargeError` above `max_bytes`, other kinds of `DownloadError`, or `APIConnectionError`. After an error,
        `into` may contain a part of the file.
        """
        if read.link(url) is None:
            raise LinkDeadError("The link is not a web address.")
        return await self._wire.fetch(url, into, max_bytes=max_bytes, deadline=deadline)

    async def _upload(self, how: str, body: Mapping[str, str], deadline: float) -> UploadedFile:
        url = f"{self._files}/api/v1/files/upload/{how}"
        return await self._ask(UploadedFile.from_json, "POST", url, deadline, content=_encoded(body), headers=_JSON)

    async def _ask(
        self, reader: Callable[[object], T], method: str, url: str, deadline: float | None = None, **content: Any
    ) -> T:
        """Sends a request that costs no credits."""

        def read_value(value: object, headers: httpx.Headers) -> T:
            return reader(value)

        return await self._wire.ask(read_value, method, url, deadline=deadline or self._deadline, **content)


def _base(url: str) -> str:
    """The address to which paths are added. Raises `ValueError` for anything but http(s)."""
    origin_of(url)
    if read.link(url) is None:
        raise ValueError("An origin is http(s)://host[:port].")
    return url.rstrip("/")


def _encoded(body: Mapping[str, object]) -> bytes:
    """Compact UTF-8 JSON. Raises `ValueError` for invalid text (a lone surrogate)."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _segment(identifier: str) -> str:
    """An id as a path segment. Raises `ValueError` for an id that could lead to another path."""
    if not read.is_identifier(identifier):
        raise ValueError("This is no id of EvoLink's.")
    return identifier


def _submitted(value: object, headers: httpx.Headers) -> Task:
    replayed = headers.get("idempotency-replayed", "").strip().lower() == "true"
    return replace(Task.from_json(value), replayed=replayed)


def _price_list(value: object, headers: httpx.Headers) -> PriceList | None:
    """The price list. None for an answer without one (304)."""
    return None if value is None else replace(PriceList.from_json(value), etag=headers.get("etag"))


def _nothing(value: object) -> None:
    """Accepts any answer."""
