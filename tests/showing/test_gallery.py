"""The gallery: who sees what, search, pages, and actions on many pictures at once."""

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import GeneratedImage, Generation, LedgerEntry
from playground.showing.gallery import ORDERS, PAGE, GalleryForm, page_of
from playground.templatetags.pictures import WIDTHS, proportion
from tests.factories import make_saved
from tests.html import Html

# Needs the database, which does search, order and pages.
pytestmark = [pytest.mark.django_db, pytest.mark.database]


def keys(client: Client, **query: object) -> list[str]:
    response = client.get("/gallery/", query)
    assert response.status_code == 200
    return [picture.key for picture in response.context["page"].pictures]


def act(client: Client, action: str, *pictures: str, **values: str) -> None:
    response = client.post("/gallery/act/", {"action": action, "picture": pictures} | values)
    assert response.status_code == 302, response.content


def test_one_sees_own_pictures_and_those_shared_with_the_team(
    as_alice: Client, as_charlie: Client, as_administrator: Client, alice: User, bob: User
) -> None:
    mine = make_saved(owner=alice)
    secret = make_saved(owner=bob)
    shared = make_saved(owner=bob, shared=True)
    assert keys(as_alice) == [f"{shared.code}.0", f"{mine.code}.0"]
    assert keys(as_charlie) == [f"{shared.code}.0"]
    assert len(keys(as_administrator)) == 3
    for row, status in ((secret, 404), (shared, 200), (mine, 200)):
        assert as_alice.get(f"/generations/{row.code}/").status_code == status


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lighthouse", 1),
        ("LIGHT dusk", 1),
        ("dusk moon", 0),
        ("灯台", 1),
        ("夕暮れ 灯台", 1),
        ("ﾄｳﾀﾞｲ", 1),
        ("Ｃａｆé", 1),
        ("100%", 1),
        ("_", 1),
        ("CAFÉ", 1),
    ],
)
def test_search_finds_every_word_as_a_part_of_the_prompt(
    as_alice: Client, alice: User, search: str, found: int
) -> None:
    for prompt in (
        "A lighthouse at dusk",
        "夕暮れの灯台を描いて、トウダイ",
        "A café with 100% charm and an under_score",
    ):
        make_saved(owner=alice, prompt=prompt)
    assert len(keys(as_alice, q=search)) == found


def test_filters_narrow_and_nonsense_filters_nothing(as_alice: Client, alice: User, bob: User) -> None:
    small = make_saved(owner=alice, quality="low")
    tall = make_saved(owner=alice, quality="high", size="1024x1536", rehearsal=False)
    theirs = make_saved(owner=bob, shared=True)
    GeneratedImage.objects.get(generation=small).favourite_of.add(alice)
    GeneratedImage.objects.get(generation=tall).favourite_of.add(bob)
    tomorrow = timezone.localdate() + timedelta(days=1)
    expected = [
        ({"quality": "high"}, {tall}),
        ({"size": "1024x1536"}, {tall}),
        ({"person": bob.pk}, {theirs}),
        ({"kind": "live"}, {tall}),
        ({"kind": "rehearsal"}, {small, theirs}),
        ({"favourite": "on"}, {small}),
        ({"since": tomorrow}, set()),
        ({"until": timezone.localdate()}, {small, tall, theirs}),
        ({"model": "gpt-image-1", "quality": "low", "person": alice.pk}, {small}),
        ({"person": "x", "since": "never", "sort": "loudest", "density": "huge"}, {small, tall, theirs}),
    ]
    for query, rows in expected:
        assert set(keys(as_alice, **query)) == {f"{row.code}.0" for row in rows}, query


