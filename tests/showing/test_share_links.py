"""Share links: what strangers see, and when they no longer see it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import EventKind, SecurityEvent, User
from playground.models import GeneratedImage, Generation, ShareLink
from playground.models.share_links import FIRST_LIFE, PICTURES_MAX
from tests.factories import make_saved
from tests.html import Html

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
STRANGER = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def clock(db: None) -> object:
    cache.clear()
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def stranger() -> Client:
    return Client(**STRANGER)


def share(client: Client, *pictures: GeneratedImage) -> ShareLink:
    """Makes a link like the gallery."""
    answer = client.post("/links/", {"picture": [picture.key for picture in pictures]})
    assert answer.status_code == 302
    return ShareLink.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def change(client: Client, link: ShareLink, **values: str) -> None:
    assert client.post(f"/links/{link.pk}/", values).status_code == 302
    link.refresh_from_db()


def page(client: Client, link: ShareLink, status: int = 200) -> str:
    answer = client.get(f"/s/{link.token}/")
    assert answer.status_code == status
    return answer.content.decode()


def picture_at(client: Client, address: str) -> HttpResponse:
    """The response for a picture, read to its end."""
    answer = client.get(address)
    assert answer.status_code == 200
    return HttpResponse(answer.getvalue(), headers=dict(answer.items()))


def pictures_on(html: str) -> list[int]:
    return [int(name.removeprefix("picture-")) for name in Html(html).values("[id^=picture-]", "id")]


def test_a_stranger_sees_the_pictures_and_nothing_else(as_alice: Client, alice: User, stranger: Client) -> None:
    row = make_saved(owner=alice, n=2, prompt="A secret campaign", rehearsal=False)
    link = share(as_alice, *row.images.all())
    html = page(stranger, link)
    assert pictures_on(html) == [1, 2]
    for hidden in ("A secret campaign", "Alice", "alice", "gpt-image", "credit", "/gallery/", "/pricing/", row.code):
        assert hidden not in html
    for address in re.findall(rf'"(/s/{link.token}/\d+/(?:medium/|small/)?)', html):
        picture = picture_at(stranger, address)
        assert picture["X-Robots-Tag"] == "noindex, nofollow"
        assert "secret" not in picture.get("Content-Disposition", "")
    with row.images.all()[0].file.open() as stored:
        assert picture_at(stranger, f"/s/{link.token}/1/").content == stored.read()
    named = picture_at(stranger, f"/s/{link.token}/1/?download")["Content-Disposition"]
    assert named == 'attachment; filename="picture-1.png"'
    assert stranger.get(f"/s/{link.token}/3/").status_code == 404


def test_the_page_is_told_to_nobody(as_alice: Client, alice: User, stranger: Client) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    answer = stranger.get(f"/s/{link.token}/")
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.database  # a constraint under a condition
def test_the_same_selection_gives_the_same_link(as_alice: Client, alice: User, bob: User) -> None:
    one, two = make_saved(owner=alice, n=2, shared=True).images.all()
    link = share(as_alice, one, two)
    assert share(as_alice, two, one) == link
    assert share(as_alice, one) != link
    as_bob = Client()
    as_bob.force_login(bob)
    assert share(as_bob, one, two) != link


@pytest.mark.database  # a constraint under a condition
def test_an_expired_link_is_not_woken_by_making_one_again(
    as_alice: Client, alice: User, stranger: Client, clock: time_machine.Traveller
) -> None:
    picture = make_saved(owner=alice).images.get()
    old = share(as_alice, picture)
    clock.shift(FIRST_LIFE)
    as_alice.force_login(alice)
    assert "Expired" in as_alice.get("/links/").content.decode()
    new = share(as_alice, picture)
    assert new.token != old.token
    page(stranger, old, 404)
    page(stranger, new)
    assert ShareLink.objects.standing().count() == 1


def test_a_link_ends_on_time_and_lasts_as_long_as_its_owner_says(
    as_alice: Client, alice: User, stranger: Client, clock: time_machine.Traveller
) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    change(as_alice, link, life="1")
    clock.shift(timedelta(days=1, seconds=-1))
    page(stranger, link)
    clock.shift(1)
    assert "This link does not work" in page(stranger, link, 404)
    assert stranger.get(f"/s/{link.token}/1/").status_code == 404
    change(as_alice, link, life="7")
    page(stranger, link)
    change(as_alice, link)  # saving other settings does not change the end
    assert link.expires_at == NOW + timedelta(days=8)


def test_revoked_expired_and_guessed_look_the_same(as_alice: Client, alice: User, stranger: Client) -> None:
    revoked = share(as_alice, *make_saved(owner=alice).images.all())
    expired = share(as_alice, *make_saved(owner=alice).images.all())
    ShareLink.objects.filter(pk=expired.pk).update(expires_at=NOW)
    assert as_alice.post(f"/links/{revoked.pk}/revoke/").status_code == 302
    answers = [stranger.get(f"/s/{token}/") for token in (revoked.token, expired.token, "guessed", "x" * 80)]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [re.sub(r'value="[^"]*"|Token": "[^"]*"|nonce="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert len(set(bodies)) == 1
    assert as_alice.get(f"/links/{revoked.pk}/").status_code == 404


@pytest.mark.database  # one statement for many rows
def test_all_of_ones_own_links_are_revoked_at_once(as_alice: Client, alice: User, bob: User, stranger: Client) -> None:
    shown = make_saved(owner=alice, n=3, shared=True).images.all()
    mine = [share(as_alice, picture) for picture in shown]
    as_bob = Client()
    as_bob.force_login(bob)
    other = share(as_bob, shown[0])
    as_alice.post("/links/revoke/")
    for link in mine:
        page(stranger, link, 404)
    page(stranger, other)
    log = SecurityEvent.objects.filter(kind=EventKind.LINK_REVOKED)
    assert log.count() == 3
    assert {event.actor for event in log} == {alice}


def test_an_administrator_sees_and_revokes_every_link(
    as_alice: Client, as_administrator: Client, as_charlie: Client, alice: User, stranger: Client
) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    assert "Alice" in as_administrator.get("/links/").content.decode()
    assert "Alice" in as_administrator.get(f"/links/{link.pk}/").content.decode()
    assert "No share links yet" in as_charlie.get("/links/").content.decode()
    assert as_charlie.post(f"/links/{link.pk}/revoke/").status_code == 404
    as_administrator.post(f"/links/{link.pk}/revoke/")
    page(stranger, link, 404)


def test_the_link_of_somebody_who_left_is_dead_and_says_so(
    as_alice: Client, as_administrator: Client, alice: User, stranger: Client
) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    alice.deactivate()
    page(stranger, link, 404)
    listed = as_administrator.get("/links/").content.decode()
    assert "Deactivated" in listed
    assert link.token not in listed
    alice.activate()
    page(stranger, link)


@pytest.mark.parametrize("position", ["0", "2", "99999999999999999999999"])
def test_positions_that_are_none_are_not_found(as_alice: Client, alice: User, stranger: Client, position: str) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    for address in (f"/s/{link.token}/{position}/", f"/s/{link.token}/{position}/small/"):
        assert stranger.get(address).status_code == 404
    assert as_alice.get(f"/links/{position}9/").status_code == 404


def test_what_the_maker_may_not_see_any_more_is_gone_from_the_page(
    as_alice: Client, alice: User, bob: User, stranger: Client
) -> None:
    """Deleted, no longer shared, or shared by somebody who has left."""
    own = make_saved(owner=alice, n=2)
    theirs = make_saved(owner=bob, shared=True)
    first, second = own.images.all()
    link = share(as_alice, first, second, theirs.images.get())
    assert pictures_on(page(stranger, link)) == [1, 2, 3]
    as_alice.post("/gallery/act/", {"picture": first.key, "action": "delete"})
    assert pictures_on(page(stranger, link)) == [2, 3]
    assert stranger.get(f"/s/{link.token}/1/").status_code == 404
    Generation.objects.filter(pk=theirs.pk).update(shared=False)
    assert pictures_on(page(stranger, link)) == [2]
    as_alice.post("/gallery/act/", {"picture": second.key, "action": "delete"})
    assert "The pictures are no longer here" in page(stranger, link)
    alice.deactivate()
    page(stranger, link, 404)


def test_nobody_shares_what_they_may_not_see(as_charlie: Client, alice: User) -> None:
    hidden = make_saved(owner=alice).images.get()
    answer = as_charlie.post("/links/", {"picture": hidden.key}, follow=True)
    assert "Select a picture first." in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_a_viewer_may_share_what_the_team_was_shown(viewer: User, alice: User, stranger: Client) -> None:
    client = Client()
    client.force_login(viewer)
    page(stranger, share(client, make_saved(owner=alice, shared=True).images.get()))


def test_a_link_holds_so_many_pictures_and_says_so(as_alice: Client, alice: User) -> None:
    rows = [make_saved(owner=alice, n=10) for _ in range(PICTURES_MAX // 10 + 1)]
    keys = " ".join(image.key for row in rows for image in row.images.all())
    answer = as_alice.post("/links/", {"selected": keys}, follow=True)
    assert f"at most {PICTURES_MAX} pictures" in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_title_and_prompts_are_shown_when_the_maker_wants_that(as_alice: Client, alice: User, stranger: Client) -> None:
    link = share(as_alice, *make_saved(owner=alice, prompt="A <b>red</b> kite").images.all())
    change(as_alice, link, title="Autumn & winter", prompts="on")
    html = page(stranger, link)
    assert "Autumn &amp; winter" in html
    assert "A &lt;b&gt;red&lt;/b&gt; kite" in html


# --- The password ------------------------------------------------------------------------------------------------


@pytest.fixture
def locked(as_alice: Client, alice: User) -> ShareLink:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    change(as_alice, link, password="maple syrup")
    return link


def test_a_password_stands_before_page_and_pictures(locked: ShareLink, stranger: Client) -> None:
    assert locked.password
    assert "maple" not in locked.password
    assert pictures_on(page(stranger, locked)) == []
    for address in ("1/", "1/small/", "1/medium/", "1/?download"):
        assert stranger.get(f"/s/{locked.token}/{address}").status_code == 404
    wrong = stranger.post(f"/s/{locked.token}/", {"password": "Maple syrup"})
    assert (wrong.status_code, pictures_on(wrong.content.decode())) == (422, [])
    right = stranger.post(f"/s/{locked.token}/", {"password": "maple syrup"})
    assert right["Location"] == f"/s/{locked.token}/"
    mark = right.cookies["share"]
    assert (mark["path"], mark["httponly"], mark["samesite"]) == (f"/s/{locked.token}/", True, "Lax")
    assert pictures_on(page(stranger, locked)) == [1]
    picture_at(stranger, f"/s/{locked.token}/1/")


def test_a_new_password_shuts_out_who_knew_the_old_one(locked: ShareLink, as_alice: Client, stranger: Client) -> None:
    stranger.post(f"/s/{locked.token}/", {"password": "maple syrup"})
    assert pictures_on(page(stranger, locked)) == [1]
    change(as_alice, locked, password="birch syrup")
    assert pictures_on(page(stranger, locked)) == []


def test_saving_other_settings_keeps_the_password_and_a_box_takes_it_away(
    locked: ShareLink, as_alice: Client, stranger: Client
) -> None:
    change(as_alice, locked, title="Autumn")
    assert pictures_on(page(stranger, locked)) == []
    change(as_alice, locked, unlocked="on")
    assert pictures_on(page(stranger, locked)) == [1]


def test_the_mark_of_one_link_opens_no_other(
    locked: ShareLink, as_alice: Client, alice: User, stranger: Client
) -> None:
    """Not even one with the same password hash."""
    other = share(as_alice, *make_saved(owner=alice).images.all())
    ShareLink.objects.filter(pk=other.pk).update(password=locked.password)
    mark = stranger.post(f"/s/{locked.token}/", {"password": "maple syrup"}).cookies["share"].value
    forger = Client(**STRANGER)
    forger.cookies["share"] = mark
    assert pictures_on(page(forger, locked)) == [1]
    assert pictures_on(page(forger, other)) == []


def test_the_mark_is_forgotten_after_half_a_day(
    locked: ShareLink, stranger: Client, clock: time_machine.Traveller
) -> None:
    mark = stranger.post(f"/s/{locked.token}/", {"password": "maple syrup"}).cookies["share"].value
    clock.shift(timedelta(hours=12, seconds=1))
    later = Client(**STRANGER)
    later.cookies["share"] = mark
    assert pictures_on(page(later, locked)) == []


def test_guessing_ends_soon_for_who_guesses_only(locked: ShareLink, stranger: Client) -> None:
    said = [stranger.post(f"/s/{locked.token}/", {"password": f"guess {n}"}).status_code for n in range(12)]
    assert said == [422] * 10 + [429] * 2
    assert stranger.post(f"/s/{locked.token}/", {"password": "maple syrup"}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.1")
    assert elsewhere.post(f"/s/{locked.token}/", {"password": "maple syrup"}).status_code == 302


def test_guesses_from_everywhere_together_end_too(locked: ShareLink, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"share-link-all-guesses": (3, 3600)}
    guess = {"path": f"/s/{locked.token}/", "data": {"password": "a guess"}}
    said = [Client(REMOTE_ADDR=f"198.51.100.{number}").post(**guess).status_code for number in range(4)]
    assert said == [422] * 3 + [429]


def test_a_password_that_is_too_short_loses_nothing_else(as_alice: Client, alice: User) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    answer = as_alice.post(f"/links/{link.pk}/", {"title": "Autumn", "prompts": "on", "password": "short"})
    assert answer.status_code == 422
    page = Html(answer)
    assert page.one("[name=title]")["value"] == "Autumn"
    assert "at least 6" in page.text
    link.refresh_from_db()
    assert (link.title, link.password) == ("", "")


def test_the_log_tells_of_links_by_their_title(as_alice: Client, alice: User) -> None:
    link = share(as_alice, *make_saved(owner=alice).images.all())
    change(as_alice, link, title="Autumn")
    as_alice.post(f"/links/{link.pk}/revoke/")
    events = SecurityEvent.objects.filter(kind__startswith="link-").order_by("pk")
    assert [(event.kind, event.detail) for event in events] == [
        ("link-made", f"№ {link.pk}"),
        ("link-changed", "Autumn"),
        ("link-revoked", "Autumn"),
    ]


@pytest.mark.database  # order and paging
def test_many_links_stand_on_several_pages(as_alice: Client, alice: User) -> None:
    for picture in [image for _ in range(4) for image in make_saved(owner=alice, n=10).images.all()]:
        ShareLink.objects.make(alice, [picture], NOW)
    assert len(Html(as_alice.get("/links/")).all(".card")) == 30
    assert len(Html(as_alice.get("/links/?page=2")).all(".card")) == 10
