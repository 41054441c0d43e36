"""One rule for every row: who may see it, and who may change it."""

import pytest
from django.utils import timezone

from accounts.models import Role, User
from playground.models import GeneratedImage, Generation, Reference, ReferenceUse, ShareLink
from playground.models.visibility import keeps
from tests.factories import make_reference, make_saved


@pytest.fixture
def ada(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_user("ada", role=Role.ADMINISTRATOR)


def used(reference: Reference, row: Generation) -> Reference:
    ReferenceUse.record(row.pk, [reference])
    return reference


@pytest.mark.django_db
def test_owner_team_and_administrator(alice: User, bob: User, ada: User) -> None:
    own, shared = make_saved(owner=alice), make_saved(owner=alice, shared=True)
    pictures = {row: row.images.get() for row in (own, shared)}
    references = {
        "own": used(make_reference(owner=alice, name="own.png"), own),
        "shared": used(make_reference(owner=alice, name="shared.png"), shared),
        "unused": make_reference(owner=alice, name="unused.png"),
    }
    link, _new = ShareLink.objects.make(alice, [pictures[own]], timezone.now())

    for person in (alice, ada):
        assert set(Generation.objects.visible_to(person)) == set(Generation.objects.kept_by(person)) == {own, shared}
        assert set(GeneratedImage.objects.visible_to(person)) == set(pictures.values())
        assert set(GeneratedImage.objects.kept_by(person)) == set(pictures.values())
        assert set(Reference.objects.visible_to(person)) == set(references.values())
        assert list(ShareLink.objects.kept_by(person)) == [link]
        assert keeps(person, alice.pk)

    assert list(Generation.objects.visible_to(bob)) == [shared]
    assert list(GeneratedImage.objects.visible_to(bob)) == [pictures[shared]]
    assert list(Reference.objects.visible_to(bob)) == [references["shared"]]
    for kept in (Generation.objects, GeneratedImage.objects, ShareLink.objects):
        assert not kept.kept_by(bob).exists()
    assert not keeps(bob, alice.pk)


@pytest.mark.django_db
def test_a_reference_that_two_seen_generations_used_is_there_once(alice: User, bob: User) -> None:
    reference = make_reference(owner=alice)
    for _time in range(2):
        used(reference, make_saved(owner=alice, shared=True))
    assert list(Reference.objects.visible_to(bob)) == [reference]
