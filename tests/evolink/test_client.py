"""The client with wrong answers of EvoLink. Tests that need a real connection are in test_client_wire.py."""

import asyncio
import base64
import gzip
import hashlib
import inspect
import io
import json
import traceback
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import brotli
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.evolink import ApiSecret, Client, GenerationRequest, Outcome, Reason, errors
from playground.evolink import client as client_module
from playground.evolink.errors import Money
from playground.evolink.raw import RAW_MAX
from playground.evolink.wire import BODY_MAX
from tests.waits import seconds

from .test_account import CREDITS
from .test_types import COMPLETED, SUBMITTED, json_values

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
    return client.task(COMPLETED["id"])


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
            await client.task(SUBMITTED["id"])
        assert str(upstream.last.url) == f"http://127.0.0.1:9000/v1/tasks/{SUBMITTED['id']}"

    asyncio.run(main())
    for wrong in ("", "api.evolink.ai", "ftp://api.evolink.ai", "https://xn--/", "https://me:pw@api.evolink.ai"):
        with pytest.raises(ValueError, match="origin"):
            Client(KEY, base_url=wrong)


def test_cookies_are_not_kept() -> None:
    upstream = Upstream(httpx.Response(200, json=COMPLETED, headers={"set-cookie": "a=b; Path=/"}))

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


def test_another_task_than_was_asked_for_is_not_ours() -> None:
    with pytest.raises(errors.APIResponseValidationError, match="another task") as caught:
        ask(httpx.Response(200, json=COMPLETED), lambda client: client.task("task-unified-1-abcdefgh"))
    assert COMPLETED["id"] in caught.value.raw
    other = {**COMPLETED, "id": "task-unified-1-abcdefgh"}
    answer = httpx.Response(200, json={"data": [other, None, {"status": "failed"}, COMPLETED]})
    assert [task.id for task in ask(answer, lambda client: client.tasks_by_id([COMPLETED["id"]]))] == [COMPLETED["id"]]


def test_a_replayed_task_says_so() -> None:
    for header, replayed in (("true", True), (" TRUE", True), ("false", False), ("", False)):
        answer = httpx.Response(200, json=SUBMITTED, headers={"idempotency-replayed": header})
        assert ask(answer, generate).replayed is replayed
    assert ask(httpx.Response(200, json=SUBMITTED), generate).replayed is False


def test_a_conflict_says_so() -> None:
    body = {"error": {"code": "idempotency_conflict", "message": "Idempotency-Key was already used"}}
    with pytest.raises(errors.ConflictError) as caught:
        ask(httpx.Response(409, json=body), generate)
    assert (caught.value.reason, caught.value.outcome) == (Reason.CONFLICT, Outcome.REFUSED)
    assert not caught.value.retryable


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
        httpx.Response(200, json={**SUBMITTED, "id": "../../credits"}),
    ],
    ids=range(14),
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


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"id":"task-unified-1-abcdefgh","status":"pending"}',
        b'{"id":"task-unified-1-abcdefgh","progress":NaN,"usage":5}',
        b'{"id":"task-unified-1-abcdefgh","novelty":"\\ud83e","status":"a\x00b"}',
        b'{"novelty":"' + b"x" * 5_000_000 + b'","id":"task-unified-1-abcdefgh"}',
        b'{"id":"task-unified-1-abcdefgh","deep":' + b"[" * 200 + b"]" * 200 + b"}",
    ],
    ids=range(5),
)
def test_odd_bodies_that_name_a_task_are_accepted(body: bytes) -> None:
    task = ask(lambda request: httpx.Response(200, stream=Stream(body, 1)), generate)
    assert (task.id, task.status) == ("task-unified-1-abcdefgh", "processing" if b"pending" not in body else "pending")
    assert len(json.dumps(task.raw)) < RAW_MAX + 1000


