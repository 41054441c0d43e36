"""The sandbox over HTTP(S): HTTP/1.1 with keep-alive, a thread for each connection, standard library only."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx

from playground.evolink.limits import FILE_BYTES_MAX
from playground.sandbox.api.app import Sandbox
from playground.sandbox.api.callbacks import Postman
from playground.sandbox.painter import paint
from playground.sandbox.replies import Wire, answer, page
from playground.sandbox.scenarios import describe
from playground.sandbox.script import UnknownScenarioError
from playground.sandbox.transport import packed, pieces

logger = logging.getLogger(__name__)

BODY_MAX: Final = FILE_BYTES_MAX * 3 // 2  # bytes of a request; base64 is a third longer than the file
WILDCARDS: Final = ("", "0.0.0.0", "::")  # noqa: S104
IDLE_SECONDS: Final = 75.0  # the longest wait of a connection for its next request


class BodyError(Exception):
    """A request body cannot be read. `status` is the HTTP status of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """Passes requests from the socket to `Sandbox.handle`, and sends the answers with the faults that they ask for."""

    protocol_version = "HTTP/1.1"
    server_version = "EvoLink-Sandbox"
    timeout = IDLE_SECONDS
    wbufsize = -1  # sends headers and body together; unbuffered, a delayed acknowledgement costs 40 ms
    disable_nagle_algorithm = True
    server: SandboxServer

    def _handle(self) -> None:
        try:
            body = b"".join(self._body())
        except BodyError as error:
            self.close_connection = True
            kind = "request_too_large_error" if error.status == 413 else "invalid_request_error"
            refusal = {"error": {"code": "invalid_request", "message": str(error), "type": kind}}
            self._send(answer(refusal, status=error.status), Wire())
            return
        try:
            request = httpx.Request(
                self.command, self.server.base + self.path, headers=self.headers.items(), content=body
            )
            response = self.server.sandbox.handle(request)
        except httpx.InvalidURL:
            response = page(400, "Bad request")
        except Exception:
            logger.exception("The sandbox failed on %s %s", self.command, self.path)
            error_body = {"code": "internal_error", "message": "Internal server error", "type": "api_error"}
            response = answer({"error": error_body}, status=500)
        self._send(response, response.extensions.get("wire", Wire()))

    do_GET = do_POST = do_DELETE = do_HEAD = do_PUT = do_PATCH = do_OPTIONS = _handle

    def _body(self) -> Iterator[bytes]:
        """Read the body of the request, by its length or in chunks."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            yield from self._chunks()
            return
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            raise BodyError(400, "Content-Length is not a number")
        if int(length) > BODY_MAX:
            raise BodyError(413, "Request body too large")
        yield self._exactly(int(length))

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(100).partition(b";")[0], 16)
            except ValueError:
                raise BodyError(400, "The chunked body is malformed") from None
            if size < 0:
                raise BodyError(400, "The chunked body is malformed")
            total += size
            if total > BODY_MAX:
                raise BodyError(413, "Request body too large")
            if size == 0:
                break
            yield self._exactly(size)
            self.rfile.readline(3)
        while self.rfile.readline(1000) not in (b"\r\n", b"\n", b""):
            pass  # trailers

    def _exactly(self, size: int) -> bytes:
        content = self.rfile.read(size)
        if len(content) < size:
            raise BodyError(400, "The request ended before its body")
        return content

    def _send(self, response: httpx.Response, wire: Wire) -> None:
        time.sleep(wire.delay)
        if wire.lost:
            self._hang_up()
            return
        content, headers = packed(response, wire)
        self.send_response(response.status_code)
        for name, value in headers.items():
            if name not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        if response.status_code not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece, pause in pieces(content, wire):
            time.sleep(pause)
            self.wfile.write(piece)
            self.wfile.flush()
        if wire.cut:
            self._hang_up()

    def _hang_up(self) -> None:
        """Close the connection as in a crash, without sending anything more."""
        self.close_connection = True
        self.wfile.flush()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("The other side had already gone")

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError, ssl.SSLError):
            logger.debug("A connection from %s broke", self.client_address[0])

    def version_string(self) -> str:
        return self.server_version

    def log_message(self, format: str, *args: Any) -> None:
        logger.info("%s %s", self.client_address[0], format % args)


class SandboxServer(ThreadingHTTPServer):
    """Serves one sandbox. `base` is the server's own address. The result links start with it."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(
        self, sandbox: Sandbox, host: str, port: int, *, tls: ssl.SSLContext | None = None, public_base: str = ""
    ) -> None:
        self.sandbox = sandbox
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)
        self._tls = tls
        shown = "localhost" if host in WILDCARDS else f"[{host}]" if ":" in host else host
        self.base = f"{'https' if tls else 'http'}://{shown}:{self.server_address[1]}"
        sandbox.world.public_base = public_base.rstrip("/") or self.base
        self._postman = Postman(sandbox.world)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Do the handshake in the connection's own thread, so that a slow one does not delay other connections."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(IDLE_SECONDS)
        try:
            secured = self._tls.wrap_socket(request, server_side=True)
        except OSError:
            logger.debug("The handshake with %s failed", client_address[0])
            return
        with secured:
            super().finish_request(secured, client_address)

    def serve_forever(self, poll_interval: float = 0.1) -> None:
        self._postman.start()
        try:
            super().serve_forever(poll_interval)
        finally:
            self._postman.stop()


