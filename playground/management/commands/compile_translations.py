"""Compiles the translations from .po to .mo. The machine needs no gettext."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile the translations that changed since they were compiled last."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                self._compile(source, source.with_suffix(".mo"))

    def _compile(self, source: Path, target: Path) -> None:
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            return
        with source.open("rb") as file:
            catalogue = read_po(file)
        # Writes a new file and then replaces the old one, so that a running server never reads half a file.
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