def test_what_could_not_be_understood_is_kept() -> None:
    page = f"<h1>Welcome</h1>\x00 {KEY} sk-another-key-0123456789 " + "x" * 500_000
    with pytest.raises(errors.APIResponseValidationError) as caught:
        ask(httpx.Response(200, content=page), generate)
    kept = caught.value.raw
    assert kept.startswith("<h1>Welcome</h1>\ufffd sk-…1234 sk-…6789 xxx")
    assert len(kept) <= RAW_MAX
    body = {"error": {"message": KEY, "novelty": ["for\nsk-another-key-0123456789", 1]}}
    with pytest.raises(errors.BadRequestError) as refused:
        ask(httpx.Response(400, json=body), generate)
    assert json.loads(refused.value.raw) == {"error": {"message": "sk-…1234", "novelty": ["for\nsk-…6789", 1]}}


def test_our_own_key_is_hidden_in_a_task_but_an_address_that_looks_like_one_is_not() -> None:
    link = "https://files.evolink.ai/sk-0123456789abcdef/1.png"
    answer = {**COMPLETED, "results": [link], "error": {"message": f"for {KEY}"}, "novelty": KEY}
    task = ask(httpx.Response(200, json=answer), read_task)
    assert task.results == (link,)
    assert KEY not in repr(task) + json.dumps(task.raw)


# --- encodings ---


def packed(body: bytes, encoding: str) -> bytes:
    raw_deflate = zlib.compressobj(wbits=-15)
    return {
        "gzip": lambda: gzip.compress(body),
        "x-gzip": lambda: gzip.compress(body[:9]) + gzip.compress(body[9:]),
        "deflate": lambda: zlib.compress(body),
        "Deflate": lambda: raw_deflate.compress(body) + raw_deflate.flush(),
        "br": lambda: brotli.compress(body),
        "aws-chunked,gzip": lambda: gzip.compress(body),
    }.get(encoding, lambda: body)()


class Pieces(httpx.AsyncByteStream):
    def __init__(self, body: bytes, size: int) -> None:
        self.pieces = [body[start : start + size] for start in range(0, len(body), size)]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


