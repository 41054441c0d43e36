"""Unpacking a body by its Content-Encoding, in chunks of any size."""

import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest

from playground.evolink.unpacking import UnpackError, unpacker

PIECE = 65_536
TEXT = b"What EvoLink sends, " * 20
# What no method makes smaller, longer than one piece.
NOISE = random.Random(14).randbytes(PIECE + PIECE // 2)


def longest(encoding: str) -> int:
    """The most bytes in one piece."""
    return PIECE * 3 // 2 if encoding == "br" else PIECE


def unpacked(encoding: str, body: bytes, size: int = 10**9) -> bytes:
    """The body from chunks of `size` bytes. Raises `UnpackError`."""
    reader = unpacker(encoding)
    pieces = [piece for start in range(0, len(body), size) for piece in reader.feed(body[start : start + size])]
    reader.end()
    assert all(0 < len(piece) <= longest(encoding) for piece in pieces) or encoding == ""
    return b"".join(pieces)


def raw_deflate(body: bytes, level: int = -1) -> bytes:
    packer = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    (" GZip ", gzip.compress),
    ("x-gzip", gzip.compress),
    ("aws-chunked, gzip", gzip.compress),
    ("gzip,identity", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", lambda body: zlib.compress(body, 0)),
    ("deflate", raw_deflate),
    ("deflate", lambda body: raw_deflate(body, 0)),
    ("br", brotli.compress),
    ("", bytes),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS, ids=range(len(PACKERS)))
@pytest.mark.parametrize("size", [1, 2, 3, 10**9])
def test_a_body_comes_back_from_chunks_of_any_size(encoding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    for body in (TEXT, b"", b"\x1f", b"\x1f\x8b"):
        assert unpacked(encoding, pack(body), size) == body


@pytest.mark.parametrize(("encoding", "pack"), PACKERS, ids=range(len(PACKERS)))
def test_no_piece_is_longer_than_the_limit(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    for body in (NOISE, bytes(5 * PIECE), NOISE[:32_000] * 2):
        assert unpacked(encoding, pack(body)) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_small_chunk_is_unpacked_piece_by_piece(encoding: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[encoding]
    pieces = unpacker(encoding).feed(pack(bytes(50 * PIECE)))
    first = next(pieces)
    assert 0 < len(first) <= longest(encoding)
    assert sum(map(len, pieces)) == 50 * PIECE - len(first)


@pytest.mark.parametrize("size", [1, 7, 10**9])
def test_only_gzip_may_have_several_parts_and_what_follows_them_is_left_out(size: int) -> None:
    first, second = gzip.compress(b"one, "), gzip.compress(b"two")
    assert unpacked("gzip", first + second, size) == b"one, two"
    for rest in (b"\0" * 9, b"rest", b"\x1f", b"\x1fx" + second, b"\0" + second):
        assert unpacked("gzip", first + rest, size) == b"one, "
        assert unpacked("gzip", first + second + rest, size) == b"one, two"
    for end in (b"rest", zlib.compress(b"two"), second):
        assert unpacked("deflate", zlib.compress(b"one, ") + end, size) == b"one, "
        assert unpacked("deflate", raw_deflate(b"one, ") + end, size) == b"one, "


@pytest.mark.parametrize("size", [1, 2, 10**9])
@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0 long enough", b"\x1fx\x8b", b"\x8b\x1f", b""]
)
def test_what_is_called_gzip_by_mistake_stays_as_it_is(body: bytes, size: int) -> None:
    assert unpacked("gzip", body, size) == body


@pytest.mark.parametrize("size", [1, 10**9])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate), ("br", brotli.compress)],
    ids=range(4),
)
def test_what_breaks_off_or_is_nonsense_is_an_error(encoding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    whole = pack(NOISE[:999])
    for end in (3, 500, len(whole) - 1):
        with pytest.raises(UnpackError, match=r"^It is compressed and breaks off\.$"):
            unpacked(encoding, whole[:end], size)
    with pytest.raises(UnpackError, match=r"^It is not compressed as it says\.$"):
        unpacked(encoding, (whole[:10] if encoding == "gzip" else b"") + b"\xff" * 99, size)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br,deflate", "gzip,identity,x-gzip"])
def test_a_body_compressed_twice_is_an_error(encoding: str) -> None:
    with pytest.raises(UnpackError, match=r"^It is compressed more than once\.$"):
        unpacker(encoding)


def test_bytes_after_the_end_of_brotli_are_an_error() -> None:
    with pytest.raises(UnpackError):
        unpacked("br", brotli.compress(TEXT) + b"x")


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_no_body_at_all_is_an_empty_one(encoding: str) -> None:
    assert unpacked(encoding, b"") == b""


def test_an_empty_chunk_at_the_end_does_not_hide_that_a_body_breaks_off() -> None:
    reader = unpacker("br")
    for chunk in (brotli.compress(TEXT)[:9], b""):
        assert not b"".join(reader.feed(chunk)).endswith(TEXT)
    with pytest.raises(UnpackError):
        reader.end()
