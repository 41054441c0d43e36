"""What becomes of over three hundred files from strangers, and how much the worst of them may cost."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageChops, ImageOps
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.pictures.decoding import NotAPicture
from playground.pictures.formats.parts import KINDS
from playground.references import sanitize
from playground.references.errors import Refused
from playground.references.ingest import keep
from tests.drawing import drawing, encoded, exif
from tests.references.corpus import bombs, cases
from tests.references.files import CAP, Case, readable
from tests.references.foreign import text_as_pixels
from tests.waits import seconds

CORPUS = list(cases())


@pytest.fixture(autouse=True)
def registered() -> None:
    Image.init()


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 300
    assert len({case.name for case in CORPUS}) == len(CORPUS)


def prepared(case: Case, folder: Path) -> sanitize.Prepared:
    (folder / "in").write_bytes(case.data)
    with (folder / "in").open("rb") as file:
        return sanitize.prepare(file, folder, max_pixels=CAP)


@pytest.mark.parametrize("case", [case for case in CORPUS if case.verdict], ids=lambda case: case.name)
def test_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(NotAPicture) as refusal:
        prepared(case, tmp_path)
    assert refusal.value.code == case.verdict
    facts = refusal.value.facts
    if case.verdict == "too_many_pixels":
        assert (facts["width"], facts["height"]) == case.size
    if case.missing is not None:
        assert abs(facts["missing"] - case.missing) <= 3


@pytest.mark.parametrize("case", [case for case in CORPUS if not case.verdict], ids=lambda case: case.name)
def test_good(case: Case, tmp_path: Path) -> None:
    found = prepared(case, tmp_path)
    assert (found.width, found.height) == case.size
    data = (tmp_path / "public").read_bytes()
    assert b"Secret" not in data
    copy = readable(data)
    assert KINDS[str(copy.format)] == (found.extension, found.content_type)
    assert copy.size == case.size
    assert not copy.getexif()
    assert not {"xmp", "XML:com.adobe.xmp", "comment"} & set(copy.info)
    assert getattr(copy, "n_frames", 1) == 1
    assert copy.info.get("icc_profile") == case.profile
    assert same_picture(copy, upright(case.shown or case.data))
    small = (tmp_path / "thumbnail.webp").read_bytes()
    assert b"Secret" not in small
    assert readable(small).size == case.size if max(case.size) <= 512 else max(readable(small).size) == 512


def upright(data: bytes) -> Image.Image:
    """The original as a browser shows it."""
    image = readable(data)
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, OSError, Warning):
        return image


def same_picture(one: Image.Image, other: Image.Image) -> bool:
    """Equal, except for what encoding again as JPEG or WebP changes: a few levels on average."""
    if one.mode.startswith("I"):
        return one.tobytes() == other.tobytes()
    difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
    levels = difference.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return max(levels) <= 6  # type: ignore[arg-type,type-var]


@pytest.mark.parametrize(
    "text",
    [
        "<?PHP secret();",
        "<?=`$_GET[0]`?>",
        "<? secret();  ?>",
        "<%= Secret.run() %>",
        "<ScRiPt>secret()",
        "<jsp:include page='secret'/>",
        "<cfexecute name='secret'>",
        "<!--#exec cmd='secret'-->",
        "__HALT_COMPILER(); secret",
    ],
)
def test_no_text_that_a_web_server_would_run_is_left_in_the_pixels(text: str, tmp_path: Path) -> None:
    data = text_as_pixels(text.encode())
    prepared(Case("program", data), tmp_path)
    assert text.encode() in data
    copy = (tmp_path / "public").read_bytes()
    assert text.encode()[:5] not in copy
    assert same_picture(readable(copy), readable(data))


@pytest.mark.parametrize("orientation", [1, 3])
def test_thumbnails_of_sixteen_bits_keep_their_tones(orientation: int, tmp_path: Path) -> None:
    grey = Image.new("I;16", (256, 16))
    grey.putdata([value * 257 for _row in range(16) for value in range(256)])
    prepared(Case("grey", encoded(grey, exif=exif(orientation))), tmp_path)
    small = readable((tmp_path / "thumbnail.webp").read_bytes()).convert("L")
    for place in range(4, 256, 16):
        tone = place if orientation == 1 else 255 - place
        assert abs(int(small.getpixel((place, 8))) - tone) <= 6  # type: ignore[arg-type]


def test_what_needs_no_turning_is_copied_bit_for_bit(tmp_path: Path) -> None:
    clean = encoded(drawing(), "JPEG", quality=90)
    prepared(Case("clean", clean), tmp_path)
    assert (tmp_path / "public").read_bytes() == clean


class TestCost:
    """The complete path, with the process and its limits."""

    @pytest.fixture
    def folder(self, settings: Settings) -> Iterator[Path]:
        yield settings.FILE_UPLOAD_TEMP_DIR
        assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []

    @pytest.mark.django_db
    def test_bombs_cost_little_memory_and_time(self, alice: User, folder: Path, settings: Settings) -> None:
        settings.MAX_PIXELS = CAP
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for case in bombs():
            started = time.monotonic()
            with pytest.raises(Refused):
                keep(alice, SimpleUploadedFile("bomb.png", case.data), "bomb.png", timezone.now())
            assert time.monotonic() - started < seconds(30)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime - before.ru_utime < 20

    @pytest.mark.django_db
    def test_what_takes_too_long_is_ended(
        self, alice: User, folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.MAX_PIXELS = 50_000_000
        data = encoded(Image.new("RGB", (7000, 7000)), "PNG", exif=exif(6), compress_level=1)
        monkeypatch.setattr("playground.references.ingest.PREPARE_SECONDS", 0.2)
        with pytest.raises(Refused, match="too much memory or time"):
            keep(alice, SimpleUploadedFile("large.png", data), "large.png", timezone.now())

    def test_what_takes_too_much_memory_is_refused_by_the_system(self, tmp_path: Path) -> None:
        """The limits apply inside the process: it refuses a picture if the memory is too small for it."""
        (tmp_path / "in").write_bytes(encoded(Image.new("RGB", (7000, 7000)), "PNG", compress_level=1))
        limits = "p.MEMORY_BASE, p.MEMORY_PER_PIXEL = 200 << 20, 0"
        code = f"from playground.references import sanitize as p; {limits}; p.main()"
        with (tmp_path / "in").open("rb") as file:
            done = subprocess.run(
                [sys.executable, "-c", code, str(tmp_path), "50000000"], stdin=file, capture_output=True, check=True
            )
        assert json.loads(done.stdout) == {"refused": "too_costly"}
