"""Static files as production serves them: collected, named by their content and compressed, which takes a while."""

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

# What turns sources into what is served.
_TOOLS = ("django", "whitenoise", "brotli")
# The file that says what was collected from what; whoever collects holds its lock.
_MARK = ".collected"


def collect() -> bool:
    """Collect the static files, unless STATIC_ROOT holds just them already. Whether there was something to do.

    Of several processes that start at once the first one does it, and the others wait for it. Other files in
    STATIC_ROOT, those of earlier versions too, are left alone: a page that is open in a browser may still need them.
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
    """Whether everything was collected from these sources, and is still as it was then."""
    try:
        collected = json.loads(mark)
    except ValueError:  # none yet, or cut off
        return False
    if collected["sources"] != wanted:
        return False
    return all((root / name).is_file() and _digest(root / name) == sum for name, sum in collected["files"].items())


def _collect_into(root: Path) -> dict[str, str]:
    """Collect beside, then move each file to its place as a whole. The digests of all files by name."""
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
    """Names all that decides what is collected: the files by name and content, the tools, and the settings."""
    facts = [*map(version, _TOOLS), settings.STORAGES["staticfiles"], settings.STATIC_URL]
    for finder in get_finders():
        facts += [(name, _digest(Path(storage.path(name)))) for name, storage in finder.list(None)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
