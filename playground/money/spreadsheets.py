"""CSV tables for spreadsheet programs. All exports use this module."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils import timezone

# Spreadsheet programs read a file as UTF-8 only if it begins with this mark.
BYTE_ORDER_MARK = "\ufeff"
_FORMULA_SIGNS = frozenset("=+-@")
# Unicode categories: spaces, line breaks, control and zero-width characters. A program may ignore them before a
# formula.
_IGNORED = ("Z", "C")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table, first `head`, with a mark for UTF-8."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(head)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: object) -> object:
    """A value for a cell. Times are in the studio's time zone, in a format that spreadsheets read as dates. Text that a
    spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could run `text`: it begins with a tab, a carriage return, or = + - @ (also full-width),
    perhaps after spaces and invisible characters."""
    first = next((letter for letter in text if not unicodedata.category(letter).startswith(_IGNORED)), "")
    return text.startswith(("\t", "\r")) or unicodedata.normalize("NFKC", first)[:1] in _FORMULA_SIGNS


def time_heading(name: str) -> str:
    """The heading of a column of times. It names the time zone, because dates in a spreadsheet have none."""
    return f"{name} ({timezone.get_default_timezone_name()})"


class _Line:
    """A file for the CSV writer. `write` returns the line."""

    def write(self, line: str) -> str:
        return line
