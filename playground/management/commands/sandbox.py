"""`manage.py sandbox`: runs the built-in EvoLink as a server, for any client of EvoLink's GPT Image models."""

from argparse import Namespace, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from playground.sandbox import describe
from playground.sandbox import server as http


class Command(BaseCommand):
    help = "Serves the built-in EvoLink over HTTP, for any client of EvoLink's GPT Image models."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=describe(), formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        http.add_arguments(parser, directory=settings.DATA_DIR / "sandbox-server", mark=settings.SANDBOX_MARK)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["exempt"] and not settings.DEBUG:
            raise CommandError("--exempt opens this machine's own network. It works in development mode only.")
        try:
            http.run(Namespace(**options))
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
