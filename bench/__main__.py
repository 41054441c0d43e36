"""`make bench`: runs every bench in turn, each in its own process and data folder.

python -m bench            all of them
python -m bench polling    only this one

A bench is a module of this package with a `main()` that prints its result. With `ON_EVERY_DATABASE = True` it runs on
SQLite, and also on PostgreSQL if POSTGRES_URL names a server. All others run on SQLite.
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
    """The environment of a bench. It has nothing of a studio that may be installed on this machine."""
    ours = {"DATA_DIR": folder, "DATABASE_URL": database, "LOG_LEVEL": "ERROR", "DEBUG": "1"}
    return {**os.environ, **ours, "DJANGO_SETTINGS_MODULE": "playground.settings"}


def benches() -> dict[str, ModuleType]:
    """The modules with a `main()`, by name."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def run(name: str, module: ModuleType) -> int:
    """The largest exit code of this bench."""
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
