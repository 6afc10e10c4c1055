"""Every import of the package, held against the table of rooms; and no cycles.

Function-local imports count like any other, and so do those under ``if TYPE_CHECKING``: they couple
the rooms all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "automl"

# Room -> what it may look into; a room is a folder or a file directly inside the package.
# "a.b" opens one module of a room. "a:Name" opens one name: a message that rooms exchange.
_ALL_ABOVE_RUN = (
    "data",
    "metrics",
    "metafeatures",
    "space",
    "history",
    "pipelines",
    "knowledge",
    "search",
    "evaluation",
    "execution",
    "ensemble",
)
_ROOMS = {
    "exceptions": (),
    "files": (),
    "memory": (),
    "threads": (),
    "version": (),
    "data": (),
    "metrics": (),
    "execution": (),
    "metafeatures": ("data",),
    "space": (),
    "history": ("space",),
    "pipelines": ("data", "space"),
    "knowledge": ("space", "history", "metafeatures"),
    "search": ("space", "history"),
    "evaluation": (
        "data",
        "metrics",
        "pipelines",
        "execution:ArtifactStore",
        "space:Config",
    ),
    "ensemble": ("history", "metrics", "evaluation.prediction", "space:Config"),
    "run": _ALL_ABOVE_RUN,
    "optimization": ("space", "history", "search", "execution"),
    "persistence": (*_ALL_ABOVE_RUN, "run"),
    "report": ("data", "space", "history", "metrics", "ensemble", "search.ranking"),
    "openml": ("estimators",),
    "estimators": ("ANY",),
    "cli": ("ANY",),
    "__init__": ("ANY",),
    "__main__": ("cli",),
}
_BELOW_EVERYTHING = {"exceptions", "files", "memory", "threads", "version"}


@dataclass(frozen=True)
class Import:
    """One import of a module of the package by another."""

    source: str
    target: str
    name: str
    line: int


def _modules(package: Path) -> dict[str, Path]:
    """Files by dotted name relative to the package; the package itself is ``__init__``."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


def _imports(package: Path) -> list[Import]:
    modules = _modules(package)
    return [
        Import(source, target, name, node.lineno)
        for source, path in modules.items()
        for node in _import_nodes(ast.parse(path.read_text(encoding="utf-8")))
        for target, name in _targets(
            node, source, path.name == "__init__.py", package.name, modules
        )
    ]


def _import_nodes(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def _targets(
    node: ast.Import | ast.ImportFrom,
    source: str,
    is_package: bool,
    package: str,
    modules: dict[str, Path],
) -> Iterator[tuple[str, str]]:
    """Yield modules of the package that a statement imports, and the name within each."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        base = node.module if node.module is not None else ""
        if node.level:
            here = [package, *([] if source == "__init__" else source.split("."))]
            here = here[: len(here) - node.level + is_package]
            base = ".".join([*here, *([base] if base else [])])
        names = [f"{base}.{alias.name}" for alias in node.names]
    for name in names:
        first, _, inside = name.partition(".")
        if first != package:
            continue
        module = inside
        while module and module not in modules:
            module = module.rpartition(".")[0]
        yield (module if module else "__init__"), inside.removeprefix(module).lstrip(".")


def _room(module: str) -> str:
    return module.partition(".")[0]


def _is_allowed(found: Import) -> bool:
    source, target = _room(found.source), _room(found.target)
    if source == target or target in _BELOW_EVERYTHING:
        return True
    for rule in _ROOMS[source]:
        allowed, _, name = rule.partition(":")
        if name and found.name != name:
            continue
        if allowed == "ANY" or found.target == allowed or found.target.startswith(allowed + "."):
            return True
    return False


def _broken_walls(package: Path) -> list[str]:
    return [
        f"{found.source}, line {found.line}, imports {found.target}: room {_room(found.source)!r} "
        f"may look into {', '.join(_ROOMS[_room(found.source)]) or 'nothing'} only"
        for found in _imports(package)
        if not _is_allowed(found)
    ]


def _cycle(package: Path) -> list[str]:
    """Names along one import cycle; empty where there is none."""
    graph: dict[str, set[str]] = {name: set() for name in _modules(package)}
    for found in _imports(package):
        if found.source != found.target:
            graph[found.source].add(found.target)
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        for target in sorted(graph[module]):
            cycle = walk(target, [*way, module])
            if cycle:
                return cycle
        done.add(module)
        return []

    return next((cycle for module in graph if (cycle := walk(module, []))), [])


def test_every_room_has_its_line_in_the_table():
    unknown = {_room(module) for module in _modules(PACKAGE)} - set(_ROOMS)
    assert not unknown, f"add {sorted(unknown)} to the table above and to docs/index.md"


def test_no_room_looks_through_a_wall():
    broken = _broken_walls(PACKAGE)
    assert not broken, "\n".join(broken)


def test_there_is_no_import_cycle():
    cycle = _cycle(PACKAGE)
    assert not cycle, " -> ".join(cycle)


_HOLES = {
    "plain": "from automl.search import Optimizer",
    "module": "import automl.search.optimizer",
    "relative": "from ..search import Optimizer",
    "sibling of the package": "from automl import search",
    "front door": "from automl import fit",
    "inside a function": "def f():\n    from automl.search import Optimizer",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import automl.search",
    "after a failure": "try:\n    import numpy\nexcept ImportError:\n    import automl.search",
}


@pytest.fixture
def small_package(tmp_path):
    files = {"__init__": "", "data/__init__": "", "search/__init__": "", "search/optimizer": ""}
    for name, text in files.items():
        path = tmp_path / "automl" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "automl"


@pytest.mark.parametrize("hole", list(_HOLES))
def test_a_hole_in_a_wall_is_found(small_package, hole):
    (small_package / "data" / "tables.py").write_text(_HOLES[hole])
    (message,) = _broken_walls(small_package)
    assert message.startswith("data.tables, line ")
    assert ("imports __init__" if hole == "front door" else "imports search") in message


@pytest.mark.parametrize(
    "legal",
    [
        "from automl.exceptions import AutoMLError",
        "from automl.data.codecs import base",
        "from .codecs import base",
        "import numpy",
    ],
)
def test_legal_imports_pass(small_package, legal):
    (small_package / "exceptions.py").touch()
    (small_package / "data" / "tables.py").write_text(legal)
    assert _broken_walls(small_package) == []


def test_a_message_passes_where_its_room_is_closed(small_package):
    for folder in ("space", "evaluation"):
        (small_package / folder).mkdir()
        (small_package / folder / "__init__.py").touch()
    module = small_package / "evaluation" / "evaluate.py"
    module.write_text("from automl.space import Config")
    assert _broken_walls(small_package) == []
    module.write_text("from automl.space import Config, Space")
    assert len(_broken_walls(small_package)) == 1


@pytest.mark.parametrize("hole", ["inside a function", "for types"])
def test_a_cycle_through_a_hidden_import_is_found(small_package, hole):
    (small_package / "search" / "__init__.py").write_text("import automl.search.optimizer")
    (small_package / "search" / "optimizer.py").write_text(_HOLES[hole])
    assert _cycle(small_package) == ["search", "search.optimizer", "search"]
