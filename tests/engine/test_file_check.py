"""The nightly check of the stored files: what is missing or was changed is found, told, and taken back when it is in
order."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine import file_check, notifications
from playground.engine.database import in_database
from playground.models import BrokenFile, FileCheck, GeneratedImage, Reference
from playground.pictures.files import Files
from playground.references.ingest import keep
from tests.conftest import in_a_thread
from tests.drawing import upload
from tests.factories import make_saved
from tests.html import Html
from tests.waits import seconds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def image(alice: User) -> GeneratedImage:
    return make_saved(owner=alice).images.get()


@pytest.fixture
def reference(alice: User) -> Reference:
    return keep(alice, upload(), "photo.png", timezone.now())


def replace(name: str, data: bytes) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def found(*options: str) -> dict[str, str]:
    """What the command finds: the kind by the name."""
    try:
        call_command("check_files", *options)
    except CommandError:
        return dict(BrokenFile.objects.values_list("name", "kind"))
    assert not BrokenFile.objects.current().exists()
    return {}


def test_all_in_order(image: GeneratedImage, reference: Reference, capsys: pytest.CaptureFixture[str]) -> None:
    assert found("--contents") == {}
    assert "5 files are in order." in capsys.readouterr().out


def test_missing_empty_and_changed_files(
    image: GeneratedImage, reference: Reference, capsys: pytest.CaptureFixture[str]
) -> None:
    default_storage.delete(image.file.name)
    replace(image.thumbnail.name, b"")
    replace(reference.file.name, b"short")
    default_storage.delete(reference.thumbnail.name)
    expected = {
        image.file.name: "missing",
        image.thumbnail.name: "changed",
        reference.file.name: "changed",
        reference.thumbnail.name: "missing",
    }
    assert found() == expected
    assert f"missing: {image.file.name}" in capsys.readouterr().out


def test_other_bytes_of_the_same_length_are_found_when_the_content_is_read(
    image: GeneratedImage, reference: Reference
) -> None:
    for file in (image.file, reference.file):
        replace(file.name, b"x" * default_storage.size(file.name))
    assert found("--contents") == {image.file.name: "changed", reference.file.name: "changed"}
    # Once found, it is read again every night, so it does not leave the list by chance.
    assert found() == {image.file.name: "changed", reference.file.name: "changed"}


def test_each_file_is_read_once_in_a_month(alice: User) -> None:
    images = [make_saved(owner=alice).images.get() for _number in range(3)]
    begun = timezone.now()
    for night in range(file_check.NIGHTS):
        check = FileCheck(started_at=begun + timedelta(days=night))
        read = [file.name for file in file_check.next_batch(check).expected if file.read]
        images = [image for image in images if image.file.name not in read]
    assert images == []


def test_what_is_put_back_leaves_the_list(image: GeneratedImage) -> None:
    with default_storage.open(image.file.name) as file:
        data = file.read()
    default_storage.delete(image.file.name)
    assert found() == {image.file.name: "missing"}
    default_storage.save(image.file.name, ContentFile(data))
    assert found() == {}
    assert not BrokenFile.objects.exists()


def test_a_deleted_picture_is_not_missed(image: GeneratedImage) -> None:
    default_storage.delete(image.file.name)
    assert found() == {image.file.name: "missing"}
    GeneratedImage.objects.delete_softly(timezone.now())
    GeneratedImage.objects.sweep(timezone.now() + timedelta(minutes=1))
    assert found() == {}


def test_a_picture_that_is_deleted_during_the_check_is_not_missed(image: GeneratedImage) -> None:
    check = FileCheck.objects.begin(timezone.now())
    batch = file_check.next_batch(check)
    GeneratedImage.objects.delete_softly(timezone.now())
    GeneratedImage.objects.sweep(timezone.now() + timedelta(minutes=1))
    seen = batch.look()
    assert seen
    assert seen[image.file.name].broken == "missing"
    assert file_check.record(check, batch, seen, timezone.now())
    assert not BrokenFile.objects.exists()


def test_old_references_get_their_digest(reference: Reference) -> None:
    digest = reference.stored_sha256
    Reference.objects.update(stored_sha256="")
    found("--contents")
    reference.refresh_from_db()
    assert reference.stored_sha256 == digest != ""


def test_a_check_is_due_once_a_night_in_the_zone_of_the_studio(db: None, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    three = datetime(2026, 12, 1, 18, tzinfo=UTC)  # 3:00 on December 2 in Tokyo

    def claimed(now: datetime) -> FileCheck | None:
        if check := FileCheck.objects.claim(now):
            check.finish(now)
        return check

    assert claimed(three)
    assert not claimed(three)
    assert not claimed(three + timedelta(hours=23))
    tomorrow = claimed(three + timedelta(hours=24))
    assert tomorrow
    assert f"{tomorrow.night}" == "2026-12-03"


def test_two_workers_do_not_check_together(image: GeneratedImage) -> None:
    now = timezone.now()
    mine = FileCheck.objects.claim(now)
    assert mine
    assert FileCheck.objects.claim(now) is None
    mine.release()
    theirs = FileCheck.objects.claim(now)
    assert theirs
    assert file_check.record(theirs, file_check.next_batch(theirs), {}, now)
    # The first one was stopped and wakes.
    assert not mine.move_on(0, at_references=False, files=1)


def test_the_worker_checks_and_removes_what_killed_ones_have_left(
    image: GeneratedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_check, "LOOK_SECONDS", 0.01)
    left = [f"images/{image.token}-7.png", f"images/{image.token}-7-640.webp.part"]
    young, strangers = f"images/{image.token}-8.png", "images/of-a-picture-that-a-later-database-knows.png"
    for name in (*left, young, strangers):
        default_storage.save(name, ContentFile(b"half"))
        if name != young:
            os.utime(default_storage.path(name), (0, 0))
    default_storage.delete(image.thumbnail.name)

    async def night() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(file_check.run(stop))
        async with asyncio.timeout(seconds(30)):
            while not await FileCheck.objects.exclude(finished_at=None).aexists():
                await asyncio.sleep(0.02)
        stop.set()
        await work
        await in_database(connections.close_all)()

    in_a_thread(night)
    assert [file.name for file in BrokenFile.objects.all()] == [image.thumbnail.name]
    names = {f"images/{name}" for name in default_storage.listdir("images")[1]}
    assert names == {image.file.name, image.thumbnail_small.name, young, strangers}


def test_a_storage_that_does_not_answer_makes_no_file_missing(
    image: GeneratedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(Files, "size", refuse)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("check_files")
    assert not BrokenFile.objects.exists()


def test_administrators_are_told_once_in_their_language(
    image: GeneratedImage, administrator: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    administrator.language = "ja"
    administrator.save()
    default_storage.delete(image.file.name)
    found()
    for _time in range(2):
        for notice in notifications.take(timezone.now()):
            assert notifications.send(notice)
        found()
    [mail] = mailoutbox
    assert mail.to == [administrator.email]
    assert f"{image.file.name} (見つかりません)" in mail.body
    assert f"{settings.PUBLIC_URL}/team/health/" in mail.body


def test_a_mail_that_could_not_be_sent_is_sent_later(
    image: GeneratedImage, administrator: User, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    default_storage.delete(image.file.name)
    found()
    [notice] = notifications.take(timezone.now())
    notifications.give_back(notice)
    assert notifications.take(timezone.now()) == [notice]


def test_the_page_lists_them(
    image: GeneratedImage, reference: Reference, as_administrator: Client, as_alice: Client
) -> None:
    assert as_alice.get("/team/health/").status_code == 404
    page = Html(as_administrator.get("/team/health/"))
    assert "have not been checked yet" in page.text
    found()
    page = Html(as_administrator.get("/team/health/"))
    assert "5 files. All are in order." in page.text
    default_storage.delete(image.file.name)
    default_storage.delete(reference.file.name)
    found()
    page = Html(as_administrator.get("/team/health/"))
    assert len(page.all("tbody tr")) == 2
    assert f"tbody a[href='/generations/{image.generation.code}/']" in page
    assert "Reference image “photo.png” of Alice" in page.text
