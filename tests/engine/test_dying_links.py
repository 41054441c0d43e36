"""Two hours before the link of an unsaved paid picture dies, its owner and the administrators are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from playground.engine import notifications
from playground.evolink import Task
from playground.models import Generation
from tests.factories import charged, make_generation
from tests.html import Html
from tests.mail_servers import mail_server

pytestmark = pytest.mark.django_db
LINK = "https://files.example.com/1.png"


def unsaved(owner: User, **values: object) -> Generation:
    """A drawn generation whose picture could not be saved."""
    row = make_generation(owner=owner, **values)  # type: ignore[arg-type]
    now = row.created_at
    row.mark_submitting(now, None)
    row.mark_accepted(f"task-unified-{row.pk}-abcdefgh", now, now)
    row.mark_generated(Task(id=row.task_id, status="completed", progress=100, results=(LINK,)), charged("1.5"), now)
    row.images.get().save_failed("storage")
    return row


def test_owner_and_administrators_get_the_link_once(alice: User, administrator: User, settings: object) -> None:
    for person in (alice, administrator):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")
    row = unsaved(alice, rehearsal=False)
    now = row.images.get().expires_at - timedelta(hours=2, minutes=-1)
    with mail_server(settings) as server:  # type: ignore[arg-type]
        assert notifications.take(now - timedelta(minutes=5)) == []
        notices = notifications.take(now)
        assert all(notifications.send(notice) for notice in notices)
        assert notifications.take(now) == []
        mails = server.waited_for(2)
    assert {mail["To"] for mail in mails} == {"alice@example.com", f"{administrator.username}@example.com"}
    for mail in mails:
        assert LINK in mail.get_content()
        assert "119 minutes" in mail.get_content()


def test_a_rehearsal_is_not_worth_a_mail(alice: User, settings: object) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    row = unsaved(alice)
    with mail_server(settings):  # type: ignore[arg-type]
        assert notifications.take(row.created_at + timedelta(hours=23)) == []


def test_without_mail_the_card_has_the_link(
    alice: User, as_alice: Client, as_charlie: Client, as_administrator: Client, settings: object
) -> None:
    settings.EMAIL_HOST = ""  # type: ignore[attr-defined]
    row = unsaved(alice, rehearsal=False)
    assert notifications.take(timezone.now() + timedelta(hours=23)) == []
    Generation.objects.filter(pk=row.pk).update(shared=True)
    for reader in (as_alice, as_administrator):
        assert Html(reader.get(f"/generations/{row.code}/")).one(".slot-note a")["href"] == LINK
    assert ".slot-note a" not in Html(as_charlie.get(f"/generations/{row.code}/"))
