"""The client with wrong answers of EvoLink. Tests that need a real connection are in test_client_wire.py."""

import asyncio
import base64
import gzip
import hashlib
import io
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.evolink import ApiSecret, Client, GenerationRequest, errors
from playground.evolink.errors import Money
from playground.evolink.wire import BODY_MAX
from tests.waits import seconds

from .test_types import COMPLETED, CREDITS, SUBMITTED, json_values

KEY = "sk-evo-CANARYcanaryCANARYcanary1234"
REQUEST = GenerationRequest(model="gpt-image-1", prompt="a cat — 猫")
LINK = "https://files.evolink.ai/u/images/2026/11/22/0.png"
UPLOADED = {"success": True, "data": {"file_id": "file_1", "file_url": "https://files.evolink.ai/a.png"}}

T = TypeVar("T")
Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


class Upstream:
    """A transport that always gives the same response and stores the requests."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return self.answer if isinstance(self.answer, httpx.Response) else self.answer(request)

    def run(self, call: Callable[[Client], Awaitable[T]]) -> T:
        async def main() -> T:
            async with Client(KEY, transport=httpx.MockTransport(self)) as client:
                return await call(client)

        return asyncio.run(main())

    @property
    def last(self) -> httpx.Request:
        return self.seen[-1]


def ask(answer: Answer, call: Callable[[Client], Awaitable[T]]) -> T:
    return Upstream(answer).run(call)


def generate(client: Client) -> Awaitable[Any]:
    return client.generate(REQUEST)


def read_task(client: Client) -> Awaitable[Any]:
    return client.task("task-unified-1-abcdefgh")


class Stream(httpx.AsyncByteStream):
    """A body in pieces. It counts how many pieces were read."""

    def __init__(self, piece: bytes, times: int) -> None:
        self.piece, self.times, self.taken = piece, times, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.times):
            self.taken += 1
            yield self.piece


# --- what is sent ---


def test_generate_sends_the_documented_request_once() -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED))
    task = upstream.run(generate)
    assert task.id == SUBMITTED["id"]
    assert len(upstream.seen) == 1
    sent = upstream.last
    assert (sent.method, str(sent.url)) == ("POST", "https://api.evolink.ai/v1/images/generations")
    assert sent.content == '{"model":"gpt-image-1","prompt":"a cat — 猫","n":1}'.encode()
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept-encoding"] == "identity"
    assert "idempotency-key" not in sent.headers


def test_idempotency_key_is_sent_when_given() -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED))
    upstream.run(lambda client: client.generate(REQUEST, idempotency_key="attempt-0123456789"))
    assert upstream.last.headers["idempotency-key"] == "attempt-0123456789"


@pytest.mark.parametrize("key", ["", "short", "x" * 97, "with blank 0123456789", "0123456789abcdef\r\nX: y"])
def test_idempotency_keys_that_cannot_be_sent(key: str) -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED))
    with pytest.raises(ValueError, match="idempotency"):
        upstream.run(lambda client: client.generate(REQUEST, idempotency_key=key))
    assert upstream.seen == []


@pytest.mark.parametrize("task_id", ["", "..", ".", "a/b", "../credits", "a?b", "a#b", "a%2fb", "a\n"])
def test_ids_that_could_mean_another_path_are_not_sent(task_id: str) -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED))
    with pytest.raises(ValueError, match="no id"):
        upstream.run(lambda client: client.task(task_id))
    with pytest.raises(ValueError, match="no id"):
        upstream.run(lambda client: client.delete_file(task_id))
    assert upstream.seen == []


def test_text_that_is_none_is_not_sent() -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED))
    with pytest.raises(ValueError, match="surrogates"):
        upstream.run(lambda client: client.generate(GenerationRequest(model="m", prompt="\ud800")))
    assert upstream.seen == []


def test_addresses_can_be_set_and_must_be_web_addresses() -> None:
    async def main() -> None:
        upstream = Upstream(httpx.Response(200, json=SUBMITTED))
        async with Client(KEY, transport=httpx.MockTransport(upstream), base_url="http://127.0.0.1:9000/") as client:
            await client.task("task-unified-1-abcdefgh")
        assert str(upstream.last.url) == "http://127.0.0.1:9000/v1/tasks/task-unified-1-abcdefgh"

    asyncio.run(main())
    for wrong in ("", "api.evolink.ai", "ftp://api.evolink.ai"):
        with pytest.raises(ValueError, match="origin"):
            Client(KEY, base_url=wrong)


def test_cookies_are_not_kept() -> None:
    upstream = Upstream(httpx.Response(200, json=SUBMITTED, headers={"set-cookie": "a=b; Path=/"}))

    async def twice(client: Client) -> None:
        await read_task(client)
        await read_task(client)

    upstream.run(twice)
    assert "cookie" not in upstream.last.headers


# --- every endpoint ---


def test_task() -> None:
    upstream = Upstream(httpx.Response(200, json=COMPLETED))
    task = upstream.run(lambda client: client.task(COMPLETED["id"]))
    assert task.results == ("http://example.com/image.jpg",)
    assert str(upstream.last.url) == f"https://api.evolink.ai/v1/tasks/{COMPLETED['id']}"


def test_task_list() -> None:
    line = {"id": "task-unified-1-abcdefgh", "status": "failed", "progress": 0, "has_error": True}
    upstream = Upstream(httpx.Response(200, json={"data": [line], "total": 1, "page": 1, "page_size": 20}))
    page = upstream.run(lambda client: client.tasks(status="failed", page_size=50))
    assert page.tasks[0].has_error
    assert dict(upstream.last.url.params) == {
        "status": "failed",
        "type": "image",
        "page": "1",
        "page_size": "50",
    }


def test_task_batch() -> None:
    upstream = Upstream(httpx.Response(200, json={"data": [COMPLETED]}))
    ids = [COMPLETED["id"], "task-unified-1-abcdefgh"]
    tasks = upstream.run(lambda client: client.tasks_by_id(ids))
    assert [task.id for task in tasks] == [COMPLETED["id"]]
    assert json.loads(upstream.last.content) == {"task_ids": ids}
    with pytest.raises(ValueError, match="At most 50"):
        upstream.run(lambda client: client.tasks_by_id(["task-unified-1-abcdefgh"] * 51))
    with pytest.raises(errors.APIResponseValidationError):
        ask(httpx.Response(200, json={"data": None}), lambda client: client.tasks_by_id(ids))


def test_credits() -> None:
    upstream = Upstream(httpx.Response(200, json=CREDITS))
    credits = upstream.run(lambda client: client.credits(deadline=seconds(30)))
    assert str(credits.spendable) == "1095.3996"
    assert upstream.last.url.path == "/v1/credits"


def test_upload_stream_sends_the_whole_file_from_its_start() -> None:
    upstream = Upstream(httpx.Response(200, json=UPLOADED))
    data = bytes(range(256)) * 1000
    file = io.BytesIO(data)
    file.seek(77)
    uploaded = upstream.run(lambda client: client.upload_file(file, 'a"b\r\n猫.png', "image/png"))
    assert uploaded.file_url == "https://files.evolink.ai/a.png"
    sent = upstream.last
    assert str(sent.url) == "https://files-api.evolink.ai/api/v1/files/upload/stream"
    assert data in sent.content
    assert b'name="file"; filename="a%22b%0D%0A' in sent.content
    assert int(sent.headers["content-length"]) == len(sent.content)


def test_upload_base64_and_url() -> None:
    upstream = Upstream(httpx.Response(200, json=UPLOADED))
    upstream.run(lambda client: client.upload_base64(b"\x89PNG", "a.png", "image/png"))
    body = json.loads(upstream.last.content)
    assert body["file_name"] == "a.png"
    assert base64.b64decode(body["base64_data"].removeprefix("data:image/png;base64,")) == b"\x89PNG"
    upstream.run(lambda client: client.upload_url("https://h/x.png"))
    assert json.loads(upstream.last.content) == {"file_url": "https://h/x.png"}
    assert upstream.last.url.path == "/api/v1/files/upload/url"
    upstream.run(lambda client: client.upload_url("https://h/x.png", "x.png"))
    assert json.loads(upstream.last.content) == {"file_url": "https://h/x.png", "file_name": "x.png"}


def test_file_quota_list_and_delete() -> None:
    upstream = Upstream(httpx.Response(200, json={"success": True, "data": {"max_files": 2000}}))
    assert upstream.run(lambda client: client.file_quota()).max_files == 2000
    upstream = Upstream(httpx.Response(200, json={"success": True, "data": {"total": 0, "files": []}}))
    assert upstream.run(lambda client: client.files(page=2)).files == ()
    assert dict(upstream.last.url.params) == {"page": "2", "pageSize": "20"}
    for answer in (httpx.Response(204), httpx.Response(200, json={"success": True})):
        upstream = Upstream(answer)
        upstream.run(lambda client: client.delete_file("file_1"))
        assert (upstream.last.method, upstream.last.url.path) == ("DELETE", "/api/v1/files/file_1")


def test_a_refusal_inside_a_200_is_a_refusal() -> None:
    body = {"success": False, "code": 400, "msg": "unsupported file type"}
    with pytest.raises(errors.BadRequestError, match="unsupported file type") as caught:
        ask(httpx.Response(200, json=body), lambda client: client.upload_url("https://h/x.png"))
    assert caught.value.status == 400
    for code in (None, 200, "400"):
        with pytest.raises(errors.APIResponseValidationError):
            ask(
                httpx.Response(200, json={"success": False, "code": code}),
                lambda client: client.file_quota(),
            )


def test_a_refusal_inside_a_200_is_not_believed_where_money_is_at_stake() -> None:
    body = {"success": False, "code": 503, "msg": "busy"}
    with pytest.raises(errors.APIResponseValidationError) as caught:
        ask(httpx.Response(200, json=body), generate)
    assert (caught.value.money, caught.value.retryable) == (Money.UNKNOWN, False)


# --- answers that are not as documented ---


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<!doctype html><h1>Welcome</h1>"),
        httpx.Response(200),
        httpx.Response(204),
        httpx.Response(200, content=b"{"),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, json=None),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"status": "pending"}),
        httpx.Response(200, json={"id": 5, "status": "pending"}),
        httpx.Response(200, json={"error": {"message": "No"}}),
        httpx.Response(200, content=b"[" * 200_000),
        httpx.Response(200, content=b'{"id":"task-1","x":' + b"[" * 5000 + b"]" * 5000 + b"}"),
        httpx.Response(200, content=b'{"id":"task-1","progress":NaN}'),
        httpx.Response(200, json={**COMPLETED, "results": ["javascript:alert(1)"]}),
    ],
    ids=range(15),
)
def test_a_2xx_that_is_no_task_leaves_the_money_open(answer: httpx.Response) -> None:
    with pytest.raises(errors.APIResponseValidationError) as caught:
        ask(answer, generate)
    assert caught.value.money is Money.UNKNOWN
    assert not caught.value.retryable
    assert caught.value.status == answer.status_code


@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()), st.integers(200, 599))
@settings(max_examples=150, deadline=None)
def test_any_answer_is_a_task_or_an_error_of_the_tree(body: bytes, status: int) -> None:
    try:
        task = ask(lambda request: httpx.Response(status, content=body), generate)
    except errors.EvoLinkError as error:
        kept = (error.status, isinstance(error, errors.APIStatusError))
    else:
        kept = (200, bool(task.id))
    assert kept[0] is not None
    assert kept[1] or kept[0] <= 299


def test_the_same_on_a_read_moves_no_money_and_may_be_repeated() -> None:
    answer = httpx.Response(200, html="<h1>Maintenance</h1>", headers={"x-request-id": "r1"})
    with pytest.raises(errors.APIResponseValidationError) as caught:
        ask(answer, read_task)
    assert caught.value.money is Money.NOT_MOVED
    assert caught.value.retryable
    assert caught.value.request_id == "r1"


def test_a_readable_id_survives_an_unreadable_task() -> None:
    with pytest.raises(errors.APIResponseValidationError) as caught:
        ask(httpx.Response(200, json={**SUBMITTED, "usage": 5}), generate)
    assert caught.value.task_id == SUBMITTED["id"]


def test_compressed_answers_are_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Stream(bomb, 1), headers={"content-encoding": "gzip"})

    with pytest.raises(errors.APIResponseValidationError):
        ask(answer, generate)

    def refusal(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, stream=Stream(bomb, 1), headers={"content-encoding": "gzip"})

    with pytest.raises(errors.AuthenticationError, match="HTTP 401"):
        ask(refusal, generate)


@pytest.mark.parametrize("status", [200, 500, 401])
def test_bodies_are_capped(status: int) -> None:
    stream = Stream(b" " * 65_536, 1_000_000)
    with pytest.raises(errors.EvoLinkError) as caught:
        ask(lambda request: httpx.Response(status, stream=stream), generate)
    assert stream.taken == BODY_MAX // 65_536 + 1
    assert caught.value.status == status
    expected = {200: errors.APIResponseValidationError, 500: errors.InternalServerError}
    assert type(caught.value) is expected.get(status, errors.AuthenticationError)


def test_a_body_announced_as_huge_is_not_read_at_all() -> None:
    stream = Stream(b"x", 10)
    headers = {"content-length": str(10**9)}
    with pytest.raises(errors.APIResponseValidationError):
        ask(lambda request: httpx.Response(200, stream=stream, headers=headers), generate)
    assert stream.taken == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    upstream = Upstream(httpx.Response(status, headers={"location": "https://elsewhere.example/"}))
    with pytest.raises(errors.APIStatusError) as caught:
        upstream.run(generate)
    assert len(upstream.seen) == 1
    assert (caught.value.status, caught.value.money) == (status, Money.UNKNOWN)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (402, errors.InsufficientCreditsError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (413, errors.RequestTooLargeError),
        (422, errors.UnprocessableEntityError),
        (429, errors.RateLimitError),
        (500, errors.InternalServerError),
        (503, errors.InternalServerError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"{", b"null", b"[" * 100_000])
def test_the_status_decides_whatever_the_body(status: int, kind: type[errors.APIStatusError], body: bytes) -> None:
    with pytest.raises(errors.APIStatusError) as caught:
        ask(httpx.Response(status, content=body), generate)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-1", None), ("soon", None), ("1e9", None), ("9" * 30, 3600)],
)
def test_odd_retry_after(header: str, seconds: float | None) -> None:
    with pytest.raises(errors.RateLimitError) as caught:
        ask(httpx.Response(429, headers={"retry-after": header}), generate)
    assert caught.value.retry_after == seconds
    assert caught.value.retryable


def test_503_with_a_json_error_may_be_sent_again() -> None:
    body = {"error": {"code": "service_unavailable", "message": "busy"}}
    with pytest.raises(errors.ServiceUnavailableError) as caught:
        ask(httpx.Response(503, json=body, headers={"retry-after": "3"}), generate)
    assert (caught.value.retryable, caught.value.retry_after) == (True, 3)


@pytest.mark.parametrize(
    ("fault", "kind", "money"),
    [
        (httpx.ConnectError("x"), errors.NotSentError, Money.NOT_MOVED),
        (httpx.ConnectTimeout("x"), errors.NotSentError, Money.NOT_MOVED),
        (httpx.PoolTimeout("x"), errors.NotSentError, Money.NOT_MOVED),
        (httpx.ReadTimeout("x"), errors.APITimeoutError, Money.UNKNOWN),
        (httpx.WriteTimeout("x"), errors.APITimeoutError, Money.UNKNOWN),
        (httpx.ReadError("x"), errors.APIConnectionError, Money.UNKNOWN),
        (httpx.WriteError("x"), errors.APIConnectionError, Money.UNKNOWN),
        (httpx.RemoteProtocolError("x"), errors.APIConnectionError, Money.UNKNOWN),
        (httpx.LocalProtocolError("x"), errors.APIConnectionError, Money.UNKNOWN),
        (TimeoutError(), errors.APITimeoutError, Money.UNKNOWN),
        (errors.BlockedAddressError("x"), errors.BlockedAddressError, Money.NOT_MOVED),
    ],
    ids=lambda value: getattr(value, "__name__", None) or type(value).__name__,
)
def test_faults_of_the_transport(fault: Exception, kind: type[errors.EvoLinkError], money: Money) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(errors.EvoLinkError) as caught:
        ask(answer, generate)
    assert type(caught.value) is kind
    assert caught.value.money is money
    assert "answer" not in frames_of(caught.value), "the frames of the transport have seen the key"
    with pytest.raises(errors.EvoLinkError) as caught:
        ask(answer, read_task)
    assert caught.value.money is Money.NOT_MOVED
    assert caught.value.retryable is (kind is not errors.BlockedAddressError)


def variables_of(error: BaseException) -> str:
    """The local variables in the frames of the client, as an error page would show them."""
    stack = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if "/evolink/" in frame.f_code.co_filename]
    return " ".join(repr(frame.f_locals) for frame in stack if "/tests/" not in frame.f_code.co_filename)


def frames_of(error: BaseException | None) -> list[str]:
    """The names of all functions whose variables an error page would show, also those of causes."""
    names: list[str] = []
    while error is not None:
        names += [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        error = error.__cause__ or error.__context__
    return names


# --- downloads ---


def download(answer: Answer, *, max_bytes: int = 1000, url: str = LINK) -> tuple[Any, bytes]:
    into = io.BytesIO()
    result = ask(answer, lambda client: client.download(url, into, max_bytes=max_bytes))
    return result, into.getvalue()


def test_download_writes_what_came_and_says_what_it_was() -> None:
    upstream = Upstream(
        lambda request: httpx.Response(200, stream=Stream(b"abc", 300), headers={"content-type": "image/png"})
    )
    into = io.BytesIO()
    result = upstream.run(lambda client: client.download(LINK, into, max_bytes=900))
    assert into.getvalue() == b"abc" * 300
    assert (result.content_type, result.length) == ("image/png", 900)
    assert result.sha256 == hashlib.sha256(into.getvalue()).hexdigest()
    assert "authorization" not in upstream.last.headers
    assert upstream.last.headers["accept-encoding"] == "identity"


def test_download_takes_an_answer_that_is_already_there() -> None:
    assert download(httpx.Response(200, content=b"picture"))[1] == b"picture"


@pytest.mark.parametrize("announced", [True, False])
def test_download_stops_at_the_cap(announced: bool) -> None:
    stream = Stream(b"x" * 10, 1_000)
    headers = {"content-length": "10000"} if announced else {}
    with pytest.raises(errors.TooLargeError) as caught:
        download(lambda request: httpx.Response(200, stream=stream, headers=headers), max_bytes=95)
    assert stream.taken == (0 if announced else 10)
    assert not caught.value.retryable
    assert caught.value.money is Money.NOT_MOVED


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_dead_link(status: int) -> None:
    with pytest.raises(errors.LinkDeadError) as caught:
        download(httpx.Response(status))
    assert (caught.value.status, caught.value.retryable) == (status, False)


@pytest.mark.parametrize("status", [301, 400, 429, 500, 503])
def test_a_link_that_may_work_later(status: int) -> None:
    headers = {"location": "https://elsewhere.example/", "retry-after": "4"}
    upstream = Upstream(httpx.Response(status, headers=headers))
    with pytest.raises(errors.DownloadError) as caught:
        upstream.run(lambda client: client.download(LINK, io.BytesIO(), max_bytes=10))
    assert len(upstream.seen) == 1
    assert type(caught.value) is errors.DownloadError
    assert (caught.value.status, caught.value.retryable, caught.value.retry_after) == (status, True, 4)


def test_compressed_pictures_are_refused() -> None:
    headers = {"content-encoding": "gzip"}
    with pytest.raises(errors.DownloadError, match="compressed"):
        download(lambda request: httpx.Response(200, stream=Stream(b"x", 1), headers=headers))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.png",
        "javascript:alert(1)",
        "ftp://h/x",
        "https://",
        "https://[",
        "https://h:x/",
        "https://h\x00/",
    ],
)
def test_links_that_are_none(url: str) -> None:
    upstream = Upstream(httpx.Response(200, content=b"x"))
    with pytest.raises(errors.EvoLinkError) as caught:
        upstream.run(lambda client: client.download(url, io.BytesIO(), max_bytes=10))
    assert isinstance(caught.value, errors.LinkDeadError)
    assert upstream.seen == []


def test_a_full_disk_is_not_blamed_on_the_connection() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        ask(httpx.Response(200, content=b"x"), lambda client: client.download(LINK, Full(), max_bytes=10))


# --- the key ---


def test_the_key_is_masked_in_the_client_and_in_what_upstream_echoes() -> None:
    secret = ApiSecret("unusual.key/with+signs=0123456789")
    body = {"error": {"code": secret.reveal(), "message": f"Invalid API key {secret.reveal()}", "type": KEY}}

    async def main() -> None:
        transport = httpx.MockTransport(lambda request: httpx.Response(401, json=body))
        async with Client(secret, transport=transport) as client:
            assert secret.reveal() not in repr(client)
            with pytest.raises(errors.AuthenticationError) as caught:
                await client.credits()
        shown = repr(caught.value) + str(caught.value) + repr(vars(caught.value))
        assert secret.reveal() not in shown
        assert secret.reveal() not in variables_of(caught.value)
        assert KEY not in shown
        assert "sk-…6789" in caught.value.message

    asyncio.run(main())