def tls_context(certificate: Path, private_key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key)
    return context


def add_arguments(parser: argparse.ArgumentParser, *, directory: Path, mark: bool = True) -> None:
    """Add the server's options to a parser. `mark` says whether pictures carry the word of the sandbox by default."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=8787, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="serve HTTPS with this certificate")
    parser.add_argument("--private-key", type=Path, metavar="PEM", help="of the certificate, if not in its file")
    parser.add_argument("--directory", type=Path, default=directory, help="where it keeps its state")
    parser.add_argument("--public-base", default="", metavar="URL", help="scheme and host of the result links")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long a picture takes (default: 6)")
    parser.add_argument("--credits", type=Decimal, default=Decimal(100_000), help="of an account when first seen")
    parser.add_argument(
        "--scenario", action="append", default=[], metavar="NAME[=VALUE]", help="holds for every request"
    )
    parser.add_argument(
        "--exempt", action="append", default=[], metavar="ORIGIN", help="scheme://host:port the guard lets through"
    )
    parser.add_argument(
        "--no-mark", dest="mark", action="store_false", default=mark, help='no word "sandbox" in the pictures'
    )
    parser.add_argument("--hide-usage", action="store_true", help="finished tasks do not say what they cost")


def run(options: argparse.Namespace) -> None:
    """Serve until Ctrl-C. Raises `ValueError` or `OSError` for options that cannot work."""
    if options.private_key and not options.certificate:
        raise ValueError("--private-key needs --certificate")
    sandbox = Sandbox(
        options.directory,
        seconds_per_image=options.seconds,
        exempt_origins=options.exempt,
        scenarios=options.scenario,
        opening_credits=options.credits,
        reports_usage=not options.hide_usage,
        paint=partial(paint, mark=options.mark),
    )
    tls = tls_context(options.certificate, options.private_key) if options.certificate else None
    with SandboxServer(sandbox, options.host, options.port, tls=tls, public_base=options.public_base) as server:
        sys.stdout.write(f"EvoLink sandbox at {server.base} (any key of the form sk-…; Ctrl-C stops it)\n")
        sys.stdout.flush()
        # Both signals are set, because a shell starts background processes with Ctrl-C ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        finally:
            sandbox.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=describe(), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, directory=Path("var/sandbox-server"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        run(options)
    except (UnknownScenarioError, ValueError, OSError) as error:
        parser.error(str(error))
