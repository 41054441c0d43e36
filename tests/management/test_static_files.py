"""Static files are collected only after changes, and a damaged or interrupted collection is repaired."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finder
from pytest_django.fixtures import Settings

from playground.management.static_files import collect


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """The only file to collect."""
    folder = tmp_path / "source"
    folder.mkdir()
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    get_finder.cache_clear()
    path = folder / "page.css"
    path.write_text("body { color: navy }" * 100)
    yield path
    get_finder.cache_clear()


def served(root: Path) -> str:
    """The response to a page that requests the file."""
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    return (root / names["page.css"]).read_text()


def test_the_second_time_there_is_nothing_to_do(source: Path, settings: Settings) -> None:
    assert collect()
    assert served(settings.STATIC_ROOT) == source.read_text()
    assert not collect()


def test_what_changed_is_collected_however_old_it_looks(source: Path, settings: Settings) -> None:
    collect()
    old = source.stat().st_mtime - 1000
    source.write_text("body { color: green }")
    os.utime(source, (old, old))
    assert collect()
    assert served(settings.STATIC_ROOT) == (settings.STATIC_ROOT / "page.css").read_text() == "body { color: green }"


def test_pages_of_the_version_before_keep_their_files(source: Path, settings: Settings) -> None:
    (settings.STATIC_ROOT / "robots.txt").write_text("somebody else's")
    collect()
    before = set(settings.STATIC_ROOT.rglob("*"))
    source.write_text("body { color: green }")
    collect()
    assert before < set(settings.STATIC_ROOT.rglob("*"))


@pytest.mark.parametrize("name", ["page.css", "page.*.css", "page.*.css.br", "staticfiles.json", ".collected"])
@pytest.mark.parametrize("half", [True, False])
def test_what_is_missing_or_half_written_is_collected_again(
    source: Path, settings: Settings, name: str, half: bool
) -> None:
    collect()
    [path] = settings.STATIC_ROOT.glob(name)
    whole = path.read_bytes()
    if half:
        path.write_bytes(whole[: len(whole) // 2])
    else:
        path.unlink()
    assert collect()
    assert path.read_bytes() == whole
    assert not collect()


def test_a_start_that_was_cut_off_leaves_nothing_in_the_way(source: Path, settings: Settings) -> None:
    left = settings.STATIC_ROOT / ".collecting" / "page.css"
    left.parent.mkdir()
    left.write_text("body { co")
    assert collect()
    assert served(settings.STATIC_ROOT) == source.read_text()
    assert not left.parent.exists()


def test_of_two_that_start_at_once_one_collects(source: Path) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        done = list(threads.map(lambda _start: collect(), range(4)))
    assert sorted(done) == [False, False, False, True]
