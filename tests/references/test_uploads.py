"""Uploads byte by byte through the real web server: limits, wrong lengths and names, and broken connections."""

import os
import re
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from playground.evolink.catalogue import REFERENCE_BYTES_MAX, REFERENCES_MAX
from tests.drawing import drawing, encoded
from tests.management.test_serve import Studio, running, wait_for
from tests.waits import seconds

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processes from /proc")
BOUNDARY = "----boundary-of-this-test"


@dataclass
class Session:
    """A person who is signed in at a running studio."""

    studio: Studio
    folder: Path
    cookie: str
    token: str

    def request(self, body: bytes, *, length: int | None = None, send: int | None = None) -> str:
        """Posts this body and returns the response. With `send` it cuts the connection after so many bytes, and returns
        an empty text."""
        head = (
            f"POST /references/add/ HTTP/1.1\r\nHost: localhost:{self.studio.port}\r\nCookie: {self.cookie}\r\n"
            f"X-CSRFToken: {self.token}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {len(body) if length is None else length}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.studio.port), timeout=seconds(60)) as line:
            line.sendall(head.encode())
            line.sendall(body if send is None else body[:send])
            if send is not None:
                return ""
            answer = b""
            while chunk := line.recv(65_536):
                answer += chunk
        return answer.decode()

    def add(self, *files: tuple[str, bytes]) -> str:
        return self.request(form(*files))

    def stored(self) -> list[Path]:
        folder = self.folder / "var" / "media" / "references"
        return sorted(path for path in folder.glob("*") if "-small" not in path.name)

    def leftovers(self) -> list[str]:
        """Unfinished uploads: files with a name, and files without one that the server still holds open."""
        uploads = self.folder / "var" / "uploads"
        held = []
        for pid in self.studio.of("granian"):
            for link in Path(f"/proc/{pid}/fd").glob("*"):
                try:
                    held.append(os.readlink(link))
                except OSError:
                    continue
        return [path.name for path in uploads.iterdir()] + [path for path in held if path.startswith(str(uploads))]


def form(*files: tuple[str, bytes], extra: str = "") -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="images"; filename="{name}"\r\n'.encode()
        + f"Content-Type: text/plain\r\n{extra}\r\n".encode()
        + data
        + b"\r\n"
        for name, data in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def padded(size: int) -> bytes:
    """A small picture in a file of exactly this many bytes."""
    data = encoded(drawing())
    filling = bytes(size - len(data) - 12)
    chunk = len(filling).to_bytes(4, "big") + b"fiLl" + filling + zlib.crc32(b"fiLl" + filling).to_bytes(4, "big")
    return data[:33] + chunk + data[33:]


def items(answer: str) -> tuple[int, int]:
    """The numbers of accepted and refused files."""
    return answer.count("data-reference="), answer.count('data-state="refused"')


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, new_database: Path | None) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("uploads")
    with running(folder, new_database) as studio:
        base = f"http://localhost:{studio.port}"
        with httpx.Client(base_url=base, trust_env=False, follow_redirects=True) as web:
            web.get("/accounts/login/")
            values = {"login": "demo", "password": "demo", "csrfmiddlewaretoken": web.cookies["csrftoken"]}
            page = web.post("/accounts/login/", data=values, headers={"Referer": base}).text
            found = re.search(r'X-CSRFToken": "([^"]+)"', page)
            assert found, page
            assert "sessionid" in web.cookies
            cookie = "; ".join(f"{name}={value}" for name, value in web.cookies.items())
            yield Session(studio, folder, cookie, found[1])


def test_exactly_the_limit_and_one_byte_more(session: Session) -> None:
    before = len(session.stored())
    answer = session.add(("limit.png", padded(REFERENCE_BYTES_MAX)), ("beyond.png", padded(REFERENCE_BYTES_MAX + 1)))
    assert items(answer) == (1, 1)
    assert "It is larger than 50 MB." in answer
    assert answer.index("limit.png") < answer.index("beyond.png")
    assert len(session.stored()) == before + 1
    assert max(path.stat().st_size for path in session.stored()) < 100_000
    assert session.leftovers() == []


def test_the_seventeenth_file_alone_is_refused(session: Session) -> None:
    files = [(f"{number}.png", encoded(drawing(100 + number, 30))) for number in range(REFERENCES_MAX + 1)]
    answer = session.add(*files)
    assert items(answer) == (REFERENCES_MAX, 1)
    assert "That is one too many; the limit is 16." in answer
    assert session.leftovers() == []


def test_far_more_than_sixteen_of_the_largest_is_not_even_read(session: Session) -> None:
    answer = session.request(b"", length=20 * REFERENCE_BYTES_MAX)
    assert answer.startswith("HTTP/1.1 4")


@pytest.mark.parametrize("percent", [5, 30, 99])
def test_a_connection_that_breaks_off_leaves_nothing(session: Session, percent: int) -> None:
    """There are two files. The first one is complete when the connection is cut."""
    before = session.stored()
    body = form(("whole.png", encoded(drawing(40 + percent, 33))), ("half.png", padded(20 * 1024 * 1024)))
    session.request(body, send=len(body) * percent // 100)
    wait_for(lambda: session.leftovers() == [])
    time.sleep(0.5)
    assert session.stored() == before
    assert session.leftovers() == []


def test_a_length_that_promises_more_than_comes(session: Session) -> None:
    before = session.stored()
    body = form(("whole.png", encoded(drawing(41, 33))))
    with socket.create_connection(("127.0.0.1", session.studio.port)) as line:
        head = f"POST /references/add/ HTTP/1.1\r\nHost: localhost\r\nCookie: {session.cookie}\r\n"
        head += f"X-CSRFToken: {session.token}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        line.sendall(f"{head}Content-Length: {len(body) + 1000}\r\n\r\n".encode() + body)
        line.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
    wait_for(lambda: session.leftovers() == [])
    assert session.stored() == before


def test_a_length_that_promises_less_than_comes(session: Session) -> None:
    before = session.stored()
    body = form(("whole.png", encoded(drawing(42, 33))))
    answer = session.request(body, length=len(body) - 60)
    assert items(answer)[0] == 0
    assert session.stored() == before


def test_a_part_that_lies_about_its_own_length(session: Session) -> None:
    data = encoded(drawing(43, 33))
    assert items(session.request(form(("a.png", data), extra="Content-Length: 5\r\n"))) == (1, 0)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../../tmp/passwd.png", "passwd.png"),
        ("..\\\\..\\\\windows\\\\system.png", "system.png"),
        ("cat\x00.png", "cat.png"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
        ("\u202e\u200fgnp.exe.png", "gnp.exe.png"),
        ("<script>alert(1)</script>.png", "script&gt;.png"),
    ],
)
def test_names(session: Session, sent: str, shown: str) -> None:
    width = 300 + len(sent)
    before = len(session.stored())
    answer = session.add((sent, encoded(drawing(width, 21))))
    assert items(answer) == (1, 0)
    assert f'data-name="{shown}"' in answer
    assert "<script>" not in answer
    assert len(session.stored()) == before + 1


def test_nobody_who_is_not_signed_in_writes_to_the_disk(session: Session) -> None:
    stranger = Session(session.studio, session.folder, f"csrftoken={'a' * 32}", "a" * 32)
    before = session.stored()
    answer = stranger.add(("a.png", encoded(drawing(44, 33))))
    assert answer.startswith(("HTTP/1.1 302", "HTTP/1.1 403"))
    assert session.stored() == before
    assert session.leftovers() == []
