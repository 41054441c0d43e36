"""A storage on a disk of this machine. A power cut leaves a saved file whole, and half a file never has its name."""

import errno
import os
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# The end of the name of a file that is being written.
PART = ".part"


class Files(FileSystemStorage):
    """`save` writes the file beside its place, syncs it, gives it its name, and syncs the folder. When it returns, the
    file is on the disk. Each name has one writer, so the name of the unfinished file follows from it.

    It never writes over a file: `save` raises `FileExistsError` if the name exists.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.synced_folders: set[Path] = set()

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The same name. Django would invent another one if the name exists."""
        return name

    def _save(self, name: str, content: "File[Any] | IO[Any]") -> str:
        path = Path(self.path(name))
        self._prepare(path.parent)
        part = path.with_name(path.name + PART)
        try:
            self._write(part, content)
            _name(part, path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
        return name

    def _write(self, path: Path, content: Any) -> None:
        with path.open("wb") as file:
            for chunk in content.chunks():
                file.write(chunk)
            file.flush()
            if self.file_permissions_mode is not None:
                os.fchmod(file.fileno(), self.file_permissions_mode)
            os.fsync(file.fileno())

    def _prepare(self, folder: Path) -> None:
        """Make the folder. The first time in this process, also sync the names of it and of the folders above."""
        folder.mkdir(parents=True, exist_ok=True)
        if folder not in self.synced_folders:
            root = Path(self.location)
            for above in (folder, *folder.parents):
                sync_folder(above.parent)
                if above == root:
                    break
            self.synced_folders.add(folder)

    def delete(self, name: str) -> None:
        """Delete the file, and what an interrupted `save` of this name has left. After a power cut neither comes
        back."""
        super().delete(name)
        path = Path(self.path(name))
        path.with_name(path.name + PART).unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)


def _name(part: Path, path: Path) -> None:
    """Give the file `part` the name `path`. Raises `FileExistsError` if that name exists."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems cannot give a file a second name. There only the check protects what exists.
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.rename(path)


def sync_folder(folder: Path) -> None:
    """Write the names in the folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems do not sync folders, because a new name is on the server at once.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
