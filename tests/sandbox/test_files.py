"""EvoLink's contract, section 5: the files API, in-process and over HTTP."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from playground.evolink import FileList, FileQuota, UploadedFile
from tests.sandbox.conftest import ALICE, BOB, Reached, Web, picture

UPLOAD = "/api/v1/files/upload/"


def stream(evolink: Reached, content: bytes, *, name: str = "fox.png", **fields: str) -> httpx.Response:
    return evolink.client.post(UPLOAD + "stream", files={"file": (name, content)}, data=fields)


def uploaded(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    body = response.json()
    assert (body["success"], body["code"], body["msg"]) == (True, 200, "File uploaded successfully")
    return body["data"]


def refused(response: httpx.Response, status: int) -> str:
    body = response.json()
    assert (response.status_code, body["success"], body["code"]) == (status, False, status)
    return body["msg"]


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_an_upload_as_base64(evolink: Reached, prefix: str) -> None:
    content = picture()
    text = prefix + base64.b64encode(content).decode()
    data = uploaded(
        evolink.client.post(
            UPLOAD + "base64", json={"base64_data": text, "upload_path": "avatars", "file_name": "avatar.png"}
        )
    )
    assert data.pop("file_id").startswith("file_")
    file_url, download_url = data.pop("file_url"), data.pop("download_url")
    assert file_url.endswith("/avatars/avatar.png")
    assert data == {
        "expires_at": "2027-01-18T16:00:00+08:00",
        "file_name": "avatar.png",
        "file_size": len(content),
        "mime_type": "image/png",
        "original_name": "avatar.png",
        "upload_path": "avatars",
        "upload_time": "2027-01-15T16:00:00+08:00",
    }
    for url in (file_url, download_url):
        response = evolink.anonymous.get(url)
        assert (response.content, response.headers["content-type"]) == (content, "image/png")


@pytest.mark.parametrize(("path", "name"), [("upload_path", "file_name"), ("uploadPath", "fileName")])
def test_an_upload_as_a_stream(evolink: Reached, path: str, name: str) -> None:
    content = picture(format="JPEG") + b"\r\n--not-the-boundary\r\n\r\n"
    data = uploaded(stream(evolink, content, **{path: "a/b", name: "kept.jpg"}))
    assert (data["file_name"], data["upload_path"], data["mime_type"]) == ("kept.jpg", "a/b", "image/jpeg")
    assert evolink.anonymous.get(data["file_url"]).content == content
    assert UploadedFile.from_json({"data": data}).file_size == len(content)


@pytest.mark.parametrize(("format", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "gif"), ("WEBP", "webp")])
def test_the_type_is_told_by_the_content(evolink: Reached, format: str, kind: str) -> None:
    assert uploaded(stream(evolink, picture(format=format), name="x.bin"))["mime_type"] == f"image/{kind}"


def test_names_are_made_safe_and_unique(evolink: Reached) -> None:
    first = uploaded(stream(evolink, picture(), name="../../etc/passwd", upload_path="../..//x y/"))
    assert (first["file_name"], first["upload_path"]) == ("passwd", "x_y")
    second = uploaded(stream(evolink, picture(colour=(0, 0, 9)), name="passwd", upload_path="x_y"))
    assert second["file_name"] != first["file_name"]
    assert evolink.anonymous.get(first["file_url"]).content == picture()
    japanese = uploaded(stream(evolink, picture(), name="狐の絵 1.png"))
    assert japanese["original_name"] == "狐の絵 1.png"
    assert evolink.anonymous.get(japanese["file_url"]).content == picture()
    assert len(uploaded(stream(evolink, picture(), name="x" * 300 + ".png"))["file_name"]) < 200


def test_an_upload_by_address(reach: Callable[..., Reached], web: Web) -> None:
    evolink = reach(exempt_origins=[web.origin])
    data = uploaded(evolink.client.post(UPLOAD + "url", json={"file_url": f"{web.origin}/fox.png"}))
    assert (data["file_name"], data["file_size"]) == ("fox.png", len(picture()))
    refused(evolink.client.post(UPLOAD + "url", json={"file_url": f"{web.origin}/missing.png"}), 400)


def test_an_upload_by_address_goes_through_the_guard(evolink: Reached, web: Web) -> None:
    refused(evolink.client.post(UPLOAD + "url", json={"file_url": f"{web.origin}/fox.png"}), 400)
    assert web.hits == []


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("base64", {}),
        ("base64", {"base64_data": ""}),
        ("base64", {"base64_data": "?"}),
        ("base64", {"base64_data": 7}),
        ("base64", {"base64_data": base64.b64encode(b"plain text").decode()}),
        ("base64", {"base64_data": "data:image/png;base64,"}),
        ("url", {}),
        ("url", {"file_url": "ftp://example.com/a.png"}),
        ("url", {"file_url": "file:///etc/passwd"}),
        ("url", {"file_url": "http://127.0.0.1/a.png"}),
        ("stream", {"file": "no multipart"}),
    ],
)
def test_uploads_that_are_refused(evolink: Reached, call: str, body: dict[str, Any]) -> None:
    assert refused(evolink.client.post(UPLOAD + call, json=body), 400)


def test_streams_that_are_refused(evolink: Reached) -> None:
    refused(stream(evolink, b""), 400)
    refused(stream(evolink, b"%PDF-1.7"), 400)
    refused(evolink.client.post(UPLOAD + "stream", files={"other": ("a.png", picture())}), 400)


def test_without_a_key_every_call_is_401(evolink: Reached) -> None:
    for method, path in (
        ("POST", UPLOAD + "base64"),
        ("POST", UPLOAD + "stream"),
        ("POST", UPLOAD + "url"),
        ("GET", "/api/v1/files/quota"),
        ("GET", "/api/v1/files/list"),
        ("DELETE", "/api/v1/files/file_1"),
    ):
        refused(evolink.anonymous.request(method, path), 401)


def test_the_quota_counts_the_files_and_ends_uploads(evolink: Reached) -> None:
    evolink.sandbox.world.max_files = 2
    for _ in range(2):
        uploaded(stream(evolink, picture()))
    body = evolink.client.get("/api/v1/files/quota").json()
    assert body["data"] == {
        "is_custom": False,
        "max_files": 2,
        "quota_reason": "default",
        "remain_files": 0,
        "used_files": 2,
        "user_group": "default",
    }
    assert FileQuota.from_json(body).remain_files == 0
    refused(stream(evolink, picture()), 403)
    assert len(list((evolink.sandbox.world.directory / "files").iterdir())) == 2


def test_the_list_has_pages_and_only_ones_own(evolink: Reached) -> None:
    ids = []
    for index in range(3):
        ids.insert(0, uploaded(stream(evolink, picture(), name=f"{index}.png"))["file_id"])
        evolink.clock.advance(1)
    body = evolink.client.get("/api/v1/files/list", params={"page": 1, "pageSize": 2}).json()
    assert (body["data"]["total"], [line["file_id"] for line in body["data"]["files"]]) == (3, ids[:2])
    assert sorted(body["data"]["files"][0]) == ["file_id", "file_name", "file_size", "upload_time"]
    body = evolink.client.get("/api/v1/files/list", params={"page": 2, "pageSize": 2}).json()
    assert [line.file_id for line in FileList.from_json(body).files] == ids[2:]
    other = evolink.client.get("/api/v1/files/list", headers={"authorization": f"Bearer {BOB}"}).json()
    assert other["data"] == {"files": [], "total": 0}
    refused(evolink.client.get("/api/v1/files/list", params={"page": "0"}), 400)


def test_a_file_is_deleted_by_its_owner_only(evolink: Reached) -> None:
    data = uploaded(stream(evolink, picture()))
    path = f"/api/v1/files/{data['file_id']}"
    refused(evolink.client.delete(path, headers={"authorization": f"Bearer {BOB}"}), 404)
    assert evolink.client.delete(path, headers={"authorization": f"Bearer {ALICE}"}).json()["success"] is True
    refused(evolink.client.delete(path), 404)
    assert evolink.anonymous.get(data["file_url"]).status_code == 404
    assert evolink.anonymous.get(data["download_url"]).status_code == 404


def test_a_file_lives_for_72_hours(evolink: Reached) -> None:
    data = uploaded(stream(evolink, picture()))
    evolink.clock.advance(72 * 3600 - 1)
    assert evolink.anonymous.get(data["file_url"]).status_code == 200
    evolink.clock.advance(1)
    assert evolink.anonymous.get(data["file_url"]).status_code == 404
    assert evolink.client.get("/api/v1/files/quota").json()["data"]["used_files"] == 0
    evolink.clock.advance(600)
    evolink.credits()
    assert list((evolink.sandbox.world.directory / "files").iterdir()) == []


def test_an_upload_token_stands_for_the_key_for_ten_minutes(evolink: Reached) -> None:
    given = evolink.client.post("/v1/files/upload-token").json()
    assert given["expires_at"] == int(evolink.clock.now) + 600
    token = given["upload_token"]
    assert token.startswith("evup_")
    headers = {"authorization": f"Bearer {token}"}
    files = {"file": ("fox.png", picture())}
    uploaded(evolink.client.post(UPLOAD + "stream", files=files, headers=headers))
    assert evolink.client.get("/api/v1/files/quota").json()["data"]["used_files"] == 1
    assert evolink.client.get("/v1/credits", headers=headers).status_code == 401
    evolink.clock.advance(600)
    refused(evolink.client.post(UPLOAD + "stream", files=files, headers=headers), 401)


def test_upload_tokens_are_thirty_a_minute(evolink: Reached) -> None:
    for _ in range(30):
        assert evolink.client.post("/v1/files/upload-token").status_code == 200
    refusal = evolink.client.post("/v1/files/upload-token")
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (429, "upload_token_rate_limited")
    evolink.clock.advance(60)
    assert evolink.client.post("/v1/files/upload-token").status_code == 200


def test_a_receipt_tells_what_became_of_an_upload(evolink: Reached) -> None:
    headers = {"x-evo-upload-id": "upload-0123456789"}
    data = uploaded(evolink.client.post(UPLOAD + "stream", files={"file": ("a.png", picture())}, headers=headers))
    receipt = evolink.client.get("/api/v1/files/upload-receipts/upload-0123456789")
    assert receipt.json()["data"] == {
        "file": data,
        "result_verified": True,
        "state": "done",
        "upload_id": "upload-0123456789",
    }
    refused(evolink.client.get("/api/v1/files/upload-receipts/other-0123456789"), 404)
    refused(evolink.client.get("/api/v1/files/upload-receipts/short"), 400)
    headers = {"x-evo-upload-id": "with blank 0123456789"}
    refused(evolink.client.post(UPLOAD + "stream", files={"file": ("a.png", picture())}, headers=headers), 400)


def test_upload_tokens_may_be_out_of_reach(evolink: Reached) -> None:
    headers = {"authorization": "Bearer sk-sandbox-upload_token_unavailable"}
    response = evolink.client.post("/v1/files/upload-token", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "upload_token_unavailable")
    assert evolink.client.get("/v1/credits", headers=headers).status_code == 200


def test_an_upload_may_be_answered_oddly(evolink: Reached) -> None:
    headers = {"authorization": "Bearer sk-sandbox-upload_odd"}
    body = evolink.client.post(UPLOAD + "stream", files={"file": ("a.png", picture())}, headers=headers).json()
    assert "file_id" not in body["data"]
    file = UploadedFile.from_json(body)
    assert evolink.anonymous.get(file.file_url).content == picture()
    assert file.expires_at is not None
    assert file.expires_at.timestamp() == evolink.clock.now + 72 * 3600
