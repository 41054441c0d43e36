"""Change this: a picture and a sentence make a new picture, and nothing of an earlier request goes along."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.evolink import MODELS, pricing
from playground.models import Budget, GeneratedImage, Generation, Lineage, Reference
from tests.factories import draw, make_generation, make_key, make_reference, make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db


def address(row: Generation, index: int = 0) -> str:
    return f"/generations/{row.code}/images/{index}/change/"


def box(client: Client, row: Generation, index: int = 0) -> dict[str, str]:
    """What the box sends, as its page has it."""
    form = Html(client.get(address(row, index) + "box/")).one(".change-form")
    return {field["name"]: field["value"] for field in form.all("input[type=hidden]") if "csrf" not in field["name"]}


def change(client: Client, row: Generation, words: str = "Warmer light", index: int = 0) -> Generation:
    answer = client.post(address(row, index), box(client, row, index) | {"prompt": words})
    assert answer.status_code == 302
    return Generation.objects.latest("pk")


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def picture(alice: User) -> Generation:
    return make_saved(owner=alice, model="gpt-image-2", size="3:2", quality="high", n=2, prompt="A fox reads a book")


def test_a_change_has_that_picture_the_words_and_the_same_settings(picture: Generation, as_alice: Client) -> None:
    row = change(as_alice, picture, "Make it winter", index=1)
    assert (row.prompt, row.model, row.size, row.quality, row.n) == ("Make it winter", "gpt-image-2", "3:2", "high", 1)
    assert [use.reference.source for use in row.reference_uses.all()] == [picture.images.get(index=1)]
    assert (row.parent, row.parent_index, row.root, row.lineage) == (picture, 1, picture, Lineage.CHANGE)
    assert row.rehearsal


def test_nothing_is_left_over_from_an_earlier_request(alice: User, as_alice: Client) -> None:
    """Not its other references, and not its other settings: they are the model's defaults."""
    picture = make_saved(owner=alice, model="gpt-image-2", size="1:1")
    Generation.objects.filter(pk=picture.pk).update(resolution="2K", background="transparent", output_format="webp")
    reference = make_reference(owner=alice)
    picture.reference_uses.create(position=0, reference=reference, name="a", sha256="b", width=1, height=1)
    row = change(as_alice, picture)
    assert row.resolution == "2K"
    defaults = MODELS["gpt-image-2"].defaults
    assert (row.background, row.output_format) == (defaults["background"], defaults["output_format"])
    assert reference not in [use.reference for use in row.reference_uses.all()]
    page = Html(as_alice.get("/"))
    assert page.one("#id_prompt").text == ""
    assert "[name=reference]" not in page


def test_the_children_stand_in_a_strip_with_their_words(picture: Generation, as_alice: Client) -> None:
    first, second = change(as_alice, picture, "Warmer"), change(as_alice, picture, "Colder")
    assert first.parent == second.parent == picture
    strip = Html(as_alice.get(address(picture))).one(".children")
    assert strip.texts(".child-words") == ["1 Warmer", "2 Colder"]
    assert strip.texts(".child-state") == ["Queued", "Queued"]


def test_the_words_that_led_there_stand_over_a_grandchild(alice: User, as_alice: Client) -> None:
    picture = make_saved(owner=alice, model="gpt-image-2", size="1:1", prompt="A fox")
    child = draw(change(as_alice, picture, "In winter"))
    grandchild = draw(change(as_alice, child, "At night"))
    assert (grandchild.parent, grandchild.root) == (child, picture)
    page = Html(as_alice.get(address(grandchild)))
    assert page.texts(".change-path li") == ["A fox", "In winter", "At night"]
    made = Html(as_alice.get(address(child))).one(".child")
    assert made.one(".child-change")["href"] == address(grandchild)
    assert made.one("a[data-lightbox]")["data-lightbox"] == f"{grandchild.code}.0"


def test_a_picture_of_a_retired_model_is_changed_by_its_successor_which_is_said(alice: User, as_alice: Client) -> None:
    picture = make_saved(owner=alice, model="gpt-image-1", size="1024x1536", quality="medium")
    page = Html(as_alice.get(address(picture)))
    assert "GPT Image 2 draws it; GPT Image 1 is retired" in page.one(".change-sum").text
    row = change(as_alice, picture)
    assert (row.model, row.size, row.quality) == ("gpt-image-2", "1024x1536", "medium")


def test_every_model_takes_a_reference_image() -> None:
    assert all(model.references_max >= 1 for model in MODELS.values())


def test_a_size_that_evolink_chose_stays_as_it_came(alice: User, as_alice: Client) -> None:
    picture = make_saved(owner=alice, model="gpt-image-2", size="auto")
    picture.images.update(width=1536, height=1024)
    assert change(as_alice, picture).size == "1536x1024"


