"""`make run`: runs the whole studio with one command."""

import ipaddress
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.auth import setup
from accounts.auth.demo import demo_user
from playground.management import static_files
from playground.management.checks import first_version, kept_commits, stored_keys
from playground.management.supervisor import WORKER_STOP_SECONDS, Child, die_with_parent, supervise


class Command(BaseCommand):
    help = "Prepare what needs preparing, then run web server and worker until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to bind to (127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help=f"port ({settings.PORT}, from PORT)")
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started it ends")
        parser.add_argument("--workers", type=int, default=1, help="worker processes (1)")

    def handle(self, *args: Any, host: str, port: int, workers: int, with_parent: bool, **options: Any) -> None:
        if settings.DEBUG and not ipaddress.ip_address(host).is_loopback:
            raise CommandError("Development mode serves this machine only. Set DEBUG=0 to serve others.")
        if with_parent:
            die_with_parent()
        self._port_must_be_free(host, port)
        self._prepare()
        self._welcome(host, port)
        connection.close()
        supervise([_web(host, port), *(_worker(number) for number in range(1, workers + 1))])

    def _port_must_be_free(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(f"Port {port} is taken. Choose another one: PORT={port + 1} make run") from error

    def _prepare(self) -> None:
        """Does what is not done yet: migrations, translations, static files, the demo user."""
        for problem in first_version(None, databases=["default"]):
            raise CommandError(f"{problem.msg} {problem.hint}")
        if _needs_migrating():
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("compile_translations", verbosity=0)
        if settings.DEBUG:
            demo_user()
        else:
            static_files.collect()

    def _welcome(self, host: str, port: int) -> None:
        shown = "localhost" if host == "127.0.0.1" else host
        address = f"http://{shown}:{port}/" if settings.DEBUG else f"{settings.PUBLIC_URL}/"
        self.stdout.write(f"\n  Image Studio: {address}")
        for problem in (*stored_keys(None, databases=["default"]), *kept_commits(None, databases=["default"])):
            self.stdout.write(f"  {problem.msg} {problem.hint}")
        if setup.needed():
            self.stdout.write(
                f"  Nobody is here yet. Open it and become the administrator with the code {setup.code()}"
            )
        if settings.DEBUG:
            self.stdout.write("  Open it in a browser and press “Continue as demo” (user demo, password demo).")
            self.stdout.write("  Pictures come from the built-in sandbox: no key, no network, no cost.")
        self.stdout.write(
            "  Ctrl-C stops it, once EvoLink has answered to what was sent; a second Ctrl-C stops it at once.\n"
        )
        self.stdout.flush()


def _needs_migrating() -> bool:
    """`migrate --check` raises `SystemExit` if there are migrations to apply."""
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    except SystemExit:
        return True
    return False


def _web(host: str, port: int) -> Child:
    granian = Path(sys.executable).with_name("granian")
    options = [
        *("--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "16", "--respawn-failed-workers"),
        *("--log-level", "error"),
    ]
    return Child("web", [str(granian), *options, "playground.wsgi:application"])


def _worker(number: int) -> Child:
    manage = Path(settings.BASE_DIR) / "manage.py"
    return Child(f"worker {number}", [sys.executable, str(manage), "worker"], WORKER_STOP_SECONDS)
