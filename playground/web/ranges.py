"""Sends a file over HTTP with its length and byte ranges, for clients that fetch large files in parts."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(request: HttpRequest, file: IO[bytes], *, length: int, content_type: str) -> HttpResponseBase:
    """The whole file (200), the requested part (206), or 416. Closes `file`."""
    wanted = _wanted(request, length)
    if wanted is not None and wanted[0] >= wanted[1]:
        file.close()
        refusal = HttpResponse(status=416, content_type="text/plain")
        refusal["Content-Range"] = f"bytes */{length}"
        return refusal
    response: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        response = HttpResponse(content_type=content_type, status=206 if wanted else 200)
    elif wanted:
        file.seek(wanted[0])
        response = StreamingHttpResponse(_part(file, wanted[1] - wanted[0]), content_type=content_type, status=206)
    else:
        response = FileResponse(file, content_type=content_type)
    first, end = wanted or (0, length)
    response["Content-Length"] = str(end - first)
    response["Accept-Ranges"] = "bytes"
    if wanted:
        response["Content-Range"] = f"bytes {first}-{end - 1}/{length}"
    return response


def _wanted(request: HttpRequest, length: int) -> tuple[int, int] | None:
    """The requested range as (first, end), where `end` is exclusive. None for no range, several ranges, or `If-Range`:
    then the response is the whole file."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or "If-Range" in request.headers or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(length, int(last) + 1) if last else length


def _part(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
