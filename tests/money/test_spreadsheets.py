"""Tables for spreadsheet programs: they contain no formulas, and times are dates."""

import csv
import io
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import Settings

from playground.money.spreadsheets import cell, table, time_heading

SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]
FRONTS = ["", " ", "\u3000", "\n", "\r\n", "\t", "\u200b", "\u200d", "\ufeff", "\u2060", "\u00a0 ", "\x00", "\u202e"]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("front", FRONTS)
def test_a_formula_stays_text(front: str, sign: str) -> None:
    text = f"{front}{sign}HYPERLINK(1)"
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\tA", "\rA", "\t", "\r"])
def test_a_tab_or_a_carriage_return_in_front_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "A lighthouse", "1-2", "a@b.example", "a=b", "“=”", "１＋１", "…", "\u200b"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_numbers_stay_numbers() -> None:
    assert (cell(-3), cell(0.5), cell(None), cell(True)) == (-3, 0.5, None, True)


def test_times_are_in_the_zone_of_the_studio_and_the_heading_names_it(settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    moment = datetime(2026, 11, 28, 18, 5, 9, tzinfo=UTC)
    lines = "".join(table([time_heading("time"), "prompt"], [(moment, "灯台, 夕暮れ")]))
    assert lines.startswith("\ufeff")
    [row] = csv.DictReader(io.StringIO(lines.removeprefix("\ufeff")))
    assert row == {"time (Asia/Tokyo)": "2026-11-29 03:05:09", "prompt": "灯台, 夕暮れ"}
