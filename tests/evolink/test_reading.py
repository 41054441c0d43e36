"""The readers of single values: what they take, to the last digit, and what they leave."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from playground.evolink import reading as read
from playground.evolink.errors import APIResponseValidationError

YEAR_9999 = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (7, "7"), (-7, "-7"), (0, "0"), (1.25, "1.25"), (1e-7, "1E-7"), (1e22, "1E+22"), ("7", "7"),
        (" +7.50 ", "7.50"),
        ("-0.5", "-0.5"), ("2e3", "2E+3"), ("2E-10", "2E-10"), ("1" * 30, "1" * 30), ("0." + "1" * 30, "0." + "1" * 30),
        ("1" * 31, None), ("0." + "1" * 31, None), ("1e100", None), ("1.", None), (".5", None), ("1,5", None),
        ("1 000", None), ("x7", None), ("7x", None), ("", None), ("NaN", None), ("Infinity", None), ("1.e2", None),
        ("1x5", None), ("--1", None), (float("nan"), None), (float("inf"), None), (True, None), (False, None),
        (None, None), ([7], None), ({}, None), (b"7", None),
    ],
)  # fmt: skip
def test_a_number(value: object, found: str | None) -> None:
    number = read.number(value)
    assert (None if number is None else str(number)) == found


def test_a_whole_number_of_any_length_is_a_number() -> None:
    assert read.number(10**400) == Decimal(10) ** 400


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0, 0), (1, 1), (0.5, 1), (1.5, 2), ("2.5", 3), (2.4, 2), (10**12, 10**12), (10**12 + 1, None), (-1, None),
        (-0.4, None), ("many", None), (None, None),
    ],
)  # fmt: skip
def test_a_count(value: object, found: int | None) -> None:
    count = read.count(value)
    assert count == found
    assert count is None or type(count) is int


@pytest.mark.parametrize(
    ("value", "found", "signed"),
    [
        (0, "0", "0"), ("1.50", "1.50", "1.50"), (10**9, "1000000000", "1000000000"), (10**9 + 1, None, None),
        (-0.01, None, "-0.01"), (-(10**9), None, "-1000000000"), (-(10**9) - 1, None, None), ("much", None, None),
        (None, None, None),
    ],
)  # fmt: skip
def test_an_amount_of_credits(value: object, found: str | None, signed: str | None) -> None:
    for negative, expected in ((False, found), (True, signed)):
        amount = read.credits(value, negative=negative)
        assert (None if amount is None else str(amount)) == expected
    assert read.credits(-1) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)), (-1, None), (1.5, datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)),
        (10**11 - 1, datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        (10**11, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (1_756_817_421_500, datetime(2025, 9, 2, 12, 50, 21, 500_000, tzinfo=UTC)),
        (253_402_300_799_000, YEAR_9999), (253_402_300_799_999, None), (253_402_300_800_000, None),
        (" 2025-09-02T12:50:21Z ", datetime(2025, 9, 2, 12, 50, 21, tzinfo=UTC)),
        ("2025-09-02T12:50:21Z" + " " * 44, datetime(2025, 9, 2, 12, 50, 21, tzinfo=UTC)),
        (" " * 39 + "2025-09-02T12:50:21+08:00", datetime(2025, 9, 2, 4, 50, 21, tzinfo=UTC)),
        (" " * 40 + "2025-09-02T12:50:21+08:00", None),
        ("2025-09-02" + " " * 100 + "x", datetime(2025, 9, 2, tzinfo=UTC)), ("9999-12-31T23:59:59-01:00", None),
    ],
)  # fmt: skip
def test_a_moment(value: object, found: datetime | None) -> None:
    moment = read.moment(value)
    assert moment == found
    assert moment is None or moment.tzinfo is UTC


def test_a_moment_without_an_offset_is_utc_wherever_the_server_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as tokyo:
        tokyo.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        found = read.moment("2025-09-02T12:50:21")
    time.tzset()
    assert found == datetime(2025, 9, 2, 12, 50, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "percent"),
    [(0, 0), (1, 1), (99.9, 99), (100, 100), (101, 100), (-1, 0), (" 45% ", 45), ("45 %", 45), ("45%%", 0), (None, 0)],
)
def test_a_progress(value: object, percent: int) -> None:
    progress = read.progress(value)
    assert progress == percent
    assert type(progress) is int


@pytest.mark.parametrize(
    ("value", "found"), [(True, True), ("true", True), (" TRUE ", True), (False, False), ("no", False), (1, False)]
)
def test_a_flag(value: object, found: bool) -> None:
    assert read.flag(value) is found


def test_a_text_is_cut_and_can_be_stored() -> None:
    assert read.text("a" * 20_001) == "a" * 20_000
    assert read.text("abc", longest=2) == "ab"
    assert read.text("a\x00\ud800\udfff\x01é猫\ue000") == "a\ufffd\ufffd\ufffd\x01é猫\ue000"
    assert read.text("") == ""
    for value in (None, 7, b"a", ["a"], {}):
        assert read.text(value) is None


def test_a_message_has_no_part_of_a_key() -> None:
    key = "sk-evo-CANARYcanaryCANARYcanary1234"
    assert read.message(f"No {key}: no\x00", longest=99) == "No sk-…1234: no\ufffd"
    assert read.message(f"No {key}", longest=10) == "No sk-…123"
    assert read.message("", longest=10) is None
    for value in (None, 7, b"a", ["a"], {}):
        assert read.message(value, longest=10) is None


def test_a_word_is_short_and_in_lower_case() -> None:
    assert read.word("  Charged\n") == "charged"
    assert read.word("a" * 201) == "a" * 200
    for value in ("", "  ", None, 7, ["a"]):
        assert read.word(value) is None


WORDS = {
    "pending": ["pending"],
    "processing": ["processing", "running", "", "xpending"],
    "completed": ["completed", "complete", "succeeded", "success", "done", "finished"],
    "failed": ["failed", "failure", "error"],
    "cancelled": ["cancelled", "canceled"],
}


@pytest.mark.parametrize(("state", "word"), [(state, word) for state in WORDS for word in WORDS[state]])
def test_a_state(state: str, word: str) -> None:
    assert read.status(word) == read.status(f" {word.upper()} ") == state


def test_one_item_stands_for_a_list_of_one() -> None:
    assert read.items([1, 2, 3], longest=2) == [1, 2]
    assert read.items("a", longest=2) == ["a"]
    assert read.items({"a": 1}, longest=2) == [{"a": 1}]
    for value in (None, 7, True, (1, 2)):
        assert read.items(value, longest=2) == []
    assert read.fields({"a": 1}) == {"a": 1}
    for value in (None, [], "a", 7):
        assert read.fields(value) == {}


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("a", True), ("9", True), ("task-unified-1:a.b_c", True), ("a" * 200, True), ("a" * 201, False), ("-a", False),
        (".a", False), ("a/b", False), ("a b", False), ("a\n", False), ("é", False), ("", False),
        (7, False), (None, False),
    ],
)  # fmt: skip
def test_an_identifier(value: object, usable: bool) -> None:
    assert read.is_identifier(value) is usable
    assert read.own_identifier(value) == (value if usable else None)
    if usable:
        assert read.identifier(value, "id") == value
        return
    with pytest.raises(APIResponseValidationError, match=f"as documented: id is {type(value).__name__}\\."):
        read.identifier(value, "id")


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("http://h", True), ("https://h/p?q=1#f", True), ("HTTPS://H/", True), ("https://h:65535/", True),
        ("https://[::1]/x", True), ("https://h/~!*'();:@&=+$,{}|^`", True), ("https://h/é", True),
        ("https://é.example/", True),
        ("https://h/" + "a" * (8192 - 10), True), ("https://h/" + "a" * (8193 - 10), False),
        ("https://h:65536/", False), ("https://h:x/", False), ("https://@h/", False),
        ("https://u@h/", False), ("https://:8/", False),
        ("https:///p", False), ("wss://h/", False), ("h/p", False), ("https://h/\x00", False),
        ("https://h/\x1f", False),
        ("https://h/ ", False), ("https://h/\x7f", False), ("https://h/<", False), ("https://h/>", False),
        ('https://h/"', False), ("https://h/\\", False), ("https://h/\udfff", False), ("https://xn--/", False),
        (7, False), (None, False), (["https://h/"], False),
    ],
)  # fmt: skip
def test_an_address(value: object, usable: bool) -> None:
    assert read.link(value) == (value if usable else None)
    if usable:
        assert read.url(value, "file_url") == value
        return
    with pytest.raises(APIResponseValidationError, match=f"as documented: file_url is {type(value).__name__}\\."):
        read.url(value, "file_url")


def test_addresses_in_a_list_are_found_under_the_first_name_that_has_one() -> None:
    values: Any = ["https://h/1", {"b": "https://h/2", "a": "https://h/3"}, {"a": "odd", "b": "https://h/4"}, {}, 7]
    assert read.links(values, "a", "b", longest=9) == ("https://h/1", "https://h/3", "https://h/4")
    assert read.links(values, "b", longest=2) == ("https://h/1", "https://h/2")
    assert read.links("https://h/1", "a", longest=9) == ("https://h/1",)


def test_a_required_value_of_another_type_is_named_by_its_type() -> None:
    assert read.mapping({"a": 1}, "data") == {"a": 1}
    assert read.listing([1], "data") == [1]
    with pytest.raises(APIResponseValidationError, match=r"^EvoLink's answer is not as documented: data is list\.$"):
        read.mapping(["sk-secret"], "data")
    with pytest.raises(APIResponseValidationError, match=r"^EvoLink's answer is not as documented: data is dict\.$"):
        read.listing({"a": "sk-secret"}, "data")


def test_numbers_in_json_are_kept_up_to_three_hundred_digits() -> None:
    assert read.parse_json(b"[" + b"9" * 300 + b"]") == [10**300 - 1]
    assert read.parse_json(b"[" + b"9" * 301 + b", 1e308, 1e309, -1e309, 0.5]") == [None, 1e308, None, None, 0.5]
    assert read.parse_json(b"[NaN, Infinity, -Infinity]") == [None, None, None]
    assert read.parse_json(b'\xef\xbb\xbf"a\n\xff\x00"') == "a\n\ufffd\ufffd"


def test_json_is_kept_down_to_its_sixty_fourth_level() -> None:
    def nested(levels: int) -> bytes:
        return b"[" * levels + b'"x"' + b"]" * levels

    def depth(value: object) -> tuple[int, object]:
        levels = 0
        while isinstance(value, list):
            value, levels = value[0], levels + 1
        return levels, value

    assert depth(read.parse_json(nested(64))) == (64, "x")
    assert depth(read.parse_json(nested(65))) == (64, None)
    members: Any = read.parse_json(b'{"a":' * 65 + b"1" + b"}" * 65)
    for _ in range(64):
        members = members["a"]
    assert members is None


@pytest.mark.parametrize("body", [None, b"", b"{", b"[1,]", b"sk-secret"])
def test_what_is_no_json_is_named_without_its_words(body: bytes | None) -> None:
    with pytest.raises(APIResponseValidationError, match=r"^EvoLink's answer is not JSON\.$") as caught:
        read.parse_json(body)
    assert caught.value.__suppress_context__
