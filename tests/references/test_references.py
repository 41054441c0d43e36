"""Reference images, from the form to EvoLink, without a browser."""

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse
from django.http.response import ResponseHeaders as HttpHeaders
from django.test import Client
from django.utils import timezone, translation
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from playground.models import Attempt, GeneratedImage, Generation, LedgerEntry, Reference, ReferenceAddress, Status
from playground.models.references import GRACE, KEPT_UNUSED
from playground.references import errors, reachability
from playground.references.errors import Refused
from playground.references.ingest import sweep, tidy
from playground.sandbox import Sandbox
from playground.studio.forms import GenerationForm, References
from tests.drawing import drawing, encoded, exif, opened, upload
from tests.factories import make_key, make_reference
from tests.html import Html
from tests.references import incomplete
from tests.references.files import after_header, chunk, header
from tests.references.foreign import CUT_EXIF, after_start, segment

PHOTO = encoded(drawing(60, 40), "JPEG", exif=exif(6))


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def add(client: Client, *files: object) -> str:
    response = client.post("/references/add/", {"images": list(files)})
    assert response.status_code == 200
    return response.content.decode()


def stored(file: FieldFile) -> bytes:
    with default_storage.open(str(file.name)) as content:
        return content.read()


def fetched(client: Client, path: str, **headers: str) -> tuple[int, bytes, HttpHeaders]:
    response = client.get(path, headers=headers)
    return response.status_code, b"".join(response), response.headers


def hand_in(client: Client, **values: object) -> object:
    form = {"request_id": "first", "prompt": "A lighthouse", "model": "gpt-image-1", "size": "1024x1024", "n": 1}
    return client.post("/generations/", form | {"quality": "low"} | values)


def chosen(answer: HttpResponse) -> list[str]:
    """The references that the form has chosen."""
    return Html(answer).values("[name=reference][checked]", "value")