ENCODINGS = [
    "", "identity", "aws-chunked", "utf-8", "odd", "gzip", "x-gzip", "deflate", "Deflate", "br", "aws-chunked,gzip",
]  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("size", [1, 10_000])
def test_every_encoding_is_read_for_answers_and_pictures(encoding: str, size: int) -> None:
    def answer(body: bytes) -> Answer:
        headers = {"content-encoding": encoding}
        stream = Pieces(packed(body, encoding), size)
        return lambda request: httpx.Response(200, stream=stream, headers=headers)

    assert ask(answer(json.dumps(SUBMITTED).encode()), generate).id == SUBMITTED["id"]
    picture = bytes(range(256)) * 8
    result, written = download(answer(picture), max_bytes=len(picture))
    assert (written, result.length) == (picture, len(picture))
    assert result.sha256 == hashlib.sha256(picture).hexdigest()
    with pytest.raises(errors.TooLargeError):
        download(answer(picture), max_bytes=len(picture) - 1)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_is_unpacked_is_counted(encoding: str) -> None:
    bomb = packed(b" " * 50_000_000, encoding)
    assert len(bomb) < 100_000

    def answer(status: int) -> Answer:
        headers = {"content-encoding": encoding}
        return lambda request: httpx.Response(status, stream=Stream(bomb, 1), headers=headers)

    into = io.BytesIO()
    with pytest.raises(errors.TooLargeError):
        ask(answer(200), lambda client: client.download(LINK, into, max_bytes=1_000_000))
    assert len(into.getvalue()) <= 1_000_000
    with pytest.raises(errors.APIResponseValidationError):
        ask(answer(200), generate)
    with pytest.raises(errors.AuthenticationError, match="HTTP 401"):
        ask(answer(401), generate)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_breaks_off_or_is_not_what_it_says_is_an_error(encoding: str) -> None:
    whole = packed(bytes(range(256)) * 400, encoding)
    for body in (whole[:-3], whole[: len(whole) // 2] + b"\xff" * 500):
        with pytest.raises(errors.DownloadError, match="unpacked") as caught:
            download(httpx_with(body, encoding), max_bytes=10**6)
        assert caught.value.retryable
    with pytest.raises(errors.DownloadError, match="more than once"):
        download(httpx_with(b"x", f"{encoding}, gzip"))


def httpx_with(body: bytes, encoding: str) -> Answer:
    return lambda request: httpx.Response(200, stream=Stream(body, 1), headers={"content-encoding": encoding})


def test_a_picture_called_gzip_by_mistake_is_taken_as_it_is() -> None:
    for body in (b"\x89PNG\r\n\x1a\n", b""):
        assert download(httpx_with(body, "gzip"))[1] == body


# --- bodies ---


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


@pytest.mark.parametrize(
    "location", ["https://elsewhere.example/", "javascript:alert(1)", "https://[", "https://xn--/"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_submit_follows_no_redirect(status: int, location: str) -> None:
    upstream = Upstream(httpx.Response(status, headers={"location": location}))
    with pytest.raises(errors.APIStatusError) as caught:
        upstream.run(generate)
    assert len(upstream.seen) == 1
    assert caught.value.status == status
    assert caught.value.money is (Money.NOT_MOVED if status == 307 else Money.UNKNOWN)


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
        (503, errors.ServiceUnavailableError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"{", b"null", b"[" * 100_000])
def test_the_status_decides_whatever_the_body(status: int, kind: type[errors.APIStatusError], body: bytes) -> None:
    with pytest.raises(errors.APIStatusError) as caught:
        ask(httpx.Response(status, content=body), generate)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7), ("86400", 86_400), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-1", None), ("soon", None), ("1e9", None),
        ("9" * 30, 31 * 86_400),
    ],
)  # fmt: skip
def test_odd_retry_after(header: str, seconds: float | None) -> None:
    body = {"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}}
    with pytest.raises(errors.RateLimitError) as caught:
        ask(httpx.Response(429, json=body, headers={"retry-after": header}), generate)
    assert caught.value.retry_after == seconds
    assert caught.value.retryable


def test_503_with_a_listed_code_may_be_sent_again() -> None:
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


@pytest.mark.parametrize("status", [300, 304, 400, 429, 500, 503])
def test_a_link_that_may_work_later(status: int) -> None:
    headers = {"location": "https://elsewhere.example/", "retry-after": "4"}
    upstream = Upstream(httpx.Response(status, headers=headers))
    with pytest.raises(errors.DownloadError) as caught:
        upstream.run(lambda client: client.download(LINK, io.BytesIO(), max_bytes=10))
    assert len(upstream.seen) == 1
    assert type(caught.value) is errors.DownloadError
    assert (caught.value.status, caught.value.retryable, caught.value.retry_after) == (status, True, 4)


def redirecting(*targets: str, status: int = 302) -> Answer:
    """Answers that lead from `LINK` over the targets to a picture."""
    hops = dict(zip((LINK, *targets), targets, strict=False))

    def answer(request: httpx.Request) -> httpx.Response:
        target = hops.get(str(request.url))
        if target is None:
            return httpx.Response(200, content=b"picture")
        return httpx.Response(status, headers={"location": target, "set-cookie": "a=b"})

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_link_may_redirect_up_to_three_times_without_the_key(status: int) -> None:
    targets = ["https://a.example/1.png", "https://b.example/2.png", "https://c.example/3.png"]
    upstream = Upstream(redirecting(*targets, status=status))
    into = io.BytesIO()
    upstream.run(lambda client: client.download(LINK, into, max_bytes=100))
    assert into.getvalue() == b"picture"
    assert [str(request.url) for request in upstream.seen] == [LINK, *targets]
    for request in upstream.seen:
        assert not {"authorization", "cookie", "referer"} & set(request.headers)
    upstream = Upstream(redirecting(*targets, "https://d.example/4.png", status=status))
    with pytest.raises(errors.DownloadError, match="too often"):
        upstream.run(lambda client: client.download(LINK, into, max_bytes=100))
    assert len(upstream.seen) == 4


def test_a_relative_redirect_stays_on_its_host() -> None:
    upstream = Upstream(
        lambda request: (
            httpx.Response(200, content=b"x")
            if request.url.path == "/elsewhere.png"
            else httpx.Response(302, headers={"location": "/elsewhere.png"})
        )
    )
    upstream.run(lambda client: client.download(LINK, io.BytesIO(), max_bytes=100))
    assert str(upstream.last.url) == "https://files.evolink.ai/elsewhere.png"


@pytest.mark.parametrize(
    "target",
    [
        "http://files.evolink.ai/1.png", "ftp://a.example/", "file:///etc/passwd", "javascript:alert(1)", "",
        "https://user:password@a.example/", "https://xn--/", "https://[", "https://a.example:99999/",
    ],
)  # fmt: skip
def test_a_link_redirects_to_https_alone(target: str) -> None:
    upstream = Upstream(httpx.Response(302, headers={"location": target}))
    with pytest.raises(errors.DownloadError, match="no https address") as caught:
        upstream.run(lambda client: client.download(LINK, io.BytesIO(), max_bytes=10))
    assert len(upstream.seen) == 1
    assert (caught.value.status, caught.value.money) == (302, Money.NOT_MOVED)


def test_downloads_do_not_look_like_a_python_library() -> None:
    upstream = Upstream(httpx.Response(200, content=b"x"))
    upstream.run(lambda client: client.download(LINK, io.BytesIO(), max_bytes=10))
    assert "image-studio" in upstream.last.headers["user-agent"]
    assert not any(word in upstream.last.headers["user-agent"].lower() for word in ("python", "httpx", "urllib"))


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
        "https://xn--/",
        "https://xn--zzzzzzzz.example/",
        "https://\u2488/",
    ],
)
def test_links_that_are_none(url: str) -> None:
    upstream = Upstream(httpx.Response(200, content=b"x"))
    with pytest.raises(errors.EvoLinkError) as caught:
        upstream.run(lambda client: client.download(url, io.BytesIO(), max_bytes=10))
    assert isinstance(caught.value, errors.LinkDeadError)
    assert upstream.seen == []


