"""Receives uploads: writes them to disk, counts the bytes as they arrive, and leaves nothing of an interrupted
upload."""

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from playground.evolink.catalogue import REFERENCE_BYTES_MAX, REFERENCES_MAX

# The bytes of a form without its files: the prompt, and the lines between the parts.
FORM_BYTES = 1024 * 1024

StartResponse = Callable[..., Any]


class RefusedFile(UploadedFile):  # type: ignore[type-arg]
    """Takes the place of a file that was not kept. `code` says why (`playground.references.errors` has the words)."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(file=None, **facts)
        self.code = code


class DiskUploadHandler(FileUploadHandler):
    """Writes every file, large or small, to disk without a name. So it is gone when it is closed or the process ends.

    If there are too many files or one is too large, the others are still kept: that file becomes a `RefusedFile`. Files
    of people who are not signed in are dropped unread. Raises `RequestDataTooBig` for a form that is too large
    altogether.
    """

    chunk_size = 256 * 1024
    # Exists only while a file is being written.
    file: IO[bytes]

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.count = 0
        self.refused = ""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > REFERENCES_MAX * REFERENCE_BYTES_MAX + FORM_BYTES:
            raise RequestDataTooBig("More than sixteen of the largest files.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        super().new_file(*args, **kwargs)
        self.count += 1
        self.refused = "too_many" if self.count > REFERENCES_MAX else ""
        if not self.refused:
            self.file = _nameless()
            self.request.unfinished_upload = self  # type: ignore[union-attr]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.refused:
            return
        if start + len(raw_data) > REFERENCE_BYTES_MAX:
            self.refused = "too_large"
            self.upload_interrupted()
        else:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        facts: dict[str, Any] = {"name": self.file_name, "content_type": self.content_type, "size": file_size}
        if self.refused:
            return RefusedFile(self.refused, **facts)
        file = self.file
        del self.file
        file.seek(0)
        return UploadedFile(file=file, **facts)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
            del self.file


def upload_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., Any]:
    """Closes the file of an interrupted upload. Django does not tell the handler, so the file would stay open."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            return get_response(request)
        finally:
            if handler := getattr(request, "unfinished_upload", None):
                handler.upload_interrupted()

    return middleware


def _nameless() -> IO[bytes]:
    return tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)


class WholeBody:
    """A WSGI input that raises `OSError` if the body ends before its announced length, as other servers do.

    Without it half a form would look like a complete one.
    """

    def __init__(self, stream: Any, length: int) -> None:
        self._stream = stream
        self._left = length

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        return self._counted(self._stream.read(wanted), wanted)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        return self._counted(self._stream.readline(wanted), wanted)

    def _counted(self, data: bytes, wanted: int) -> bytes:
        if wanted and not data:
            raise OSError("The connection ended in the middle of the request.")
        self._left -= len(data)
        return data


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The same WSGI application, which now gets `WholeBody` as its input."""

    def checked(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return checked
