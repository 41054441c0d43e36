"""A file over HTTP with a length and byte ranges, for whoever fetches large files in parts."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(request: HttpRequest, file: IO[bytes], *, length: int, content_type: str) -> HttpResponseBase:
    """The whole file, the part that was asked for (206), or 416. Takes over `file` and closes it."""
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
    """(first, end) of one range. None for none, for several, and for one under a condition: then all of it is right."""
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
