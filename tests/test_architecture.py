"""Who may import whom: the contracts in pyproject.toml, held by import-linter."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent


def test_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def rooms(app: str) -> set[str]:
    """The modules and packages at the top of an app. Django finds `apps`, `urls` and `migrations` by these names."""
    found = {path.stem for path in (ROOT / app).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return found - {"__init__", "__pycache__"}


@pytest.mark.parametrize(("app", "most"), [("playground", 24), ("accounts", 15)])
def test_a_newcomer_finds_few_rooms(app: str, most: int) -> None:
    assert len(rooms(app) - {"apps", "urls", "migrations"}) <= most, sorted(rooms(app))


def test_a_module_stands_in_a_room() -> None:
    loose = {path.stem for path in (ROOT / "playground").glob("*.py")}
    assert loose == {"__init__", "apps", "settings", "urls", "wsgi"}


def test_accounts_know_evolink_and_nothing_else_of_the_playground() -> None:
    graph = grimp.build_graph("accounts", "playground", cache_dir=None)
    known = {
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if module.split(".")[0] == "accounts" and imported.split(".")[0] == "playground"
    }
    assert known
    assert [pair for pair in sorted(known) if pair[1].split(".")[:2] != ["playground", "evolink"]] == []


def test_evolink_and_its_sandbox_load_no_django() -> None:
    code = "import sys, playground.evolink, playground.sandbox; print([m for m in sys.modules if 'django' in m])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
