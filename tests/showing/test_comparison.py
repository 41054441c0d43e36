"""Pictures side by side: which ones, and what the page says about their differences."""

import re

import pytest
from django.test import Client

from accounts.models import User
from playground.models import Generation
from playground.showing.comparison import Piece, marked
from tests.factories import make_saved
from tests.html import Html


def keys(*rows: Generation) -> list[str]:
    return [image.key for row in rows for image in row.images.all()]


def compare(client: Client, *chosen: str) -> str:
    answer = client.get("/compare/", {"picture": chosen})
    assert answer.status_code == 200
    return answer.content.decode()


def frames(html: str) -> list[str]:
    return Html(html).values("[data-lightbox]", "data-lightbox")


def differing(html: str) -> dict[str, list[Html]]:
    """The rows of the table."""
    return {row.one("th[scope=row]").text: row.all("td") for row in Html(html).all("tbody tr")}


def test_only_what_differs_is_in_the_table(as_alice: Client, alice: User) -> None:
    one = make_saved(owner=alice, prompt="A kite", quality="low")
    two = make_saved(owner=alice, prompt="A kite", quality="high", size="1536x1024", rehearsal=False)
    html = compare(as_alice, *keys(one, two))
    assert frames(html) == keys(one, two)
    rows = {name: [cell.text for cell in cells] for name, cells in differing(html).items()}
    assert rows["Quality"] == ["Draft", "High"]
    assert rows["Size"] == ["Square", "Landscape"]
    assert rows["Kind"] == ["Rehearsal", "Live"]
    assert not rows.keys() & {"Prompt", "Model", "Person", "Cost of the generation in credits"}
    same = re.search(r"The same for all of them: (.*)\.", html)
    assert same
    assert {"Prompt", "Model", "Person"} <= set(same[1].split(", "))


def test_the_words_that_differ_are_marked(as_alice: Client, alice: User) -> None:
    one, two = make_saved(owner=alice, prompt="A <red> kite"), make_saved(owner=alice, prompt="A blue kite")
    cells = differing(compare(as_alice, *keys(one, two)))["Prompt"]
    assert [cell.text for cell in cells] == ["A <red> kite", "A blue kite"]
    assert [cell.texts("mark") for cell in cells] == [["<red>"], ["blue"]]


def test_pictures_of_one_request_differ_in_nothing(as_alice: Client, alice: User) -> None:
    html = compare(as_alice, *keys(make_saved(owner=alice, n=2)))
    assert "they come from the same request" in html
    assert differing(html) == {}


def test_at_most_four_and_never_what_one_may_not_see(as_charlie: Client, alice: User, charlie: User) -> None:
    own, hidden, shown = (
        make_saved(owner=charlie, n=3),
        make_saved(owner=alice),
        make_saved(owner=alice, n=3, shared=True),
    )
    assert frames(compare(as_charlie, *keys(own, shown))) == keys(own, shown)[:4]
    assert frames(compare(as_charlie, *keys(hidden, own))) == keys(own)
    assert "Choose two to four pictures" in compare(as_charlie, *keys(hidden), keys(own)[0])


def test_a_picture_can_be_taken_out_and_two_be_swapped(as_alice: Client, alice: User) -> None:
    one, two, three = keys(make_saved(owner=alice, n=3))
    html = compare(as_alice, one, two, three)
    without = Html(html).values("[href^='/compare/?']", "href")
    assert frames(as_alice.get(without[1]).content.decode()) == [one, three]
    assert "Overlay" not in html
    pair = compare(as_alice, one, two)
    assert "Overlay" in pair
    [swapped] = Html(pair).values("[href^='/compare/?']", "href")
    assert frames(as_alice.get(swapped).content.decode()) == [two, one]


@pytest.mark.parametrize("number", [0, 1, 5])
def test_the_wrong_number_is_said_in_the_gallery(as_alice: Client, alice: User, number: int) -> None:
    chosen = keys(make_saved(owner=alice, n=5))[:number]
    answer = as_alice.post("/compare/", {"picture": chosen, "next": "/gallery/?q=kite"}, follow=True)
    assert answer.redirect_chain == [("/gallery/?q=kite", 302)]
    assert "Select two to four pictures to compare." in answer.content.decode()


def test_the_selection_leads_to_a_clean_address(as_alice: Client, alice: User) -> None:
    chosen = keys(make_saved(owner=alice, n=4))
    answer = as_alice.post("/compare/", {"selected": " ".join(chosen)})
    assert "csrf" not in answer["Location"]
    assert frames(as_alice.get(answer["Location"]).content.decode()) == chosen


@pytest.mark.parametrize(
    ("prompts", "own"),
    [
        (["a red kite", "a blue kite"], [["red "], ["blue "]]),
        (["a kite", "a kite at dusk"], [[], ["at dusk"]]),
        (["赤い凧が飛ぶ", "青い凧が飛ぶ"], [["赤"], ["青"]]),
        (["one two", "one three", "one two three"], [["two"], ["three"], ["two three"]]),
        (["", "a kite"], [[], ["a kite"]]),
        (["  a\nkite", "a kite"], [["  "], []]),
    ],
)
def test_marks(prompts: list[str], own: list[list[str]]) -> None:
    pieces = marked(prompts)
    assert ["".join(piece.text for piece in one) for one in pieces] == prompts, "nothing is lost"
    assert [[piece.text for piece in one if piece.own] for one in pieces] == own


def test_very_long_prompts_are_shown_without_marks() -> None:
    long = "word " * 3001
    assert marked([long, "a kite"]) == [[Piece(long, False)], [Piece("a kite", False)]]
