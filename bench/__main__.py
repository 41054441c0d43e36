"""`make bench`: every bench, one after the other, each in a process and a data folder of its own.

python -m bench            all of them
python -m bench polling    only this one

A bench is a module of this package with a `main()` that prints what it found. One with `ON_EVERY_DATABASE = True` runs
on SQLite, and on PostgreSQL where POSTGRES_URL names a server; all others run on SQLite.
"""

import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
from types import ModuleType

import bench
from bench.databases import named_databases


def surroundings(folder: str, database: str = "") -> dict[str, str]:
    """The environment for a bench: nothing of an installation that may live on this machine."""
    ours = {"DATA_DIR": folder, "DATABASE_URL": database, "LOG_LEVEL": "ERROR", "DEBUG": "1"}
    return {**os.environ, **ours, "DJANGO_SETTINGS_MODULE": "playground.settings"}


def benches() -> dict[str, ModuleType]:
    """The modules with a `main()`, by name."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def run(name: str, module: ModuleType) -> int:
    """The worst exit code of this bench."""
    worst = 0
    with named_databases(every=getattr(module, "ON_EVERY_DATABASE", False)) as databases:
        for kind, url in databases:
            print(f"\n== {name} on {kind}", flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                command = [sys.executable, "-c", f"from bench.{name} import main; main()"]
                code = subprocess.run(command, env=surroundings(folder, url), check=False).returncode  # noqa: S603
                worst = max(worst, code)
    return worst


def main(chosen: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ.update(surroundings(folder))
        there = benches()
        if unknown := set(chosen) - set(there):
            print(f"There is no bench {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
            return 2
        return max(run(name, there[name]) for name in chosen or there)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
