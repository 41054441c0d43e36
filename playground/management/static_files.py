"""Prepares the static files for production: collects and compresses them, with a hash in each name. This takes a
while."""

import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.files import locks
from django.core.management import call_command
from django.utils.module_loading import import_string

# The packages that make the served files from the sources.
_TOOLS = ("django", "whitenoise", "brotli")
# The file that notes what was collected from which sources. The process that collects holds a lock on it.
_MARK = ".collected"


def collect() -> bool:
    """Collects the static files, unless STATIC_ROOT is up to date. Returns whether it had to.

    If several processes start at once, the first one collects and the others wait. Other files in STATIC_ROOT, also
    those of earlier versions, stay there, because an open page may still need them.
    """
    root = Path(settings.STATIC_ROOT)
    with (root / _MARK).open("a+") as mark:
        locks.lock(mark, locks.LOCK_EX)
        mark.seek(0)
        wanted = _sources()
        if _holds(root, mark.read(), wanted):
            return False
        mark.truncate(0)
        json.dump({"sources": wanted, "files": _collect_into(root)}, mark)
    return True


def _holds(root: Path, mark: str, wanted: str) -> bool:
    """Whether the files were collected from these sources and have not changed since then."""
    try:
        collected = json.loads(mark)
    except ValueError:  # missing or incomplete
        return False
    if collected["sources"] != wanted:
        return False
    return all((root / name).is_file() and _digest(root / name) == sum for name, sum in collected["files"].items())


def _collect_into(root: Path) -> dict[str, str]:
    """Collects into another folder, and then moves each complete file to its place. Returns the digest of each file by
    name."""
    beside = root / ".collecting"
    shutil.rmtree(beside, ignore_errors=True)
    command = collectstatic.Command()
    command.storage = import_string(settings.STORAGES["staticfiles"]["BACKEND"])(location=beside)
    call_command(command, interactive=False, verbosity=0)
    files = {}
    for path in [path for path in beside.rglob("*") if path.is_file()]:
        name = path.relative_to(beside)
        files[str(name)] = _digest(path)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        path.replace(root / name)
    shutil.rmtree(beside)
    return files


def _sources() -> str:
    """A digest of everything that affects the result: the names and contents of the files, the tools, and the
    settings."""
    facts = [*map(version, _TOOLS), settings.STORAGES["staticfiles"], settings.STATIC_URL]
    for finder in get_finders():
        facts += [(name, _digest(Path(storage.path(name)))) for name, storage in finder.list(None)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
