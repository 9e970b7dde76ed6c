"""The walls of ARCHITECTURE.md: imports run downward only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ipclab"

# A room may import itself and the rooms named here.
FLOOR = {"trace", "errors"}
MAY_IMPORT = {
    "errors": set(),
    "trace": {"errors"},
    "claims": {"errors"},
    "gate": FLOOR,
    "mechanisms": FLOOR | {"gate"},
    "kernel": FLOOR,
    "processes": FLOOR | {"gate", "mechanisms", "kernel"},
    "explore": FLOOR | {"gate", "mechanisms", "kernel", "processes"},
    "draw": FLOOR | {"kernel"},
    "measure": FLOOR | {"gate", "mechanisms", "kernel", "processes"},
    "grade": FLOOR | {"gate", "mechanisms", "kernel", "processes", "explore", "draw"},
    "notebook": FLOOR | {"gate", "mechanisms", "kernel", "processes", "explore", "draw", "measure"},
    "scheduler": FLOOR | {"processes", "explore", "draw"},
    "lab": FLOOR | {"grade"},
}
TOP = {"__init__", "cli", "__main__"}
ONLY_IN = {"IPython": {"notebook", "lab"}, "ipywidgets": {"notebook"}, "anywidget": {"scheduler"}}


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    """Absolute dotted names of all that a module imports, relative ones resolved."""
    package = ("ipclab", *path.relative_to(PACKAGE).parent.parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_downward(path):
    room = _room(path)
    if room in TOP:
        return
    rooms = {name.split(".")[1] for name in _imports(path) if name.startswith("ipclab.")}
    assert rooms <= MAY_IMPORT[room] | {room}, f"{room} must not import {rooms - MAY_IMPORT[room] - {room}}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_notebook_libraries_stay_in_one_place(path):
    for name in _imports(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or _room(path) in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("package", ["mechanisms", "kernel"])
def test_no_module_shadows_the_standard_library(package):
    shadows = {"signal", "socket", "queue", "select", "inspect", "types", "mmap"}
    assert not {p.stem for p in (PACKAGE / package).glob("*.py")} & shadows