class TestKeeping:
    pytestmark = pytest.mark.django_db

    def test_what_is_given_away_is_upright_and_says_nothing_about_people(self, as_alice: Client) -> None:
        add(as_alice, upload("IMG_0001.jpg", PHOTO, "image/jpeg"))
        reference = Reference.objects.get()
        assert (reference.name, reference.width, reference.height) == ("IMG_0001.jpg", 40, 60)
        for file in (reference.file, reference.thumbnail):
            data = stored(file)
            image = opened(data)
            assert image.size == (40, 60)
            assert not image.getexif()
            assert b"Secret" not in data
        # Turned 90 degrees clockwise: the left side is now on top, and the top is now on the right.
        red, green, blue = opened(stored(reference.file)).convert("RGB").getpixel((5, 5))
        assert red > 200
        assert green < 90
        assert blue < 60

    @pytest.mark.database  # a constraint
    def test_the_same_bytes_are_stored_once_for_each_person(self, as_alice: Client, as_charlie: Client) -> None:
        for name in ("a.png", "b.png"):
            add(as_alice, upload(name))
        assert [reference.name for reference in Reference.objects.all()] == ["a.png"]
        add(as_charlie, upload())
        assert Reference.objects.count() == 2
        assert len(default_storage.listdir("references")[1]) == 4

    def test_one_bad_file_is_refused_beside_its_name_and_the_others_stay(self, as_alice: Client) -> None:
        page = add(as_alice, upload("good.png"), upload("holiday.gif", b"GIF89a" + bytes(40)), upload("empty.png", b""))
        assert [reference.name for reference in Reference.objects.all()] == ["good.png"]
        assert "EvoLink does not accept GIF files" in page
        assert len(Html(page).all("[data-state=refused]")) == 2

    def test_too_many_pixels_are_refused_with_what_to_do(self, as_alice: Client, settings: Settings) -> None:
        settings.MAX_PIXELS = 1000
        page = add(as_alice, upload())
        assert "It has 60 × 40 pixels; the limit is 1,000 in total." in page
        assert "38 × 25" in page
        assert not Reference.objects.exists()

    def test_each_refusal_says_what_is_really_wrong(self, as_alice: Client) -> None:
        third = incomplete.cut(encoded(incomplete.noise(), "JPEG"), 600, 33)
        coarse = incomplete.cut(encoded(incomplete.noise(), "JPEG", progressive=True), 600, 70)
        large = b"\x89PNG\r\n\x1a\n" + header(10_000, 9_000)
        colours = chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(50_000_000), 9))
        page = add(
            as_alice,
            upload("third.jpg", third),
            upload("coarse.jpg", coarse),
            upload("large.png", large),
            upload("bomb.png", after_header(encoded(), colours)),
        )
        for sentence in (
            "The lower third of the picture is missing.",
            "The fine details of the picture are missing.",
            "It has 10,000 × 9,000 pixels; the limit is 50,000,000 in total.",
            "A small part of this file unpacks to a huge one.",
        ):
            assert sentence in page
        assert "damaged" not in page
        assert not Reference.objects.exists()

    def test_a_fault_of_this_server_is_not_blamed_on_the_file(
        self, as_alice: Client, settings: Settings, tmp_path: Path
    ) -> None:
        settings.BASE_DIR = tmp_path  # where no program is that could check
        assert "This server could not check the file." in add(as_alice, upload())

    def test_exif_that_ends_too_early_costs_nothing(self, as_alice: Client) -> None:
        plain = encoded(drawing(), "JPEG")
        add(as_alice, *(upload(f"{cut}.jpg", after_start(plain, segment(0xE1, CUT_EXIF[:cut]))) for cut in (10, 30)))
        assert {(row.width, row.height) for row in Reference.objects.all()} == {(60, 40), (40, 60)}

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_each_refusal_is_a_sentence(self, language: str) -> None:
        facts: dict[str, dict[str, int]] = {"too_many_pixels": {"width": 9000, "height": 8000}}
        said = [Refused(code) for code in errors.SENTENCES]
        said += [Refused(code, **facts) for code, facts in facts.items()]
        said += [Refused(code, missing=share) for code in ("incomplete", "cut_off") for share in range(1, 101)]
        with translation.override(language):
            for sentence in map(str, said):
                assert sentence.endswith("." if language == "en" else "。")
                assert "%(" not in sentence
            assert len({str(refusal) for refusal in said}) == len(errors.SENTENCES) + 1 + 2 * len(errors.MISSING)

    @pytest.mark.database  # a sum under a lock
    def test_a_person_has_room_for_so_much(self, as_alice: Client, settings: Settings) -> None:
        settings.REFERENCE_QUOTA = len(encoded()) + 10
        add(as_alice, upload())
        assert "There is no space left" in add(as_alice, upload("b.png", encoded(drawing(61, 40))))
        assert Reference.objects.count() == 1
        assert len(default_storage.listdir("references")[1]) == 2

    def test_nobody_else_sees_it(self, as_alice: Client, as_charlie: Client) -> None:
        add(as_alice, upload())
        token = Reference.objects.get().token
        for address in (f"/references/{token}/", f"/references/{token}/small/"):
            assert fetched(as_alice, address)[0] == 200
            assert as_charlie.get(address).status_code == 404
            assert Client().get(address).status_code == 302
        assert as_charlie.post(f"/references/{token}/delete/").status_code == 404
        assert token not in as_charlie.get(f"/references/chosen/?reference={token}").content.decode()

    def test_strangers_upload_nothing(self, db: None, folder: Path) -> None:
        assert Client().post("/references/add/", {"images": upload()}).status_code == 302
        assert not Reference.objects.exists()
        assert list(folder.iterdir()) == []

    @pytest.mark.database  # what happens on commit
    def test_one_can_delete_ones_own(self, as_alice: Client, django_capture_on_commit_callbacks: Callable) -> None:
        add(as_alice, upload())
        with django_capture_on_commit_callbacks(execute=True):
            as_alice.post(f"/references/{Reference.objects.get().token}/delete/")
        assert not Reference.objects.exists()
        assert default_storage.listdir("references")[1] == []

    @pytest.mark.database  # rows that nothing refers to
    def test_the_sweep_takes_what_nobody_uses(
        self, alice: User, as_alice: Client, settings: Settings, django_capture_on_commit_callbacks: Callable
    ) -> None:
        now = timezone.now()
        add(as_alice, upload("used.png"), upload("forgotten.png", PHOTO), upload("fresh.png", encoded(drawing(9, 9))))
        Reference.objects.exclude(name="fresh.png").update(touched_at=now - KEPT_UNUSED - timedelta(days=1))
        hand_in(as_alice, reference=Reference.objects.get(name="used.png").token)
        stray = Path(settings.MEDIA_ROOT) / "references" / "stray.png"
        stray.write_bytes(b"cut off")
        left = Path(settings.FILE_UPLOAD_TEMP_DIR) / "killed"
        left.mkdir()
        (left / "public").write_bytes(b"half")
        with django_capture_on_commit_callbacks(execute=True):
            assert Reference.objects.sweep(now) == (1, 0)
        sweep(now)
        assert left.exists()
        os.utime(left, (0, 0))
        sweep(now)
        assert not left.exists()
        os.utime(stray, (0, 0))
        assert Reference.objects.sweep(now) == (0, 1)
        assert {reference.name for reference in Reference.objects.all()} == {"used.png", "fresh.png"}
        assert len(default_storage.listdir("references")[1]) == 4

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
            ("cat\x00.jpg", "cat.jpg"),
            ("\u202egpj.exe", "gpj.exe"),
            ("x" * 300 + ".jpeg", "x" * 95 + ".jpeg"),
            ("", "picture"),
            ("写真.jpg", "写真.jpg"),
        ],
    )
    def test_names_are_for_showing_only(self, name: str, shown: str) -> None:
        assert tidy(name) == shown


