"""Who may import whom: import-linter checks the contracts in pyproject.toml. And who may use private names of
packages."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import TypeGuard

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


# Only these modules may use private names of a package. Each says why, and has a test for each name.
INTERNALS = {
    "accounts/auth/allauth_internals.py",
    "playground/evolink/httpx_internals.py",
    "playground/management/django_internals.py",
}
# They only look private: they are documented.
DOCUMENTED = {"_exit", "_meta", "_state"}


def private_names(source: str) -> set[str]:
    """Private names (with an underscore) that the source uses but does not define, and modules that are called
    internal."""
    nodes = list(ast.walk(ast.parse(source)))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    own |= {node.attr for node in nodes if _is_set_on_self(node)}
    own |= {node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)} - own - DOCUMENTED
    found = {name for name in used if name.startswith("_") and not name.startswith("__")}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            parts = [*node.module.split("."), *(name.name for name in node.names)]
            found |= {f"{node.module} {part}" for part in parts if part.startswith("_") or part == "internal"}
    return found


def _is_set_on_self(node: ast.AST) -> TypeGuard[ast.Attribute]:
    set_here = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    return set_here and isinstance(node.value, ast.Name) and node.value.id == "self"


def test_private_names_of_others_stand_in_one_module_a_library() -> None:
    files = [path for room in ("accounts", "playground") for path in (ROOT / room).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): private_names(path.read_text()) for path in files}
    assert {path for path, names in found.items() if names} <= INTERNALS, found
    assert found["playground/evolink/httpx_internals.py"] == {"_pool"}


PRICED = {"estimate", "cost", "published_range"}


def prices_without_a_table(source: str) -> list[int]:
    """The lines that calculate a price, or read a rate, without saying with which table of rates."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    named = {
        id(part)
        for call in calls
        if any(keyword.arg == "table" for keyword in call.keywords)
        for part in (call.func, *call.args)
    }
    return [
        node.lineno
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (
            (node.value.id == "pricing" and node.attr in PRICED and id(node) not in named)
            or (node.value.id == "model" and node.attr in ("rates", "rates_for"))
        )
    ]


def test_the_studio_says_with_which_rates_it_calculates() -> None:
    """Otherwise a price would silently stay that of the built-in catalogue."""
    assert prices_without_a_table("pricing.estimate(request)\npricing.estimate(request, table=table)") == [1]
    assert prices_without_a_table("partial(pricing.estimate, table=table)\nmodel.rates_for(None)") == [2]
    own = {"evolink", "sandbox"}
    found = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "playground").rglob("*.py")
        if path.relative_to(ROOT).parts[1] not in own
        and (lines := prices_without_a_table(path.read_text(encoding="utf-8")))
    }
    assert found == {}
