"""The help: every question has its own page, the search finds it, and the pages that raise it link to it."""

from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.models import User
from playground.evolink import MODELS
from playground.guide import help
from playground.models import Generation, failures
from playground.studio.cards import Concern, card_of
from tests.factories import make_generation, make_saved
from tests.html import Html


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def slugs(text: str, within: str = "main ") -> list[str]:
    """The questions that a page links."""
    addresses = Html(text).values(f"{within}a[href^='/help/']", "href")
    return [address.split("/")[2] for address in addresses if address.count("/") == 3]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_question_has_its_own_page(db: None, client: Client, language: str) -> None:
    assert len(help.ENTRIES) >= 25
    for entry in help.ENTRIES:
        text = client.get(f"/help/{entry.slug}/", headers={"accept-language": language}).content.decode()
        with translation.override(language):
            assert str(entry.question) in text
        body = Html(text).one("article")
        assert "p" in body
        assert "%(" not in body.text
        assert "{{" not in body.text


def test_all_questions_stand_on_one_page_in_their_groups(db: None, client: Client) -> None:
    text = page(client, "/help/")
    assert sorted(slugs(text)) == sorted(entry.slug for entry in help.ENTRIES)
    assert len(Html(text).all("main section")) == len(help.GROUPS)


def test_an_unknown_question_is_not_found(db: None, client: Client) -> None:
    assert client.get("/help/no-such-question/").status_code == 404


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("24 hours", "24-hour-links"),
        ("COMMERCIAL", "commercial-use"),
        ("refused prompt", "refused-prompts"),
        ("ＡＰＩ key safe", "api-keys"),
    ],
)
def test_search_finds_every_word_as_a_substring(db: None, client: Client, query: str, first: str) -> None:
    assert slugs(page(client, f"/help/?q={query}"))[0] == first


def test_search_reads_the_answers_too(db: None, client: Client) -> None:
    """No question contains this word."""
    assert "commercial-use" in slugs(page(client, "/help/?q=logos"))
    assert "logos" not in " ".join(str(entry.question) for entry in help.ENTRIES)


def test_a_search_without_success_says_so_and_leads_back(db: None, client: Client) -> None:
    text = page(client, "/help/?q=zebra+stripes")
    assert "No answer contains all of these words" in text
    assert slugs(text) == []
    assert Html(page(client, "/help/?q=<script>")).one("main [name=q]")["value"] == "<script>"


def test_retired_models_are_named_with_what_to_use(db: None) -> None:
    with time_machine.travel("2026-11-22T12:00:00Z"):
        text = page(Client(), "/help/retired-models/")
    assert "GPT Image 1: retired on Oct. 23, 2026. Use GPT Image 2 instead." in text
    assert "GPT Image 1.5: will be retired on Dec. 1, 2026. After that, use GPT Image 2." in text
    assert len(Html(text).all("article li")) >= sum(model.shutdown_on is not None for model in MODELS.values())


def test_figures_are_those_of_the_catalogue(db: None) -> None:
    facts = help.facts()
    text = page(Client(), "/help/credits/")
    assert "68 credits are one US dollar" in text
    assert facts["model"].name in text
    assert Decimal(0) < facts["cheapest"] < facts["dearest"]


def test_every_failure_leads_to_an_answer() -> None:
    known = {entry.slug for entry in help.ENTRIES}
    assert {help.slug_for_failure(code) for code in failures.FAILURES} <= known
    assert set(help.PAGES) <= known


def test_every_concern_leads_to_an_answer(alice: User) -> None:
    known = {entry.slug for entry in help.ENTRIES}
    row = make_generation(owner=alice)
    card = card_of(row, alice, row.created_at)
    assert help.slug_for_card(card) == ""
    assert {help.slug_for_card(replace(card, concern=concern)) for concern in Concern} <= known


def test_a_failed_card_links_its_question(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    row.mark_submitting(row.created_at, None)
    row.fail("content_policy_violation", "", row.created_at)
    for address in ("/", f"/generations/{row.code}/"):
        assert "refused-prompts" in slugs(page(as_alice, address))


@pytest.mark.parametrize(
    ("address", "questions"),
    [
        ("/settings/keys/", ["api-keys", "whose-money"]),
        ("/settings/security/", ["signing-in"]),
        ("/team/", ["team"]),
        ("/team/budgets/", ["budgets"]),
    ],
)
def test_pages_of_settings_and_team_link_their_questions(
    as_administrator: Client, address: str, questions: list[str]
) -> None:
    assert set(questions) <= set(slugs(page(as_administrator, address)))


@pytest.mark.parametrize(
    ("state", "link", "slug"),
    [("missing", "", "fewer-pictures"), ("missing", "https://a.example/1.png", "24-hour-links"), ("saved", "", "")],
)
def test_a_card_with_an_empty_slot_links_why(as_alice: Client, alice: User, state: str, link: str, slug: str) -> None:
    row = make_saved(owner=alice, n=2)
    row.images.filter(index=1).update(state=state, source_url=link)
    linked = slugs(page(as_alice, "/"))
    assert ("fewer-pictures" in linked) == (slug == "fewer-pictures")
    assert ("24-hour-links" in linked) == (slug == "24-hour-links")
    assert "commercial-use" in slugs(page(as_alice, f"/generations/{row.code}/"))


def test_a_card_that_takes_long_links_what_to_do(as_alice: Client, alice: User) -> None:
    generation = make_generation(owner=alice)
    assert "long-wait" not in slugs(page(as_alice, "/"))
    Generation.objects.filter(pk=generation.pk).update(trouble="longer_than_usual")
    assert "long-wait" in slugs(page(as_alice, "/"))


def test_help_is_linked_from_where_questions_arise(as_alice: Client) -> None:
    text = page(as_alice, "/?model=gpt-image-1&size=1024x1024&quality=low&prompt=A+fox")
    wanted = {"rehearsal-and-live", "what-is-sent", "price-range", "retired-models"}
    assert wanted <= set(slugs(text, within=""))
    assert "a[href='/help/']" in Html(text)