def test_the_price_is_that_of_one_reference_and_grows_with_the_words(picture: Generation, as_alice: Client) -> None:
    words = "Make it winter, with snow on the roofs"
    answer = as_alice.post(address(picture) + "price/", box(as_alice, picture) | {"prompt": words})
    row = change(as_alice, picture, words)
    high = pricing.estimate(row.as_request(), references=1).high
    assert row.estimate_high == high
    assert f"≈ {high:.2f} credits" in Html(answer).text
    assert "Rehearsal: costs nothing" in Html(answer).text


@pytest.mark.parametrize("by_script", [False, True])
def test_pressing_twice_makes_one(picture: Generation, as_alice: Client, by_script: bool) -> None:
    sent = box(as_alice, picture) | {"prompt": "Warmer"}
    headers = {"HX-Request": "true"} if by_script else {}
    for _press in range(2):
        as_alice.post(address(picture), sent, headers=headers)
    assert picture.children.count() == 1
    assert Reference.objects.count() == 1


@pytest.mark.parametrize("by_script", [False, True])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("  ", "Write what should be different."),
        ("x" * 40_000, "Shorten it a little."),
    ],
)
def test_a_refusal_says_why_and_keeps_the_words(
    picture: Generation, as_alice: Client, words: str, sentence: str, by_script: bool
) -> None:
    headers = {"HX-Request": "true"} if by_script else {}
    answer = as_alice.post(address(picture), box(as_alice, picture) | {"prompt": words}, headers=headers)
    assert answer.status_code == 422
    field = Html(answer).one(".change-form textarea")
    assert field.source.removeprefix("\n") == words
    assert field["aria-invalid"] == "true"
    assert sentence in Html(answer).one(f"#{field['aria-describedby']}").text
    assert not picture.children.exists()
    assert not Reference.objects.exists()


