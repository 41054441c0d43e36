"""What can be made of a finished generation with one press: each says its price, and makes exactly that."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from playground.evolink import pricing
from playground.models import Budget, GeneratedImage, Generation, Lineage
from playground.money.amounts import credits_text
from playground.studio.cards import card_of
from tests.factories import draw, make_generation, make_key, make_reference, make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db


def offers(client: Client, row: Generation) -> Html:
    return Html(client.get(f"/generations/{row.code}/offers/"))


def press(client: Client, row: Generation, name: str, **values: str) -> Generation:
    answer = client.post(f"/generations/{row.code}/{name}/", {"request_id": f"{name}-1"} | values)
    assert answer.status_code == 302
    return Generation.objects.latest("pk")


@pytest.fixture
def draft(alice: User) -> Generation:
    return make_saved(owner=alice, model="gpt-image-2", size="1:1", quality="low", n=2, prompt="A fox reads a book")


class TestFinal:
    def test_says_its_price_and_how_much_more_that_is(self, draft: Generation, as_alice: Client) -> None:
        said = offers(as_alice, draft).one("form[action$='/final/']").text
        row = press(as_alice, draft, "final")
        assert (row.quality, row.n, row.prompt, row.size) == ("high", 1, draft.prompt, "1:1")
        assert (row.lineage, row.parent, row.parent_index) == (Lineage.FINAL, draft, 0)
        difference = row.estimate_high - draft.estimate_high
        price, extra = credits_text(row.estimate_high), credits_text(difference)
        assert re.fullmatch(rf"Final version: \w+ ?≈ {price} credits, {extra} more than this", said)

    def test_keeps_the_references(self, draft: Generation, alice: User, as_alice: Client) -> None:
        reference = make_reference(owner=alice)
        draft.reference_uses.create(position=0, reference=reference, name="a", sha256="b", width=1, height=1)
        said = offers(as_alice, draft).text
        row = press(as_alice, draft, "final")
        assert [use.reference for use in row.reference_uses.all()] == [reference]
        assert credits_text(pricing.estimate(row.as_request(), references=1).high) in said

    def test_the_best_there_is_has_none(self, alice: User, as_alice: Client) -> None:
        best = make_saved(owner=alice, model="gpt-image-2", quality="high")
        assert "form[action$='/final/']" not in offers(as_alice, best)
        assert as_alice.post(f"/generations/{best.code}/final/", {"request_id": "one"}).status_code == 404

    def test_the_pair_is_compared_and_the_difference_explained(self, draft: Generation, as_alice: Client) -> None:
        row = draw(press(as_alice, draft, "final"))
        actions = {action.label: action for action in card_of(row, row.owner, timezone.now()).actions}
        compare = actions["Compare with the draft"]
        assert not compare.quiet
        page = Html(as_alice.get(compare.href))
        assert page.texts(".compare-frames .row > a:first-child") == ["Picture 1: Draft", "Picture 2: Final version"]
        assert "EvoLink knows no seed" in page.text

    def test_a_retired_model_is_replaced_and_that_is_said(self, alice: User, as_alice: Client) -> None:
        old = make_saved(owner=alice, model="gpt-image-1", quality="low")
        assert "GPT Image 2 draws it; GPT Image 1 is retired" in offers(as_alice, old).text
        assert press(as_alice, old, "final").model == "gpt-image-2"


class TestMore:
    def test_each_number_has_its_price_and_four_is_first(self, draft: Generation, as_alice: Client) -> None:
        choices = offers(as_alice, draft).one("select[name=n]")
        assert choices.values("option", "value") == [str(number) for number in range(1, 11)]
        assert choices.one("option[selected]")["value"] == "4"
        assert press(as_alice, draft, "more").n == 4
        row = press(as_alice, draft, "more", n="3", request_id="another")
        assert choices.one("option[value='3']").text == f"3 (≈ {credits_text(row.estimate_high)} credits)"
        assert (row.n, row.quality, row.prompt, row.lineage) == (3, "low", draft.prompt, Lineage.MORE)

    def test_a_model_that_draws_one_offers_one(self, alice: User, as_alice: Client) -> None:
        row = make_saved(owner=alice, model="gpt-image-2-beta", size="auto", quality="")
        assert offers(as_alice, row).values("option", "value") == ["1"]

    @pytest.mark.parametrize("number", ["0", "11", "x"])
    def test_other_numbers_make_nothing(self, draft: Generation, as_alice: Client, number: str) -> None:
        answer = as_alice.post(f"/generations/{draft.code}/more/", {"request_id": "one", "n": number})
        assert answer.status_code == 404
        assert not draft.children.exists()

    def test_pressing_twice_makes_one(self, draft: Generation, as_alice: Client) -> None:
        for _press in range(2):
            press(as_alice, draft, "more", n="2")
        assert draft.children.count() == 1


class TestMissing:
    @pytest.mark.parametrize(("came", "label"), [(1, "Make the 3 missing ones"), (3, "Make the missing one")])
    def test_exactly_what_did_not_arrive_with_its_price(
        self, alice: User, as_alice: Client, came: int, label: str
    ) -> None:
        row = make_saved(owner=alice, model="gpt-image-2", n=4)
        row.images.filter(index__gte=came).update(state=GeneratedImage.State.MISSING)
        first = card_of(row, alice, timezone.now()).actions[0]
        made = press(as_alice, row, "missing")
        assert first.label == f"{label} (≈ {credits_text(made.estimate_high)} credits)"
        assert not first.quiet
        assert (made.n, made.lineage, made.parent) == (4 - came, Lineage.MISSING, row)

    def test_pictures_that_were_deleted_are_not_missing(self, draft: Generation, as_alice: Client) -> None:
        draft.images.all().delete_softly(timezone.now())
        assert as_alice.post(f"/generations/{draft.code}/missing/", {"request_id": "one"}).status_code == 404


def test_only_the_owner_spends(alice: User, bob: User, charlie: User, as_charlie: Client) -> None:
    row = make_saved(owner=alice, model="gpt-image-2", shared=True)
    client = Client()
    client.force_login(bob)
    for one in (client, as_charlie):
        assert one.get(f"/generations/{row.code}/offers/").status_code == 404
        for name in ("final", "more", "missing"):
            assert one.post(f"/generations/{row.code}/{name}/", {"n": "1"}).status_code == 404
    assert ".offers" not in Html(client.get(f"/generations/{row.code}/"))


def test_a_short_budget_refuses_with_a_sentence(alice: User, as_alice: Client) -> None:
    row = make_saved(owner=alice, model="gpt-image-2", rehearsal=False, key=make_key(owner=alice))
    Budget.objects.put(alice, Decimal("0.01"))
    answer = as_alice.post(f"/generations/{row.code}/final/", {"request_id": "one"}, follow=True)
    assert re.search(r"This needs [\d.]+ credits; you have", Html(answer).text)
    assert not row.children.exists()


def test_a_card_asks_for_its_offers_when_its_menu_opens(draft: Generation, as_alice: Client) -> None:
    place = Html(as_alice.get("/")).one(".offers")
    inline = Html(as_alice.get(place["hx-get"]))
    assert inline.one("form[action$='/final/']")["hx-post"] == f"/generations/{draft.code}/final/"
    place = Html(as_alice.get("/history/")).one(".offers")
    with pytest.raises(KeyError):
        Html(as_alice.get(place["hx-get"])).one("form[action$='/final/']")["hx-post"]


def test_a_change_is_compared_with_its_original(draft: Generation, as_alice: Client) -> None:
    made = make_generation(owner=draft.owner, model="gpt-image-2", prompt="Warmer")
    Generation.objects.filter(pk=made.pk).update(parent=draft, parent_index=1, root=draft, lineage=Lineage.CHANGE)
    made.refresh_from_db()
    draw(made)
    labels = {action.label: action for action in card_of(made, made.owner, timezone.now()).actions}
    page = Html(as_alice.get(labels["Compare with the original"].href))
    assert page.texts(".compare-frames .row > a:first-child") == ["Picture 1: Original", "Picture 2: Changed"]
    assert "seed" not in page.text


def test_what_is_made_with_one_press_leaves_the_form_of_the_studio_alone(draft: Generation, as_alice: Client) -> None:
    """Its references stay, and its estimate is that of its own words."""
    values = {"request_id": "one", "n": "2"}
    answer = Html(as_alice.post(f"/generations/{draft.code}/more/", values, headers={"HX-Request": "true"}))
    assert answer.one(".task-card")
    for part in ("#reference-list", "#request-id", "#estimate"):
        assert part not in answer