@given(st.text(max_size=40) | st.from_regex(r"https?://[^/]{1,30}/.{0,10}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_any_link_is_fetched_or_an_error_of_the_tree(url: str) -> None:
    for link in (url, f"https://{url}/", f"https://xn--{url}/", f"https://h/{url}"):
        try:
            download(httpx.Response(200, content=b"x"), url=link)
            download(httpx.Response(302, headers=[(b"location", link.encode("utf-8", "ignore"))]), url=LINK)
        except errors.EvoLinkError:
            continue


headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"content-encoding", b"content-length", b"content-type", b"location", b"retry-after", b"set-cookie",
                b"x-request-id", b"idempotency-replayed", b"etag",
            ]
        ),
        st.binary(max_size=30).map(lambda value: value.replace(b"\n", b"").replace(b"\r", b"")),
    ),
    max_size=4,
)  # fmt: skip


@given(st.integers(200, 599), st.binary(max_size=80), headers)
@settings(max_examples=200, deadline=None)
def test_no_answer_gets_anything_but_an_error_of_the_tree_out_of_the_client(
    status: int, body: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, stream=Stream(body, 2), headers=headers)

    calls: list[Callable[[Client], Awaitable[Any]]] = [
        generate,
        read_task,
        lambda client: client.credits(),
        lambda client: client.price_list(etag='"x"'),
        lambda client: client.upload_url("https://h/x.png"),
        lambda client: client.download(LINK, io.BytesIO(), max_bytes=100),
    ]
    for call in calls:
        try:
            ask(answer, call)
        except errors.EvoLinkError:
            continue


def test_a_submit_waits_longest() -> None:
    waited: dict[str, float] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        waited[request.method] = request.extensions["timeout"]["read"]
        return httpx.Response(200, json=SUBMITTED)

    async def both(client: Client) -> None:
        await client.generate(REQUEST)
        await client.task(SUBMITTED["id"])

    ask(answer, both)
    assert waited == {"POST": 120, "GET": 30}

    async def hurried() -> None:
        async with Client(KEY, transport=httpx.MockTransport(answer), deadline=7) as client:
            await both(client)

    asyncio.run(hurried())
    assert waited == {"POST": 7, "GET": 7}


def test_every_public_method_says_what_it_does() -> None:
    for name, method in vars(client_module.Client).items():
        if inspect.iscoroutinefunction(method) and not name.startswith("_"):
            assert method.__doc__, name


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
