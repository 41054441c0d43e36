"""The files API: three kinds of upload, receipts, quota, list, download, delete. A file is kept for 72 hours."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from email.parser import HeaderParser
from email.policy import HTTP
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from playground.evolink.limits import FILE_BYTES_MAX, FILE_LIFE
from playground.sandbox.api import parsing, uploads
from playground.sandbox.replies import Refusal, answer
from playground.sandbox.state import inputs
from playground.sandbox.state.store import insert
from playground.sandbox.state.world import Call, moment

PATH: Final = re.compile(r"/(.+)/([^/]+)")
UPLOAD_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{15,127}")
FOLDER: Final = "uploads"
BEIJING: Final = timezone(timedelta(hours=8))
MAGIC: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Upload:
    content: bytes
    name: str | None
    folder: str | None


def refuse(refusal: Refusal) -> httpx.Response:
    """Return the answer for a refusal. The files API has its own error body."""
    body = {"code": refusal.status, "msg": refusal.message, "success": False}
    return answer(body, status=refusal.status, headers=refusal.headers)


def upload_base64(call: Call) -> httpx.Response:
    uploads.authenticate(call)
    body = _object(call)
    text = _text(body, "base64_data", required=True) or ""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise parsing.wrong("Invalid base64 data") from None
    return _keep(call, Upload(content, _text(body, "file_name"), _text(body, "upload_path")))


def upload_url(call: Call) -> httpx.Response:
    uploads.authenticate(call)
    body = _object(call)
    url = _text(body, "file_url", required=True) or ""
    if not url.startswith(("http://", "https://")):
        raise parsing.wrong("file_url must be an http or https URL")
    try:
        content = inputs.fetch(call.world, url, call.now, limit=FILE_BYTES_MAX)
    except inputs.InputError as error:
        raise parsing.wrong(f"Failed to download the file: {error}") from None
    name = _text(body, "file_name") or urlsplit(url).path.rpartition("/")[2]
    return _keep(call, Upload(content, name, _text(body, "upload_path")))


def upload_stream(call: Call) -> httpx.Response:
    uploads.authenticate(call)
    fields = _multipart(call)
    if "file" not in fields:
        raise parsing.wrong("file is required")
    content, own_name = fields["file"]

    def text(*names: str) -> str | None:
        return next((fields[name][0].decode(errors="replace") for name in names if name in fields), None)

    return _keep(call, Upload(content, text("fileName", "file_name") or own_name, text("uploadPath", "upload_path")))


def quota(call: Call) -> httpx.Response:
    uploads.authenticate(call)
    with call.world.store.reading() as connection:
        used = len(_alive(connection, call))
    most = call.world.max_files
    data = {
        "is_custom": False,
        "max_files": most,
        "quota_reason": "default",
        "remain_files": max(0, most - used),
        "used_files": used,
        "user_group": call.group,
    }
    return _done("Quota retrieved successfully", data)


def listing(call: Call) -> httpx.Response:
    uploads.authenticate(call)
    page, size = (_whole(call, name, default) for name, default in (("page", 1), ("pageSize", 20)))
    with call.world.store.reading() as connection:
        rows = _alive(connection, call)
    shown = [_listed(row) for row in rows[(page - 1) * size : page * size]]
    return _done("Files retrieved successfully", {"files": shown, "total": len(rows)})


def delete(call: Call, file_id: str) -> httpx.Response:
    uploads.authenticate(call)
    with call.world.store.writing() as connection:
        found = [row for row in _alive(connection, call) if row["id"] == file_id]
        if not found:
            raise Refusal(404, None, "File not found")
        connection.execute("delete from files where id = ?", (file_id,))
    (call.world.directory / "files" / file_id).unlink(missing_ok=True)
    return _done("File deleted successfully", None)


def receipt(call: Call, upload_id: str) -> httpx.Response:
    """Return the file of an upload whose answer was lost. `upload_id` is the `X-Evo-Upload-Id` of that upload."""
    uploads.authenticate(call)
    if not UPLOAD_ID.fullmatch(upload_id):
        raise parsing.wrong("Invalid upload ID")
    with call.world.store.reading() as connection:
        found = [row for row in _alive(connection, call) if row["upload_id"] == upload_id]
    if not found:
        raise Refusal(404, None, "Upload not found")
    view = _view(call, found[0])
    return _done("Upload found", {"file": view, "result_verified": True, "state": "done", "upload_id": upload_id})


def download(call: Call, file_id: str) -> httpx.Response:
    return _serve(call, "id = ?", (file_id,))


def serve(call: Call, folder: str, name: str) -> httpx.Response:
    """Answer the GET of a `file_url`. This is the last route, so a file that is not there is an unknown URL."""
    return _serve(call, "folder = ? and name = ?", (folder, name))


def _serve(call: Call, condition: str, values: tuple[str, ...]) -> httpx.Response:
    with call.world.store.reading() as connection:
        row = connection.execute(
            f"select * from files where {condition} and expires > ?",  # noqa: S608
            (*values, call.now),
        ).fetchone()
    if row is None:
        raise Refusal(404, None, f"Invalid URL ({call.request.method} {call.request.url.path})")
    content = (call.world.directory / "files" / row["id"]).read_bytes()
    return httpx.Response(200, content=content, headers={"content-type": row["mime_type"]})


def mime_type(content: bytes) -> str | None:
    """Return the MIME type of the content if EvoLink documents it, else None."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)


