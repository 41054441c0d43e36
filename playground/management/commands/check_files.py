"""`manage.py check_files`: the nightly check of the stored files, at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from playground.engine import file_check
from playground.models import BrokenFile


class Command(BaseCommand):
    help = "Check whether every stored file is there and as its row says. Fails if one is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contents", action="store_true", help="read every file, not only its size")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check = file_check.check_now(timezone.now(), contents=options["contents"])
        except OSError as error:
            raise CommandError(f"The storage does not answer: {error}") from error
        broken = list(BrokenFile.objects.current())
        for file in broken:
            self.stdout.write(f"{file.kind}: {file.name}")
        if broken:
            raise CommandError(f"{len(broken)} of {check.files} files are not in order.")
        self.stdout.write(f"{check.files} files are in order.")
