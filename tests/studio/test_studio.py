"""The content of the studio's page and its parts."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from playground.evolink import MODELS
from playground.models import Generation, Status
from tests.factories import make_generation, make_key
from tests.html import Html

pytestmark = pytest.mark.django_db


def cards(*rows: Generation, older: int = 0) -> dict[str, list[str]]:
    return {"card": [f"{row.code}.{row.version - older}" for row in rows]}


def model_of(page: Html) -> str:
    return page.one("[name=model][checked]")["value"]


def test_the_page_says_what_runs(as_alice: Client, alice: User) -> None:
    make_generation(owner=alice)
    page = Html(as_alice.get("/"))
    assert "1 running · 0 completed" in page.text
    assert page.one("[hx-trigger^=every]")["hx-trigger"] == "every 2s, look"
    assert "Refresh" in page.texts("noscript a")


def test_no_browser_keeps_a_page_whose_request_id_is_used_up(as_alice: Client) -> None:
    page = as_alice.get("/")
    assert "#request-id[autocomplete=off]" in Html(page)
    assert "no-store" in page["Cache-Control"]


def test_without_scripts_enter_in_a_field_calculates_the_price(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode().replace("<noscript>", "").replace("</noscript>", "")
    assert Html(page).all("#studio-form button")[0]["formaction"] == "/studio/calculate/"


def test_the_page_of_somebody_new_teaches_and_asks_nothing(as_alice: Client) -> None:
    page = Html(as_alice.get("/"))
    assert len(page.all(".example")) == 6
    assert "[hx-trigger^=every]" not in page
    assert "Refresh" not in page.text


def test_the_six_sizes_are_there_by_use(as_alice: Client) -> None:
    """Each shape is there once. The same shapes by ratio are below “More shapes”."""
    page = Html(as_alice.get("/?model=gpt-image-1"))
    more = page.values("#chip-size .more-sizes [name=size]", "value")
    assert page.values("[name=size]", "value") == ["1024x1024", "1024x1536", "1536x1024", *more]
    assert more == ["1:1", "2:3", "3:2"]
    assert "posters, phone screens" in page.text
    assert "#chip-size .more-sizes[open]" not in page
    assert "#chip-size .more-sizes[open]" in Html(as_alice.get("/?model=gpt-image-1&size=2:3"))


def test_the_studio_starts_with_a_model_that_is_there(as_alice: Client, alice: User) -> None:
    """A person who never chose the retired model need not read about it."""
    page = Html(as_alice.get("/"))
    assert model_of(page) == "gpt-image-2"
    assert "#model-note .note" not in page
    alice.defaults = {"model": "gpt-image-1", "quality": "low"}
    alice.save()
    page = Html(as_alice.get("/"))
    assert model_of(page) == "gpt-image-2"
    assert "GPT Image 2 is used instead of GPT Image 1" in page.text
    assert model_of(Html(as_alice.get("/?model=gpt-image-1"))) == "gpt-image-1"


def test_a_draft_keeps_a_retired_model_in_rehearsal_alone(as_alice: Client, alice: User) -> None:
    as_alice.cookies["draft"] = quote(f"user={alice.pk}&model=gpt-image-1&quality=low")
    assert model_of(Html(as_alice.get("/"))) == "gpt-image-1"
    make_key(owner=alice)
    page = Html(as_alice.get("/"))
    assert model_of(page) == "gpt-image-2"
    assert page.one("[name=quality][checked]")["value"] == "low"


@pytest.mark.parametrize(
    "draft", ["", "user=", "%00", "user=1&model=%00", "x" * 5000, "user={}&model=nonsense&n=99&size=own"]
)
def test_an_odd_draft_is_nothing(as_alice: Client, alice: User, draft: str) -> None:
    as_alice.cookies["draft"] = quote(draft.format(alice.pk))
    assert as_alice.get("/").status_code == 200


def test_history_shows_twenty_newest_first(as_alice: Client, alice: User) -> None:
    for number in range(22):
        make_generation(owner=alice, prompt=f"Number {number:02}")
    titles = Html(as_alice.get("/")).texts(".task-card h3")
    assert titles == [f"Number {number:02}" for number in range(21, 1, -1)]


def test_the_history_stands_under_its_days(as_alice: Client, alice: User) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for hours in (24 * 6, 24, 3, 0):
        make_generation(owner=alice, prompt=f"{hours} hours", now=noon - timedelta(hours=hours)).cancel(noon)
    with time_machine.travel(noon, tick=False):
        page = Html(as_alice.get("/"))
    found = [one.one("h3").text for one in page.all("#history-list > li")]
    assert found == ["Today", "0 hours", "3 hours", "Yesterday", "24 hours", "Nov. 14, 2026", "144 hours"]
    assert page.texts(".task-line time")[:2] == ["just now", "3 h ago"]


def test_the_card_that_falls_off_the_history_leaves_the_page(as_alice: Client, alice: User) -> None:
    oldest, *_newer = [make_generation(owner=alice) for _ in range(20)]
    form = {
        "request_id": "new",
        "prompt": "The newest",
        "model": "gpt-image-1",
        "size": "1:1",
        "quality": "low",
        "n": 1,
    }
    page = Html(as_alice.post("/generations/", form, headers={"HX-Request": "true"}))
    assert page.one("[hx-swap-oob=delete]")["id"] == f"card-{oldest.code}"


@pytest.mark.parametrize("running", [1, 20])
def test_asking_costs_three_queries_however_many_run(
    running: int, as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make_generation(owner=alice) for _ in range(running)]
    as_alice.get("/")
    with django_assert_max_num_queries(5):  # session, user, and three
        answer = as_alice.get("/studio/changes/", cards(*rows, older=1))
    assert len(Html(answer).all(".task-card")) == running


def test_whose_key_it_was_costs_no_query_a_card(
    as_alice: Client, alice: User, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    key = make_key(owner=administrator, for_members=True)
    rows = [make_generation(owner=alice, rehearsal=False, key=key) for _ in range(10)]
    for row in rows:
        row.mark_submitting(row.created_at, None)
        row.fail("key_refused", "", row.created_at)
    asked = cards(*rows, older=1)
    with django_assert_max_num_queries(5):
        answer = as_alice.get("/studio/changes/", asked)
    assert answer.content.decode().count(f"Ask {administrator.name} to look at it.") == 10


def test_nothing_new_is_204(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    assert as_alice.get("/studio/changes/", cards(row)).status_code == 204


def test_only_what_changed_comes_back(as_alice: Client, alice: User) -> None:
    still, moved = make_generation(owner=alice), make_generation(owner=alice)
    asked = cards(still, moved)
    Generation.objects.filter(pk=moved.pk).update(status=Status.PROCESSING, version=2)
    answer = as_alice.get("/studio/changes/", asked)
    page = Html(answer)
    assert f"#card-{moved.code}" in page
    assert still.code not in answer.content.decode()
    assert "[hx-trigger]" not in page, "the page goes on asking as it did"


def test_card_stops_polling_when_finished(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    asked = cards(row)
    row.cancel(row.created_at)
    page = Html(as_alice.get("/studio/changes/", asked))
    assert "#poller[hidden][hx-swap-oob=true]" in page
    assert "#poller[hx-trigger]" not in page
    assert "[name=card]" not in page


def test_nonsense_cards_are_no_error(as_alice: Client) -> None:
    assert as_alice.get("/studio/changes/?card=x&card=a.b.c&card=.").status_code == 200


@pytest.mark.parametrize("model", ["gpt-image-1.5", "gpt-image-2", "gpt-image-2-beta", "gpt-image-2.5-flare"])
def test_the_form_follows_the_model(model: str, as_alice: Client) -> None:
    values = {"model": model, "size": "1024x1536", "quality": "high", "n": "3", "prompt": "Kept"}
    fragment = Html(as_alice.get("/studio/settings/", values))
    assert ("[name=quality]" in fragment) == (model != "gpt-image-2-beta")
    assert ("[name=n]" in fragment) == (MODELS[model].n_max > 1)
    assert ("[name=size][value=auto]" in fragment) == MODELS[model].takes_auto
    assert any("credits" in words for words in fragment.texts("b"))


def test_the_estimate_follows_the_values(as_alice: Client) -> None:
    form = {"prompt": "x", "model": "gpt-image-1", "size": "1024x1024", "quality": "low", "n": "1"}
    one = as_alice.post("/studio/estimate/", form).content.decode()
    ten = as_alice.post("/studio/estimate/", form | {"n": "10"}).content.decode()
    assert "0.6663 credits" in one
    assert "6.66 credits" in ten
    assert as_alice.post("/studio/estimate/", form | {"n": "99"}).status_code == 200
    assert not Generation.objects.exists()


def test_an_address_fills_the_form_and_sends_nothing(as_alice: Client) -> None:
    page = Html(as_alice.get("/?prompt=From+a+link&model=gpt-image-1.5&size=nonsense&quality=low"))
    assert page.one("textarea[name=prompt]").text == "From a link"
    assert model_of(page) == "gpt-image-1.5"
    assert not Generation.objects.exists()


def test_script_in_a_prompt_stays_text(as_alice: Client, alice: User) -> None:
    make_generation(owner=alice, prompt="<script>alert(1)</script>")
    page = Html(as_alice.get("/"))
    assert page.one(".task-card h3").text == "<script>alert(1)</script>"
    assert not any("alert" in script for script in page.texts("script"))


def test_everybody_else_signs_in_first(client: Client) -> None:
    assert client.get("/").status_code == 302
    assert client.post("/generations/", {}).status_code == 302


def test_unsafe_requests_need_the_pages_token(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    for address in ("/generations/", "/studio/estimate/"):
        assert strict.post(address, {}).status_code == 403