def _keep(call: Call, upload: Upload) -> httpx.Response:
    if not upload.content:
        raise parsing.wrong("The file is empty")
    if len(upload.content) > FILE_BYTES_MAX:
        raise Refusal(413, None, "File size exceeds 100MB")
    kind = mime_type(upload.content)
    if kind is None:
        raise parsing.wrong("Unsupported file type, supported: image/jpeg, image/png, image/gif, image/webp")
    file_id = f"file_{secrets.token_hex(12)}"
    original = (upload.name or f"{file_id}.{kind.partition('/')[2]}")[:255]
    path = call.world.directory / "files" / file_id
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(upload.content)
    row = {
        "id": file_id,
        "account": call.account,
        "original_name": original,
        "folder": _folder(upload.folder),
        "mime_type": kind,
        "length": len(upload.content),
        "uploaded": call.now,
        "expires": call.now + FILE_LIFE.total_seconds(),
        "upload_id": _upload_id(call),
    }
    with call.world.store.writing() as connection:
        if len(_alive(connection, call)) >= call.world.max_files:
            path.unlink()
            raise Refusal(403, None, "File quota exceeded")
        row["name"] = _free_name(connection, str(row["folder"]), original)
        insert(connection, "files", row)
    return _done("File uploaded successfully", _view(call, row))


def _upload_id(call: Call) -> str | None:
    upload_id = call.header("x-evo-upload-id")
    if upload_id is not None and not UPLOAD_ID.fullmatch(upload_id):
        raise parsing.wrong("Invalid X-Evo-Upload-Id")
    return upload_id


def _view(call: Call, row: Row) -> dict[str, Any]:
    base = call.world.public_base
    view = {
        "download_url": f"{base}/api/v1/files/download/{row['id']}",
        "expires_at": _written(row["expires"]),
        "file_id": row["id"],
        "file_name": row["name"],
        "file_size": row["length"],
        "file_url": f"{base}/{quote(row['folder'])}/{quote(row['name'])}",
        "mime_type": row["mime_type"],
        "original_name": row["original_name"],
        "upload_path": row["folder"],
        "upload_time": _written(row["uploaded"]),
    }
    if call.key_scenario == "upload_odd":
        del view["file_id"]
        view |= {"expires_at": int(row["expires"]), "upload_time": int(row["uploaded"] * 1000), "file_size": "large"}
    return view


def _listed(row: Row) -> dict[str, Any]:
    return {
        "file_id": row["id"],
        "file_name": row["name"],
        "file_size": row["length"],
        "upload_time": _written(row["uploaded"]),
    }


def _alive(connection: sqlite3.Connection, call: Call) -> list[Row]:
    return list(
        connection.execute(
            "select * from files where account = ? and expires > ? order by uploaded desc, id",
            (call.account, call.now),
        )
    )


def _folder(wish: str | None) -> str:
    parts = [re.sub(r"[^\w-]+", "_", part) for part in (wish or "").split("/")]
    return "/".join(part for part in parts if part.strip("_"))[:200] or FOLDER


def _free_name(connection: sqlite3.Connection, folder: str, original: str) -> str:
    """Return a name that is safe in a path and not yet used in the folder."""
    last = re.split(r"[/\\]", original)[-1]
    stem, dot, suffix = (re.sub(r"[^\w.-]+", "_", last).strip(".") or "file").rpartition(".")
    stem, suffix = (stem[:120], f".{suffix[:10]}") if dot else (suffix[:120], "")
    taken = connection.execute("select 1 from files where folder = ? and name = ?", (folder, stem + suffix)).fetchone()
    return f"{stem}-{secrets.token_hex(3)}{suffix}" if taken else stem + suffix


def _written(seconds: float) -> str:
    return moment(seconds).astimezone(BEIJING).isoformat(timespec="seconds")


def _done(message: str, data: object) -> httpx.Response:
    return answer({"code": 200, "data": data, "msg": message, "success": True})


def _object(call: Call) -> dict[str, Any]:
    return parsing.read_object(call.request.content, limit=FILE_BYTES_MAX * 3 // 2)


def _text(body: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (required and not value):
        raise parsing.wrong(f"{name} is required and must be a string" if required else f"{name} must be a string")
    return value


def _whole(call: Call, name: str, default: int) -> int:
    text = call.request.url.params.get(name) or str(default)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= 1_000_000:
        raise parsing.wrong(f"{name} must be a positive integer")
    return int(text)


def _multipart(call: Call) -> dict[str, tuple[bytes, str | None]]:
    """Return the fields of a multipart body: name → (content, file name). Of each name, the first field counts."""
    head = HeaderParser(policy=HTTP).parsestr(f"content-type: {call.header('content-type') or ''}\r\n\r\n")
    boundary = head.get_param("boundary")
    if head.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise parsing.wrong("The body must be multipart/form-data")
    fields: dict[str, tuple[bytes, str | None]] = {}
    for part in (b"\r\n" + call.request.content).split(b"\r\n--" + boundary.encode())[1:]:
        top, found, content = part.partition(b"\r\n\r\n")
        if not found:
            continue
        headers = HeaderParser(policy=HTTP).parsestr(top.strip(b"\r\n").decode(errors="replace"))
        name = headers.get_param("name", header="content-disposition")
        filename = headers.get_filename()
        if isinstance(name, str):
            fields.setdefault(name, (content, filename))
    return fields
