"""Downloads: one picture with a useful name, and many as a ZIP that is always valid."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import GeneratedImage
from playground.showing.export import file_name, zip_of
from tests.factories import make_saved

# A closed response closes the database connection, which is impossible inside a test's transaction.
pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def download(client: Client, *keys: str) -> zipfile.ZipFile:
    with closing(client.post("/gallery/download/", {"selected": " ".join(keys)})) as response:
        assert response["Content-Type"] == "application/zip"
        return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A lighthouse at dusk, oil on canvas", "2026-11-22_a-lighthouse-at-dusk-oil-on-canvas_1.png"),
        ("夕焼けの海、水彩画", "2026-11-22_夕焼けの海水彩画_1.png"),
        ("../../etc/passwd \n<b>", "2026-11-22_etcpasswd-b_1.png"),
        ("🙂 !!!", "2026-11-22_picture_1.png"),
        ("word " * 300, "2026-11-22_word-word-word-word-word-word-word-word_1.png"),
    ],
)
def test_a_file_is_named_by_date_words_and_index(alice: User, prompt: str, name: str) -> None:
    image = make_saved(owner=alice, prompt=prompt, now=AT).images.get()
    assert file_name(image) == name


def test_the_date_is_the_one_on_the_wall(alice: User, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert file_name(make_saved(owner=alice, now=AT).images.get()).startswith("2026-11-23_")


def test_one_picture_comes_with_its_original_bytes_and_name(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, prompt="夕焼け", now=AT)
    with closing(as_alice.get(f"/generations/{row.code}/images/0/?download")) as response:
        data = b"".join(response.streaming_content)
        assert hashlib.sha256(data).hexdigest() == row.images.get().sha256
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''2026-11-22_%E5%A4%95")


def test_a_zip_holds_the_pictures_and_what_is_known_of_them(as_alice: Client, alice: User) -> None:
    one = make_saved(owner=alice, prompt="=HYPERLINK(1)", n=2)
    other = make_saved(owner=alice, prompt="=HYPERLINK(1)", now=one.created_at)
    as_alice.post(f"/generations/{one.code}/images/0/text/", {"alternative_text": "  A tower\nby the sea "})
    archive = download(as_alice, f"{one.code}.1", f"{one.code}.0", f"{other.code}.0", f"{one.code}.0", "x.y")
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    table = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))
    assert [entry["generation"] for entry in manifest] == [one.code, one.code, other.code]
    assert sorted(archive.namelist()) == sorted(
        [*(entry["file"] for entry in manifest), "manifest.csv", "manifest.json"]
    )
    assert len(set(archive.namelist())) == 5
    for entry, line in zip(manifest, table, strict=True):
        assert hashlib.sha256(archive.read(entry["file"])).hexdigest() == entry["sha256"] == line["sha256"]
        assert entry["prompt"] == "=HYPERLINK(1)"
        assert line["prompt"] == "'=HYPERLINK(1)"
        assert entry["generation_cost_credits"] == "1.5000"
    assert manifest[1]["alternative_text"] == "A tower by the sea"


def test_strangers_pictures_are_not_in_it(as_charlie: Client, alice: User) -> None:
    hidden, shared = make_saved(owner=alice), make_saved(owner=alice, shared=True)
    manifest = json.loads(download(as_charlie, f"{hidden.code}.0", f"{shared.code}.0").read("manifest.json"))
    assert [entry["generation"] for entry in manifest] == [shared.code]
    assert as_charlie.post("/gallery/download/", {"selected": f"{hidden.code}.0"}).status_code == 302


def test_what_cannot_be_read_is_said_and_the_rest_is_whole(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=3)
    gone, changed, good = row.images.all()
    default_storage.delete(gone.file.name)
    default_storage.delete(changed.file.name)
    default_storage.save(changed.file.name, ContentFile(b"something else"))
    archive = download(as_alice, *(image.key for image in (gone, changed, good)))
    assert archive.testzip() is None
    errors = archive.read("errors.txt").decode().splitlines()
    assert [line.split(":")[0] for line in errors] == [file_name(gone), file_name(changed)]
    assert hashlib.sha256(archive.read(file_name(good))).hexdigest() == good.sha256
    assert file_name(gone) not in archive.namelist()
    assert [entry["file"] for entry in json.loads(archive.read("manifest.json"))] == [
        file_name(changed),
        file_name(good),
    ]


def test_five_hundred_pictures_take_no_memory(alice: User, tmp_path: Path) -> None:
    call_command("seed", count=500, distinct=2, owner="alice", verbosity=0)
    keys = list(GeneratedImage.objects.values_list("pk", flat=True))
    target = tmp_path / "all.zip"
    before = set(tmp_path.rglob("*"))
    tracemalloc.start()
    with target.open("wb") as file:
        for piece in zip_of(keys):
            file.write(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    total = target.stat().st_size
    assert total > 50_000_000
    assert peak < 8_000_000
    assert set(tmp_path.rglob("*")) - before == {target}
    if shutil.which("unzip"):
        assert subprocess.run(["unzip", "-tq", str(target)], capture_output=True).returncode == 0
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert len(manifest) == len({entry["file"] for entry in manifest}) == 500
        for entry in manifest[::50]:
            assert hashlib.sha256(archive.read(entry["file"])).hexdigest() == entry["sha256"]


def test_a_download_that_is_cut_off_leaves_nothing_behind(as_alice: Client, alice: User, tmp_path: Path) -> None:
    row = make_saved(owner=alice, n=3)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    response = as_alice.post("/gallery/download/", {"selected": " ".join(image.key for image in row.images.all())})
    assert next(iter(response.streaming_content)).startswith(b"PK")
    response.close()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
