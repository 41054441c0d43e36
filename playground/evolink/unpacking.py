"""Unpacks compressed bodies in small pieces, so that the caller can count the bytes before it keeps them.

The client asks for `identity`. Stores and proxies send something else nevertheless: gzip, or uncompressed bytes whose
encoding is missing, `aws-chunked` or nonsense.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

import brotli

PIECE: Final = 64 * 1024
"""The most bytes in one unpacked piece. Brotli works in blocks of its own: its pieces have up to half as much more."""
_GZIP_MAGIC: Final = b"\x1f\x8b"


class UnpackError(Exception):
    """The body does not have the encoding that its header names."""


class Unpacker(Protocol):
    """Unpacks a body chunk by chunk."""

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def end(self) -> None:
        """Raises `UnpackError` if the body is incomplete."""
        ...


def unpacker(content_encoding: str) -> Unpacker:
    """The unpacker for a Content-Encoding header. An unknown or empty encoding leaves the body unchanged."""
    words = [word.strip().lower() for word in content_encoding.split(",")]
    known = [_UNPACKERS[word] for word in words if word in _UNPACKERS]
    if len(known) > 1:
        raise UnpackError("It is compressed more than once.")
    return known[0]() if known else AsItIs()


class AsItIs:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def end(self) -> None:
        return


class Deflated:
    """gzip and deflate. A body that is named gzip but is not stays unchanged: some stores name it by mistake."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._inflate: Any = None
        self._held = b""
        self._parts = 0
        self._as_it_is = self._over = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        chunk, self._held = self._held + chunk, b""
        while chunk and not self._over:
            if self._as_it_is:
                yield chunk
                return
            if self._inflate is None:
                if len(chunk) < len(_GZIP_MAGIC):
                    self._held = chunk
                    return
                self._begin(chunk)
                continue
            try:
                piece = self._inflate.decompress(chunk, PIECE)
            except zlib.error as error:
                raise UnpackError("It is not compressed as it says.") from error
            if piece:
                yield piece
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof:
                chunk, self._inflate, self._parts = self._inflate.unused_data, None, self._parts + 1

    def _begin(self, chunk: bytes) -> None:
        """Starts a part according to the first bytes of `chunk`. Only gzip may have another part after the first."""
        begins_as_gzip = self._gzip and chunk.startswith(_GZIP_MAGIC)
        if self._parts and not begins_as_gzip:
            self._over = True
        elif begins_as_gzip:
            self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif self._gzip:
            self._as_it_is = True
        else:
            wrapped = chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)

    def end(self) -> None:
        if self._inflate is not None:
            raise UnpackError("It is compressed and breaks off.")


class Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self._fed = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(chunk)
        try:
            piece = self._brotli.process(chunk, output_buffer_limit=PIECE)
            while piece or not self._brotli.can_accept_more_data():
                yield piece
                piece = self._brotli.process(b"", output_buffer_limit=PIECE)
        except brotli.error as error:
            raise UnpackError("It is not compressed as it says.") from error

    def end(self) -> None:
        if self._fed and not self._brotli.is_finished():
            raise UnpackError("It is compressed and breaks off.")


_UNPACKERS: Final[dict[str, Callable[[], Unpacker]]] = {
    "gzip": lambda: Deflated(gzip=True),
    "x-gzip": lambda: Deflated(gzip=True),
    "deflate": lambda: Deflated(gzip=False),
    "br": Brotli,
}
