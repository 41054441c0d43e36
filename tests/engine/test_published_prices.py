"""A live studio reads EvoLink's public price list once a day. What differs is shown, and counts only when an
administrator takes it over."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import ApiKey, User
from playground.evolink import BUILT_IN, GenerationRequest, pricing
from playground.models import PublishedPrices, TakenRates, current_rates
from playground.money.amounts import credits_text
from playground.sandbox import Sandbox
from tests.factories import make_generation, make_key
from tests.html import Html
from tests.waits import let_pass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

RunWorker = Callable[[], None]
FORM = {"prompt": "A lighthouse", "model": "gpt-image-2", "size": "1:1", "quality": "low", "n": "1", "mode": "live"}


@pytest.fixture(autouse=True)
def follows(settings: Settings) -> None:
    settings.PRICES = "follow"


@pytest.fixture
def dearer(evolink: Sandbox) -> Sandbox:
    """EvoLink has raised all its prices by half."""
    evolink.world.scenarios = ("prices_changed=1.5",)
    return evolink


@pytest.fixture
def key(alice: User) -> ApiKey:
    return make_key(owner=alice)


def page(client: Client, address: str = "/pricing/?model=gpt-image-2") -> Html:
    response = client.get(address)
    assert response.status_code == 200
    return Html(response)


def take_over(client: Client) -> None:
    digest = page(client).one('#followed input[name="digest"]')["value"]
    assert client.post("/pricing/take-over/", {"digest": digest}).status_code == 302


def test_a_difference_is_shown_and_one_button_makes_it_a_version(
    dearer: Sandbox, key: ApiKey, as_administrator: Client, as_alice: Client, run_once: RunWorker
) -> None:
    before = as_alice.post("/studio/estimate/", FORM).content.decode()
    run_once()
    read = PublishedPrices.objects.get()
    assert read.read_at is not None
    assert read.trouble == ""

    # Both figures and the date for administrators, nothing for others, and nothing has changed silently.
    shown = page(as_administrator)
    assert "1.836 2.754" in shown.one("#followed").words
    assert read.read_at.date().isoformat() in shown.one("#followed time")["datetime"]
    assert "other prices" in page(as_administrator, "/team/usage/").text
    assert not page(as_alice).all("#followed")
    assert as_alice.post("/studio/estimate/", FORM).content.decode() == before
    assert as_alice.post("/pricing/take-over/", {"digest": read.digest}).status_code == 404
    assert current_rates() is BUILT_IN

    old = make_generation(owner=key.owner, model="gpt-image-2", size="1:1", rehearsal=False, key=key)
    take_over(as_administrator)
    [taken] = TakenRates.objects.all()
    assert taken.date == read.read_at.date()
    new = make_generation(owner=key.owner, model="gpt-image-2", size="1:1", rehearsal=False, key=key)
    assert (old.rates_version, new.rates_version) == (BUILT_IN.version, taken.version)
    assert new.estimate_high > Decimal("1.4") * old.estimate_high
    assert set(new.ledger.values_list("rates_version", flat=True)) == {taken.version}
    assert as_alice.post("/studio/estimate/", FORM).content.decode() != before

    # Every page names the version that it used.
    after = page(as_administrator)
    assert not after.all("#followed form")
    assert f"version {taken.version} · in use" in after.text
    assert "1.836 → 2.754" in after.text
    assert "2.754" in after.one("#rates + div").text
    for row in (old, new):
        told = page(as_alice, f"/generations/{row.code}/").text
        assert f"version {row.rates_version} of the rates" in told
    assert "2.754 credits per 1,000 tokens" in page(as_alice, f"/generations/{new.code}/").text
    assert "1.836 credits per 1,000 tokens" in page(as_alice, f"/generations/{old.code}/").text


def test_the_worker_computes_a_cost_with_the_version_of_the_estimate(
    dearer: Sandbox, key: ApiKey, as_administrator: Client, run_once: RunWorker
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        run_once()
        take_over(as_administrator)
        prompt = "A lighthouse sandbox:token_counts sandbox:charge_never"
        row = make_generation(owner=key.owner, prompt=prompt, model="gpt-image-2", size="1:1", rehearsal=False, key=key)
        run_once()
        let_pass(clock, timedelta(days=1, minutes=1))
        run_once()
    row.refresh_from_db()
    assert row.cost_source == "computed"
    assert row.cost is not None
    assert row.estimate_low <= row.cost <= row.estimate_high
    assert row.cost > pricing.estimate(row.as_request()).high


def test_a_rehearsal_costs_what_its_estimate_says(alice: User, administrator: User, run_worker: RunWorker) -> None:
    TakenRates.objects.create(
        version="2026-11-29",
        date=date(2026, 11, 29),
        source="",
        rates={"gpt-image-2": {"default": {"image_output": "18", "text_input": "3"}}},
        before={},
        group="default",
        taken_at=datetime.now(UTC),
        taken_by=administrator,
    )
    row = make_generation(owner=alice, model="gpt-image-2", size="1:1")
    run_worker()
    row.refresh_from_db()
    assert row.cost is not None
    assert row.estimate_low <= row.cost <= row.estimate_high
    assert row.cost > 5 * pricing.estimate(row.as_request()).high


def test_the_group_of_the_account_chooses_the_rates(
    evolink: Sandbox, alice: User, administrator: User, as_alice: Client, run_worker: RunWorker
) -> None:
    vip = {"image_output": "1", "text_input": "0.1"}
    TakenRates.objects.create(
        version="2026-11-29",
        date=date(2026, 11, 29),
        source="A list for the group vip",
        rates={"gpt-image-2": {"vip": vip}},
        before={},
        group="vip",
        taken_at=datetime.now(UTC),
        taken_by=administrator,
    )
    key = make_key(owner=alice, secret="sk-sandbox-vip-" + "7" * 40)
    assert price_of("") in page_of_estimate(as_alice)
    first = make_generation(owner=alice, model="gpt-image-2", size="1:1", rehearsal=False, key=key)
    run_worker()
    key.refresh_from_db()
    assert (first.rates_group, key.user_group) == ("", "vip")

    assert price_of("vip") in page_of_estimate(as_alice)
    second = make_generation(owner=alice, model="gpt-image-2", size="1:1", rehearsal=False, key=key)
    assert second.rates_group == "vip"
    assert second.estimate_high < first.estimate_high
    assert "(group vip)" in page(as_alice, f"/generations/{second.code}/").text
    # A rehearsal, and a key whose group nobody knows, have the rates of everybody.
    other = make_key(owner=alice, label="Other")
    assert price_of("vip") in page_of_estimate(as_alice, key=str(key.pk))
    assert price_of("") in page_of_estimate(as_alice, key=str(other.pk)), "the page has named another key"
    for row in (
        make_generation(owner=alice, model="gpt-image-2", size="1:1"),
        make_generation(owner=alice, model="gpt-image-2", size="1:1", rehearsal=False, key=other),
    ):
        assert row.estimate_high == first.estimate_high


def page_of_estimate(client: Client, **values: str) -> str:
    return Html(client.post("/studio/estimate/", FORM | values)).text


def price_of(group: str) -> str:
    request = GenerationRequest(model="gpt-image-2", prompt=FORM["prompt"], size="1:1", quality="low")
    return credits_text(pricing.estimate(request, group=group, table=current_rates()).high)


def test_two_who_press_take_one_version_and_what_was_not_seen_is_not_taken(
    dearer: Sandbox, key: ApiKey, administrator: User, as_administrator: Client, run_once: RunWorker
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        run_once()
        seen = PublishedPrices.objects.get().digest
        dearer.world.scenarios = ("prices_changed=2",)
        let_pass(clock, timedelta(days=1, minutes=1))
        run_once()
        told = as_administrator.post("/pricing/take-over/", {"digest": seen}, follow=True)
        assert "have changed again meanwhile" in Html(told).text
        assert not TakenRates.objects.exists()
        digest = PublishedPrices.objects.get().digest
        for words in ("Taken over", "in use already"):
            told = as_administrator.post("/pricing/take-over/", {"digest": digest}, follow=True)
            assert words in Html(told).text
        [first] = TakenRates.objects.all()
        # The list changes once more on the same day: another version of that day.
        read = PublishedPrices.objects.get()
        read.rates["gpt-image-2"]["image_output"] = "9"
        read.save()
        second = read.take_over(read.digest, administrator, datetime.now(UTC))
    assert second is not None
    assert second.version == f"{first.version}.2"
    assert current_rates().version == second.version
    assert second.before == {"gpt-image-2": {"image_output": "3.672"}}
    assert set(second.rates) == set(first.rates)


def test_a_release_with_newer_rates_counts_again(administrator: User, settings: Settings) -> None:
    facts = {"source": "", "rates": {}, "before": {}, "group": "default", "taken_at": datetime.now(UTC)}
    day = BUILT_IN.info.date
    TakenRates.objects.create(version="older", date=day - timedelta(days=1), taken_by=administrator, **facts)
    assert current_rates() is BUILT_IN
    TakenRates.objects.create(version="newer", date=day, taken_by=administrator, **facts)
    assert current_rates().version == "newer"
    settings.PRICES = "fixed"
    assert current_rates() is BUILT_IN


def test_it_is_read_once_a_day_and_again_after_an_hour_if_it_failed(
    evolink: Sandbox, key: ApiKey, run_once: RunWorker, settings: Settings
) -> None:
    away, settings.EVOLINK_URL = settings.EVOLINK_URL, "http://127.0.0.1:1"
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        run_once()
        failed = PublishedPrices.objects.get()
        assert (failed.read_at, bool(failed.trouble)) == (None, True)
        settings.EVOLINK_URL = away
        run_once()
        assert PublishedPrices.objects.get().read_at is None
        let_pass(clock, timedelta(hours=1, minutes=1))
        run_once()
        first = PublishedPrices.objects.get()
        assert first.read_at is not None
        assert (first.trouble, bool(first.etag), first.differences(BUILT_IN)) == ("", True, ())
        let_pass(clock, timedelta(hours=23))
        run_once()
        assert PublishedPrices.objects.get().asked_at == first.asked_at
        let_pass(clock, timedelta(hours=1, minutes=1))
        run_once()
        again = PublishedPrices.objects.get()  # unchanged: 304
        assert again.read_at is not None
        assert again.read_at > first.read_at
        assert (again.etag, again.rates) == (first.etag, first.rates)


@pytest.mark.parametrize("why", ["fixed", "no key"])
def test_it_is_not_read_if_the_studio_does_not_follow_or_is_not_live(
    why: str, evolink: Sandbox, alice: User, run_once: RunWorker, settings: Settings
) -> None:
    if why == "fixed":
        settings.PRICES = "fixed"
        make_key(owner=alice)
    run_once()
    assert not PublishedPrices.objects.exclude(asked_at=None).exists()