@pytest.mark.parametrize("order", ORDERS)
def test_pages_cover_everything_once_forwards_and_backwards(alice: User, order: str, settings: Settings) -> None:
    for number in range(7):
        row = make_saved(owner=alice, n=2)
        Generation.objects.filter(pk=row.pk).update(cost=number % 3)
    form = GalleryForm({}, user=alice)
    there, back = [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("playground.showing.gallery.PAGE", 4)
        page = page_of(form.found(), order)
        assert page.before is None
        while True:
            there.append([picture.pk for picture in page.pictures])
            if page.after is None:
                break
            page = page_of(form.found(), order, after=str(page.after))
        while page.before is not None:
            page = page_of(form.found(), order, before=str(page.before))
            back.insert(0, [picture.pk for picture in page.pictures])
    assert sorted(itertools.chain(*there)) == sorted(form.found().values_list("pk", flat=True))
    assert len(there) == 4
    assert back == there[:-1]


def test_plain_pages_link_to_the_next_and_the_address_keeps_the_filters(as_alice: Client, alice: User) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("playground.showing.gallery.PAGE", 2)
        for _ in range(3):
            make_saved(owner=alice)
        first = as_alice.get("/gallery/?q=dusk&sort=oldest")
        assert b"More pictures" in first.content
        after = first.context["page"].after
        assert f"/gallery/?q=dusk&sort=oldest&after={after}" in Html(first).values("a", "href")
        second = as_alice.get(f"/gallery/?q=dusk&sort=oldest&after={after}")
        assert len(second.context["page"].pictures) == 1
        assert b"Previous pictures" in second.content
        fragment = as_alice.get(f"/gallery/more/?q=dusk&sort=oldest&after={after}")
        assert fragment.content.strip().startswith(b"<li")
        assert b"<html" not in fragment.content


@pytest.mark.parametrize("after", ["0", "999999999", "-1", "abc", "9" * 40, "١"])
def test_a_broken_place_in_the_address_is_no_error(as_alice: Client, alice: User, after: str) -> None:
    make_saved(owner=alice)
    for order in ORDERS:
        assert as_alice.get("/gallery/", {"after": after, "sort": order}).status_code == 200


def test_the_first_page_of_a_thousand_takes_under_ten_queries(
    as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    call_command("seed", count=1000, distinct=2, owner="alice", verbosity=0)
    with django_assert_max_num_queries(9):
        response = as_alice.get("/gallery/")
    assert len(response.context["page"].pictures) == PAGE
    assert response.context["total"] == 1000
    assert len(Html(response).all("img[srcset][loading=lazy]")) == PAGE
    assert LedgerEntry.objects.live().count() == 0
    first = response.context["page"].pictures
    sizes = [picture.thumbnail_small.size for picture in first]
    assert sum(sizes) < 1_500_000


def test_marking_is_ones_own(as_alice: Client, as_charlie: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=2, shared=True)
    act(as_charlie, "favourite", f"{row.code}.0", f"{row.code}.1")
    assert keys(as_charlie, favourite="on") == [f"{row.code}.1", f"{row.code}.0"]
    assert keys(as_alice, favourite="on") == []
    act(as_charlie, "unfavourite", f"{row.code}.1")
    as_charlie.post(f"/generations/{row.code}/images/1/favourite/", {"on": "1"})
    as_charlie.post(f"/generations/{row.code}/images/0/favourite/", {"on": "0"})
    assert keys(as_charlie, favourite="on") == [f"{row.code}.1"]


def test_the_team_sees_what_is_shared_and_no_longer_what_is_not(
    as_alice: Client, as_charlie: Client, alice: User
) -> None:
    row = make_saved(owner=alice)
    address = f"/generations/{row.code}/images/0/"
    assert as_charlie.get(address).status_code == 404
    act(as_alice, "share", f"{row.code}.0")
    assert b"".join(as_charlie.get(f"{address}small/").streaming_content).startswith(b"RIFF")
    act(as_charlie, "unshare", f"{row.code}.0")
    act(as_charlie, "delete", f"{row.code}.0")
    assert keys(as_alice) == keys(as_charlie) == [f"{row.code}.0"]
    act(as_alice, "unshare", f"{row.code}.0")
    assert keys(as_charlie) == []


def test_selected_pictures_of_strangers_are_not_touched(as_charlie: Client, as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    for action in ("favourite", "share", "delete"):
        act(as_charlie, action, f"{row.code}.0")
    act(as_charlie, "delete", selected=f"{row.code}.0 nonsense .. \0")
    row.refresh_from_db()
    assert not row.shared
    assert keys(as_alice) == [f"{row.code}.0"]
    assert GeneratedImage.favourite_of.through.objects.count() == 0


def test_an_unknown_action_is_refused(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    assert as_alice.post("/gallery/act/", {"action": "paint", "picture": f"{row.code}.0"}).status_code == 400


def test_htmx_gets_the_pictures_drawn_anew(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    values = {"action": "delete", "selected": f"{row.code}.0"}
    picture = f"#picture-{row.code}-0[hx-swap-oob=true]"
    answer = Html(as_alice.post("/gallery/act/", values, headers={"HX-Request": "true"}))
    assert f"{picture}[hidden]" in answer
    assert "Undo" in answer.text
    image = GeneratedImage.objects.get()
    answer = Html(as_alice.post("/gallery/undo/", {"deletion": image.deletion}, headers={"HX-Request": "true"}))
    assert f"{picture}:not([hidden])" in answer


def test_many_deletions_end_in_a_fresh_page_that_offers_to_undo(as_alice: Client, alice: User) -> None:
    call_command("seed", count=250, distinct=1, owner="alice", verbosity=0)
    every = " ".join(picture.key for picture in GeneratedImage.objects.select_related("generation"))
    values = {"action": "delete", "selected": every, "next": "/gallery/?undo=old&q=a+b"}
    answer = as_alice.post("/gallery/act/", values, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/gallery/?q=a+b&undo=")
    assert "old" not in answer["HX-Redirect"]
    page = as_alice.get(answer["HX-Redirect"]).content.decode()
    assert "250 pictures deleted." in page
    assert "Undo" in page
    assert keys(as_alice) == []


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leads_elsewhere(as_alice: Client, alice: User, wanted: str) -> None:
    row = make_saved(owner=alice)
    response = as_alice.post("/gallery/act/", {"action": "share", "picture": f"{row.code}.0", "next": wanted})
    assert response["Location"] == "/gallery/"


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "media").rglob("*.*"))


def test_deleting_hides_at_once_and_can_be_undone(as_alice: Client, alice: User, tmp_path: Path) -> None:
    row = make_saved(owner=alice, n=2)
    response = as_alice.post(
        "/gallery/act/", {"action": "delete", "picture": f"{row.code}.0", "next": "/gallery/?q=dusk"}
    )
    assert keys(as_alice) == [f"{row.code}.1"]
    assert as_alice.get(f"/generations/{row.code}/images/0/").status_code == 404
    assert as_alice.get(f"/generations/{row.code}/images/0/small/").status_code == 404
    deletion = parse_qs(urlsplit(response["Location"]).query)["undo"][0]
    assert response["Location"].startswith("/gallery/?q=dusk&undo=")
    assert b"Undo" in as_alice.get(response["Location"]).content
    GeneratedImage.objects.sweep(timezone.now())
    assert len(files(tmp_path)) == 6
    as_alice.post("/gallery/undo/", {"deletion": deletion})
    assert len(keys(as_alice)) == 2
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        GeneratedImage.objects.sweep(timezone.now())
    assert len(files(tmp_path)) == 6


def test_the_sweep_removes_files_and_leaves_the_ledger(as_alice: Client, alice: User, tmp_path: Path) -> None:
    row = make_saved(owner=alice, n=2)
    before = list(LedgerEntry.objects.values_list("kind", "credits"))
    response = as_alice.post("/gallery/act/", {"action": "delete", "picture": f"{row.code}.1"})
    deletion = parse_qs(urlsplit(response["Location"]).query)["undo"][0]
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert GeneratedImage.objects.sweep(timezone.now()) == 1
        assert GeneratedImage.objects.sweep(timezone.now()) == 0
        assert b"Undo" not in as_alice.get(response["Location"]).content
        as_alice.post("/gallery/undo/", {"deletion": deletion})
    kept = GeneratedImage.objects.get(index=0)
    assert files(tmp_path) == sorted(
        Path(name).name for name in (kept.file.name, kept.thumbnail.name, kept.thumbnail_small.name)
    )
    gone = GeneratedImage.objects.get(index=1)
    assert (gone.state, gone.file.name, gone.sha256 != "") == ("deleted", "", True)
    assert keys(as_alice) == [f"{row.code}.0"]
    assert list(LedgerEntry.objects.values_list("kind", "credits")) == before
    assert as_alice.get(f"/generations/{row.code}/").status_code == 200
    assert b"Deleted" in as_alice.get("/").content


def test_nobody_takes_back_what_another_deleted(as_alice: Client, as_charlie: Client, alice: User) -> None:
    row = make_saved(owner=alice, shared=True)
    act(as_alice, "delete", f"{row.code}.0")
    as_charlie.post("/gallery/undo/", {"deletion": GeneratedImage.objects.get().deletion})
    as_alice.post("/gallery/undo/", {"deletion": ""})
    assert keys(as_alice) == []


def test_a_file_that_another_row_shows_too_stays(as_alice: Client, alice: User, tmp_path: Path) -> None:
    call_command("seed", count=3, distinct=1, owner="alice", verbosity=0)
    first, *others = keys(as_alice)
    act(as_alice, "delete", first)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        GeneratedImage.objects.sweep(timezone.now())
    assert len(files(tmp_path)) == 3
    act(as_alice, "delete", *others)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        GeneratedImage.objects.sweep(timezone.now())
    assert files(tmp_path) == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_sweeps(as_alice: Client, alice: User, tmp_path: Path, run_worker: Callable[[], None]) -> None:
    row = make_saved(owner=alice)
    act(as_alice, "delete", f"{row.code}.0")
    GeneratedImage.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))
    make_saved(owner=alice)
    run_worker()
    assert len(files(tmp_path)) == 3


def test_every_proportion_has_its_rule_and_is_near_the_true_one() -> None:
    styles = Path(finders.find("css/gallery.css")).read_text()
    rules = dict(re.findall(r'\[data-wide="(\d+)"\] \{ --wide: ([\d.]+); \}', styles))
    assert {int(name): round(float(value) * 100) for name, value in rules.items()} == {wide: wide for wide in WIDTHS}
    for wide in range(330, 3000, 7):
        assert proportion(GeneratedImage(width=wide, height=1000)) * 10 == pytest.approx(wide, rel=0.05)
    assert proportion(GeneratedImage(width=None, height=None)) == 100


def test_the_size_of_the_pictures_is_in_steps_that_have_a_rule(as_alice: Client, alice: User) -> None:
    make_saved(owner=alice)
    styles = Path(finders.find("css/gallery.css")).read_text()
    for asked, shown in (("", 240), ("140", 140), ("151", 140), ("420", 420), ("1000", 240), ("medium", 240)):
        page = Html(as_alice.get(f"/gallery/?density={asked}"))
        assert page.one("#pictures")["data-density"] == str(shown)
        assert f'[data-density="{shown}"]' in styles


def test_a_chip_shows_its_name_until_somebody_chooses(as_alice: Client, alice: User) -> None:
    make_saved(owner=alice, quality="low")
    page = Html(as_alice.get("/gallery/?quality=low"))
    firsts = [chip.all("option")[0].text for chip in page.all(".chip select")]
    assert firsts == ["Model", "Size", "Quality", "Kind", "Person"]
    assert page.texts(".chip option[selected]") == ["Model", "Size", "Draft", "Kind", "Person"]
    assert "[data-set]" not in page
    assert "#filters-more-open[data-set]" in Html(as_alice.get("/gallery/?sort=oldest"))
