"""Files on the disk of this machine: whole or not there, and never written over."""

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

from playground.pictures.files import PART, Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(location=tmp_path / "files")


def names(files: Files) -> list[str]:
    return sorted(str(path.relative_to(files.location)) for path in Path(files.location).rglob("*") if path.is_file())


class Torn(ContentFile):  # type: ignore[type-arg]
    """Content that ends with an error, as from a disk that is full."""

    def chunks(self, chunk_size: int | None = None) -> object:  # type: ignore[override]
        yield b"half"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_studio_uses_it() -> None:
    assert type(storages["default"]) is Files


def test_a_file_that_could_not_be_written_leaves_nothing(files: Files) -> None:
    with pytest.raises(OSError, match="space"):
        files.save("images/one.png", Torn(b""))
    assert names(files) == []


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without"])
def test_what_exists_is_not_written_over(files: Files, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    assert files.save("images/one.png", ContentFile(b"first")) == "images/one.png"
    with pytest.raises(FileExistsError):
        files.save("images/one.png", ContentFile(b"second"))
    with files.open("images/one.png") as file:
        assert file.read() == b"first"
    assert names(files) == ["images/one.png"]


def test_a_file_on_the_disk_is_copied(files: Files, tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(b"picture")
    with (tmp_path / "made").open("rb") as file:
        files.save("references/one.png", File(file))
    assert (files.size("references/one.png"), (tmp_path / "made").exists()) == (7, True)


def test_deleting_also_removes_what_an_interrupted_save_has_left(files: Files) -> None:
    files.save("images/one.png", ContentFile(b"first"))
    Path(files.path("images/one.png" + PART)).write_bytes(b"ha")
    files.delete("images/one.png")
    assert names(files) == []
    files.delete("images/one.png")
    files.delete("nowhere/one.png")
