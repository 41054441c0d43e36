"""Collects the strings to translate. The machine needs no gettext."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from playground.evolink import MODELS
from playground.management.django_internals import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
CODE = ("accounts", "playground")
TEMPLATES = (".html", ".txt")
SKIPPED = ("migrations", "management", "evolink")

# The header has no dates and no names, so that the file changes only with a string.
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


class Command(BaseCommand):
    help = "Write every string of code and templates into the .po files; what is translated stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if anything is not translated")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = list(strings())
        for language, _name in settings.LANGUAGES:
            if language != settings.LANGUAGE_CODE:
                path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
                self._one(language, path, found, check)

    def _one(self, language: str, path: Path, found: list[tuple[Any, ...]], check: bool) -> None:
        known = _read(path, language)
        fresh = Catalog(locale=language, project="Image Studio", charset="utf-8", fuzzy=False)
        for message, context, place in found:
            before = known.get(message if isinstance(message, str) else message[0], context)
            string = before.string if before and before.pluralizable == isinstance(message, tuple) else ""
            fresh.add(message, string, locations=[(place, 0)], context=context)
        if check:
            missing = [message.id for message in fresh if message.id and not _done(message.string)]
            if missing:
                some = ", ".join(repr(message) for message in missing[:5])
                raise CommandError(f"{len(missing)} strings are not translated into {language}, among them {some}")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(HEADER.format(language=language, plural=fresh.plural_forms).encode())
            write_po(file, fresh, sort_output=True, include_lineno=False, width=100, omit_header=True)
        left = sum(1 for message in fresh if message.id and not _done(message.string))
        self.stdout.write(f"{path.name} ({language}): {len(fresh)} strings, {left} not translated")


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _done(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def strings() -> Iterator[tuple[Any, str | None, str]]:
    """Every string that people see: (message or (singular, plural), context, file)."""
    root = Path(settings.BASE_DIR)
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            if not set(path.relative_to(root).parts) & set(SKIPPED):
                yield from _extract(path.read_bytes(), str(path.relative_to(root)))
    for path in sorted(path for path in (root / "templates").rglob("*") if path.suffix in TEMPLATES):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # In brackets, because the template's leftovers have no valid Python indentation.
        yield from _extract(f"({source}\n)".encode(), str(path.relative_to(root)))
    for model in MODELS.values():
        yield model.summary, None, "playground/evolink/models.toml"


def _extract(source: bytes, place: str) -> Iterator[tuple[Any, str | None, str]]:
    for _line, message, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
        yield message, context, place
