"""What came from what: the family tree, the strip on a page, and the words that differ."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from playground.models import Descent, Generation, Lineage, Reference
from playground.showing.comparison import Edit, edits
from playground.showing.family import STRIP_MAX, family_of, strip_around
from tests.factories import make_generation, make_reference, make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db


def come(row: Generation, parent: Generation, lineage: Lineage, index: int | None = None) -> Generation:
    Generation.objects.filter(pk=row.pk).update(**Descent(parent, lineage, index).columns())
    row.refresh_from_db()
    return row


@pytest.fixture
def first(alice: User) -> Generation:
    return make_saved(owner=alice, prompt="A lighthouse at dusk", quality="low", n=2)


def tree(client: Client, row: Generation) -> Html:
    return Html(client.get(f"/generations/{row.code}/family/"))


def test_each_stands_below_what_it_came_from_and_branches_deeper(
    alice: User, as_alice: Client, first: Generation
) -> None:
    winter = come(make_saved(owner=alice, prompt="In winter"), first, Lineage.CHANGE, 1)
    summer = come(make_saved(owner=alice, prompt="In summer"), first, Lineage.CHANGE, 0)
    night = come(make_saved(owner=alice, prompt="At night"), winter, Lineage.CHANGE, 0)
    page = tree(as_alice, night)
    members = page.all(".member")
    assert [member["data-depth"] for member in members] == ["0", "1", "1", "1"]
    assert page.texts(".member-words > p[dir]") == ["A lighthouse at dusk", "In winter", "At night", "In summer"]
    assert page.texts(".member-words a[href^='#']") == ["from 1", "from 2", "from 1"]
    assert page.one(".member[aria-current]")["id"] == members[2]["id"]
    compared = [link["href"] for link in page.all(".member a[href^='/compare/']")]
    assert compared[0] == f"/compare/?picture={first.code}.1&picture={winter.code}.0"
    assert summer.code in compared[2]


def test_versions_of_a_prompt_show_what_changed_in_words_and_settings(
    alice: User, as_alice: Client, first: Generation
) -> None:
    come(make_saved(owner=alice, prompt="A lighthouse at dawn", quality="low", n=2), first, Lineage.SETTINGS)
    come(make_saved(owner=alice, prompt=first.prompt, quality="high"), first, Lineage.FINAL, 0)
    page = tree(as_alice, first)
    dawn, final = page.all(".member")[1:]
    assert (dawn.texts("del"), dawn.texts("ins")) == (["dusk"], ["dawn"])
    assert "Same settings" in dawn.text
    assert "Same words" in final.text
    assert any("Quality: Draft →" in line for line in final.texts(".member-words p"))
    assert "How many pictures: 2 → 1" in final.text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("A fox", "A fox", []),
        ("A red fox", "A fox", [Edit("kept", "A "), Edit("gone", "red "), Edit("kept", "fox")]),
        ("朝の海", "夜の海", [Edit("gone", "朝"), Edit("new", "夜"), Edit("kept", "の海")]),
    ],
)
def test_edits(before: str, after: str, expected: list[Edit]) -> None:
    assert edits(before, after) == expected


def test_a_long_part_that_stays_is_shortened_and_a_long_prompt_is_not_compared() -> None:
    long = "word " * 100
    kept, new = edits(long + "end", long + "beginning")[0], edits(long + "end", long + "beginning")[-1]
    assert kept.kind == "kept"
    assert "…" in kept.text
    assert len(kept.text) < 100
    assert new == Edit("new", "beginning")
    assert edits("a " * 5000, "b " * 5000) == [Edit("new", "b " * 5000)]


def test_what_one_may_not_see_is_not_there_and_its_children_begin_anew(
    alice: User, bob: User, as_alice: Client, first: Generation
) -> None:
    theirs = come(make_saved(owner=bob, prompt="Bob’s own change"), first, Lineage.CHANGE, 0)
    shared = come(make_saved(owner=bob, prompt="Bob’s shared one", shared=True), theirs, Lineage.CHANGE, 0)
    page = tree(as_alice, first)
    assert page.texts(".member-words > p[dir]") == ["A lighthouse at dusk", "Bob’s shared one"]
    assert ".member-words a[href^='#']" not in page
    assert "Beginning" in page.all(".member")[1].text
    assert as_alice.get(f"/generations/{theirs.code}/family/").status_code == 404
    assert as_alice.get(f"/generations/{shared.code}/family/").status_code == 200


def test_the_page_of_a_generation_shows_its_family_in_a_row(alice: User, as_alice: Client, first: Generation) -> None:
    assert ".family-row" not in Html(as_alice.get(f"/generations/{first.code}/"))
    again = come(make_generation(owner=alice, prompt=first.prompt), first, Lineage.AGAIN)
    page = Html(as_alice.get(f"/generations/{again.code}/"))
    assert page.texts(".family-how") == ["1 Beginning", "2 Run again"]
    assert page.one(".family-row [aria-current] a")["href"] == f"/generations/{again.code}/"
    assert page.one(".family-strip > a")["href"] == f"/generations/{again.code}/family/"


def test_a_large_family_shows_those_around(alice: User, first: Generation) -> None:
    row = first
    for _one in range(STRIP_MAX + 5):
        row = come(make_generation(owner=alice), row, Lineage.AGAIN)
    members = family_of(row, alice)
    assert [member.depth for member in members] == [0] * (STRIP_MAX + 6)
    assert [member.place for member in strip_around(members, row.code)] == list(range(7, STRIP_MAX + 7))
    assert strip_around(members, first.code)[0].code == first.code


def test_a_card_with_a_family_leads_there(alice: User, as_alice: Client, first: Generation) -> None:
    link = f"a[href='/generations/{first.code}/family/']"
    assert link not in Html(as_alice.get("/"))
    come(make_generation(owner=alice), first, Lineage.AGAIN)
    assert link in Html(as_alice.get("/"))


def test_the_family_of_an_earlier_version_follows_from_its_references(alice: User) -> None:
    """What the migration fills in: the parent is the generation of the first picture used as a reference."""
    first, second, third = (make_saved(owner=alice) for _one in range(3))
    for parent, child in ((first, second), (second, third)):
        reference = make_reference(owner=alice)
        Reference.objects.filter(pk=reference.pk).update(source=parent.images.get())
        child.reference_uses.create(position=0, reference=reference, name="a", sha256="b", width=1, height=1)
    import_module("playground.migrations.0026_fill_lineage").fill(apps, None)
    for row in (second, third):
        row.refresh_from_db()
    assert (second.parent, second.parent_index, second.root) == (first, 0, first)
    assert (third.parent, third.root, third.lineage) == (second, first, Lineage.REFERENCE)
