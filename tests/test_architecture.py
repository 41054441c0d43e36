"""Who may import whom: the contracts in pyproject.toml, held by import-linter."""

import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent


def test_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


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