def test_a_budget_that_is_too_small_is_said_before_and_at_the_press(
    picture: Generation, alice: User, as_alice: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://studio.example.com"
    make_key(owner=alice)
    Budget.objects.put(alice, Decimal("0.01"))
    assert "you have 0.0100 left this month" in Html(as_alice.get(address(picture))).one(".change-price .error").text
    answer = as_alice.post(address(picture), box(as_alice, picture) | {"prompt": "Warmer"})
    assert answer.status_code == 422
    assert "you have 0.0100 left this month" in Html(answer).one(".change-form > .error").text
    assert Html(answer).one(".change-form textarea").source.strip() == "Warmer"


def test_live_is_paid_by_the_key_that_the_box_named_or_not_at_all(
    picture: Generation, alice: User, as_alice: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://studio.example.com"
    key = make_key(owner=alice, label="First")
    sent = box(as_alice, picture) | {"prompt": "Warmer"}
    make_key(owner=alice, label="Second").make_default()
    as_alice.post(address(picture), sent)
    row = picture.children.get()
    assert (row.rehearsal, row.key) == (False, key)
    sent = box(as_alice, picture) | {"prompt": "Colder", "key": str(key.pk)}
    key.retire(timezone.now())
    answer = as_alice.post(address(picture), sent)
    assert "was deleted, so nothing was sent." in Html(answer).text
    assert picture.children.count() == 1


def test_a_studio_that_evolink_cannot_reach_asks_for_its_file_storage(
    picture: Generation, alice: User, as_alice: Client
) -> None:
    make_key(owner=alice)
    page = Html(as_alice.get(address(picture)))
    assert page.one(".change-form [name=reference_way]")["type"] == "checkbox"
    answer = as_alice.post(address(picture), box(as_alice, picture) | {"prompt": "Warmer"})
    assert "EvoLink cannot fetch reference images from" in Html(answer).text
    as_alice.post(address(picture), box(as_alice, picture) | {"prompt": "Warmer", "reference_way": "on"})
    assert picture.children.get().reference_way == "evolink"
    # It is asked once, there and in the studio.
    assert Html(as_alice.get(address(picture) + "box/")).one(".change-form [name=reference_way]")["type"] == "hidden"
    assert Html(as_alice.get("/")).one("#studio-form [name=reference_way]")["type"] == "hidden"


def test_a_colleague_changes_a_shared_picture_and_owns_what_comes(
    alice: User, bob: User, as_bob: Client, as_alice: Client
) -> None:
    picture = make_saved(owner=alice, model="gpt-image-2", shared=True)
    row = change(as_bob, picture)
    assert (row.owner, row.parent) == (bob, picture)
    assert Reference.objects.get().owner == bob
    # It is bob's own: alice sees it only if he shares it.
    assert ".child" not in Html(as_alice.get(address(picture)))
    assert ".child" in Html(as_bob.get(address(picture)))


def test_nobody_changes_what_they_may_not_see(alice: User, as_charlie: Client) -> None:
    picture = make_saved(owner=alice)
    for part in ("", "box/", "children/"):
        assert as_charlie.get(address(picture) + part).status_code == 404
    assert as_charlie.post(address(picture), {"prompt": "Warmer", "request_id": "one"}).status_code == 404
    assert not Reference.objects.exists()


def test_the_studio_gets_the_card_other_pages_do_not(picture: Generation, as_alice: Client) -> None:
    sent = box(as_alice, picture) | {"prompt": "Warmer"}
    answer = Html(as_alice.post(address(picture), sent | {"studio": "1"}, headers={"HX-Request": "true"}))
    row = picture.children.get()
    assert f"#card-{row.code}" in answer
    assert answer.one("#poller")["hx-get"]
    assert answer.texts(".child-words") == ["1 Warmer"]
    assert answer.one(".change-form textarea").text == ""
    assert answer.one(".change-form [name=request_id]")["value"] != sent["request_id"]
    sent = box(as_alice, picture) | {"prompt": "Colder"}
    answer = Html(as_alice.post(address(picture), sent, headers={"HX-Request": "true"}))
    assert ".task-card" not in answer
    assert "#poller" not in answer


def test_the_strip_asks_while_something_runs(picture: Generation, as_alice: Client) -> None:
    row = change(as_alice, picture)
    strip = Html(as_alice.get(address(picture) + "children/")).one(".children")
    assert as_alice.get(strip["hx-get"]).status_code == 204
    row.cancel(timezone.now())
    over = Html(as_alice.get(strip["hx-get"])).one(".children")
    with pytest.raises(KeyError):
        over["hx-get"]
    assert over.texts(".child-state") == ["Canceled"]


def test_a_deleted_picture_has_no_box_and_stands_in_the_path_without_itself(
    picture: Generation, as_alice: Client
) -> None:
    change(as_alice, picture)
    GeneratedImage.objects.filter(generation=picture).delete_softly(timezone.now())
    assert as_alice.get(address(picture)).status_code == 404


class TestDescent:
    """What the studio's form comes from."""

    FORM = {"model": "gpt-image-2", "size": "1:1", "quality": "low"}

    def submit(self, client: Client, **values: str) -> Generation:
        page = Html(client.get("/"))
        form = self.FORM | {"request_id": page.one("#request-id")["value"]} | values
        assert client.post("/generations/", form).status_code == 302
        return Generation.objects.latest("pk")

    def test_use_these_settings_links_the_next_version_of_a_prompt(self, alice: User, as_alice: Client) -> None:
        first = make_generation(owner=alice, prompt="A lighthouse at dusk", model="gpt-image-2")
        code = Html(as_alice.get(f"/?from={first.code}")).one("[name=parent]")["value"]
        row = self.submit(as_alice, prompt="A lighthouse at dawn", parent=code)
        assert (row.parent, row.parent_index, row.lineage) == (first, None, Lineage.SETTINGS)

    def test_another_idea_in_the_same_form_is_no_descendant(self, alice: User, as_alice: Client) -> None:
        first = make_generation(owner=alice, prompt="A lighthouse at dusk")
        assert self.submit(as_alice, prompt="Minimal logo, two circles", parent=first.code).parent is None

    @pytest.mark.parametrize("code", ["", "nothing", "x" * 300])
    def test_an_odd_code_is_nothing(self, as_alice: Client, code: str) -> None:
        assert self.submit(as_alice, prompt="A lighthouse", parent=code).parent is None

    def test_what_one_may_not_see_is_no_parent(self, bob: User, as_alice: Client) -> None:
        theirs = make_generation(owner=bob)
        assert self.submit(as_alice, prompt="A lighthouse at dusk", parent=theirs.code).parent is None

    def test_a_picture_used_as_a_reference_is_the_parent(self, picture: Generation, as_alice: Client) -> None:
        as_alice.post(f"/generations/{picture.code}/images/1/edit/")
        reference = Reference.objects.get()
        row = self.submit(as_alice, prompt="Both of them dance", reference=reference.token)
        assert (row.parent, row.parent_index, row.lineage) == (picture, 1, Lineage.REFERENCE)

    def test_run_again_comes_from_the_first(self, alice: User, as_alice: Client) -> None:
        first = make_generation(owner=alice)
        first.cancel(timezone.now())
        as_alice.post(f"/generations/{first.code}/again/", {"request_id": "again"})
        row = Generation.objects.latest("pk")
        assert (row.parent, row.root, row.lineage) == (first, first, Lineage.AGAIN)