@pytest.mark.django_db(transaction=True)
class TestOnTheWire:
    @pytest.fixture(autouse=True)
    def reachable(self, live_server: LiveServer, settings: Settings) -> None:
        settings.PUBLIC_URL = live_server.url

    @pytest.mark.database  # committed by several threads
    def test_references_reach_the_model_in_order(
        self,
        as_alice: Client,
        run_worker: Callable[[], None],
        sandbox: Sandbox,
        live_server: LiveServer,
        settings: Settings,
    ) -> None:
        settings.SANDBOX_PLAIN = False
        add(as_alice, upload("a.jpg", PHOTO), upload("b.png"))
        second, first = (Reference.objects.get(name=name).token for name in ("a.jpg", "b.png"))
        hand_in(as_alice, reference=[first, second])
        run_worker()

        generation = Generation.objects.get()
        assert generation.status == Status.COMPLETED
        [task] = sandbox.task_log()
        assert [url.rsplit(".", 1)[-1] for url in task.image_urls] == ["png", "jpg"]
        assert all(url.startswith(f"{live_server.url}/r/") for url in task.image_urls)
        assert ReferenceAddress.objects.exclude(fetched_at=None).count() == 2
        assert [use.name for use in generation.reference_uses.all()] == ["b.png", "a.jpg"]
        # The picture was drawn from them.
        image = opened(stored(GeneratedImage.objects.get().file)).convert("RGB")
        assert len(image.getcolors(1 << 24) or []) > 2
        charge, hold = (LedgerEntry.objects.get(kind=kind).credits for kind in ("charge", "hold"))
        assert hold == generation.estimate_high >= charge > 2 * 1536 * 0.000612

    def test_a_form_without_scripts_brings_its_files_itself(
        self, as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox
    ) -> None:
        response = hand_in(as_alice, images=[upload("a.png"), upload("b.jpg", PHOTO)])
        assert response.status_code == 302
        run_worker()
        assert [url.rsplit(".", 1)[-1] for url in sandbox.task_log()[0].image_urls] == ["png", "jpg"]

    def test_files_survive_a_form_that_is_refused(self, as_alice: Client) -> None:
        response = hand_in(as_alice, prompt="", images=[upload("kept.png")])
        assert response.status_code == 422
        assert chosen(response) == [Reference.objects.get().token]
        assert not Generation.objects.exists()

    def test_a_refused_file_sends_nothing(self, as_alice: Client) -> None:
        response = hand_in(as_alice, images=[upload("kept.png"), upload("bad.png", b"no picture")])
        assert response.status_code == 422
        assert "bad.png" in response.content.decode()
        assert not Generation.objects.exists()

    def test_a_refused_file_sends_nothing_without_others_either(self, as_alice: Client) -> None:
        assert hand_in(as_alice, images=[upload("bad.png", b"no picture")]).status_code == 422
        assert not Generation.objects.exists()

    def test_a_form_with_half_a_picture_loses_nothing(self, as_alice: Client) -> None:
        half = incomplete.cut(encoded(incomplete.noise(), "JPEG"), 600, 50)
        files = [upload("kept.png"), upload("half.jpg", half)]
        response = hand_in(as_alice, prompt="A quiet harbour", quality="high", n=3, images=files)
        assert isinstance(response, HttpResponse)
        page = Html(response)
        assert page.one("[name=prompt]").text == "A quiet harbour"
        assert page.values("[name=n]", "value") == ["3"]
        assert page.values("[name=quality][checked]", "value") == ["high"]
        assert chosen(response) == [Reference.objects.get().token]
        assert "The lower half of the picture is missing." in response.content.decode()

    def test_more_than_the_model_takes_sends_nothing(self, alice: User, as_alice: Client) -> None:
        tokens = [make_reference(owner=alice, name=f"{number}.png").token for number in range(17)]
        response = hand_in(as_alice, reference=tokens)
        assert response.status_code == 422
        assert "This model takes at most 16 reference images." in response.content.decode()

    def test_the_estimate_counts_them(self, as_alice: Client) -> None:
        add(as_alice, upload())
        form = {"model": "gpt-image-1", "size": "1024x1024", "quality": "low", "n": 1, "prompt": "x", "request_id": "1"}
        without = as_alice.post("/studio/estimate/", form).content
        with_one = as_alice.post("/studio/estimate/", form | {"reference": Reference.objects.get().token}).content
        assert without != with_one

    def test_an_address_ends_with_its_attempt(self, as_alice: Client, run_worker: Callable[[], None]) -> None:
        hand_in(as_alice, images=[upload("a.jpg", PHOTO, "image/jpeg")])
        run_worker()
        address = ReferenceAddress.objects.get()
        reference = Reference.objects.get()
        path = f"/r/{address.token}.jpg"
        data = stored(reference.file)
        stranger = Client()

        status, whole, headers = fetched(stranger, path)
        assert (status, whole) == (200, data)
        names = ("Content-Type", "Content-Length", "X-Content-Type-Options", "X-Robots-Tag", "Accept-Ranges")
        assert [headers[name] for name in names] == ["image/jpeg", str(len(data)), "nosniff", "noindex", "bytes"]
        assert "Set-Cookie" not in headers
        assert stranger.head(path)["Content-Length"] == str(len(data))
        status, part, headers = fetched(stranger, path, Range="bytes=10-19")
        assert (status, part) == (206, data[10:20])
        assert headers["Content-Range"] == f"bytes 10-19/{len(data)}"
        assert fetched(stranger, path, Range="bytes=-5")[1] == data[-5:]
        assert fetched(stranger, path, Range="bytes=0-1,4-5")[:2] == (200, data)
        assert stranger.get(path, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
        nearly = address.token[:-1] + ("y" if address.token.endswith("x") else "x")
        for other in (f"/r/{address.token}.png", f"/r/{nearly}.jpg", "/r/", f"/r/{reference.token}.jpg"):
            assert stranger.get(other).status_code in (302, 404)
        assert stranger.post(path).status_code == 405

        Generation.objects.update(finished_at=timezone.now() - GRACE - timedelta(seconds=1))
        assert stranger.get(path).status_code == 404

    def test_a_refused_attempt_ends_its_addresses(self, as_alice: Client, run_worker: Callable[[], None]) -> None:
        hand_in(as_alice, images=[upload()])
        run_worker()
        long_ago = timezone.now() - GRACE - timedelta(seconds=1)
        Generation.objects.update(finished_at=None, status=Status.PENDING)
        Attempt.objects.update(outcome="rejected", answered_at=long_ago)
        assert Client().get(f"/r/{ReferenceAddress.objects.get().token}.png").status_code == 404

    def test_every_attempt_has_addresses_of_its_own(self, as_alice: Client, run_worker: Callable[[], None]) -> None:
        hand_in(as_alice, images=[upload()])
        run_worker()
        code = Generation.objects.get().code
        as_alice.post(f"/generations/{code}/again/", {"request_id": "second"})
        run_worker()
        tokens = list(ReferenceAddress.objects.values_list("token", flat=True))
        assert len(set(tokens)) == 2
        assert all(len(token) >= 32 for token in tokens)
        assert Reference.objects.count() == 1

    def test_evolink_that_cannot_fetch_is_said_on_the_card(
        self, as_alice: Client, run_worker: Callable[[], None], settings: Settings
    ) -> None:
        settings.PUBLIC_URL = "http://localhost:1"
        hand_in(as_alice, images=[upload()])
        run_worker()
        assert Generation.objects.get().failure == "reference_not_fetched"
        assert "EvoLink could not fetch a reference image from this studio." in as_alice.get("/").content.decode()

    def test_through_evolinks_own_files(
        self, as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox, settings: Settings
    ) -> None:
        settings.REFERENCE_DELIVERY = "evolink"
        settings.PUBLIC_URL = "http://localhost:1"
        hand_in(as_alice, images=[upload("private name.png")])
        run_worker()
        assert Generation.objects.get().status == Status.COMPLETED
        [url] = sandbox.task_log()[0].image_urls
        assert not url.startswith(settings.PUBLIC_URL)
        assert "private" not in url

    @pytest.mark.database  # rows that others refer to
    def test_a_reference_deleted_meanwhile_breaks_nothing(
        self, as_alice: Client, run_worker: Callable[[], None]
    ) -> None:
        hand_in(as_alice, images=[upload("gone.png")])
        reference = Reference.objects.get()
        as_alice.post(f"/references/{reference.token}/delete/")
        assert Reference.objects.exists()
        run_worker()
        as_alice.post(f"/references/{reference.token}/delete/")
        assert not Reference.objects.exists()
        generation = Generation.objects.get()
        assert generation.reference_uses.get().name == "gone.png"
        assert as_alice.get("/").status_code == 200
        assert "gone.png" in as_alice.get(f"/generations/{generation.code}/").content.decode()
        assert as_alice.get(f"/?from={generation.code}").status_code == 200
        as_alice.post(f"/generations/{generation.code}/again/", {"request_id": "second"})
        assert Generation.objects.count() == 1

    @pytest.mark.database  # rows that others refer to
    def test_deleted_before_it_was_sent(
        self, as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox
    ) -> None:
        hand_in(as_alice, images=[upload()])
        Reference.objects.get().remove()
        run_worker()
        assert Generation.objects.get().failure == "reference_gone"
        assert sandbox.task_log() == []
        assert LedgerEntry.objects.held() == 0

    def test_use_as_reference(self, as_alice: Client, as_charlie: Client, run_worker: Callable[[], None]) -> None:
        hand_in(as_alice)
        run_worker()
        image = GeneratedImage.objects.get()
        address = f"/generations/{image.generation.code}/images/0/edit/"
        assert as_charlie.post(address).status_code == 404
        response = as_alice.post(address)
        reference = Reference.objects.get()
        assert response.url == f"/?reference={reference.token}#id_prompt"
        assert (reference.source, reference.sha256) == (image, image.sha256)
        assert chosen(as_alice.get(response.url)) == [reference.token]
        as_alice.post(address)
        assert Reference.objects.count() == 1

    def test_the_same_form_with_other_references_is_another_request(self, as_alice: Client) -> None:
        hand_in(as_alice, images=[upload()])
        again = hand_in(as_alice, images=[upload("b.png", encoded(drawing(61, 40)))])
        assert again.status_code == 422
        assert Generation.objects.count() == 1


class TestReach:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("http://localhost:8000", False),
            ("http://127.0.0.1", False),
            ("http://127.1:8000", False),
            ("http://10.1.2.3", False),
            ("http://192.168.0.5", False),
            ("http://[::1]:8000", False),
            ("http://studio", False),
            ("http://studio.local", False),
            ("http://nas.lan", False),
            ("https://studio.example.com", True),
            ("https://8.8.8.8", True),
            ("https://3com.example", True),
        ],
    )
    def test_addresses(self, url: str, expected: bool) -> None:
        assert reachability.reachable(url) is expected

    @pytest.mark.django_db
    def test_it_is_said_before_money_is_spent(self, alice: User, settings: Settings) -> None:
        settings.PUBLIC_URL = "http://localhost:8000"
        pictures = References([make_reference(owner=alice)])
        values = {
            "request_id": "1",
            "prompt": "x",
            "model": "gpt-image-1",
            "size": "1024x1024",
            "quality": "low",
            "n": 1,
        }
        live = GenerationForm(values, pictures=pictures, rehearsal=False)
        assert "EvoLink cannot fetch reference images from http://localhost:8000" in str(live.errors)
        assert live.offers_evolink
        through_evolink = GenerationForm(values | {"reference_way": "evolink"}, pictures=pictures, rehearsal=False)
        assert through_evolink.is_valid()
        assert through_evolink.cleaned_data["reference_way"] == "evolink"
        assert GenerationForm(values, rehearsal=False).is_valid()
        assert GenerationForm(values, pictures=pictures, rehearsal=True).is_valid()
        settings.PUBLIC_URL = "https://studio.example.com"
        assert GenerationForm(values, pictures=pictures, rehearsal=False).is_valid()

    @pytest.mark.django_db
    def test_the_page_says_it_and_offers_the_way_out(self, alice: User, as_alice: Client, settings: Settings) -> None:
        settings.PUBLIC_URL = "http://localhost:8000"
        make_key(owner=alice)
        reference = make_reference(owner=alice).token
        assert "Send pictures through EvoLink’s own file storage" in Html(as_alice.get("/")).text
        refused = hand_in(as_alice, mode="live", reference=reference)
        assert refused.status_code == 422
        page = refused.content.decode()
        assert "EvoLink cannot fetch reference images from http://localhost:8000" in page
        assert chosen(refused) == [reference]
        assert not Generation.objects.exists()
        assert hand_in(as_alice, mode="live", reference=reference, reference_way="evolink").status_code == 302
        generation = Generation.objects.get()
        assert (generation.rehearsal, generation.reference_way) == (False, "evolink")
        assert hand_in(as_alice, mode="live", request_id="other").status_code == 302

    def test_the_way_out_is_agreed_to_once(self, alice: User, as_alice: Client, settings: Settings) -> None:
        settings.PUBLIC_URL = "http://localhost:8000"
        make_key(owner=alice)
        way = "#studio-form [name=reference_way]"
        assert Html(as_alice.get("/")).one(way)["type"] == "checkbox"
        hand_in(as_alice, mode="live", reference_way="evolink")  # without a picture nothing is agreed to
        assert Html(as_alice.get("/")).one(way)["type"] == "checkbox"
        reference = make_reference(owner=alice).token
        hand_in(as_alice, mode="live", request_id="two", reference=reference, reference_way="evolink")
        assert Html(as_alice.get("/")).one(way)["type"] == "hidden"
        # It can be taken back among the defaults.
        page = Html(as_alice.get("/settings/defaults/"))
        assert "[name=reference_way][checked]" in page
        as_alice.post("/settings/defaults/", {"model": "gpt-image-2", "size": "1:1", "quality": "low", "n": "1"})
        assert Html(as_alice.get("/")).one(way)["type"] == "checkbox"

    def test_the_old_name_of_the_setting_is_understood(self) -> None:
        """A warning names the new one. It needs its own process, because settings are read only once."""
        code = "import playground.settings as s; print(s.REFERENCE_DELIVERY)"
        environment = os.environ | {"REFERENCES": "here", "REFERENCE_DELIVERY": ""}
        said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert said.stdout.strip() == "own"
        command = [sys.executable, "manage.py", "check"]
        warned = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert "playground.W105" in warned.stderr
        assert "REFERENCE_DELIVERY=own" in warned.stderr

    def test_settings_that_do_not_fit_are_said_at_the_start(self, settings: Settings) -> None:
        def problems() -> list[str]:
            return [str(problem.id) for problem in reachability.reference_settings()]

        settings.DEBUG = True
        assert problems() == []
        settings.REFERENCE_DELIVERY = "bucket"
        assert problems() == ["playground.E102"]
        settings.REFERENCE_DELIVERY = "pigeon"
        assert problems() == ["playground.E101"]
        settings.REFERENCE_DELIVERY = "own"
        settings.DEBUG = False
        settings.PUBLIC_URL = "http://10.0.0.1"
        assert problems() == ["playground.W104"]
