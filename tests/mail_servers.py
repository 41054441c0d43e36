"""Mail servers for tests, over real sockets: one that works, if wanted slowly, and one that never answers."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from pytest_django.fixtures import Settings

from tests.waits import seconds


@dataclass
class MailServer:
    silent: bool = False
    seconds: float = 0.0  # for each mail
    refused: frozenset[str] = frozenset()
    connections: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def of(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def waited_for(self, many: int) -> list[EmailMessage]:
        """The mails, as soon as there are `many`, or those that have come when the time is over."""
        end = time.monotonic() + seconds(30)
        while len(self.mails) < many and time.monotonic() < end:
            time.sleep(0.02)
        return self.mails


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: MailServer = self.server.world  # type: ignore[attr-defined]
        server.connections += 1
        if server.silent:
            server.over.wait()
            return
        self._say("220 hello")
        while line := self.rfile.readline():
            word = line.decode().strip()
            if word.upper() == "DATA":
                self._say("354 go on")
                self._take(server)
            elif word.upper() == "QUIT":
                self._say("221 bye")
                return
            elif any(address in word for address in server.refused):
                self._say("550 nobody here of that name")
            else:
                self._say("250 fine")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def _take(self, server: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        time.sleep(server.seconds)
        server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self._say("250 taken")


@contextmanager
def mail_server(settings: Settings, **behaviour: object) -> Iterator[MailServer]:
    """Runs a server and sets the mail settings to it."""
    world = MailServer(**behaviour)  # type: ignore[arg-type]
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.block_on_close = False
        server.world = world  # type: ignore[attr-defined]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield world
        server.shutdown()
        world.over.set()


def no_mail_server(settings: Settings) -> None:
    """Sets the mail settings to a server that does not exist."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
