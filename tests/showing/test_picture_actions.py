"""The actions of a picture: the same five on every page, and a menu with all others."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from playground.models import Charged, GeneratedImage, Generation, Reference, ReferenceUse, ShareLink
from tests.factories import make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db
FIVE = ["Download", "Favorite", "Change", "Share", "More"]
HTMX = {"HTTP_HX_REQUEST": "true"}


def names(actions: Html) -> list[str]:
    return actions.values(".button", "aria-label")


def menu(client: Client, row: Generation, on: str = "") -> Html:
    return Html(
        client.get(f"/generations/{row.code}/images/0/menu/?on={on}", HTTP_REFERER="http://testserver/gallery/?q=x")
    )


@pytest.mark.parametrize(
    "address", ["/", "/history/", "/gallery/", "/generations/{code}/", "/compare/?picture={code}.0&picture={code}.1"]
)
def test_every_picture_has_the_same_five(as_alice: Client, alice: User, address: str) -> None:
    row = make_saved(owner=alice, n=2)
    page = Html(as_alice.get(address.format(code=row.code)))
    groups = page.all(".picture-actions")
    assert [names(group) for group in groups] == [FIVE, FIVE]
    for group in groups:
        assert group.one("[popover]")["id"] == group.one("[popovertarget]")["popovertarget"]
    ids = page.values("[id]", "id")
    assert len(ids) == len(set(ids))


def test_the_lightbox_has_them_too_under_names_of_its_own(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    tools = Html(as_alice.get(f"/generations/{row.code}/images/0/panel/?on=gallery"))
    assert names(tools.one("#lightbox-tools .picture-actions")) == FIVE
    tile = Html(as_alice.get("/gallery/"))
    assert not set(tools.values("[id]", "id")) & set(tile.values(".picture-actions [id]", "id"))


@pytest.mark.parametrize("address", ["/", "/history/", "/compare/?picture={code}.0&picture={code}.1"])
def test_the_heart_is_ones_own(as_alice: Client, as_administrator: Client, alice: User, address: str) -> None:
    row = make_saved(owner=alice, n=2)
    row.images.get(index=1).favourite_of.add(alice)
    pressed = Html(as_alice.get(address.format(code=row.code))).values(".favourite button", "aria-pressed")
    assert pressed == ["false", "true"]


def test_the_menu_of_ones_own_picture(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=2)
    offered = menu(as_alice, row)
    assert offered.texts(".menu-narrow .menu-item") == ["Download", "Favorite", "Change", "Share"]
    others = [item for item in offered.texts(".menu-item") if item not in ("Download", "Favorite", "Change", "Share")]
    assert others == [
        "Present", "Compare", "Use as reference", "Run again", "Use these settings", "Share with the team", "Delete"
    ]  # fmt: skip
    compared = next(link["href"] for link in offered.all("a") if link.text == "Compare")
    assert len(Html(as_alice.get(compared)).all(".compare-frames > li")) == 2
    present = next(link["href"] for link in offered.all("a") if link.text == "Present")
    assert "/gallery/?q=x" in Html(as_alice.get(present)).values("#slideshow-leave", "href")


def test_the_menu_of_a_colleagues_picture_changes_nothing_of_it(as_charlie: Client, alice: User) -> None:
    row = make_saved(owner=alice, shared=True)
    items = menu(as_charlie, row).texts(".menu-item")
    assert "Use as reference" in items
    assert not {"Delete", "Run again", "Share with the team", "Stop sharing", "Compare"} & set(items)


def test_what_spends_in_one_press_says_its_price(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, rehearsal=False)
    assert row.charged == Charged.YES
    again = next(item for item in menu(as_alice, row).texts(".menu-item") if item.startswith("Run again"))
    assert "credits)" in again


def test_one_press_shares_one_picture(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=2)
    form = Html(as_alice.get("/gallery/")).all(".picture-actions .act-share")[0]
    fields = {field["name"]: field["value"] for field in form.all("input") if field["name"] != "csrfmiddlewaretoken"}
    answer = as_alice.post(form["action"], fields)
    link = ShareLink.objects.get()
    assert answer["Location"] == f"/links/{link.pk}/"
    assert [share.image.key for share in link.shares.all()] == [f"{row.code}.1"]


def test_deleting_in_the_studio_draws_the_card_again_and_offers_the_way_back(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=2)
    answer = Html(
        as_alice.post("/gallery/act/", {"action": "delete", "picture": f"{row.code}.0", "on": "studio"}, **HTMX)
    )
    card = answer.one(f"#card-{row.code}[hx-swap-oob]")
    assert card.values(".picture-link", "data-lightbox") == [f"{row.code}.1"]
    undo = {field["name"]: field["value"] for field in answer.all(".message form input")}
    assert undo.pop("csrfmiddlewaretoken")
    back = Html(as_alice.post("/gallery/undo/", undo, **HTMX))
    assert len(back.all(f"#card-{row.code} .picture-link")) == 2
    assert GeneratedImage.objects.saved().count() == 2


def test_deleting_on_the_list_of_all_leads_back_there(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    fields = {"action": "delete", "picture": f"{row.code}.0", "next": "/history/?q=lighthouse"}
    answer = as_alice.post("/gallery/act/", fields)
    assert answer["Location"].startswith("/history/?q=lighthouse&undo=")
    assert "Undo" in Html(as_alice.get(answer["Location"])).texts(".messages .button")


def test_a_picture_becomes_a_reference(as_alice: Client, alice: User, run_worker: Callable[[], None]) -> None:
    row = make_saved(owner=alice)
    form = next(form for form in menu(as_alice, row).all("form") if form.text == "Use as reference")
    answer = as_alice.post(form["action"])
    reference = Reference.objects.get()
    assert reference.source == row.images.get()
    assert reference.token in answer["Location"]
    assert not ReferenceUse.objects.exists()


def test_what_goes_into_the_studio_does_so_only_while_it_is_in_sight(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    address = f"/generations/{row.code}/images/0/menu/?on=studio"
    edit, again = f"/generations/{row.code}/images/0/edit/", f"/generations/{row.code}/again/"
    small, large = Html(as_alice.get(address)), Html(as_alice.get(f"{address}&large=1"))
    assert {edit, again} <= set(small.values("[hx-post]", "hx-post"))
    assert large.values("[hx-post]", "hx-post") == ["/gallery/act/"] * 3
    assert {edit, again} <= set(large.values("form", "action"))
    panel = Html(as_alice.get(f"/generations/{row.code}/images/0/panel/?on=studio"))
    assert panel.one(".picture-menu-wait")["hx-get"].endswith("on=studio&large=1")
