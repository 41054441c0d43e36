"""CSV tables for spreadsheet programs. One place for all exports."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils import timezone

# Spreadsheet programs take a file for UTF-8 only with this mark at its beginning.
BYTE_ORDER_MARK = "\ufeff"
_FORMULA_SIGNS = frozenset("=+-@")
# Blanks, line breaks, control and zero-width characters: a program may ignore them in front of a formula.
_IGNORED = ("Z", "C")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table, `head` first, with a mark that says UTF-8."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(head)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: object) -> object:
    """A value as a cell: a time in the studio's zone, in a form that spreadsheets take for a date; text that a
    spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could run `text`: it begins with a tab, a carriage return, or one of = + - @, in their
    full-width forms too, whatever blanks and invisible characters stand before."""
    first = next((letter for letter in text if not unicodedata.category(letter).startswith(_IGNORED)), "")
    return text.startswith(("\t", "\r")) or unicodedata.normalize("NFKC", first)[:1] in _FORMULA_SIGNS


def time_heading(name: str) -> str:
    """The heading of a column of times: it names the zone, as a spreadsheet's date cannot."""
    return f"{name} ({timezone.get_default_timezone_name()})"


class _Line:
    """A file that gives back each line that a CSV writer writes into it."""

    def write(self, line: str) -> str:
        return line
