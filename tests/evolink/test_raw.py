"""What is kept of an answer: as much as fits, in its order, with keys masked."""

import json

import pytest

from playground.evolink.raw import LEFT_OUT, RAW_MAX, as_mapping, as_text

KEY = "sk-evo-CANARYcanaryCANARYcanary1234"


def room(names: int) -> int:
    """The characters that are left for the values of so many members with names of one letter."""
    return RAW_MAX - names * len('"a", ') - names * len('""')


def test_the_kept_part_of_an_answer_is_exactly_as_long_as_allowed() -> None:
    # `{` and `}` are not counted, and `: ` of each member is counted as `, `.
    fits = {"a": "x" * (room(1))}
    assert as_mapping(fits) == fits
    assert as_mapping({"a": "x" * (room(1) + 1)}) == {LEFT_OUT: ["a"]}
    both = {"b": "x" * (room(2) - 9), "a": "y" * 9}
    assert list(as_mapping(both).items()) == list(both.items()), "in the order of the answer"
    assert as_mapping({**both, "b": both["b"] + "x"}) == {"a": "y" * 9, "…": ["b"]}
    assert as_mapping({"a": both["b"] + "x", "b": "y" * 9}) == {"b": "y" * 9, "…": ["a"]}
    assert RAW_MAX == 100_000


def test_long_names_count_as_well() -> None:
    assert as_mapping({"n" * 200_000: 1, "a": 2}) == {"a": 2, LEFT_OUT: ["n" * 60]}
    long_name, long_value = {"n" * 60_000: 1}, {"a": "x" * 50_000}
    assert as_mapping(long_name | long_value) == {**long_value, LEFT_OUT: ["n" * 60]}


def test_of_many_long_members_the_ten_longest_are_named() -> None:
    answer = {f"m{number:02}": "x" * (100_001 + number) for number in range(12)}
    assert as_mapping(answer) == {LEFT_OUT: [f"m{number:02}" for number in range(11, 1, -1)]}
    assert as_mapping({**answer, "id": 1})["id"] == 1


def test_what_json_cannot_express_is_null() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    odd = {"nan": float("nan"), "inf": [float("inf")], "object": object(), "deep": deep, "fine": {"a": [1, None, True]}}
    assert as_mapping(odd) == {"nan": None, "inf": None, "object": None, "deep": None, "fine": {"a": [1, None, True]}}
    while isinstance(deep, list):  # taken apart by hand: freeing it in one go would recurse
        deep = deep.pop()


def test_keys_are_masked_in_names_and_values() -> None:
    kept = as_mapping({KEY: KEY, "a": [{KEY: [KEY]}, 7]})
    assert kept == {"sk-…1234": "sk-…1234", "a": [{"sk-…1234": ["sk-…1234"]}, 7]}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"é": "猫"}'.encode(), '{"é": "猫"}'),
        (b'{"a":NaN}', '{"a": null}'),
        (f'{{"a":"{KEY}"}}'.encode(), '{"a": "sk-…1234"}'),
        (b"[1, 2]", "[1, 2]"),
        (f"<p>{KEY}</p>".encode(), "<p>sk-…1234</p>"),
        (b"a\xff\x00", "a\ufffd\ufffd"),
        (b"", ""),
        (b"x" * 100_001, "x" * 100_000),
        (b"x" * 99_989 + b" " + KEY.encode(), "x" * 99_989 + " sk-…1234"),
        (b"x" * 99_996 + b" " + KEY.encode(), "x" * 99_996 + " sk-"),
    ],
    ids=range(10),
)
def test_any_body_as_text(body: bytes, text: str) -> None:
    assert as_text(body) == text


def test_a_long_object_as_text_is_json_without_its_longest_members() -> None:
    kept = json.loads(as_text(json.dumps({"a": 1, "b": "x" * 200_000}).encode()))
    assert kept == {"a": 1, LEFT_OUT: ["b"]}
