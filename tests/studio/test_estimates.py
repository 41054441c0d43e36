"""The estimate beside Generate: it follows the form, counts everything, and says why if the budget is too small."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, User
from playground.evolink import ApiSecret, GenerationRequest, pricing
from playground.models import Budget, Generation
from playground.money.amounts import credits_text
from tests.html import Html

FORM = {"prompt": "A lighthouse", "model": "gpt-image-1", "size": "1024x1024", "quality": "low", "n": "1"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def key(alice: User) -> ApiKey:
    return ApiKey.objects.add(alice, "Mine", ApiSecret("sk-" + "k" * 48), timezone.now())


def words(html: str) -> str:
    return Html(html).words


def ask(client: Client, **values: str) -> str:
    response = client.post("/studio/estimate/", FORM | {"mode": "live"} | values, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def upper_end(**values: object) -> Decimal:
    request = GenerationRequest(**{**FORM, "n": 1, **values})
    return pricing.estimate(request).high


def test_it_follows_every_control(as_alice: Client) -> None:
    seen = [
        ask(as_alice),
        ask(as_alice, quality="high"),
        ask(as_alice, size="1024x1536"),
        ask(as_alice, n="4"),
        ask(as_alice, model="gpt-image-2", size="16:9", resolution="2K"),
        ask(as_alice, prompt="A lighthouse " * 100),
    ]
    assert len({words(html) for html in seen}) == len(seen)


def test_a_range_in_all_and_for_each_picture_with_its_terms(as_alice: Client) -> None:
    text = words(ask(as_alice, n="4", prompt="x" * 800))
    assert "2.79 – 3.64 credits" in text  # 4 × 272 drawn, and 4 × 100 to 4 × 800 of text
    assert "0.6965 – 0.9107 per picture" in text
    assert "Image output: 1,088 tokens 2.6635" in text
    assert "Text input: 3,200 tokens 0.9792" in text


def test_an_empty_prompt_is_no_error_and_wrong_settings_have_no_price(as_alice: Client) -> None:
    assert "0.66" in ask(as_alice, prompt="  ")
    assert "once the settings are complete" in ask(as_alice, n="11")


def test_what_remains_after_it(as_alice: Client, alice: User, key: ApiKey) -> None:
    Budget.objects.put(alice, Decimal(20))
    Budget.objects.put(None, Decimal(100))
    left = credits_text(20 - upper_end())
    html = ask(as_alice)
    assert f"After this, you will have {left} of 20.00 credits left this month." in words(html)
    assert "#generate" not in Html(html)  # nothing about the button has changed


def test_the_button_is_disabled_with_the_sentence_why(as_alice: Client, alice: User, key: ApiKey) -> None:
    Budget.objects.put(alice, Decimal(9))
    html = ask(as_alice, quality="high")
    sentence = f"This needs {credits_text(upper_end(quality='high'))} credits; you have 9.00 left this month."
    assert sentence in words(html)
    assert "button#generate[disabled][aria-describedby=short]" in Html(html)
    assert sentence in Html(html).one("#short").text
    again = ask(as_alice, quality="high", short="1")
    assert sentence in words(again)
    assert "#generate" not in Html(again)
    cheaper = Html(ask(as_alice, quality="low", short="1"))
    assert "button#generate" in cheaper
    assert "[disabled]" not in cheaper


def test_the_teams_budget_is_named_when_it_is_the_one(as_alice: Client, key: ApiKey) -> None:
    Budget.objects.put(None, Decimal("0.5"))
    assert "credits; the team has 0.5000 left this month." in words(ask(as_alice))


def test_the_whole_page_says_it_too(as_alice: Client, alice: User, key: ApiKey) -> None:
    Budget.objects.put(alice, Decimal(1))
    page = as_alice.get("/").content.decode()
    assert "you have 1.00 left this month." in words(page)
    assert "button#generate[disabled]" in Html(page)


def test_a_rehearsal_costs_nothing_and_is_never_refused(as_alice: Client, alice: User, key: ApiKey) -> None:
    Budget.objects.put(alice, Decimal(0))
    html = ask(as_alice, mode="rehearsal")
    assert "a rehearsal: it costs nothing" in words(html)
    assert "left this month" not in html
    response = as_alice.post("/generations/", FORM | {"request_id": "one", "mode": "rehearsal"})
    assert response.status_code == 302
    assert Generation.objects.get().rehearsal


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_the_server_refuses_what_the_button_would_not_send(
    as_alice: Client, alice: User, key: ApiKey, headers: dict[str, str]
) -> None:
    Budget.objects.put(alice, Decimal("0.1"))
    response = as_alice.post("/generations/", FORM | {"request_id": "one", "mode": "live"}, headers=headers)
    assert response.status_code == 422
    assert "you have 0.1000 left this month." in words(response.content.decode())
    assert not Generation.objects.exists()


def test_running_again_is_held_to_the_budget(as_alice: Client, alice: User, key: ApiKey) -> None:
    row, _new = Generation.objects.submit(
        alice,
        GenerationRequest(**{**FORM, "n": 1}),
        request_id="first",
        rehearsal=False,
        key=key,
        now=timezone.now(),
    )
    row.cancel(timezone.now())
    Budget.objects.put(alice, Decimal("0.1"))
    response = as_alice.post(f"/generations/{row.code}/again/", {"request_id": "second"}, headers=HTMX)
    assert response["HX-Reswap"] == "none"
    assert "you have 0.1000 left this month." in words(response.content.decode())
    plain = as_alice.post(f"/generations/{row.code}/again/", {"request_id": "third"}, follow=True)
    assert "you have 0.1000 left this month." in words(plain.content.decode())
    assert Generation.objects.count() == 1


def test_calculating_without_scripts_keeps_the_form_and_hands_nothing_in(as_alice: Client) -> None:
    response = as_alice.post("/studio/calculate/", FORM | {"quality": "high", "n": "2"})
    page = Html(response)
    assert response.status_code == 200
    assert credits_text(upper_end(quality="high", n=2)) in page.text
    assert page.one("textarea[name=prompt]").text == "A lighthouse"
    assert page.one("[name=quality][checked]")["value"] == "high"
    assert not Generation.objects.exists()
    assert "[formaction='/studio/calculate/']" in page


def test_settled_money_refreshes_the_estimate(as_alice: Client, alice: User) -> None:
    as_alice.post("/generations/", FORM | {"request_id": "one"})
    row = Generation.objects.get()
    response = as_alice.post(f"/generations/{row.code}/cancel/", headers=HTMX)
    assert response["HX-Trigger"] == "settled"
    assert "settled delay:50ms from:body" in as_alice.get("/").content.decode()
