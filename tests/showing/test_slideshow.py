"""A presentation: its pictures, their order, and what an audience must not see."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from playground.models import GeneratedImage, ShareLink
from playground.showing.slideshow import SLIDES_MAX
from tests.factories import make_saved
from tests.html import Html


def keys(*rows: object) -> list[str]:
    return [image.key for row in rows for image in row.images.all()]  # type: ignore[attr-defined]


def slides(html: str) -> list[str]:
    """The keys of the pictures, in the order of the presentation."""
    return [key_of(address) for address in Html(html).values("li[data-full]", "data-full")]


def key_of(address: str) -> str:
    _, _generations, code, _images, index, _ = address.split("/")
    return f"{code}.{index}"


def shown(html: str) -> str:
    return key_of(Html(html).one("#slideshow-picture")["src"])


def present(client: Client, **query: object) -> str:
    answer = client.get("/present/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_chosen_pictures_come_in_the_order_of_the_address(as_alice: Client, alice: User) -> None:
    one, two = make_saved(owner=alice, n=2), make_saved(owner=alice)
    chosen = [*reversed(keys(one)), *keys(two)]
    html = present(as_alice, picture=chosen)
    assert slides(html) == chosen
    assert shown(html) == chosen[0]


def test_what_one_may_not_see_is_left_out_and_alone_is_not_found(
    as_charlie: Client, alice: User, charlie: User
) -> None:
    hidden, own = keys(make_saved(owner=alice)), keys(make_saved(owner=charlie))
    assert slides(present(as_charlie, picture=[*hidden, *own])) == own
    assert as_charlie.get("/present/", {"picture": hidden}).status_code == 404


def test_without_a_choice_it_is_what_the_gallery_shows(as_alice: Client, alice: User) -> None:
    boat, kite = make_saved(owner=alice, prompt="A boat"), make_saved(owner=alice, prompt="A kite")
    assert slides(present(as_alice)) == keys(kite, boat)
    assert slides(present(as_alice, sort="oldest")) == keys(boat, kite)
    assert slides(present(as_alice, q="boat")) == keys(boat)


@pytest.mark.parametrize(
    ("wanted", "place"), [("2", 1), ("", 0), ("0", 0), ("99", 2), ("x", 0), ("²", 0), ("9" * 9, 0)]
)
def test_the_address_says_which_picture(as_alice: Client, alice: User, wanted: str, place: int) -> None:
    chosen = keys(make_saved(owner=alice, n=3))
    assert shown(present(as_alice, picture=chosen, at=wanted)) == chosen[place]


def test_an_audience_sees_no_price_no_name_no_model_and_no_menu(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, prompt="A kite over the dunes", rehearsal=False)
    assert row.cost == Decimal("1.5")
    html = re.sub(r"<svg.*?</svg>", "", present(as_alice, picture=keys(row)), flags=re.DOTALL)
    assert "A kite over the dunes" in html
    for hidden in ("Alice", "alice", "credit", "1.5", "gpt-image", "Rehearsal", "<header", "<footer", "/pricing/"):
        assert hidden not in html


def test_the_caption_can_be_left_out_and_stays_out(as_alice: Client, alice: User) -> None:
    page = Html(present(as_alice, picture=keys(make_saved(owner=alice, n=2)), captions="0"))
    assert "[data-captions=off]" in page
    assert "#slideshow-after[href*='captions=0'][href*='at=2']" in page


def test_the_selection_of_the_gallery_leads_to_a_clean_address(as_alice: Client, alice: User) -> None:
    chosen = keys(make_saved(owner=alice, n=2))
    answer = as_alice.post("/present/", {"selected": " ".join(chosen), "next": "/gallery/?q=kite"})
    assert answer.status_code == 302
    address = answer["Location"]
    assert "csrf" not in address
    html = as_alice.get(address).content.decode()
    assert slides(html) == chosen
    assert Html(html).one("#slideshow-leave")["href"] == "/gallery/?q=kite"


def test_it_never_leads_elsewhere(as_alice: Client, alice: User) -> None:
    html = present(as_alice, picture=keys(make_saved(owner=alice)), back="https://example.com/")
    assert Html(html).one("#slideshow-leave")["href"] == "/gallery/"


def test_too_many_and_none_are_said(as_alice: Client, alice: User) -> None:
    rows = [make_saved(owner=alice, n=10) for _ in range(SLIDES_MAX // 10 + 1)]
    answer = as_alice.post("/present/", {"selected": " ".join(keys(*rows))}, follow=True)
    assert f"at most {SLIDES_MAX} pictures" in answer.content.decode()
    assert "Select a picture first." in as_alice.post("/present/", {}, follow=True).content.decode()
    assert len(slides(present(as_alice))) == SLIDES_MAX


def test_an_empty_gallery_says_what_to_do(as_alice: Client) -> None:
    assert "Nothing to present yet" in present(as_alice)


def test_a_share_link_can_be_presented_by_a_stranger(as_alice: Client, alice: User, client: Client) -> None:
    row = make_saved(owner=alice, n=3, prompt="A secret campaign")
    images: list[GeneratedImage] = list(row.images.all())
    link, _new = ShareLink.objects.make(alice, images, row.created_at)
    address = f"/s/{link.token}/present/"
    html = client.get(address).content.decode()
    assert Html(html).values("li[data-full]", "data-full") == [f"/s/{link.token}/{n}/" for n in (1, 2, 3)]
    assert "secret" not in html
    assert Html(html).one("#slideshow-leave")["href"] == f"/s/{link.token}/"
    assert client.get(address)["X-Robots-Tag"] == "noindex, nofollow"
    link.lock("maple syrup")
    assert client.get(address)["Location"] == f"/s/{link.token}/"
    link.lock("")
    ShareLink.objects.revoke(row.created_at)
    assert client.get(client.get(address)["Location"]).status_code == 404
