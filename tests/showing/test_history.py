"""The page of all generations of a person: the search, the states, the pages, and what can be done there."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from playground.models import Generation
from playground.showing import history
from tests.factories import make_generation, make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_of_each(alice: User) -> dict[str, Generation]:
    """One generation in each state that can be looked for. The newest comes first."""
    rows = {state: make_generation(owner=alice, prompt=f"A {state} boat") for state in ("running", "failed", "unknown")}
    rows["failed"].fail("content_policy_violation", "", rows["failed"].created_at)
    rows["unknown"].mark_submitting(rows["unknown"].created_at, None)
    rows["unknown"].mark_unknown(rows["unknown"].created_at, rows["unknown"].created_at, "")
    rows["cancelled"] = make_generation(owner=alice, prompt="A cancelled boat")
    rows["cancelled"].cancel(rows["cancelled"].created_at)
    rows["completed"] = make_saved(owner=alice, prompt="夕焼けの船")
    return rows


def prompts(client: Client, query: str = "") -> list[str]:
    return Html(client.get(f"/history/{query}")).texts(".past h3")


def test_every_generation_of_mine_is_there_and_nobody_elses(
    as_alice: Client, bob: User, one_of_each: dict[str, Generation]
) -> None:
    make_saved(owner=bob, shared=True)
    newest_first = ["夕焼けの船", "A cancelled boat", "A unknown boat", "A failed boat", "A running boat"]
    assert prompts(as_alice) == newest_first
    page = Html(as_alice.get("/history/"))
    assert "5 generations" in page.text
    assert page.texts(".past .badge") == ["Canceled", "Unknown", "Failed"], "success is silent"


@pytest.mark.parametrize("state", ["running", "failed", "unknown", "cancelled", "completed"])
def test_a_state_is_found(as_alice: Client, one_of_each: dict[str, Generation], state: str) -> None:
    assert prompts(as_alice, f"?state={state}") == [one_of_each[state].prompt]


def test_the_search_reads_prompts_whatever_their_width_and_case(
    as_alice: Client, one_of_each: dict[str, Generation]
) -> None:
    assert prompts(as_alice, "?q=ＢＯＡＴ+unknown") == ["A unknown boat"]
    assert prompts(as_alice, "?q=boat&state=failed") == ["A failed boat"]
    assert prompts(as_alice, "?state=nonsense&q=%00") == prompts(as_alice)
    nothing = Html(as_alice.get("/history/?q=zebra"))
    assert "Nothing matches" in nothing.text
    assert "main a[href='/history/']" in nothing


def test_the_pages_hold_the_search(as_alice: Client, alice: User) -> None:
    for number in range(history.PAGE + 2):
        make_generation(owner=alice, prompt=f"Boat {number}")
        make_generation(owner=alice, prompt="A fox")
    first = prompts(as_alice, "?q=boat")
    assert (first[0], len(first)) == (f"Boat {history.PAGE + 1}", history.PAGE)
    onward = Html(as_alice.get("/history/?q=boat")).one("[rel=next]")["href"]
    assert prompts(as_alice, onward) == ["Boat 1", "Boat 0"]


def test_a_page_costs_the_same_however_much_is_on_it(
    as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        make_saved(owner=alice, n=2)
    as_alice.get("/history/")
    with django_assert_max_num_queries(8):
        assert len(prompts(as_alice)) == 12


def test_each_row_has_the_button_that_helps(as_alice: Client, one_of_each: dict[str, Generation]) -> None:
    page = Html(as_alice.get("/history/"))
    buttons = page.texts(".past .task-tools > form > button, .past .task-tools > a")
    assert buttons == ["Run again", "Try again", "Check again", "Change and try again", "Cancel"]


def test_run_again_needs_no_script(as_alice: Client, one_of_each: dict[str, Generation]) -> None:
    form = Html(as_alice.get("/history/?state=completed")).one(".past .task-tools > form")
    values = {field["name"]: field["value"] for field in form.all("input")}
    for _twice in range(2):
        assert as_alice.post(form["action"], values)["Location"] == "/"
    assert Generation.objects.filter(prompt="夕焼けの船").count() == 2


def test_what_is_called_off_leads_back_to_the_list(as_alice: Client, one_of_each: dict[str, Generation]) -> None:
    form = Html(as_alice.get("/history/?state=running")).one(".past .task-tools > form")
    values = {field["name"]: field["value"] for field in form.all("input")}
    assert as_alice.post(form["action"], values)["Location"] == "/history/?state=running"
    elsewhere = {"next": "https://elsewhere.example/"}
    assert as_alice.post(f"/generations/{one_of_each['unknown'].code}/check/", elsewhere)["Location"] == "/"


def test_the_studio_leads_to_all_of_them_after_twenty(as_alice: Client, alice: User) -> None:
    for number in range(20):
        make_generation(owner=alice, prompt=f"Number {number}")
    assert "#history-end a" not in Html(as_alice.get("/"))
    make_generation(owner=alice)
    link = Html(as_alice.get("/")).one("#history-end a")
    assert (link.text, link["href"]) == ("All 21 in the history", "/history/")
